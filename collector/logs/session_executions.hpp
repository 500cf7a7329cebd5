#pragma once

#include "collector/logs/message_text.hpp"
#include "collector/logs/session_state.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// Puts the records of one session together into executions, each counted once:
///
/// - auto_explain's plan and the statement's own duration line are one execution. Simple statements
///   and writes log the plan first; a SELECT through the extended protocol logs it when its portal
///   closes, which is after its `execute` line.
/// - `execute fetch from` adds to the execution of its portal.
/// - the plan of a cursor, logged when that is closed, belongs to its DECLARE.
/// - `statement:` without a duration waits for the bare `duration:` line of log_duration, and is an
///   untimed execution when none comes, an error when an ERROR comes instead. It is logged at its
///   start: no plan before it is its own.
/// - a plan with no statement line (auto_explain alone) is an execution by itself; one of a
///   statement within another (a function's: its CONTEXT tells, or else its time) counts as nested.
/// - a query string of several statements is as many executions. Its one duration is that of the
///   statement on data, or is shared by several of those evenly.
class SessionExecutions {
 public:
  explicit SessionExecutions(Aggregator& aggregator) : aggregator_{aggregator} {}

  /// A record that speaks of executions: see concerns().
  void take(SessionState& session, const LogRecord& record, const MessageText& message);
  /// The same, telling the aggregator nothing: only the state moves on.
  void rehearse(SessionState& session, const LogRecord& record, const MessageText& message);
  /// A plan whose CONTEXT tells that it ran within another statement: the session's state has no
  /// part in it.
  void take_nested(const LogRecord& record, const MessageText& message);
  /// What `later` has seen of portals and cursors.
  static void remember_portals(SessionState& session, const SessionState& later);
  /// Hands over what is open and pending.
  void close(SessionState& session);

  [[nodiscard]] static bool concerns(const LogRecord& record, MessageKind kind);
  /// The past of the session does not matter to this record and those after it; what is open is
  /// complete, and nothing is pending that could belong to it.
  [[nodiscard]] static bool starts_afresh(const SessionState& session, const LogRecord& record,
                                          const MessageText& message);

 private:
  void note(const char* reason, const LogRecord& record);
  void emit(SessionState& session, const Origin& origin, Execution execution);
  void emit_open(SessionState& session);
  void tell_open(SessionState& session);
  void emit_several(SessionState& session, const std::vector<std::string_view>& statements);
  void emit_plan(SessionState& session, const PendingPlan& pending, bool nested = false);
  std::optional<LoggedPlan> read_plan(const LogRecord& record, const MessageText& message);
  void own_plan(OpenExecution& open, LoggedPlan&& plan, const LogRecord& record);
  void emit_pending(SessionState& session);
  void claim_plans(SessionState& session, const LogRecord& record);
  void begin(SessionState& session, const LogRecord& record, const MessageText& message);
  void finish_timed(SessionState& session, const LogRecord& record);
  void bare_duration(SessionState& session, const LogRecord& record, Microseconds duration);
  void plan(SessionState& session, const LogRecord& record, const MessageText& message);
  void fetch(SessionState& session, const LogRecord& record, const MessageText& message);
  void error(SessionState& session, const LogRecord& record);

  Aggregator& aggregator_;
  LoggedPlanReader plans_;
  bool silent_ = false;
  bool same_text_ = false;  ///< a further statement of one query string
};

}  // namespace quern::collector
