#include <algorithm>

#include "planner-model/plan/array_coercion.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

double estimate_array_length(PlannerInfo& root, const ExprPtr& array) {
  const ExprPtr inner = strip_array_coercion(array);
  const bool counted = inner->kind == ExprKind::Const || inner->kind == ExprKind::ArrayExpr;
  if (!counted && root.global->cost.server.array_lengths_have_statistics()) {
    const auto variable = examine_variable(root, array, 0);
    const auto* statistics = variable.variable.statistics;
    if (statistics != nullptr && !statistics->element_count_histogram.empty()) {
      // The last entry of the histogram is the mean count of distinct elements.
      return clamp_row_est(statistics->element_count_histogram.back());
    }
  }
  return estimate_array_length(array);
}

}  // namespace quern::planner_model
