#include <algorithm>

#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {
namespace {

double probability(double raw) {
  return std::clamp(raw, 0.0, 1.0);
}

double null_fraction(const Variable& variable) {
  return variable.statistics == nullptr ? 0.0 : variable.statistics->null_fraction;
}

}  // namespace

bool is_leakproof(const Operator& op, const TypeSystem& types) {
  const auto* function = types.function(op.function);
  return function != nullptr && function->leakproof;
}

bool may_see_values(const Variable& variable, const Operator& op) {
  return !variable.values_hidden || is_leakproof(op, *variable.types);
}

double equal_to_constant(const Variable& variable, const Operator& op, const Value& constant,
                         bool variable_on_left, bool negate) {
  // The server asks the positive operator of the clause about each common value; a negated estimate
  // comes with the operator's negator (eqsel_internal()).
  const auto* statistics = variable.statistics;
  const Operator* positive = &op;
  if (op.restriction == "neqsel") {
    if (const Operator* negator = variable.types->op(op.negator)) {
      positive = negator;
    }
  }
  const OperatorEvaluator evaluate{*positive, variable.collation, *variable.types};
  const auto matches = [&](const Value& common) {
    const Value& left = variable_on_left ? common : constant;
    const Value& right = variable_on_left ? constant : common;
    const auto answer = evaluate(left, right);
    return answer ? *answer : equal_values(left, right);
  };

  double selectivity = 0;
  if (variable.is_unique && variable.has_relation && variable.relation_tuples >= 1.0) {
    selectivity = 1.0 / variable.relation_tuples;
  } else if (statistics != nullptr && may_see_values(variable, *positive)) {
    const auto& values = statistics->most_common_values;
    const auto& frequencies = statistics->most_common_frequencies;
    const auto found = std::find_if(values.begin(), values.end(), matches);
    if (found != values.end()) {
      selectivity = frequencies[static_cast<std::size_t>(found - values.begin())];
    } else {
      // What the common values leave, shared equally by the other distinct ones, and never more
      // than the least common of the common.
      selectivity = probability(1.0 - statistics->most_common_total - statistics->null_fraction);
      const double others =
          number_of_distinct(variable).count - static_cast<double>(frequencies.size());
      if (others > 1) {
        selectivity /= others;
      }
      if (!frequencies.empty()) {
        selectivity = std::min(selectivity, frequencies.back());
      }
    }
  } else {
    selectivity = 1.0 / number_of_distinct(variable).count;
  }
  return probability(negate ? 1.0 - selectivity - null_fraction(variable) : selectivity);
}

double equal_to_unknown(const Variable& variable, bool negate) {
  const auto* statistics = variable.statistics;
  double selectivity = 0;
  if (variable.is_unique && variable.has_relation && variable.relation_tuples >= 1.0) {
    selectivity = 1.0 / variable.relation_tuples;
  } else if (statistics != nullptr) {
    selectivity = 1.0 - statistics->null_fraction;
    const double distinct = number_of_distinct(variable).count;
    if (distinct > 1) {
      selectivity /= distinct;
    }
    if (!statistics->most_common_frequencies.empty()) {
      selectivity = std::min(selectivity, statistics->most_common_frequencies.front());
    }
  } else {
    selectivity = 1.0 / number_of_distinct(variable).count;
  }
  return probability(negate ? 1.0 - selectivity - null_fraction(variable) : selectivity);
}

}  // namespace quern::planner_model
