#pragma once

#include "planner-model/plan/index_cost.hpp"

namespace quern::planner_model {

/// gincostestimate(). Entries and posting pages are scaled from the index size as the server does
/// when its statistics page is old: nine tenths of the pages hold entries.
[[nodiscard]] IndexAccessCost gin_cost(PlannerInfo& root, const Path& path, double loop_count);

}  // namespace quern::planner_model
