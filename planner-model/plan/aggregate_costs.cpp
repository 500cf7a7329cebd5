// What aggregates cost and keep. Source: prepagg.c (get_agg_clause_costs), PostgreSQL 15.
#include <algorithm>
#include <cmath>

#include "planner-model/plan/partial_aggregate.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// find_compatible_agg() and find_compatible_trans(): both can run on one state.
bool share_transitions(const Expr& one, const Expr& other, const TypeSystem& types) {
  const auto* a = types.aggregate(one.function);
  const auto* b = types.aggregate(other.function);
  return a != nullptr && b != nullptr && a->transition == b->transition &&
         a->transition_type == b->transition_type && one.distinct == other.distinct &&
         std::equal(one.args.begin(), one.args.end(), other.args.begin(), other.args.end(),
                    [](const ExprPtr& x, const ExprPtr& y) { return equal(x, y); }) &&
         std::equal(one.order_by.begin(), one.order_by.end(), other.order_by.begin(),
                    other.order_by.end(),
                    [](const AggregateOrder& x, const AggregateOrder& y) {
                      return x.sort_operator == y.sort_operator && x.nulls_first == y.nulls_first &&
                             equal(x.expr, y.expr);
                    }) &&
         equal(one.filter, other.filter);
}

}  // namespace

AggClauseCosts agg_clause_costs(const std::vector<ExprPtr>& aggregates, AggSplit split,
                                PlannerInfo& root) {
  const auto& types = *root.global->types;
  AggClauseCosts costs;
  const double cpu = root.global->cost.cpu_operator_cost;
  const auto function_cost = [&](Oid function) {
    const auto* f = function != 0 ? types.function(function) : nullptr;
    return f != nullptr ? f->cost * cpu : 0.0;
  };
  std::vector<ExprPtr> transitions;
  for (const auto& aggregate : aggregates) {
    const auto* a = types.aggregate(aggregate->function);
    if (a == nullptr) {
      continue;
    }
    // Final functions are charged for each aggregate, transitions once when shared.
    if (split != AggSplit::InitialSerial) {
      costs.final.per_tuple += function_cost(a->final);
    }
    const bool shared = std::any_of(
        transitions.begin(), transitions.end(),
        [&](const ExprPtr& other) { return share_transitions(*aggregate, *other, types); });
    if (shared) {
      continue;
    }
    transitions.push_back(aggregate);
    const Aggregate partial = partial_form(*a, root);
    if (split == AggSplit::FinalDeserial) {
      costs.transition.per_tuple +=
          function_cost(partial.combine) + function_cost(partial.deserialize);
    } else {
      costs.transition.per_tuple += function_cost(a->transition);
    }
    if (split == AggSplit::InitialSerial) {
      costs.final.per_tuple += function_cost(partial.serialize);
    }
    if (split != AggSplit::FinalDeserial) {
      const QualCost arguments = exprs_cost(aggregate->args, root);
      costs.transition += arguments;
      if (aggregate->filter) {
        costs.transition += expr_cost(aggregate->filter, root);
      }
      if (!aggregate->direct_args.empty()) {
        const QualCost direct = exprs_cost(aggregate->direct_args, root);
        costs.final.startup += direct.startup;
        costs.final.per_tuple += direct.per_tuple;
      }
    }
    Oid state = a->transition_type;
    if (types.is_polymorphic(state) && !aggregate->args.empty()) {
      state = aggregate->args.front()->type;
    }
    const auto* type = types.type(state);
    if (state == type_oid::kInternal) {
      costs.transition_space += a->transition_space > 0 ? a->transition_space : 8192;
    } else if (type != nullptr && !type->by_value) {
      double width = 0;
      if (a->transition_space > 0) {
        width = a->transition_space;
      } else {
        width =
            type_width(root, state, aggregate->args.empty() ? -1 : aggregate->args.front()->typmod);
      }
      costs.transition_space += std::ceil(width / 8.0) * 8.0 + 16;
    }
  }
  return costs;
}

}  // namespace quern::planner_model
