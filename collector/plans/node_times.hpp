#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/plans/plan_value.hpp"

namespace quern::collector {

/// A node of an executed plan with its share of the time. EXPLAIN prints averages of a loop; these
/// are of the whole execution, as the clock on the wall saw them.
struct NodeTimes {
  const PlanValue* node = nullptr;
  std::size_t parent = 0;  ///< index; the top node is its own
  std::size_t depth = 0;
  double loops = 0;         ///< 0: never executed
  double processes = 1;     ///< that worked on it at once, under a Gather
  double total_ms = 0;      ///< with its children
  double exclusive_ms = 0;  ///< without; never negative, and all together are the top's total
};

/// Nodes top down, in EXPLAIN's order. A CTE's or InitPlan's time is taken once, from the nodes
/// that waited for it, not from the one that it is printed under. Empty when the plan was not
/// executed or not timed.
[[nodiscard]] std::vector<NodeTimes> node_times(const PlanValue& top);

/// 0 when it is not there.
[[nodiscard]] double number_in(const PlanValue& node, std::string_view name);

/// `Index Scan using orders_pkey on orders o`, for people.
[[nodiscard]] std::string node_title(const PlanValue& node);

}  // namespace quern::collector
