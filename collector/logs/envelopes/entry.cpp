#include "collector/logs/envelopes/entry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

#include "collector/base/time_text.hpp"
#include "collector/logs/message_tag.hpp"

namespace quern::collector {

namespace {

using Names = std::initializer_list<std::string_view>;

/// The last part of a path. Azure's Log Analytics writes `record_user_name_s` for
/// `record.user_name`.
std::string_view leaf_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  std::string_view leaf = dot == std::string_view::npos ? path : path.substr(dot + 1);
  if (leaf.size() > 2 && leaf[leaf.size() - 2] == '_' &&
      std::string_view{"sdtgb"}.find(leaf.back()) != std::string_view::npos) {
    leaf.remove_suffix(2);
  }
  for (const std::string_view before : {"record_", "properties_"}) {
    if (leaf.size() > before.size() && leaf.substr(0, before.size()) == before) {
      leaf.remove_prefix(before.size());
    }
  }
  return leaf;
}

std::string_view parent_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

/// The first of `names` that has a value; among fields of one parent, or of all.
const EntryField* find(const EntryFields& fields, Names names,
                       const std::string_view* parent = nullptr) {
  for (const std::string_view name : names) {
    for (const EntryField& field : fields) {
      if (leaf_of(field.path) == name && !field.value.empty() &&
          (parent == nullptr || parent_of(field.path) == *parent)) {
        return &field;
      }
    }
  }
  return nullptr;
}

std::string_view value_of(const EntryFields& fields, Names names,
                          const std::string_view* parent = nullptr) {
  const EntryField* field = find(fields, names, parent);
  return field == nullptr ? std::string_view{} : std::string_view{field->value};
}

std::int64_t envelope_time(const EntryFields& fields) {
  return read_entry_time(value_of(
      fields,
      {"__REALTIME_TIMESTAMP", "timestamp", "@timestamp", "time", "ts", "_time", "timeUnixNano",
       "TimeGenerated", "observedTimeUnixNano", "eventTimestamp", "date", "receiveTimestamp"}));
}

/// `2023-02-27 22:21:11 UTC [2030] [user=a,db=b,app=c] connection received`: where the severity
/// would stand, after the last group in brackets.
std::size_t after_prefix(std::string_view text) {
  const auto time = read_time(text);
  std::size_t at = time ? time->length : 0;
  for (;;) {
    const std::size_t open = text.find_first_not_of(" :", at);
    const std::size_t close = open == std::string_view::npos || text[open] != '['
                                  ? std::string_view::npos
                                  : text.find("] ", open);
    if (close == std::string_view::npos) {
      return std::min(text.find_first_not_of(' ', at), text.size());
    }
    at = close + 1;
  }
}

bool holds_tag(std::string_view text) {
  for (std::size_t colon = text.find(": "); colon != std::string_view::npos && colon < 1000;
       colon = text.find(": ", colon + 1)) {
    const std::size_t word =
        text.find_last_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", colon - 1);
    if (colon > 0 && message_tag(text.substr(word == std::string_view::npos ? 0 : word + 1))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::int64_t read_entry_time(std::string_view value) {
  if (value.size() > 2 && value.front() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  if (const auto time = read_time(value)) {
    return time->at_us;
  }
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), whole);
  if (error != std::errc{} || whole <= 0) {
    return 0;
  }
  constexpr std::int64_t kSeconds = 100'000'000'000;
  if (whole >= kSeconds * 10'000'000) {
    return whole / 1000;
  }
  if (whole >= kSeconds * 10'000) {
    return whole;
  }
  if (whole >= kSeconds * 10) {
    return whole * 1000;
  }
  std::int64_t us = whole * 1'000'000;
  if (end != value.data() + value.size() && *end == '.') {
    std::int64_t unit = 100'000;
    for (const char* digit = end + 1;
         digit != value.data() + value.size() && *digit >= '0' && *digit <= '9' && unit > 0;
         ++digit, unit /= 10) {
      us += unit * (*digit - '0');
    }
  }
  return us;
}

void EntryReader::read(const EntryFields& fields, UnwrappedSink& sink) {
  if (!server_fields(fields, sink) && !azure(fields, sink)) {
    text(fields, sink);
  }
}

/// The names of jsonlog's keys, and of csvlog's columns as others write them.
bool EntryReader::server_fields(const EntryFields& fields, UnwrappedSink& sink) {
  const EntryField* severity = find(fields, {"error_severity"});
  if (severity == nullptr) {
    return false;
  }
  const std::string_view parent = parent_of(severity->path);
  const auto value = [&](Names names) { return value_of(fields, names, &parent); };
  LogRecord record;
  record.severity = severity_of(severity->value);
  record.message = value({"message"});
  if (record.message.empty()) {
    record.message = value_of(fields, {"eventName", "event_message", "event_name"});
  }
  if (record.severity == Severity::Unknown || record.message.empty()) {
    return false;
  }
  record.at_us = read_entry_time(value({"timestamp", "log_time"}));
  record.at_us = record.at_us == 0 ? envelope_time(fields) : record.at_us;
  record.session = value({"pid", "process_id", "session_id"});
  record.user = value({"user", "user_name"});
  record.database = value({"dbname", "database_name"});
  record.application = value({"application_name"});
  record.sqlstate = value({"state_code", "sql_state_code"});
  record.detail = value({"detail", "detail_log"});
  record.statement = value({"statement", "query"});
  record.nested = tells_nesting(value({"context"}));
  sink.server_record(record);
  return true;
}

/// Azure Database for PostgreSQL: the line with its prefix in `message` (Flexible Server), the
/// prefix in a field of its own (Single Server), or a line that lacks its severity (Cosmos DB).
bool EntryReader::azure(const EntryFields& fields, UnwrappedSink& sink) {
  const EntryField* level = find(fields, {"errorLevel", "ErrorLevel"});
  if (level == nullptr) {
    return false;
  }
  const std::string_view parent = parent_of(level->path);
  const std::string_view message = value_of(fields, {"message", "Message"}, &parent);
  if (message.empty()) {
    return false;
  }
  std::string line{value_of(fields, {"prefix", "Prefix"}, &parent)};
  const bool apart = !line.empty();
  if (apart || !holds_tag(message)) {
    const std::size_t at = apart ? 0 : after_prefix(message);
    line.append(message.substr(0, at));
    line.append(level->value).append(":  ").append(message.substr(at));
  } else {
    line = message;
  }
  LineFacts facts;
  facts.at_us = envelope_time(fields);
  facts.session = value_of(fields, {"processId"}, &parent);
  facts.detail = value_of(fields, {"detail", "Detail"}, &parent);
  facts.loose = true;
  lines(line, facts, sink);
  return true;
}

void EntryReader::text(const EntryFields& fields, UnwrappedSink& sink) {
  const EntryField* found =
      find(fields, {"textPayload", "log", "MESSAGE", "LogFileData", "event_message", "@message",
                    "message", "Message", "msg", "line", "body", "text", "content", "_raw"});
  if (found == nullptr) {
    sink.foreign("entry without text");
    return;
  }
  LineFacts facts;
  facts.at_us = envelope_time(fields);
  facts.session = value_of(fields, {"_PID", "SYSLOG_PID"});
  facts.loose = leaf_of(found->path) == "textPayload";
  std::string_view value = found->value;
  if (leaf_of(found->path) == "log") {  // Docker: a line is whole when its line feed is there
    const bool docker = find(fields, {"stream"}) != nullptr;
    if (docker && value.back() != '\n' && part_.size() < kMaximumRecord) {
      part_.append(value);
      return;
    }
    if (!part_.empty()) {
      part_.append(value);
      const std::string whole = std::exchange(part_, {});
      lines(whole, facts, sink);
      return;
    }
  }
  lines(value, facts, sink);
}

/// A text of several lines is one message, or a file of many.
void EntryReader::lines(std::string_view text, LineFacts facts, UnwrappedSink& sink) {
  while (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  for (bool first = true; first || !text.empty(); first = false) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (end != std::string_view::npos && !line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    sink.server_line(line, facts);
    facts.loose = true;
    facts.detail = {};
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

void EntryReader::finish(UnwrappedSink& sink) {
  if (!part_.empty()) {
    const std::string whole = std::exchange(part_, {});
    lines(whole, {}, sink);
  }
}

}  // namespace quern::collector
