#pragma once

#include <span>
#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// predicate_implied_by(), predtest.c: whether every row that satisfies all `clauses` satisfies all
/// of `predicate`. `weak`: null counts as satisfied. False when not proven.
[[nodiscard]] bool predicate_implied_by(const PlannerInfo& root, std::span<const ExprPtr> predicate,
                                        std::span<const ExprPtr> clauses);
[[nodiscard]] bool predicate_implied_by(const PlannerInfo& root, const ExprPtr& predicate,
                                        std::span<const ExprPtr> clauses);

/// What a refuted predicate is where the clauses hold: false (strong), or false or null (weak).
enum class Refutation : std::uint8_t { Strong, Weak };

/// predicate_refuted_by(): whether no row that satisfies all `clauses` can satisfy `predicate`.
[[nodiscard]] bool predicate_refuted_by(const PlannerInfo& root,
                                        const std::vector<ExprPtr>& predicate,
                                        const std::vector<ExprPtr>& clauses, Refutation refutation);

}  // namespace quern::planner_model
