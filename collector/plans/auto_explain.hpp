#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quern::collector {

/// A plan that auto_explain wrote.
struct LoggedPlan {
  std::string query_text;
  std::string shape = {};             ///< empty: the plan itself was cut
  std::string parameters = {};        ///< `$1 = '7', ...`, as PostgreSQL 16 and later log them
  std::string source = {};            ///< the plan as it was logged
  std::optional<double> actual_rows;  ///< returned; of a ModifyTable, those that came to it
};

/// The plan as EXPLAIN (FORMAT JSON) has it, {"Plan": ...} with triggers, JIT and settings, on one
/// line; made only for the few plans that are kept.
[[nodiscard]] std::string plan_document(const LoggedPlan& plan);

/// Reads auto_explain plans in its four formats: text, JSON, YAML, XML. Keeps its parser's memory
/// from plan to plan.
class LoggedPlanReader {
 public:
  LoggedPlanReader();
  ~LoggedPlanReader();
  LoggedPlanReader(const LoggedPlanReader&) = delete;
  LoggedPlanReader& operator=(const LoggedPlanReader&) = delete;

  /// `text` is the message after `plan:`. Nothing when not even the query can be read.
  [[nodiscard]] std::optional<LoggedPlan> read(std::string_view text);

 private:
  struct State;
  State* state_;
};

}  // namespace quern::collector
