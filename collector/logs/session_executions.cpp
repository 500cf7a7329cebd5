#include "collector/logs/session_executions.hpp"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "collector/logs/parameters.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kMostPending = 16;

const char* severity_name(Severity severity) {
  return severity == Severity::Panic ? "PANIC" : severity == Severity::Fatal ? "FATAL" : "ERROR";
}

constexpr std::size_t kMostPortals = 64;

bool holds(const std::vector<std::uint64_t>& hashes, std::uint64_t hash) {
  return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

void remember(std::vector<std::uint64_t>& hashes, std::uint64_t hash) {
  if (!holds(hashes, hash)) {
    if (hashes.size() == kMostPortals) {
      hashes.erase(hashes.begin());
    }
    hashes.push_back(hash);
  }
}

std::uint64_t hash_of(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

std::uint64_t portal_hash(const MessageText& message) {
  return hash_of(message.name) ^ hash_of(message.text) * 31;
}

/// `S_1/C_2`: only a portal with a name is fetched from after another statement.
bool names_portal(const MessageText& message) {
  return message.name.find('/') != std::string_view::npos;
}

bool declares_cursor(std::string_view sql) {
  constexpr std::string_view kWord = "declare ";
  for (std::size_t i = 0; i < kWord.size(); ++i) {
    const char c = i < sql.size() ? sql[i] : '\0';
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != kWord[i]) {
      return false;
    }
  }
  return true;
}

void set_origin(Origin& origin, const LogRecord& record) {
  origin.where.file.assign(record.file);
  origin.where.line = record.line;
  origin.at_us = record.at_us;
  origin.user.assign(record.user);
  origin.database.assign(record.database);
  origin.application.assign(record.application);
}

}  // namespace

namespace {

/// The plan tells them where the statement's own line does not.
void take_parameters(OpenExecution& open) {
  if (open.parameters.empty() && !open.plan.parameters.empty()) {
    open.parameters = "parameters: " + open.plan.parameters;
  }
}

}  // namespace

Overlap overlap(std::int64_t plan_end_us, Microseconds plan, std::int64_t end_us,
                Microseconds duration) {
  // Log times are cut to milliseconds, some to seconds.
  constexpr std::int64_t kResolution = 2'000;
  const std::int64_t plan_start = plan_end_us - plan.count();
  const std::int64_t start = end_us - duration.count();
  if (plan_end_us == 0 || end_us == 0) {
    return Overlap::Unclear;
  }
  if (plan_end_us < start - kResolution) {
    return Overlap::Outside;
  }
  return plan_start > start + kResolution ? Overlap::Inside : Overlap::Unclear;
}

bool SessionExecutions::concerns(const LogRecord& record, MessageKind kind) {
  return record.severity >= Severity::Error || kind == MessageKind::Statement ||
         kind == MessageKind::Execute || kind == MessageKind::Fetch ||
         kind == MessageKind::BareDuration || kind == MessageKind::Plan;
}

bool SessionExecutions::starts_afresh(const SessionState& session, const LogRecord& record,
                                      const MessageText& message) {
  const bool begins =
      record.severity < Severity::Error &&
      (message.kind == MessageKind::Statement || message.kind == MessageKind::Execute);
  return begins && (!message.duration || (session.pending_known && session.pending.empty()));
}

void SessionExecutions::take(SessionState& session, const LogRecord& record,
                             const MessageText& message) {
  if (record.severity >= Severity::Error) {
    error(session, record);
    return;
  }
  switch (message.kind) {
    case MessageKind::Statement:
    case MessageKind::Execute:
      begin(session, record, message);
      break;
    case MessageKind::Fetch:
      fetch(session, record, message);
      break;
    case MessageKind::BareDuration:
      bare_duration(session, record, *message.duration);
      break;
    case MessageKind::Plan:
      plan(session, record, message);
      break;
    default:
      break;
  }
}

void SessionExecutions::rehearse(SessionState& session, const LogRecord& record,
                                 const MessageText& message) {
  silent_ = true;
  take(session, record, message);
  silent_ = false;
}

void SessionExecutions::close(SessionState& session) {
  emit_open(session);
  emit_pending(session);
}

