#include <algorithm>
#include <cmath>

#include "collector/base/units.hpp"

#include "planner-model/selectivity/join.hpp"

// estimate_num_groups(), estimate_multivariate_ndistinct() (selfuncs.c).

namespace quern::planner_model {
namespace {

/// Takes the variables that the best multivariate entry covers (at least two) out of `remaining`
/// and returns its count.
std::optional<double> take_multivariate(std::vector<const GroupingVariable*>& remaining,
                                        const RelationDistinct& relation) {
  const DistinctItem* best = nullptr;
  std::size_t best_matches = 1;
  const auto covers = [](const DistinctItem& item, const GroupingVariable& variable) {
    return !variable.expression.empty() &&
           std::all_of(variable.expression.begin(), variable.expression.end(), [&](int wanted) {
             return std::find(item.items.begin(), item.items.end(), wanted) != item.items.end();
           });
  };
  for (const auto& statistics : relation.statistics) {
    for (const DistinctItem& item : statistics) {
      const auto matches = static_cast<std::size_t>(
          std::count_if(remaining.begin(), remaining.end(),
                        [&](const GroupingVariable* v) { return covers(item, *v); }));
      if (matches > best_matches && matches == item.items.size()) {
        best = &item;
        best_matches = matches;
      }
    }
  }
  if (best == nullptr) {
    return std::nullopt;
  }
  std::erase_if(remaining, [&](const GroupingVariable* v) { return covers(*best, *v); });
  return best->count;
}

double round_groups(double groups, double input_rows) {
  return std::max(1.0, std::min(std::ceil(groups), input_rows));
}

}  // namespace

double estimate_number_of_groups(std::span<const GroupingVariable> variables, double input_rows,
                                 std::span<const RelationDistinct> multivariate,
                                 double set_returning_factor) {
  input_rows = clamp_rows(Rows{input_rows}).value();
  double groups = 1;
  std::vector<const GroupingVariable*> pending;
  for (const GroupingVariable& variable : variables) {
    if (variable.is_boolean) {
      groups *= 2;
    } else {
      pending.push_back(&variable);
    }
  }
  while (!pending.empty()) {
    // One relation at a time: that of the first variable left.
    const GroupingVariable& first = *pending.front();
    std::vector<const GroupingVariable*> here;
    std::vector<const GroupingVariable*> others;
    for (const GroupingVariable* variable : pending) {
      (variable->relation == first.relation ? here : others).push_back(variable);
    }
    pending = std::move(others);

    double distinct = 1;
    double largest = 1;
    int factors = 0;
    const auto multiply = [&](double count) {
      distinct *= count;
      largest = std::max(largest, count);
      ++factors;
    };
    const auto extended =
        std::find_if(multivariate.begin(), multivariate.end(),
                     [&](const RelationDistinct& r) { return r.relation == first.relation; });
    while (extended != multivariate.end()) {
      const auto count = take_multivariate(here, *extended);
      if (!count) {
        break;
      }
      multiply(*count);
    }
    for (const GroupingVariable* variable : here) {
      multiply(number_of_distinct(variable->variable).count);
    }
    const double tuples = first.relation_tuples;
    if (tuples <= 0) {
      continue;
    }
    // Several columns are probably correlated: a tenth of the table at most, but no fewer than the
    // most varied of them alone.
    double clamp = tuples;
    if (factors > 1) {
      clamp = std::min(std::max(clamp * 0.1, largest), tuples);
    }
    distinct = std::min(distinct, clamp);
    if (distinct > 0 && first.relation_rows < tuples) {
      // Distinct values met in a sample of the rows (Dell'Era's approximation of Yao's formula).
      distinct *= 1 - std::pow((tuples - first.relation_rows) / tuples, tuples / distinct);
    }
    groups *= clamp_rows(Rows{distinct}).value();
  }
  return round_groups(groups * set_returning_factor, input_rows);
}

}  // namespace quern::planner_model
