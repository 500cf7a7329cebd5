#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// preprocess_minmax_aggregates(), planagg.c: MIN and MAX read off the end of an index. Adds a path
/// to `rel` when every aggregate can be had so.
void add_min_max_path(PlannerInfo& root, RelOptInfo& rel, const PathTarget* target,
                      const std::vector<ExprPtr>& aggregates, const std::vector<ExprPtr>& having);

/// Makes InitPlans of the MIN and MAX subqueries in the plan chosen for one query level, at the
/// moment when the server numbers them: create_minmaxagg_plan(), createplan.c.
void register_min_max(PlannerInfo& root, const Path& path);

}  // namespace quern::planner_model
