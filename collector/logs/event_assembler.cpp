#include "collector/logs/event_assembler.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>
#include <utility>

#include <xxhash.h>

#include "collector/base/utf8.hpp"
#include "collector/logs/message_text.hpp"
#include "collector/logs/parameters.hpp"
#include "collector/logs/session_state.hpp"

namespace quern::collector {

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

constexpr std::size_t kMostSessions = 20'000;
constexpr std::size_t kMostPending = 16;

const char* severity_name(Severity severity) {
  return severity == Severity::Panic ? "PANIC" : severity == Severity::Fatal ? "FATAL" : "ERROR";
}

/// Copies of a record's texts that are not clean UTF-8, with the stray bytes escaped.
class CleanTexts {
 public:
  LogRecord clean(const LogRecord& record) {
    LogRecord result = record;
    std::size_t used = 0;
    for (std::string_view* text : {&result.message, &result.detail, &result.statement, &result.user,
                                   &result.database, &result.application, &result.sqlstate}) {
      if (!is_clean_utf8(*text)) {
        std::string& own = texts_[used++];
        own = to_clean_utf8(*text);
        *text = own;
        any_ = true;
      }
    }
    return result;
  }

  bool take_any() { return std::exchange(any_, false); }

 private:
  std::array<std::string, 7> texts_;
  bool any_ = false;
};

}  // namespace

struct EventAssembler::State {
  Aggregator& aggregator;
  const EventFilter& filter;
  const ReadTally& tally;
  std::unordered_map<std::uint64_t, SessionState> sessions = {};
  std::deque<std::string> files = {};
  std::uint64_t clock = 0;
  TextPosition where = {};
  CleanTexts texts = {};
  LoggedPlanReader plans = {};

  void note(const char* reason) { aggregator.skipped().add(reason, where); }

  void at_line(std::uint64_t line) {
    if (files.empty() || files.back() != tally.file) {
      files.push_back(tally.file);
      where.file = tally.file;
    }
    where.line = line;
  }

  SessionState& session_of(std::string_view id) {
    const std::uint64_t key = XXH3_64bits(id.data(), id.size());
    if (sessions.size() >= kMostSessions && sessions.find(key) == sessions.end()) {
      close_oldest_half();
    }
    SessionState& session = sessions[key];
    session.last_seen = ++clock;
    return session;
  }

