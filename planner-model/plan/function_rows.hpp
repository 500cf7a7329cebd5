#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// expression_returns_set_rows(): how many rows a call gives; 1 for what returns no set.
[[nodiscard]] double function_rows(PlannerInfo& root, const ExprPtr& function);

}  // namespace quern::planner_model
