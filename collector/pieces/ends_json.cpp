#include "collector/pieces/ends_json.hpp"

#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

namespace quern::collector {

namespace {

using nlohmann::json;

/// Text of a log may be cut within a character or hold none: its bytes as the characters U+0000 to
/// U+00FF.
std::string characters_of(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0U | (byte >> 6U));
      text += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return text;
}

std::string bytes_of(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
    } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      bytes += static_cast<char>(((lead & 0x03U) << 6U) | (next & 0x3FU));
    } else {
      throw UserError{"the text at an end holds a character beyond U+00FF"};
    }
  }
  return bytes;
}

std::string bytes_at(const json& object, const char* key) {
  return bytes_of(object.at(key).get<std::string>());
}

template <class Enum>
Enum enum_at(const json& object, const char* key, Enum last) {
  const auto value = object.at(key).get<unsigned>();
  if (value > static_cast<unsigned>(last)) {
    throw UserError{fmt::format("{} is {}: not known", key, value)};
  }
  return static_cast<Enum>(value);
}

json layout_json(const LogLayout& layout) {
  json envelopes = json::array();
  for (const Envelope envelope : layout.envelopes) {
    envelopes.push_back(static_cast<unsigned>(envelope));
  }
  return {{"envelopes", std::move(envelopes)},
          {"format", static_cast<unsigned>(layout.format)},
          {"newest_first", layout.newest_first},
          {"prefix", characters_of(layout.prefix)},
          {"reference_us", layout.reference_us}};
}

LogLayout layout_of(const json& object) {
  constexpr std::size_t kMostEnvelopes = 8;
  LogLayout layout;
  for (const json& envelope : object.at("envelopes")) {
    const auto value = envelope.get<unsigned>();
    if (value > static_cast<unsigned>(kLastEnvelope) || layout.envelopes.size() == kMostEnvelopes) {
      throw UserError{"an envelope that is not known"};
    }
    layout.envelopes.push_back(static_cast<Envelope>(value));
  }
  layout.format = enum_at(object, "format", LogFormat::Fields);
  object.at("newest_first").get_to(layout.newest_first);
  layout.prefix = bytes_at(object, "prefix");
  object.at("reference_us").get_to(layout.reference_us);
  return layout;
}

json record_json(const HeldRecord& r) {
  return {{"application", characters_of(r.application)},
          {"at_us", r.at_us},
          {"database", characters_of(r.database)},
          {"detail", characters_of(r.detail)},
          {"file", characters_of(r.file)},
          {"line", r.line},
          {"message", characters_of(r.message)},
          {"nested", r.nested},
          {"query_id", r.query_id},
          {"session", characters_of(r.session)},
          {"severity", static_cast<unsigned>(r.severity)},
          {"sqlstate", characters_of(r.sqlstate)},
          {"statement", characters_of(r.statement)},
          {"user", characters_of(r.user)}};
}

HeldRecord record_of(const json& object) {
  HeldRecord r;
  r.application = bytes_at(object, "application");
  object.at("at_us").get_to(r.at_us);
  r.database = bytes_at(object, "database");
  r.detail = bytes_at(object, "detail");
  r.file = bytes_at(object, "file");
  object.at("line").get_to(r.line);
  r.message = bytes_at(object, "message");
  object.at("nested").get_to(r.nested);
  r.query_id = object.value("query_id", std::int64_t{0});  // absent in older documents
  r.session = bytes_at(object, "session");
  r.severity = enum_at(object, "severity", Severity::Panic);
  r.sqlstate = bytes_at(object, "sqlstate");
  r.statement = bytes_at(object, "statement");
  r.user = bytes_at(object, "user");
  return r;
}

json open_json(const OpenMessage& open) {
  if (!open.present) {
    return nullptr;
  }
  return {{"ignoring", open.ignoring},
          {"lines", open.lines},
          {"part", static_cast<unsigned>(open.part)},
          {"part_lost", open.part_lost},
          {"record", record_json(open.record)},
          {"text", characters_of(open.text)},
          {"wrapped", characters_of(open.wrapped)}};
}

OpenMessage open_of(const json& object) {
  OpenMessage open;
  if (object.is_null()) {
    return open;
  }
  open.present = true;
  object.at("ignoring").get_to(open.ignoring);
  object.at("lines").get_to(open.lines);
  open.part = enum_at(object, "part", MessagePart::Other);
  object.at("part_lost").get_to(open.part_lost);
  open.record = record_of(object.at("record"));
  open.text = bytes_at(object, "text");
  open.wrapped = bytes_at(object, "wrapped");
  return open;
}

json origin_json(const Origin& o) {
  return {{"application", o.application},
          {"at_us", o.at_us},
          {"database", o.database},
          {"file", o.where.file},
          {"line", o.where.line},
          {"query_id", o.query_id},
          {"user", o.user}};
}

