#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// WITH RECURSIVE: the right side of the UNION refers to the query itself.
[[nodiscard]] bool is_recursive_union(const Query& query, const SetOperation& operation);

/// plan_set_operations(), prepunion.c: UNION, INTERSECT and EXCEPT over the leaves' own plans.
RelOptInfo* plan_set_operations(PlannerInfo& root);

}  // namespace quern::planner_model
