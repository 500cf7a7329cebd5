#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "collector/base/units.hpp"

namespace quern {

/// DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch", PVLDB
/// 12(12), 2019): quantiles of durations within 1 % relative error, mergeable in any order. Bin i
/// counts the values v (in microseconds) with gamma^(i-1) < v <= gamma^i, gamma = (1 + 0.01) / (1 -
/// 0.01).
class DurationSketch {
 public:
  static constexpr double kRelativeError = 0.01;

  /// With their counts, in order.
  using Bins = std::vector<std::pair<std::int32_t, std::uint64_t>>;

  void add(Microseconds duration, std::uint64_t count = 1);
  void merge(const DurationSketch& other);

  /// For many durations in a row: the bin of one, and the counter of a bin (valid until the
  /// next is asked for). Only positive durations have a bin.
  [[nodiscard]] static std::int32_t bin_of(Microseconds duration);

  [[nodiscard]] std::uint64_t& counter(std::int32_t bin);

  /// The value at quantile `q` in [0, 1]; 0 when empty.
  [[nodiscard]] Microseconds quantile(double q) const;
  [[nodiscard]] std::uint64_t count() const;

  [[nodiscard]] std::uint64_t zeros() const { return zeros_; }

  [[nodiscard]] const Bins& bins() const { return bins_; }

  /// For reading a document back; bins in any order.
  static DurationSketch restored(std::uint64_t zeros, Bins bins);

  bool operator==(const DurationSketch&) const = default;

 private:
  std::uint64_t zeros_ = 0;
  Bins bins_;
};

}  // namespace quern
