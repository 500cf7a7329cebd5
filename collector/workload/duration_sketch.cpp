#include "collector/workload/duration_sketch.hpp"

#include <algorithm>
#include <cmath>

namespace quern {

namespace {

constexpr double kGamma =
    (1.0 + DurationSketch::kRelativeError) / (1.0 - DurationSketch::kRelativeError);

std::int32_t bin_of(std::int64_t microseconds) {
  static const double log_gamma = std::log(kGamma);
  return static_cast<std::int32_t>(
      std::ceil(std::log(static_cast<double>(microseconds)) / log_gamma));
}

/// The value with the smallest relative error to all values of the bin.
Microseconds value_of(std::int32_t bin) {
  const double value = 2.0 * std::pow(kGamma, bin) / (kGamma + 1.0);
  constexpr double kLargest = 9.0e18;
  return Microseconds{static_cast<std::int64_t>(std::llround(std::min(value, kLargest)))};
}

}  // namespace

void DurationSketch::add(Microseconds duration, std::uint64_t count) {
  if (count == 0) {
    return;
  }
  if (duration.count() <= 0) {
    zeros_ += count;
    return;
  }
  bins_[bin_of(duration.count())] += count;
}

void DurationSketch::merge(const DurationSketch& other) {
  zeros_ += other.zeros_;
  for (const auto& [bin, count] : other.bins_) {
    bins_[bin] += count;
  }
}

std::uint64_t DurationSketch::count() const {
  std::uint64_t all = zeros_;
  for (const auto& [bin, count] : bins_) {
    all += count;
  }
  return all;
}

Microseconds DurationSketch::quantile(double q) const {
  const std::uint64_t all = count();
  if (all == 0) {
    return Microseconds{0};
  }
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(all - 1);
  std::uint64_t seen = zeros_;
  if (static_cast<double>(seen) > rank) {
    return Microseconds{0};
  }
  for (const auto& [bin, count] : bins_) {
    seen += count;
    if (static_cast<double>(seen) > rank) {
      return value_of(bin);
    }
  }
  return bins_.empty() ? Microseconds{0} : value_of(bins_.rbegin()->first);
}

DurationSketch DurationSketch::restored(std::uint64_t zeros,
                                        std::map<std::int32_t, std::uint64_t> bins) {
  DurationSketch sketch;
  sketch.zeros_ = zeros;
  sketch.bins_ = std::move(bins);
  return sketch;
}

}  // namespace quern
