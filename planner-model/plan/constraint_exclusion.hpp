#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// relation_excluded_by_constraints(), plancat.c: whether `clauses` contradict each other or, of a
/// table, its CHECK and NOT NULL constraints, so that no row of `rel` can pass them. Their columns
/// have the numbers that `rel` goes by (RelOptInfo::parent_columns).
[[nodiscard]] bool excluded_by_constraints(PlannerInfo& root, const RelOptInfo& rel,
                                           const std::vector<ExprPtr>& clauses);

}  // namespace quern::planner_model