void SessionExecutions::note(const char* reason, const LogRecord& record) {
  if (!silent_) {
    aggregator_.skipped().add(reason, TextPosition{std::string{record.file}, record.line});
  }
}

void SessionExecutions::emit(SessionState& session, const Origin& origin, Execution execution) {
  execution.at_us = origin.at_us;
  execution.user = origin.user;
  execution.database = origin.database;
  execution.application = origin.application;
  const ClassNumber number = aggregator_.execution(execution);
  if (execution.calls == 0 || aggregator_.is_utility(number)) {
    return;  // BEGIN, SET and the like stand between the executions of a run
  }
  const std::uint64_t values =
      aggregator_.last_text_hash() * 0x9E3779B97F4A7C15U ^
      XXH3_64bits(execution.parameters.data(), execution.parameters.size());
  session.runs.add({.id = aggregator_.id(number),
                    .length = 1,
                    .first_values = values,
                    .last_values = values,
                    .total = execution.duration},
                   aggregator_);
}

void SessionExecutions::emit_open(SessionState& session) {
  OpenExecution& open = session.open;
  if (!open.present) {
    return;
  }
  open.present = false;
  if (silent_) {
    return;
  }
  emit(session, open.origin,
       Execution{.sql = open.sql,
                 .parameters = open.parameters,
                 .timed = open.timed,
                 .duration = open.duration,
                 .plan = open.planned && !open.further ? &open.plan : nullptr,
                 .calls = open.further ? std::uint64_t{0} : std::uint64_t{1},
                 .where = open.origin.where});
}

void SessionExecutions::emit_plan(SessionState& session, const PendingPlan& pending) {
  if (silent_) {
    return;
  }
  const std::string parameters =
      pending.plan.parameters.empty() ? std::string{} : "parameters: " + pending.plan.parameters;
  emit(session, pending.origin,
       Execution{.sql = pending.plan.query_text,
                 .parameters = parameters,
                 .duration = pending.duration,
                 .plan = &pending.plan,
                 .where = pending.origin.where});
}

void SessionExecutions::emit_pending(SessionState& session) {
  for (const PendingPlan& plan : session.pending) {
    emit_plan(session, plan);
  }
  session.pending.clear();
}

/// The statement's duration is known: which of the plans before it are its own?
void SessionExecutions::claim_plans(SessionState& session, const LogRecord& record) {
  OpenExecution& open = session.open;
  std::vector<PendingPlan> pending = std::move(session.pending);
  session.pending.clear();
  for (auto plan = pending.rbegin(); plan != pending.rend(); ++plan) {
    const Overlap placed =
        overlap(plan->origin.at_us, plan->duration, open.origin.at_us, open.duration);
    const bool same = plan->plan.query_text == open.sql;
    // A busy server may write the line a while after it took the duration.
    constexpr std::int64_t kDelay = 2'000'000;
    const bool just_before =
        plan->origin.at_us + kDelay + open.duration.count() >= open.origin.at_us;
    if (same && !open.planned && (placed != Overlap::Outside || just_before) &&
        plan->duration <= open.duration) {
      open.planned = true;
      open.plan = std::move(plan->plan);
      take_parameters(open);
      plan->plan.query_text.clear();
    } else if (placed == Overlap::Inside) {
      note("auto_explain plan of a nested statement", record);
      plan->plan.query_text.clear();
    }
  }
  for (const PendingPlan& plan : pending) {
    if (!plan.plan.query_text.empty()) {
      emit_plan(session, plan);
    }
  }
}

