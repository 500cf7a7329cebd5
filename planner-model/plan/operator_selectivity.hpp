#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "planner-model/plan/planner_info.hpp"

// The selectivity of one operator clause, as a restriction of one relation or as a join: the entry
// functions of the oprrest and oprjoin estimators (plancat.c, clausesel.c).

namespace quern::planner_model {

/// CLAMP_PROBABILITY().
[[nodiscard]] inline double clamp_probability(double s) {
  return std::isnan(s) ? 1.0 : std::clamp(s, 0.0, 1.0);
}

/// restriction_selectivity() or join_selectivity(), whichever treat_as_join_clause() says.
[[nodiscard]] double operator_selectivity(PlannerInfo& root, const Expr& clause, Relids relids,
                                          int var_relid, JoinType type, const SpecialJoin* sj);
/// scalararraysel(): x = ANY (array), x <> ALL (array).
[[nodiscard]] double array_operator_selectivity(PlannerInfo& root, const Expr& clause,
                                                Relids relids, int var_relid, JoinType type,
                                                const SpecialJoin* sj);
/// rowcomparesel(): (a, b) < (x, y) as its first column.
[[nodiscard]] double row_comparison_selectivity(PlannerInfo& root, const Expr& clause,
                                                int var_relid);

}  // namespace quern::planner_model
