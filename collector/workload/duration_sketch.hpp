#pragma once

#include <cstdint>
#include <map>

#include "collector/base/units.hpp"

namespace quern {

/// DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch", PVLDB
/// 12(12), 2019): quantiles of durations within 1 % relative error, mergeable in any order. Bin i
/// counts the values v (in microseconds) with gamma^(i-1) < v <= gamma^i, gamma = (1 + 0.01) / (1 -
/// 0.01).
class DurationSketch {
 public:
  static constexpr double kRelativeError = 0.01;

  void add(Microseconds duration, std::uint64_t count = 1);
  void merge(const DurationSketch& other);

  /// For many durations in a row: the bin of one, and the counter of a bin (valid as long as the
  /// sketch stays where it is). Only positive durations have a bin.
  [[nodiscard]] static std::int32_t bin_of(Microseconds duration);

  [[nodiscard]] std::uint64_t& counter(std::int32_t bin) { return bins_[bin]; }

  /// The value at quantile `q` in [0, 1]; 0 when empty.
  [[nodiscard]] Microseconds quantile(double q) const;
  [[nodiscard]] std::uint64_t count() const;

  [[nodiscard]] std::uint64_t zeros() const { return zeros_; }

  [[nodiscard]] const std::map<std::int32_t, std::uint64_t>& bins() const { return bins_; }

  /// For reading a document back.
  static DurationSketch restored(std::uint64_t zeros, std::map<std::int32_t, std::uint64_t> bins);

  bool operator==(const DurationSketch&) const = default;

 private:
  std::uint64_t zeros_ = 0;
  std::map<std::int32_t, std::uint64_t> bins_;
};

}  // namespace quern
