#include "collector/logs/session_executions.hpp"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "collector/logs/parameters.hpp"
#include "collector/logs/translated_message.hpp"
#include "collector/sql/several_statements.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kMostPending = 16;
constexpr const char* kPlanOfSeveral = "auto_explain plan of one of several statements in one text";

const char* severity_name(Severity severity) {
  return severity == Severity::Panic ? "PANIC" : severity == Severity::Fatal ? "FATAL" : "ERROR";
}

constexpr std::size_t kMostPortals = 64;

/// Where the text that PREPARE was given begins in the DETAIL of an EXECUTE; 0: it is none.
std::size_t prepared_start(std::string_view detail) {
  constexpr std::string_view kPrepare = "prepare: ";
  return detail.substr(0, kPrepare.size()) == kPrepare ? kPrepare.size()
                                                       : translated_prepare_start(detail);
}

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
  origin.query_id = record.query_id;
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

namespace {

/// The plan's time is the executor's, a part of the statement's. Not to the microsecond: another
/// clock measures it.
bool fits_within(Microseconds plan, Microseconds statement) {
  constexpr Microseconds kClocks{1'000};
  return plan <= statement + kClocks;
}

/// A SELECT's portal closes after its `execute` line, and what the executor does then counts in the
/// plan's time: that may be longer than the line's. It is no later execution's plan if it would
/// have to have begun before that line.
bool began_before_end(std::int64_t plan_end_us, Microseconds plan, std::int64_t end_us) {
  return plan_end_us != 0 && plan_end_us - plan.count() <= end_us;
}

}  // namespace

bool SessionExecutions::concerns(const LogRecord& record, MessageKind kind) {
  return record.severity >= Severity::Error || kind == MessageKind::Statement ||
         kind == MessageKind::Execute || kind == MessageKind::Fetch ||
         kind == MessageKind::BareDuration || kind == MessageKind::Plan;
}

bool SessionExecutions::starts_afresh(const SessionState& session, const LogRecord& record,
                                      const MessageText& message) {
  if (record.severity >= Severity::Error) {
    return false;
  }
  const bool execute = message.kind == MessageKind::Execute;
  if (!execute && message.kind != MessageKind::Statement) {
    return false;
  }
  if (message.duration) {
    return session.pending_known && session.pending.empty();
  }
  return execute || (session.pending_known && (!session.open.present || session.open.simple));
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

void SessionExecutions::remember_portals(SessionState& session, const SessionState& later) {
  for (const std::uint64_t portal : later.portals) {
    remember(session.portals, portal);
  }
  for (const std::uint64_t cursor : later.cursors) {
    remember(session.cursors, cursor);
  }
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
  if (execution.calls == 0 || execution.nested) {
    return;
  }
  if (aggregator_.is_utility(number)) {  // BEGIN, SET and the like stand between those of a run
    const TransactionStep step = transaction_step(execution.sql);
    if (step != TransactionStep::None) {
      session.transactions.step(step, aggregator_);
    }
    return;
  }
  session.transactions.add(
      {.first = aggregator_.id(number),
       .statements = same_text_ ? std::uint64_t{0} : std::uint64_t{1},
       .untimed = execution.timed ? std::uint64_t{0} : std::uint64_t{1},
       .total = execution.duration,
       .from_us = execution.at_us == 0 ? 0 : execution.at_us - execution.duration.count(),
       .until_us = execution.at_us});
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
  tell_open(session);
  // Thousands of sessions may be known: the room of a long text is not kept for the next one.
  constexpr std::size_t kLong = 16U << 10U;
  if (session.open.sql.capacity() > kLong && !session.open.present) {
    std::string{}.swap(session.open.sql);
  }
}

void SessionExecutions::tell_open(SessionState& session) {
  OpenExecution& open = session.open;
  if (!open.present) {
    return;
  }
  open.present = false;
  if (silent_) {
    return;
  }
  if (!open.timed && open.planned) {
    open.timed = true;
    open.duration = open.plan_time;
  }
  if (open.simple) {
    if (const auto statements = several_statements(open.sql); !statements.empty()) {
      emit_several(session, statements);
      return;
    }
  }
  emit(session, open.origin,
       Execution{.sql = open.sql,
                 .parameters = open.parameters,
                 .timed = open.timed,
                 .duration = open.duration,
                 .plan = open.planned && !open.further ? &open.plan : nullptr,
                 .calls = open.further ? std::uint64_t{0} : std::uint64_t{1},
                 .query_id = open.origin.query_id,
                 .where = open.origin.where});
}

void SessionExecutions::emit_several(SessionState& session,
                                     const std::vector<std::string_view>& statements) {
  const OpenExecution& open = session.open;
  const auto on_data = std::count_if(statements.begin(), statements.end(), is_data_statement);
  const bool any_data = on_data > 0;
  auto sharers = any_data ? on_data : static_cast<std::ptrdiff_t>(statements.size());
  if (open.timed && sharers > 1) {
    aggregator_.skipped().add("duration of several statements in one text: shared evenly",
                              open.origin.where);
  }
  Microseconds left = open.duration;
  for (const std::string_view statement : statements) {
    const bool shares = !any_data || is_data_statement(statement);
    const Microseconds share = shares ? left / sharers-- : Microseconds{0};
    left -= share;
    emit(session, open.origin,
         Execution{.sql = statement,
                   .timed = open.timed && shares,
                   .duration = share,
                   .plan = open.planned && shares ? &open.plan : nullptr,
                   .where = open.origin.where});
    same_text_ = true;  // one round trip for all of them
  }
  same_text_ = false;
}

void SessionExecutions::emit_plan(SessionState& session, const PendingPlan& pending, bool nested) {
  if (silent_) {
    return;
  }
  const std::string_view sql = principal_statement(pending.plan.query_text);
  if (!several_statements(sql).empty()) {
    aggregator_.skipped().add(kPlanOfSeveral, pending.origin.where);
    return;
  }
  const std::string parameters =
      pending.plan.parameters.empty() ? std::string{} : "parameters: " + pending.plan.parameters;
  emit(session, pending.origin,
       Execution{.sql = sql,
                 .parameters = parameters,
                 .duration = pending.duration,
                 .plan = &pending.plan,
                 .nested = nested,
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
        fits_within(plan->duration, open.duration)) {
      own_plan(open, std::move(plan->plan), record);
      plan->plan.query_text.clear();
    } else if (placed == Overlap::Inside) {
      emit_plan(session, *plan, true);
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
  OpenExecution& open = session.open;
  const bool plan_to_come = open.present && !open.simple && !open.planned &&
                            message.kind == MessageKind::Statement && !message.duration;
  session.unplanned = plan_to_come ? hash_of(open.sql) : 0;
  emit_open(session);
  open.present = true;
  open.simple = message.kind == MessageKind::Statement;
  open.awaiting = !message.duration;
  open.timed = message.duration.has_value();
  open.duration = message.duration.value_or(Microseconds{0});
  open.planned = false;
  open.plan_time = Microseconds{0};
  open.further = false;
  open.sql.assign(message.text);
  open.parameters.assign(lists_parameters(record.detail) ? record.detail : std::string_view{});
  bool its_own = true;  // the record's query id: EXECUTE may have one beside its statement's
  const std::size_t prepared = prepared_start(record.detail);
  if (open.simple && prepared > 0 && several_statements(message.text).empty()) {
    open.parameters = parameters_of_execute(message.text);
    open.sql.assign(prepared_query(record.detail.substr(prepared)));
    its_own = false;
  }
  if (open.simple && declares_cursor(open.sql)) {
    remember(session.cursors, hash_of(open.sql));
  } else if (names_portal(message)) {
    open.further =
        message.kind == MessageKind::Fetch && holds(session.portals, portal_hash(message));
    remember(session.portals, portal_hash(message));
  }
  set_origin(open.origin, record);
  if (!its_own) {
    open.origin.query_id = 0;
  }
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
  if (record.query_id != 0) {  // not known yet when the statement was logged
    open.origin.query_id = record.query_id;
  }
  finish_timed(session, record);
}

std::optional<LoggedPlan> SessionExecutions::read_plan(const LogRecord& record,
                                                       const MessageText& message) {
  auto plan = plans_.read(message.text);
  if (!plan || plan->query_text.empty()) {
    note("auto_explain plan whose query can not be read", record);
    return std::nullopt;
  }
  if (plan->shape.empty()) {
    note("auto_explain plan cut: its query is kept", record);
  }
  const std::string_view query = prepared_query(plan->query_text);
  if (query.size() != plan->query_text.size()) {
    plan->query_text = std::string{query};
  }
  return plan;
}

/// Of a query string of several statements, nothing tells which one a plan is of.
void SessionExecutions::own_plan(OpenExecution& open, LoggedPlan&& plan, const LogRecord& record) {
  if (open.simple && !several_statements(principal_statement(open.sql)).empty()) {
    note(kPlanOfSeveral, record);
    return;
  }
  open.planned = true;
  open.plan = std::move(plan);
  take_parameters(open);
}

void SessionExecutions::take_nested(const LogRecord& record, const MessageText& message) {
  if (auto plan = read_plan(record, message)) {
    SessionState none;
    PendingPlan pending{std::move(*plan), *message.duration, {}};
    set_origin(pending.origin, record);
    emit_plan(none, pending, true);
  }
}

void SessionExecutions::plan(SessionState& session, const LogRecord& record,
                             const MessageText& message) {
  auto plan = read_plan(record, message);
  if (!plan) {
    return;
  }
  OpenExecution& open = session.open;
  const bool same = open.present && !open.planned && plan->query_text == open.sql;
  const std::uint64_t hash = hash_of(plan->query_text);
  const bool of_the_one_before = session.unplanned == hash && !(same && open.awaiting);
  if (of_the_one_before || (holds(session.cursors, hash) && declares_cursor(plan->query_text))) {
    session.unplanned = of_the_one_before ? 0 : session.unplanned;
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
  if (same && open.awaiting) {
    open.plan_time = *message.duration;
    own_plan(open, std::move(*plan), record);
    return;
  }
  if (same && !open.simple &&
      (fits_within(*message.duration, open.duration) ||
       began_before_end(record.at_us, *message.duration, open.origin.at_us))) {
    own_plan(open, std::move(*plan), record);
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
    open.present = open.planned;  // what was logged at its start has failed, unless it had ended
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
    aggregator_.error(principal_statement(sql), cancelled,
                      TextPosition{std::string{record.file}, record.line});
  }
}

}  // namespace quern::collector