  void close_oldest_half() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> by_age;
    for (const auto& [key, session] : sessions) {
      by_age.emplace_back(session.last_seen, key);
    }
    std::sort(by_age.begin(), by_age.end());
    for (std::size_t i = 0; i < by_age.size() / 2; ++i) {
      const auto place = sessions.find(by_age[i].second);
      close(place->second);
      sessions.erase(place);
    }
  }

  void close(SessionState& session) {
    emit_open(session);
    for (const PendingPlan& plan : session.pending) {
      emit_plan(session, plan);
    }
    session.pending.clear();
    end_run(session.run);
    session.run = {};
  }

  void end_run(const ClassRun& run) {
    if (run.length >= kMinimumRun && run.values_vary) {
      aggregator.run(run.number, run.before, run.length, run.total);
    }
  }

  [[nodiscard]] Origin origin_of(const LogRecord& record) const {
    return Origin{record.line,
                  &files.back(),
                  record.at_us,
                  std::string{record.user},
                  std::string{record.database},
                  std::string{record.application}};
  }

  void emit(SessionState& session, const Execution& execution) {
    const ClassNumber number = aggregator.execution(execution);
    if (aggregator.is_utility(number)) {
      return;  // BEGIN, SET and the like stand between the executions of a run
    }
    const std::uint64_t values =
        XXH3_64bits_withSeed(execution.sql.data(), execution.sql.size(),
                             XXH3_64bits(execution.parameters.data(), execution.parameters.size()));
    ClassRun& run = session.run;
    if (run.number != number) {
      end_run(run);
      run = ClassRun{.number = number, .before = run.number};
    } else {
      run.values_vary = run.values_vary || values != run.last_values;
    }
    ++run.length;
    run.last_values = values;
    run.total += execution.duration;
  }

  void emit_from(SessionState& session, const Origin& origin, Execution execution) {
    execution.at_us = origin.at_us;
    execution.user = origin.user;
    execution.database = origin.database;
    execution.application = origin.application;
    emit(session, execution);
  }

  void emit_open(SessionState& session) {
    OpenExecution& open = session.open;
    if (!open.present) {
      return;
    }
    open.present = false;
    const TextPosition position{*open.origin.file, open.origin.line};
    emit_from(session, open.origin,
              Execution{.sql = open.sql,
                        .parameters = open.parameters,
                        .timed = open.timed,
                        .duration = open.duration,
                        .plan = open.planned ? &open.plan : nullptr,
                        .where = position});
  }

  void emit_plan(SessionState& session, const PendingPlan& pending) {
    const TextPosition position{*pending.origin.file, pending.origin.line};
    emit_from(session, pending.origin,
              Execution{.sql = pending.plan.query_text,
                        .duration = pending.duration,
                        .plan = &pending.plan,
                        .where = position});
  }

  /// The statement's duration is known: which of the plans before it are its own?
  void claim_plans(SessionState& session) {
    OpenExecution& open = session.open;
    std::vector<PendingPlan> pending = std::move(session.pending);
    session.pending.clear();
    for (auto plan = pending.rbegin(); plan != pending.rend(); ++plan) {
      const Overlap placed =
          overlap(plan->origin.at_us, plan->duration, open.origin.at_us, open.duration);
      const bool same = plan->plan.query_text == open.sql;
      if (same && !open.planned && placed != Overlap::Outside) {
        open.planned = true;
        open.plan = std::move(plan->plan);
        plan->plan.query_text.clear();
      } else if (same ? placed != Overlap::Outside : placed == Overlap::Inside) {
        note("auto_explain plan of a nested statement");
        plan->plan.query_text.clear();
      }
    }
    for (const PendingPlan& plan : pending) {
      if (!plan.plan.query_text.empty()) {
        emit_plan(session, plan);
      }
    }
  }

  void begin(SessionState& session, const LogRecord& record, const MessageText& message) {
    emit_open(session);
    OpenExecution& open = session.open;
    open.present = true;
    open.simple = message.kind == MessageKind::Statement;
    open.awaiting = !message.duration;
    open.timed = message.duration.has_value();
    open.duration = message.duration.value_or(Microseconds{0});
    open.planned = false;
    open.sql.assign(message.text);
    open.parameters.assign(lists_parameters(record.detail) ? record.detail : std::string_view{});
    constexpr std::string_view kPrepare = "prepare: ";
    if (open.simple && record.detail.substr(0, kPrepare.size()) == kPrepare) {
      open.parameters = parameters_of_execute(message.text);
      open.sql.assign(prepared_query(record.detail.substr(kPrepare.size())));
    }
    open.origin.line = record.line;
    open.origin.file = &files.back();
    open.origin.at_us = record.at_us;
    open.origin.user.assign(record.user);
    open.origin.database.assign(record.database);
    open.origin.application.assign(record.application);
    if (open.timed) {
      finish_timed(session);
    }
  }

  void finish_timed(SessionState& session) {
    if (!session.pending.empty()) {
      claim_plans(session);
    }
    if (session.open.simple) {
      emit_open(session);
    }
  }

  void bare_duration(SessionState& session, const LogRecord& record, Microseconds duration) {
    OpenExecution& open = session.open;
    if (!open.present || !open.awaiting) {
      note("duration without its statement");
      return;
    }
    open.awaiting = false;
    open.timed = true;
    open.duration = duration;
    open.origin.at_us = record.at_us;
    finish_timed(session);
  }

  void plan(SessionState& session, const LogRecord& record, const MessageText& message) {
    auto plan = plans.read(message.text);
    if (!plan || plan->query_text.empty()) {
      note("auto_explain plan in XML or YAML, or cut");
      return;
    }
    if (plan->shape.empty()) {
      note("auto_explain plan cut: its query is kept");
    }
    const std::string_view query = prepared_query(plan->query_text);
    if (query.size() != plan->query_text.size()) {
      plan->query_text = std::string{query};
    }
    OpenExecution& open = session.open;
    // The plan's time is the executor's, a part of the statement's.
    if (open.present && !open.simple && !open.planned && !open.awaiting &&
        plan->query_text == open.sql && *message.duration <= open.duration) {
      open.planned = true;
      open.plan = std::move(*plan);
      return;
    }
    if (session.pending.size() >= kMostPending) {
      emit_plan(session, session.pending.front());
      session.pending.erase(session.pending.begin());
    }
    session.pending.push_back({std::move(*plan), *message.duration, origin_of(record)});
  }

  void fetch(SessionState& session, const LogRecord& record, const MessageText& message) {
    OpenExecution& open = session.open;
    if (open.present && !open.simple && open.timed && message.duration &&
        open.sql == message.text) {
      open.duration += *message.duration;
      return;
    }
    begin(session, record, message);
  }

  void error(SessionState& session, const LogRecord& record) {
    const std::string state =
        record.sqlstate.empty() ? severity_name(record.severity) : std::string{record.sqlstate};
    ++aggregator.events().errors_by_sqlstate[state];
    if (record.sqlstate == "40P01" || record.message == "deadlock detected") {
      ++aggregator.events().deadlocks;
    }
    const bool cancelled =
        record.sqlstate == "57014" || record.message.substr(0, 20) == "canceling statement ";
    OpenExecution& open = session.open;
    std::string_view sql = record.statement;
    if (open.present && open.awaiting && (sql.empty() || sql == open.sql)) {
      open.present = false;  // what was logged at its start has failed
      sql = open.sql;
    }
    if (!sql.empty()) {
      aggregator.error(sql, cancelled, where);
    }
  }

  void act(const LogRecord& record, const MessageText& message) {
    switch (message.kind) {
      case MessageKind::Statement:
      case MessageKind::Execute:
        begin(session_of(record.session), record, message);
        break;
      case MessageKind::Fetch:
        fetch(session_of(record.session), record, message);
        break;
      case MessageKind::BareDuration:
        bare_duration(session_of(record.session), record, *message.duration);
        break;
      case MessageKind::Plan:
        plan(session_of(record.session), record, message);
        break;
      case MessageKind::ProtocolStep:
        aggregator.protocol_step(message.text, *message.duration, where);
        break;
      case MessageKind::TemporaryFile:
        with_statement(record, [&](std::string_view sql) {
          aggregator.temporary_file(sql, message.bytes, where);
        });
        break;
      case MessageKind::LockWait:
        with_statement(record, [&](std::string_view sql) { aggregator.lock_wait(sql, where); });
        break;
      case MessageKind::LockAcquired:
        with_statement(record, [&](std::string_view sql) {
          aggregator.lock_wait_time(sql, *message.duration, where);
        });
        break;
      case MessageKind::Checkpoint:
        ++aggregator.events().checkpoints;
        break;
      case MessageKind::Autovacuum:
        ++aggregator.events().autovacuums;
        break;
      case MessageKind::Connection:
        ++aggregator.events().connections;
        break;
      case MessageKind::Translated:
        note("duration in a language other than English (lc_messages)");
        break;
      case MessageKind::Other:
        break;
    }
  }

  template <class Count>
  void with_statement(const LogRecord& record, Count count) {
    if (record.statement.empty()) {
      note("temporary file or lock wait without its STATEMENT");
    } else {
      count(record.statement);
    }
  }
};

EventAssembler::EventAssembler(Aggregator& aggregator, const EventFilter& filter,
                               const ReadTally& tally)
    : state_{new State{aggregator, filter, tally}} {}

EventAssembler::~EventAssembler() = default;

void EventAssembler::take(const LogRecord& raw) {
  State& s = *state_;
  if (!s.filter.lets_through(raw)) {
    ++s.aggregator.input().filtered;
    return;
  }
  const LogRecord record = s.texts.clean(raw);
  s.at_line(record.line);
  if (s.texts.take_any()) {
    s.note("bytes that are not UTF-8, kept as \\xHH");
  }
  if (record.severity >= Severity::Error) {
    s.error(s.session_of(record.session), record);
  } else if (record.severity == Severity::Log) {
    s.act(record, read_message(record.message));
  }
}

void EventAssembler::finish() {
  std::vector<std::pair<std::uint64_t, SessionState*>> all;
  for (auto& [key, session] : state_->sessions) {
    all.emplace_back(session.last_seen, &session);
  }
  std::sort(all.begin(), all.end());
  for (const auto& [seen, session] : all) {
    state_->close(*session);
  }
  state_->sessions.clear();
}

}  // namespace quern::collector
