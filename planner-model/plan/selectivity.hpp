#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"
#include "planner-model/selectivity/statistics.hpp"

// The estimators of planner-model/selectivity joined to expression trees: clausesel.c and the entry
// functions of selfuncs.c. `var_relid` 0: any relation's columns; otherwise only that range's
// columns are variable and the others are treated as unknown constants, as for a parameterized
// scan.

namespace quern::planner_model {

[[nodiscard]] double clause_selectivity(PlannerInfo& root, RestrictInfo& clause, int var_relid,
                                        JoinType type, const SpecialJoin* sj);
[[nodiscard]] double clauselist_selectivity(PlannerInfo& root,
                                            const std::vector<RestrictInfo*>& clauses,
                                            int var_relid, JoinType type, const SpecialJoin* sj);
/// clauselist_selectivity() of what restricts one relation, times Assumptions::row_factor where a
/// condition of its own, not a join alone, is among the clauses.
[[nodiscard]] double restriction_selectivity(PlannerInfo& root,
                                             const std::vector<RestrictInfo*>& clauses,
                                             int var_relid);
/// Bare expressions: HAVING, index predicates, arms of OR.
[[nodiscard]] double expr_selectivity(PlannerInfo& root, const ExprPtr& clause, int var_relid,
                                      JoinType type, const SpecialJoin* sj);
[[nodiscard]] double expr_list_selectivity(PlannerInfo& root, const std::vector<ExprPtr>& clauses,
                                           int var_relid, JoinType type, const SpecialJoin* sj);

/// examine_variable(): finds the statistics that speak of `expr`.
struct ExaminedVariable {
  ExprPtr expr;               ///< without relabeling
  RelOptInfo* rel = nullptr;  ///< null: not of one relation
  Variable variable;
};

[[nodiscard]] ExaminedVariable examine_variable(PlannerInfo& root, const ExprPtr& expr,
                                                int var_relid);

[[nodiscard]] double estimate_num_groups(PlannerInfo& root, const std::vector<ExprPtr>& exprs,
                                         double input_rows, bool* used_default = nullptr);
void estimate_hash_bucket_stats(PlannerInfo& root, const ExprPtr& key, double buckets,
                                double& mcv_frequency, double& bucket_size);

/// Estimated once a clause and order (cached_scansel() in costsize.c).
[[nodiscard]] const MergeScan& merge_scan_selectivity(PlannerInfo& root, RestrictInfo& clause,
                                                      const PathKey& pathkey);

/// estimate_array_length(): 10 when unknown.
[[nodiscard]] int estimate_array_length(const ExprPtr& array);
/// The same, of columns by their statistics where the server does.
[[nodiscard]] double estimate_array_length(PlannerInfo& root, const ExprPtr& array);

/// The expression as the estimators see it: stable calls folded at the planner's clock.
[[nodiscard]] ExprPtr estimation_value(PlannerInfo& root, const ExprPtr& expr);

}  // namespace quern::planner_model
