#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// pull_up_sublinks() of a query that `root` plans, or of a subquery before it becomes part of it.
void pull_up_sublinks(const PlannerInfo& root, Query& query);

}  // namespace quern::planner_model
