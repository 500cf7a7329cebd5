#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern::collector {

/// A node of a plan as EXPLAIN prints it, with what identifies its shape and its main figures.
struct ExplainNode {
  std::string node_type;  ///< "Index Scan", as in EXPLAIN (FORMAT JSON)
  std::string join_type = {};
  std::string strategy = {};
  std::string relation = {};
  std::string alias = {};
  std::string index = {};
  double startup_cost = 0;
  double total_cost = 0;
  double rows = 0;
  double width = 0;
  std::optional<double> actual_rows = {};  ///< a loop's average
  std::optional<double> actual_loops = {};
  std::vector<ExplainNode> children = {};
};

/// What identifies a node in a shape.
struct ShapeParts {
  std::string_view node_type, join_type, strategy, operation, relation, index;
};

/// Makes a plan's shape from its nodes, top down.
class PlanShape {
 public:
  void begin(const ShapeParts& node);
  void end();
  /// 16 hex digits; ready for the next plan.
  [[nodiscard]] std::string take();

 private:
  std::string text_;
};

/// 16 hex digits over node types, relations and indexes; not over costs, aliases or conditions.
[[nodiscard]] std::string plan_shape(const ExplainNode& plan);

/// {"Plan": {...}} with EXPLAIN's own keys, for plans that came as text.
[[nodiscard]] std::string explain_json(const ExplainNode& plan);

}  // namespace quern::collector
