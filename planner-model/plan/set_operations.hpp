#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// plan_set_operations(), prepunion.c: UNION, INTERSECT and EXCEPT over the leaves' own plans.
RelOptInfo* plan_set_operations(PlannerInfo& root);

}  // namespace quern::planner_model
