#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/workload/workload.hpp"

namespace quern {

/// Whether durations of one sample tend to be longer than those of another: the rank-sum test of
/// Mann and Whitney, with ties averaged and the variance corrected for them (Lehmann,
/// "Nonparametrics", 1975, section 1.5). It compares orders, not means, so that a few slow
/// executions do not decide. Bins of the sketch count as ties.
struct RankSumTest {
  double p_value = 1;  ///< two-sided
  /// How often an execution of the second is longer than one of the first, ties counted half.
  double later_is_longer = 0.5;
};

[[nodiscard]] RankSumTest rank_sum_test(const DurationSketch& before, const DurationSketch& after);

enum class Trend : std::uint8_t { Slower, Faster, Unchanged, New, Gone, TooFew };

/// One query class in two periods.
struct ClassChange {
  std::string fingerprint, sql;
  Trend trend = Trend::Unchanged;
  std::uint64_t calls_before = 0, calls_after = 0;
  Microseconds mean_before{0}, mean_after{0};
  Microseconds median_before{0}, median_after{0};
  Microseconds p95_before{0}, p95_after{0};
  Microseconds total_before{0}, total_after{0};
  double p_value = 1;  ///< adjusted for the number of classes compared (Holm)
  double later_is_longer = 0.5;
  bool plans_changed = false;  ///< the plan shape of most executions is another
  std::uint64_t errors_before = 0, errors_after = 0;
};

struct CompareOptions {
  double significance = 0.01;
  double least_ratio = 1.1;        ///< of medians or means; less is no news, however certain
  std::uint64_t least_calls = 10;  ///< timed, in each period
};

/// Every class of either workload, those whose total time changed most first.
[[nodiscard]] std::vector<ClassChange> compare(const Workload& before, const Workload& after,
                                               const CompareOptions& options = {});

}  // namespace quern
