#pragma once

#include "planner-model/plan/index_cost.hpp"

namespace quern::planner_model {

/// gincostestimate(). The statistics of an index's metapage are what its build leaves there
/// (GinShapes).
[[nodiscard]] IndexAccessCost gin_cost(PlannerInfo& root, const Path& path, double loop_count);

}  // namespace quern::planner_model
