#include <algorithm>
#include <cmath>

#include "planner-model/selectivity/restriction.hpp"

// scalararraysel() (selfuncs.c), arraycontsel() and scalararraysel_containment()
// (array_selfuncs.c).

namespace quern::planner_model {
namespace {

/// DEFAULT_CONTAIN_SEL and DEFAULT_OVERLAP_SEL of array_selfuncs.c.
constexpr double kDefaultContain = 0.005;
constexpr double kDefaultOverlap = 0.01;

/// The most common elements as the estimators use them: null without a complete slot.
struct Elements {
  const ParsedStatistics* statistics = nullptr;

  [[nodiscard]] bool known() const {
    return statistics != nullptr && !statistics->most_common_elements.empty();
  }

  [[nodiscard]] double minimum() const {
    return known() ? statistics->minimum_element_frequency : 2 * kDefaultContain;
  }

  [[nodiscard]] std::optional<double> frequency(const Value& element) const {
    if (!known()) {
      return std::nullopt;
    }
    const auto& elements = statistics->most_common_elements;
    const auto found = std::find_if(elements.begin(), elements.end(), [&](const Value& common) {
      return equal_values(common, element);
    });
    if (found == elements.end()) {
      return std::nullopt;
    }
    return statistics
        ->most_common_element_frequencies[static_cast<std::size_t>(found - elements.begin())];
  }

  /// Of an element that may not be listed: less than half of the least common listed one.
  [[nodiscard]] double estimate(const Value& element) const {
    return frequency(element).value_or(std::min(kDefaultContain, minimum() / 2));
  }
};

std::vector<Value> distinct_elements(const std::vector<std::optional<Value>>& given) {
  std::vector<Value> distinct;
  for (const auto& element : given) {
    if (element && std::none_of(distinct.begin(), distinct.end(),
                                [&](const Value& seen) { return equal_values(seen, *element); })) {
      distinct.push_back(*element);
    }
  }
  return distinct;
}

/// mcelem_array_contain_overlap_selec(): elements occur independently.
double contain_or_overlap(const Elements& common, const std::vector<Value>& wanted, bool contain) {
  double selectivity = contain ? 1.0 : 0.0;
  for (const Value& element : wanted) {
    const double one = common.estimate(element);
    selectivity = contain ? selectivity * one : selectivity + one - selectivity * one;
    selectivity = std::clamp(selectivity, 0.0, 1.0);
  }
  return selectivity;
}

/// calc_distr(): the distribution of how many of independent events happen, up to `limit`; `rest`
/// is the rate of further rare events.
std::vector<float> distribution(const std::vector<float>& events, std::size_t limit, float rest) {
  std::vector<float> row(limit + 1, 0.0F);
  row[0] = 1.0F;
  std::vector<float> previous = row;
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::swap(row, previous);
    for (std::size_t j = 0; j <= limit && j <= i + 1; ++j) {
      float value = 0.0F;
      if (j < i + 1) {
        value += previous[j] * (1.0F - events[i]);
      }
      if (j > 0) {
        value += previous[j - 1] * events[i];
      }
      row[j] = value;
    }
  }
  // Poisson(rest) further events, unless they hardly ever happen.
  if (rest > static_cast<float>(kDefaultContain)) {
    const std::vector<float> before = row;
    std::fill(row.begin(), row.end(), 0.0F);
    float poisson = std::exp(-rest);
    for (std::size_t i = 0; i <= limit; ++i) {
      for (std::size_t j = 0; j + i <= limit; ++j) {
        row[j + i] += before[j] * poisson;
      }
      poisson *= rest / static_cast<float>(i + 1);
    }
  }
  return row;
}

/// calc_hist(): the share of arrays with each number of distinct elements, up to `limit`.
std::vector<float> count_shares(const std::vector<double>& histogram, std::size_t size,
                                std::size_t limit) {
  std::vector<float> shares(limit + 1, 0.0F);
  const float bin = 1.0F / static_cast<float>(size - 1);
  std::size_t i = 0;
  float previous_width = 0;
  for (std::size_t k = 0; k <= limit; ++k) {
    std::size_t count = 0;
    while (i < size && histogram[i] <= static_cast<double>(k)) {
      ++count;
      ++i;
    }
    if (count > 0) {
      // This count ends `count` bins and begins the one up to the next bound.
      const float width = i < size ? static_cast<float>(histogram[i] - histogram[i - 1]) : 0.0F;
      float share = 0;
      if (previous_width > 0) {
        share += 0.5F / previous_width;
      }
      if (width > 0) {
        share += 0.5F / width;
      }
      share += static_cast<float>(count - 1);
      shares[k] = share * bin;
      previous_width = width;
    } else if (previous_width > 0) {
      shares[k] = bin / previous_width;
    }
  }
  return shares;
}

/// mcelem_array_contained_selec(): all elements of the column's array are among `wanted`.
double contained(const Elements& common, const std::vector<Value>& wanted) {
  if (!common.known() || common.statistics->element_count_histogram.size() < 3) {
    return kDefaultContain;
  }
  const auto& statistics = *common.statistics;
  const auto& histogram = statistics.element_count_histogram;
  auto rest = static_cast<float>(histogram.back());
  float absent = 1.0F;  // probability that no listed element outside `wanted` occurs
  std::vector<float> frequencies;
  for (std::size_t i = 0; i < statistics.most_common_elements.size(); ++i) {
    const auto frequency = static_cast<float>(statistics.most_common_element_frequencies[i]);
    frequencies.push_back(frequency);
    rest -= frequency;
    const bool is_wanted = std::any_of(wanted.begin(), wanted.end(), [&](const Value& element) {
      return equal_values(element, statistics.most_common_elements[i]);
    });
    absent *= is_wanted ? 1.0F : 1.0F - frequency;
  }
  absent *= std::exp(-rest);
  std::vector<float> selected;
  for (const Value& element : wanted) {
    selected.push_back(static_cast<float>(common.estimate(element)));
  }
  constexpr double kEffort = 100;
  const auto listed = static_cast<double>(frequencies.size());
  if (static_cast<double>(selected.size()) >
      kEffort * listed / (listed + static_cast<double>(selected.size()))) {
    std::sort(selected.begin(), selected.end(), std::greater<>{});
    selected.resize(
        static_cast<std::size_t>((std::sqrt(listed * listed + 4 * kEffort * listed) - listed) / 2));
  }
  const std::size_t limit = selected.size();
  const auto of_wanted = distribution(selected, limit, 0.0F);
  const auto of_all = distribution(frequencies, limit, rest);
  const auto shares = count_shares(histogram, histogram.size() - 1, limit);
  float selectivity = 0;
  for (std::size_t i = 0; i <= limit; ++i) {
    if (of_all[i] > 0) {
      selectivity += shares[i] * absent * of_wanted[i] / of_all[i];
    }
  }
  const float nulls = static_cast<float>(statistics.null_element_frequency);
  return std::clamp(static_cast<double>(selectivity * (1.0F - nulls)), 0.0, 1.0);
}

}  // namespace

