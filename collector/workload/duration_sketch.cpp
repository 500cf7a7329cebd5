#include "collector/workload/duration_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace quern {

namespace {

constexpr double kGamma =
    (1.0 + DurationSketch::kRelativeError) / (1.0 - DurationSketch::kRelativeError);

std::int32_t computed_bin(std::int64_t microseconds) {
  static const double log_gamma = std::log(kGamma);
  return static_cast<std::int32_t>(
      std::ceil(std::log(static_cast<double>(microseconds)) / log_gamma));
}

/// Most statements take less than a few milliseconds: their bins are computed once.
std::int32_t tabulated_bin(std::int64_t microseconds) {
  static const std::vector<std::int16_t> bins = [] {
    constexpr std::int64_t kTabulated = 8192;
    std::vector<std::int16_t> table(kTabulated);
    for (std::int64_t i = 1; i < kTabulated; ++i) {
      table[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(computed_bin(i));
    }
    return table;
  }();
  const auto index = static_cast<std::size_t>(microseconds);
  return index < bins.size() ? bins[index] : computed_bin(microseconds);
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
  counter(bin_of(duration)) += count;
}

std::int32_t DurationSketch::bin_of(Microseconds duration) {
  return tabulated_bin(duration.count());
}

void DurationSketch::merge(const DurationSketch& other) {
  zeros_ += other.zeros_;
  for (const auto& [bin, count] : other.bins_) {
    counter(bin) += count;
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
  return bins_.empty() ? Microseconds{0} : value_of(bins_.back().first);
}

std::uint64_t& DurationSketch::counter(std::int32_t bin) {
  auto place = std::lower_bound(bins_.begin(), bins_.end(), bin,
                                [](const auto& entry, std::int32_t b) { return entry.first < b; });
  if (place == bins_.end() || place->first != bin) {
    place = bins_.insert(place, {bin, 0});
  }
  return place->second;
}

DurationSketch DurationSketch::restored(std::uint64_t zeros, Bins bins) {
  DurationSketch sketch;
  sketch.zeros_ = zeros;
  for (const auto& [bin, count] : bins) {
    sketch.counter(bin) += count;
  }
  return sketch;
}

}  // namespace quern
