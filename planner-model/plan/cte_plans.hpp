#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// The plan of the WITH query that a range refers to; null for the working table of a recursion.
[[nodiscard]] const SubPlanInfo* cte_plan(const PlannerInfo& root, const RangeTableEntry& entry);

}  // namespace quern::planner_model
