#include <algorithm>
#include <limits>

#include "planner-model/selectivity/join.hpp"

// eqjoinsel_inner(), eqjoinsel_semi() (selfuncs.c).

namespace quern::planner_model {
namespace {

double probability(double raw) {
  return std::clamp(raw, 0.0, 1.0);
}

double null_fraction(const Variable& variable) {
  return variable.statistics == nullptr ? 0.0 : variable.statistics->null_fraction;
}

bool has_common_values(const Variable& variable, const Operator& op) {
  return variable.statistics != nullptr && !variable.statistics->most_common_values.empty() &&
         may_see_values(variable, op);
}

/// Pairs of common values that join, and how much of each side they are.
struct CommonMatches {
  double product = 0;
  double matched_left = 0;
  double unmatched_left = 0;
  double matched_right = 0;
  double unmatched_right = 0;
  int count = 0;
};

CommonMatches match_common_values(const Variable& left, const Variable& right, const Operator& op,
                                  std::size_t right_limit) {
  const auto& values_left = left.statistics->most_common_values;
  const auto& values_right = right.statistics->most_common_values;
  const auto& frequencies_left = left.statistics->most_common_frequencies;
  const auto& frequencies_right = right.statistics->most_common_frequencies;
  const std::size_t right_size = std::min(values_right.size(), right_limit);
  const bool plain_equality = op.restriction == "eqsel" && op.name == "=";
  const OperatorEvaluator evaluate{op, left.collation, *left.types};
  const auto joins = [&](const Value& a, const Value& b) {
    const auto answer = plain_equality ? std::nullopt : evaluate(a, b);
    return answer ? *answer : equal_values(a, b);
  };

  CommonMatches answer;
  std::vector<bool> taken(values_right.size(), false);
  for (std::size_t i = 0; i < values_left.size(); ++i) {
    bool matched = false;
    for (std::size_t j = 0; j < right_size && !matched; ++j) {
      if (!taken[j] && joins(values_left[i], values_right[j])) {
        taken[j] = true;
        matched = true;
        answer.product += frequencies_left[i] * frequencies_right[j];
        ++answer.count;
      }
    }
    (matched ? answer.matched_left : answer.unmatched_left) += frequencies_left[i];
  }
  for (std::size_t j = 0; j < values_right.size(); ++j) {
    (taken[j] ? answer.matched_right : answer.unmatched_right) += frequencies_right[j];
  }
  return answer;
}

}  // namespace

double equal_join_inner(const Variable& left, const Variable& right, const Operator& op) {
  const double distinct_left = number_of_distinct(left).count;
  const double distinct_right = number_of_distinct(right).count;
  const double nulls_left = null_fraction(left);
  const double nulls_right = null_fraction(right);
  if (!has_common_values(left, op) || !has_common_values(right, op)) {
    return probability((1.0 - nulls_left) * (1.0 - nulls_right) /
                       std::max(distinct_left, distinct_right));
  }
  const CommonMatches common =
      match_common_values(left, right, op, std::numeric_limits<std::size_t>::max());
  const double product = probability(common.product);
  const double matched_left = probability(common.matched_left);
  const double matched_right = probability(common.matched_right);
  const double unmatched_left = probability(common.unmatched_left);
  const double unmatched_right = probability(common.unmatched_right);
  const double other_left = probability(1.0 - nulls_left - matched_left - unmatched_left);
  const double other_right = probability(1.0 - nulls_right - matched_right - unmatched_right);
  const auto values_left = static_cast<double>(left.statistics->most_common_values.size());
  const auto values_right = static_cast<double>(right.statistics->most_common_values.size());

  // From each side: its unmatched common values meet the other's uncommon ones, its uncommon values
  // meet all of the other's that have no partner yet. The smaller answer stands.
  double from_left = product;
  if (distinct_right > values_right) {
    from_left += unmatched_left * other_right / (distinct_right - values_right);
  }
  if (distinct_right > common.count) {
    from_left += other_left * (other_right + unmatched_right) / (distinct_right - common.count);
  }
  double from_right = product;
  if (distinct_left > values_left) {
    from_right += unmatched_right * other_left / (distinct_left - values_left);
  }
  if (distinct_left > common.count) {
    from_right += other_right * (other_left + unmatched_left) / (distinct_left - common.count);
  }
  return probability(std::min(from_left, from_right));
}

double equal_join_semi(const Variable& outer, const Variable& inner, const Operator& op,
                       double inner_rows, double inner_join) {
  Distinct distinct_outer = number_of_distinct(outer);
  Distinct distinct_inner = number_of_distinct(inner);
  // Restrictions on the inner side reach the estimate only through this clamp.
  if (inner.has_relation && distinct_inner.count >= inner.relation_rows) {
    distinct_inner = {inner.relation_rows, false};
  }
  if (distinct_inner.count >= inner_rows) {
    distinct_inner = {inner_rows, false};
  }
  const double nulls = null_fraction(outer);
  const bool guess = distinct_outer.is_default || distinct_inner.is_default;
  double selectivity = 0;
  if (has_common_values(outer, op) && has_common_values(inner, op)) {
    const CommonMatches common = match_common_values(
        outer, inner, op, static_cast<std::size_t>(std::max(distinct_inner.count, 0.0)));
    const double matched = probability(common.matched_left);
    double partners = 0.5;
    if (!guess) {
      const double left = distinct_outer.count - common.count;
      const double right = distinct_inner.count - common.count;
      partners = left <= right || right < 0 ? 1.0 : right / left;
    }
    selectivity = matched + partners * probability(1.0 - matched - nulls);
  } else if (guess) {
    selectivity = 0.5 * (1.0 - nulls);
  } else if (distinct_outer.count <= distinct_inner.count || distinct_inner.count < 0) {
    selectivity = 1.0 - nulls;
  } else {
    selectivity = distinct_inner.count / distinct_outer.count * (1.0 - nulls);
  }
  return probability(std::min(selectivity, inner_rows * inner_join));
}

double not_equal_join_semi(const Variable& outer) {
  return 1.0 - null_fraction(outer);
}

double default_join_selectivity(std::string_view estimator) {
  struct Row {
    std::string_view name;
    double selectivity;
  };

  static constexpr Row kRows[] = {
      {"scalarltjoinsel", kDefaultInequalitySelectivity},
      {"scalarlejoinsel", kDefaultInequalitySelectivity},
      {"scalargtjoinsel", kDefaultInequalitySelectivity},
      {"scalargejoinsel", kDefaultInequalitySelectivity},
      {"likejoinsel", kDefaultMatchSelectivity},
      {"iclikejoinsel", kDefaultMatchSelectivity},
      {"regexeqjoinsel", kDefaultMatchSelectivity},
      {"icregexeqjoinsel", kDefaultMatchSelectivity},
      {"prefixjoinsel", kDefaultMatchSelectivity},
      {"nlikejoinsel", 1.0 - kDefaultMatchSelectivity},
      {"icnlikejoinsel", 1.0 - kDefaultMatchSelectivity},
      {"regexnejoinsel", 1.0 - kDefaultMatchSelectivity},
      {"icregexnejoinsel", 1.0 - kDefaultMatchSelectivity},
      {"matchingjoinsel", kDefaultMatchingSelectivity},
      {"areajoinsel", kDefaultAreaSelectivity},
      {"positionjoinsel", kDefaultPositionSelectivity},
      {"contjoinsel", kDefaultContainmentSelectivity},
      {"arraycontjoinsel", kDefaultEqualitySelectivity},
      {"tsmatchjoinsel", kDefaultMatchSelectivity},
      {"networkjoinsel", kDefaultEqualitySelectivity},
      {"neqjoinsel", 1.0 - kDefaultEqualitySelectivity},
  };
  for (const Row& row : kRows) {
    if (row.name == estimator) {
      return row.selectivity;
    }
  }
  return kDefaultEqualitySelectivity;
}

}  // namespace quern::planner_model
