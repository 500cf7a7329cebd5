#include <algorithm>

#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {

double null_test(const Variable& variable, bool is_null) {
  double nulls = kDefaultUnknownSelectivity;
  if (variable.statistics != nullptr) {
    nulls = variable.statistics->null_fraction;
  } else if (variable.is_ctid || variable.is_tableoid) {
    nulls = 0;  // system columns are never null
  }
  return is_null ? nulls : 1.0 - nulls;
}

double boolean_variable(const Variable& variable) {
  constexpr Oid kBooleanEqual = 91;
  if (variable.statistics == nullptr) {
    return 0.5;
  }
  return equal_to_constant(variable, *variable.types->op(kBooleanEqual), make_bool(true), true,
                           false);
}

std::optional<double> boolean_test(const Variable& variable, BooleanTest test) {
  if (test == BooleanTest::IsUnknown || test == BooleanTest::IsNotUnknown) {
    const double unknown = variable.statistics == nullptr ? kDefaultUnknownSelectivity
                                                          : variable.statistics->null_fraction;
    return test == BooleanTest::IsUnknown ? unknown : 1.0 - unknown;
  }
  if (variable.statistics == nullptr) {
    return std::nullopt;
  }
  const double unknown = variable.statistics->null_fraction;
  // Without common values, true and false share what is not null.
  double is_true = (1.0 - unknown) / 2.0;
  if (!variable.statistics->most_common_values.empty()) {
    const double first = variable.statistics->most_common_frequencies.front();
    is_true = variable.statistics->most_common_values.front().integer != 0 ? first
                                                                           : 1.0 - first - unknown;
  }
  const double is_false = 1.0 - is_true - unknown;
  const double answer = test == BooleanTest::IsTrue      ? is_true
                        : test == BooleanTest::IsNotTrue ? 1.0 - is_true
                        : test == BooleanTest::IsFalse   ? is_false
                                                         : 1.0 - is_false;
  return std::clamp(answer, 0.0, 1.0);
}

}  // namespace quern::planner_model
