#pragma once

#include <set>
#include <string>

#include "planner-model/plan/planner_info.hpp"
#include "planner-model/whatif/plan_node.hpp"

namespace quern::planner_model {

/// The chosen path as EXPLAIN shows it (createplan.c and explain.c in one step). Index names used
/// are added to `indexes`.
[[nodiscard]] PlanNode explain_plan(PlannerInfo& root, const Path& path,
                                    std::set<std::string>& indexes);

}  // namespace quern::planner_model
