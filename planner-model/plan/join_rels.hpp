#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

[[nodiscard]] bool have_relevant_joinclause(PlannerInfo& root, const RelOptInfo& a,
                                            const RelOptInfo& b);
[[nodiscard]] bool has_join_restriction(const PlannerInfo& root, const RelOptInfo& rel);
[[nodiscard]] bool have_join_order_restriction(const PlannerInfo& root, const RelOptInfo& a,
                                               const RelOptInfo& b);

/// The relation that joins both, with their paths put together; null when the query does not allow
/// the two to be joined (joinrels.c).
[[nodiscard]] RelOptInfo* make_join_rel(PlannerInfo& root, RelOptInfo& a, RelOptInfo& b);

/// mark_dummy_rel(): no row can come of the join.
void mark_dummy_join(PlannerInfo& root, RelOptInfo& rel);

/// A relation that has all of its paths: those that gather partial ones, and which are cheapest.
void finish_join_rel(PlannerInfo& root, RelOptInfo& rel);

}  // namespace quern::planner_model