Origin origin_of(const json& object) {
  Origin o;
  object.at("application").get_to(o.application);
  object.at("at_us").get_to(o.at_us);
  object.at("database").get_to(o.database);
  object.at("file").get_to(o.where.file);
  object.at("line").get_to(o.where.line);
  o.query_id = object.value("query_id", std::int64_t{0});
  object.at("user").get_to(o.user);
  return o;
}

json plan_json(const LoggedPlan& plan) {
  return {{"source", plan.source},
          {"parameters", plan.parameters},
          {"query", plan.query_text},
          {"rows", plan.actual_rows ? json(*plan.actual_rows) : json(nullptr)},
          {"shape", plan.shape}};
}

LoggedPlan plan_of(const json& object) {
  LoggedPlan plan;
  object.at("source").get_to(plan.source);
  object.at("parameters").get_to(plan.parameters);
  object.at("query").get_to(plan.query_text);
  object.at("shape").get_to(plan.shape);
  if (!object.at("rows").is_null()) {
    plan.actual_rows = object.at("rows").get<double>();
  }
  return plan;
}

json execution_json(const OpenExecution& open) {
  if (!open.present) {
    return nullptr;
  }
  return {{"awaiting", open.awaiting},
          {"duration_us", open.duration.count()},
          {"further", open.further},
          {"origin", origin_json(open.origin)},
          {"parameters", open.parameters},
          {"plan", open.planned ? plan_json(open.plan) : json(nullptr)},
          {"plan_time_us", open.plan_time.count()},
          {"simple", open.simple},
          {"sql", open.sql},
          {"timed", open.timed}};
}

OpenExecution execution_of(const json& object) {
  OpenExecution open;
  if (object.is_null()) {
    return open;
  }
  open.present = true;
  object.at("awaiting").get_to(open.awaiting);
  open.duration = Microseconds{object.at("duration_us").get<std::int64_t>()};
  open.origin = origin_of(object.at("origin"));
  object.at("further").get_to(open.further);
  object.at("parameters").get_to(open.parameters);
  open.planned = !object.at("plan").is_null();
  if (open.planned) {
    open.plan = plan_of(object.at("plan"));
  }
  open.plan_time = Microseconds{object.at("plan_time_us").get<std::int64_t>()};
  object.at("simple").get_to(open.simple);
  object.at("sql").get_to(open.sql);
  object.at("timed").get_to(open.timed);
  return open;
}

json run_json(const ClassRun& run) {
  return {
      {"before", run.before},           {"class", run.id},      {"first_values", run.first_values},
      {"last_values", run.last_values}, {"length", run.length}, {"total_us", run.total.count()},
      {"values_vary", run.values_vary}};
}

ClassRun run_of(const json& object) {
  ClassRun run;
  object.at("before").get_to(run.before);
  object.at("class").get_to(run.id);
  object.at("first_values").get_to(run.first_values);
  object.at("last_values").get_to(run.last_values);
  object.at("length").get_to(run.length);
  run.total = Microseconds{object.at("total_us").get<std::int64_t>()};
  object.at("values_vary").get_to(run.values_vary);
  return run;
}

json runs_json(const ClassRuns& runs) {
  json list = json::array();
  if (runs.several) {
    list.push_back(run_json(runs.first));
  }
  if (!runs.empty()) {
    list.push_back(run_json(runs.last));
  }
  return list;
}

ClassRuns runs_of(const json& list) {
  ClassRuns runs;
  if (list.empty()) {
    return runs;
  }
  runs.several = list.size() > 1;
  if (runs.several) {
    runs.first = run_of(list.at(0));
  }
  runs.last = run_of(list.at(list.size() - 1));
  return runs;
}

json statement_run_json(const StatementRun& run) {
  return {{"first", run.first},           {"from_us", run.from_us},
          {"statements", run.statements}, {"total_us", run.total.count()},
          {"until_us", run.until_us},     {"untimed", run.untimed}};
}

StatementRun statement_run_of(const json& object) {
  StatementRun run;
  object.at("first").get_to(run.first);
  object.at("from_us").get_to(run.from_us);
  object.at("statements").get_to(run.statements);
  run.total = Microseconds{object.at("total_us").get<std::int64_t>()};
  object.at("until_us").get_to(run.until_us);
  object.at("untimed").get_to(run.untimed);
  return run;
}

json transactions_json(const TransactionRuns& runs) {
  return {{"before", statement_run_json(runs.before)},
          {"last", statement_run_json(runs.last)},
          {"open", runs.open},
          {"stepped", runs.stepped}};
}

TransactionRuns transactions_of(const json& object) {
  TransactionRuns runs;
  runs.before = statement_run_of(object.at("before"));
  runs.last = statement_run_of(object.at("last"));
  object.at("open").get_to(runs.open);
  object.at("stepped").get_to(runs.stepped);
  return runs;
}

