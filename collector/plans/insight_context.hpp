#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/plans/insights.hpp"
#include "collector/plans/node_times.hpp"

/// What the parts of plan_findings() share: one file a group of insights.
namespace quern::collector::insights {

using Numbers = std::vector<std::pair<std::string, double>>;

/// Thresholds below which a finding would be noise.
inline constexpr double kMuchTime = 0.05;   // of the execution
inline constexpr double kManyRows = 1000;   // thrown away
inline constexpr double kMisestimate = 10;  // pev2's and pgAdmin's first class

struct Context {
  const std::vector<NodeTimes>& nodes;
  double all_ms;
  std::vector<PlanFinding>& found;

  void add(PlanInsight insight, const NodeTimes& at, Numbers numbers) const {
    found.push_back({insight, node_title(*at.node),
                     all_ms <= 0 ? 0 : std::min(1.0, at.exclusive_ms / all_ms),
                     std::move(numbers)});
  }
};

inline bool is(const NodeTimes& at, std::string_view type) {
  return at.node->text_of("Node Type") == type;
}

inline double rows_of(const NodeTimes& at) {
  return number_in(*at.node, "Actual Rows");
}

/// A row's average over loops may round to 0.
inline double q_error(const NodeTimes& at) {
  const double estimated = std::max(1.0, number_in(*at.node, "Plan Rows"));
  const double actual = std::max(1.0, rows_of(at));
  return std::max(estimated / actual, actual / estimated);
}

/// Findings on one node.
void estimates(const Context& context, std::size_t node);
void access(const Context& context, std::size_t node);

}  // namespace quern::collector::insights
