#include "planner-model/plan/partial_aggregate.hpp"

namespace quern::planner_model {

Aggregate partial_form(const Aggregate& aggregate, const PlannerInfo& root) {
  Aggregate result = aggregate;
  const auto* function = root.global->types->function(aggregate.function);
  if (aggregate.combine == 0 && function != nullptr &&
      (function->name == "string_agg" || function->name == "array_agg") &&
      root.global->cost.server.combines_string_and_array_aggregates()) {
    result.combine = result.serialize = result.deserialize = aggregate.transition;
  }
  return result;
}

}  // namespace quern::planner_model
