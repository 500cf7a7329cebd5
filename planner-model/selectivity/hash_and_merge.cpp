#include <algorithm>

#include "collector/base/units.hpp"

#include "planner-model/selectivity/join.hpp"
#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {

HashBucketStatistics hash_bucket_statistics(const Variable& key, double buckets) {
  HashBucketStatistics answer;
  if (key.statistics != nullptr && !key.statistics->most_common_frequencies.empty()) {
    answer.most_common_frequency = key.statistics->most_common_frequencies.front();
  }
  const Distinct distinct = number_of_distinct(key);
  if (distinct.is_default) {
    answer.bucket_size_fraction = std::max(0.1, answer.most_common_frequency);
    return answer;
  }
  const double nulls = key.statistics == nullptr ? 0.0 : key.statistics->null_fraction;
  const double average = (1.0 - nulls) / distinct.count;
  double values = distinct.count;
  if (key.has_relation && key.relation_tuples > 0) {
    values = clamp_rows(Rows{values * (key.relation_rows / key.relation_tuples)}).value();
  }
  double fraction = values > buckets ? 1.0 / buckets : 1.0 / values;
  if (average > 0 && answer.most_common_frequency > average) {
    fraction *= answer.most_common_frequency / average;
  }
  answer.bucket_size_fraction = std::clamp(fraction, 1.0e-6, 1.0);
  return answer;
}

namespace {

struct ValueRange {
  const Value* minimum = nullptr;
  const Value* maximum = nullptr;
};

/// get_variable_range(): ends of the histogram, widened by common values. Common values alone are
/// believed only when they are the whole column.
std::optional<ValueRange> variable_range(const Variable& variable) {
  if (variable.statistics == nullptr) {
    return std::nullopt;
  }
  const auto& statistics = *variable.statistics;
  ValueRange range;
  if (!statistics.histogram.empty()) {
    range = {&statistics.histogram.front(), &statistics.histogram.back()};
  } else if (statistics.most_common_total + statistics.null_fraction <= 0.99999) {
    return std::nullopt;
  }
  const auto below = [&](const Value& a, const Value& b) {
    if (a.form == ValueForm::Integer && b.form == ValueForm::Integer) {
      return a.integer < b.integer;
    }
    const auto order = compare(a, b, variable.collation, *variable.types);
    return order && *order < 0;
  };
  for (const Value& value : statistics.most_common_values) {
    if (range.minimum == nullptr || below(value, *range.minimum)) {
      range.minimum = &value;
    }
    if (range.maximum == nullptr || below(*range.maximum, value)) {
      range.maximum = &value;
    }
  }
  return range.minimum == nullptr ? std::nullopt : std::optional{range};
}

}  // namespace

MergeScanFractions merge_join_scan(const Variable& left, const Variable& right, bool descending,
                                   bool nulls_first) {
  MergeScanFractions answer;
  auto range_left = variable_range(left);
  auto range_right = variable_range(right);
  if (!range_left || !range_right) {
    return answer;
  }
  if (descending) {
    std::swap(range_left->minimum, range_left->maximum);
    std::swap(range_right->minimum, range_right->maximum);
  }
  const auto up_to = descending ? Inequality::GreaterEqual : Inequality::LessEqual;
  const auto before = descending ? Inequality::Greater : Inequality::Less;
  const auto unless_default = [](double selectivity, double otherwise) {
    return selectivity == kDefaultInequalitySelectivity ? otherwise : selectivity;
  };

  // Each input is read up to the other's greatest value; only one of the two ends can be early.
  answer.left_end = unless_default(scalar_inequality(left, up_to, *range_right->maximum), 1.0);
  answer.right_end = unless_default(scalar_inequality(right, up_to, *range_left->maximum), 1.0);
  if (answer.left_end > answer.right_end) {
    answer.left_end = 1.0;
  } else if (answer.left_end < answer.right_end) {
    answer.right_end = 1.0;
  } else {
    answer.left_end = answer.right_end = 1.0;
  }
  answer.left_start = unless_default(scalar_inequality(left, before, *range_right->minimum), 0.0);
  answer.right_start = unless_default(scalar_inequality(right, before, *range_left->minimum), 0.0);
  if (answer.left_start < answer.right_start) {
    answer.left_start = 0.0;
  } else if (answer.left_start > answer.right_start) {
    answer.right_start = 0.0;
  } else {
    answer.left_start = answer.right_start = 0.0;
  }
  if (nulls_first) {
    const auto add = [](double& fraction, double nulls) {
      fraction = std::clamp(fraction + nulls, 0.0, 1.0);
    };
    add(answer.left_start, left.statistics->null_fraction);
    add(answer.left_end, left.statistics->null_fraction);
    add(answer.right_start, right.statistics->null_fraction);
    add(answer.right_end, right.statistics->null_fraction);
  }
  // mergejoinscansel(): a start at or past its end would mean that nothing is read.
  if (answer.left_start >= answer.left_end) {
    answer.left_start = 0.0;
    answer.left_end = 1.0;
  }
  if (answer.right_start >= answer.right_end) {
    answer.right_start = 0.0;
    answer.right_end = 1.0;
  }
  return answer;
}

}  // namespace quern::planner_model
