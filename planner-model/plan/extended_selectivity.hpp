#pragma once

#include <functional>
#include <vector>

#include "planner-model/plan/planner_info.hpp"
#include "planner-model/selectivity/join.hpp"

// CREATE STATISTICS objects applied to clause lists: extended_stats.c, dependencies.c, mcv.c.

namespace quern::planner_model {

/// statext_clauselist_selectivity(): the selectivity of the clauses it could treat, which it marks
/// in `estimated`; 1 when none.
[[nodiscard]] double extended_selectivity(PlannerInfo& root,
                                          const std::vector<RestrictInfo*>& clauses, int var_relid,
                                          JoinType type, const SpecialJoin* sj,
                                          std::vector<bool>& estimated);

/// The OR form; `plain` is used when no statistics apply.
[[nodiscard]] double extended_or_selectivity(PlannerInfo& root, RestrictInfo& clause, int var_relid,
                                             JoinType type, const SpecialJoin* sj,
                                             const std::function<double()>& plain);

/// Statistics on an expression kept by a CREATE STATISTICS object; null: none.
[[nodiscard]] const ParsedStatistics* extended_expression_statistics(PlannerInfo& root,
                                                                     const RelOptInfo& rel,
                                                                     const ExprPtr& expr);

/// By what number the statistics of `rel` know a column (its own) or an expression (below 0); 0: by
/// none.
[[nodiscard]] int extended_item(const PlannerInfo& root, const RelOptInfo& rel,
                                const ExprPtr& expr);

/// The n-distinct lists of a relation for estimate_number_of_groups().
[[nodiscard]] std::vector<std::vector<DistinctItem>> extended_distinct(PlannerInfo& root,
                                                                       const RelOptInfo& rel);

}  // namespace quern::planner_model