json session_json(const SessionState& s) {
  json head = json::array();
  for (const HeldRecord& record : s.head) {
    head.push_back(record_json(record));
  }
  json pending = json::array();
  for (const PendingPlan& plan : s.decided ? s.pending : std::vector<PendingPlan>{}) {
    pending.push_back({{"duration_us", plan.duration.count()},
                       {"origin", origin_json(plan.origin)},
                       {"plan", plan_json(plan.plan)}});
  }
  return {{"cursors", s.cursors},
          {"decided", s.decided},
          {"first_us", s.first_us},
          {"from_start", s.from_start},
          {"head", std::move(head)},
          {"id", s.id},
          {"last_us", s.last_us},
          {"open", s.decided ? execution_json(s.open) : json(nullptr)},
          {"pending", std::move(pending)},
          {"portals", s.portals},
          {"runs", runs_json(s.runs)},
          {"to_end", s.to_end},
          {"transactions", transactions_json(s.transactions)},
          {"unplanned", s.unplanned}};
}

SessionState session_of(const json& object) {
  SessionState s;
  object.at("cursors").get_to(s.cursors);
  object.at("decided").get_to(s.decided);
  object.at("first_us").get_to(s.first_us);
  object.at("from_start").get_to(s.from_start);
  for (const json& record : object.at("head")) {
    s.head.push_back(record_of(record));
  }
  object.at("id").get_to(s.id);
  object.at("last_us").get_to(s.last_us);
  s.open = execution_of(object.at("open"));
  for (const json& plan : object.at("pending")) {
    s.pending.push_back({plan_of(plan.at("plan")),
                         Microseconds{plan.at("duration_us").get<std::int64_t>()},
                         origin_of(plan.at("origin"))});
  }
  object.at("portals").get_to(s.portals);
  object.at("unplanned").get_to(s.unplanned);
  s.runs = runs_of(object.at("runs"));
  if (object.contains("transactions")) {  // not in documents of before
    s.transactions = transactions_of(object.at("transactions"));
  }
  object.at("to_end").get_to(s.to_end);
  s.pending_known = s.decided;
  return s;
}

json filter_json(const EventFilter& filter) {
  const auto time = [](const auto& at) { return at ? json(*at) : json(nullptr); };
  return {{"applications", filter.applications},
          {"databases", filter.databases},
          {"since_us", time(filter.since_us)},
          {"until_us", time(filter.until_us)},
          {"users", filter.users}};
}

EventFilter filter_of(const json& object) {
  EventFilter filter;
  const auto time = [&](const char* key, std::optional<std::int64_t>& at) {
    if (!object.at(key).is_null()) {
      at = object.at(key).get<std::int64_t>();
    }
  };
  const auto names = [&](const char* key, auto& set) {
    for (const json& name : object.at(key)) {
      set.insert(name.get<std::string>());
    }
  };
  names("applications", filter.applications);
  names("databases", filter.databases);
  names("users", filter.users);
  time("since_us", filter.since_us);
  time("until_us", filter.until_us);
  return filter;
}

}  // namespace

json ends_json(const LogEnds& e) {
  json sessions = json::array();
  for (const SessionState& session : e.sessions) {
    sessions.push_back(session_json(session));
  }
  return {{"begun", e.begun},
          {"end",
           {{"file", e.end_file},
            {"layout", layout_json(e.end_layout)},
            {"line", characters_of(e.end_line)},
            {"line_number", e.end_line_number},
            {"open", open_json(e.open)}}},
          {"filter", filter_json(e.filter)},
          {"first_us", e.first_us},
          {"last_us", e.last_us},
          {"sessions", std::move(sessions)},
          {"start",
           {{"file", e.start_file},
            {"layout", layout_json(e.start_layout)},
            {"text", characters_of(e.start_text)}}}};
}

LogEnds ends_of(const json& object) {
  LogEnds e;
  object.at("begun").get_to(e.begun);
  const json& end = object.at("end");
  end.at("file").get_to(e.end_file);
  e.end_layout = layout_of(end.at("layout"));
  e.end_line = bytes_at(end, "line");
  end.at("line_number").get_to(e.end_line_number);
  e.open = open_of(end.at("open"));
  e.filter = filter_of(object.at("filter"));
  object.at("first_us").get_to(e.first_us);
  object.at("last_us").get_to(e.last_us);
  for (const json& session : object.at("sessions")) {
    e.sessions.push_back(session_of(session));
  }
  const json& start = object.at("start");
  start.at("file").get_to(e.start_file);
  e.start_layout = layout_of(start.at("layout"));
  e.start_text = bytes_at(start, "text");
  return e;
}

}  // namespace quern::collector