void SessionExecutions::begin(SessionState& session, const LogRecord& record,
                              const MessageText& message) {
  emit_open(session);
  OpenExecution& open = session.open;
  open.present = true;
  open.simple = message.kind == MessageKind::Statement;
  open.awaiting = !message.duration;
  open.timed = message.duration.has_value();
  open.duration = message.duration.value_or(Microseconds{0});
  open.planned = false;
  open.further = false;
  open.sql.assign(message.text);
  open.parameters.assign(lists_parameters(record.detail) ? record.detail : std::string_view{});
  constexpr std::string_view kPrepare = "prepare: ";
  if (open.simple && record.detail.substr(0, kPrepare.size()) == kPrepare) {
    open.parameters = parameters_of_execute(message.text);
    open.sql.assign(prepared_query(record.detail.substr(kPrepare.size())));
  }
  if (open.simple && declares_cursor(open.sql)) {
    remember(session.cursors, hash_of(open.sql));
  } else if (names_portal(message)) {
    open.further =
        message.kind == MessageKind::Fetch && holds(session.portals, portal_hash(message));
    remember(session.portals, portal_hash(message));
  }
  set_origin(open.origin, record);
  if (open.timed) {
    finish_timed(session, record);
  } else {
    emit_pending(session);
  }
  session.pending_known = true;
}

void SessionExecutions::finish_timed(SessionState& session, const LogRecord& record) {
  if (!session.pending.empty()) {
    claim_plans(session, record);
  }
  if (session.open.simple) {
    emit_open(session);
  }
}

void SessionExecutions::bare_duration(SessionState& session, const LogRecord& record,
                                      Microseconds duration) {
  OpenExecution& open = session.open;
  if (!open.present || !open.awaiting) {
    note("duration without its statement", record);
    return;
  }
  open.awaiting = false;
  open.timed = true;
  open.duration += duration;
  open.origin.at_us = record.at_us;
  finish_timed(session, record);
}

void SessionExecutions::plan(SessionState& session, const LogRecord& record,
                             const MessageText& message) {
  auto plan = plans_.read(message.text);
  if (!plan || plan->query_text.empty()) {
    note("auto_explain plan whose query can not be read", record);
    return;
  }
  if (plan->shape.empty()) {
    note("auto_explain plan cut: its query is kept", record);
  }
  const std::string_view query = prepared_query(plan->query_text);
  if (query.size() != plan->query_text.size()) {
    plan->query_text = std::string{query};
  }
  if (holds(session.cursors, hash_of(plan->query_text)) && declares_cursor(plan->query_text)) {
    if (!silent_) {
      Origin origin;
      set_origin(origin, record);
      emit(session, origin,
           Execution{.sql = plan->query_text,
                     .duration = *message.duration,
                     .plan = &*plan,
                     .calls = 0,
                     .where = origin.where});
    }
    return;
  }
  OpenExecution& open = session.open;
  // The plan's time is the executor's, a part of the statement's.
  if (open.present && !open.simple && !open.planned && !open.awaiting &&
      plan->query_text == open.sql && *message.duration <= open.duration) {
    open.planned = true;
    open.plan = std::move(*plan);
    take_parameters(open);
    return;
  }
  if (session.pending.size() >= kMostPending) {
    emit_plan(session, session.pending.front());
    session.pending.erase(session.pending.begin());
  }
  session.pending.push_back({std::move(*plan), *message.duration, {}});
  set_origin(session.pending.back().origin, record);
}

void SessionExecutions::fetch(SessionState& session, const LogRecord& record,
                              const MessageText& message) {
  OpenExecution& open = session.open;
  if (open.present && !open.simple && open.sql == message.text) {
    open.duration += message.duration.value_or(Microseconds{0});
    open.awaiting = !message.duration;
    return;
  }
  begin(session, record, message);
}

void SessionExecutions::error(SessionState& session, const LogRecord& record) {
  const bool cancelled =
      record.sqlstate == "57014" || record.message.substr(0, 20) == "canceling statement ";
  OpenExecution& open = session.open;
  std::string_view sql = record.statement;
  if (open.present && open.awaiting && (sql.empty() || sql == open.sql)) {
    open.present = false;  // what was logged at its start has failed
    sql = open.sql;
  }
  if (silent_) {
    return;
  }
  const std::string state =
      record.sqlstate.empty() ? severity_name(record.severity) : std::string{record.sqlstate};
  ++aggregator_.events().errors_by_sqlstate[state];
  if (record.sqlstate == "40P01" || record.message == "deadlock detected") {
    ++aggregator_.events().deadlocks;
  }
  if (!sql.empty()) {
    aggregator_.error(sql, cancelled, TextPosition{std::string{record.file}, record.line});
  }
}

}  // namespace quern::collector
