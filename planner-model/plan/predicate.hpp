#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// predicate_implied_by(), predtest.c: whether every row that satisfies all `clauses` satisfies all
/// of `predicate`. `weak`: null counts as satisfied. False when not proven.
[[nodiscard]] bool predicate_implied_by(const PlannerInfo& root,
                                        const std::vector<ExprPtr>& predicate,
                                        const std::vector<ExprPtr>& clauses);

/// predicate_refuted_by(): whether no row can satisfy all `clauses` and `predicate` at once.
[[nodiscard]] bool predicate_refuted_by(const PlannerInfo& root,
                                        const std::vector<ExprPtr>& predicate,
                                        const std::vector<ExprPtr>& clauses);

}  // namespace quern::planner_model