double combine_any_all(std::span<const double> singles, bool use_or, bool is_equality,
                       bool is_inequality) {
  double selectivity = use_or ? 0.0 : 1.0;
  double disjoint = selectivity;
  for (const double single : singles) {
    if (use_or) {
      selectivity = selectivity + single - selectivity * single;
      disjoint += is_equality ? single : 0.0;
    } else {
      selectivity *= single;
      disjoint += is_inequality ? single - 1.0 : 0.0;
    }
  }
  // Different values exclude each other, if that is possible at all.
  if ((use_or ? is_equality : is_inequality) && disjoint >= 0.0 && disjoint <= 1.0) {
    selectivity = disjoint;
  }
  return std::clamp(selectivity, 0.0, 1.0);
}

double array_containment(const Variable& variable, ArrayContainment operation,
                         const Value* constant) {
  const double otherwise =
      operation == ArrayContainment::Overlaps ? kDefaultOverlap : kDefaultContain;
  if (constant == nullptr || constant->form != ValueForm::Array) {
    return otherwise;
  }
  const bool has_null = std::any_of(constant->elements.begin(), constant->elements.end(),
                                    [](const auto& element) { return !element.has_value(); });
  if (has_null && operation == ArrayContainment::Contains) {
    return 0;
  }
  const Elements common{variable.statistics};
  const auto wanted = distinct_elements(constant->elements);
  const double selectivity =
      operation == ArrayContainment::ContainedBy
          ? contained(common, wanted)
          : contain_or_overlap(common, wanted, operation == ArrayContainment::Contains);
  const double nulls = variable.statistics == nullptr ? 0.0 : variable.statistics->null_fraction;
  return std::clamp(selectivity * (1.0 - nulls), 0.0, 1.0);
}

std::optional<double> scalar_in_array_variable(const Variable& variable, const Value& scalar,
                                               bool is_equality, bool use_or) {
  if (!variable.has_relation) {
    return std::nullopt;
  }
  // <> ANY is not (= ALL), and <> ALL is not (= ANY).
  const bool any = is_equality ? use_or : !use_or;
  const Elements common{variable.statistics};
  double selectivity =
      any ? contain_or_overlap(common, {scalar}, true) : contained(common, {scalar});
  if (variable.statistics != nullptr) {
    selectivity *= 1.0 - variable.statistics->null_fraction;
  }
  return std::clamp(is_equality ? selectivity : 1.0 - selectivity, 0.0, 1.0);
}

}  // namespace quern::planner_model
