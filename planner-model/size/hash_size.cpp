#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "planner-model/size/other_sizes.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPageSize = 8192;
constexpr double kItem = 8 + 8 + 4;  ///< tuple header, hash code, line pointer

/// Random numbers that are the same in every run.
class Stream {
 public:
  double uniform() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 11U) / 9007199254740992.0;
  }

  /// Of the standard normal distribution (Box and Muller).
  double normal() {
    return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * 3.14159265358979 * uniform());
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

/// Keys on their way into buckets.
class Buckets {
 public:
  /// `buckets` are in use: _hash_hashkey2bucket() sends a hash beyond the last one to that which it
  /// would be split from, so that until the next power of two is reached some have twice the share.
  explicit Buckets(double buckets) : buckets_{buckets} {
    while (masked_ < buckets) {
      masked_ *= 2;
    }
    shares_.resize(static_cast<std::size_t>(buckets), 0);
    for (double hash = 0; hash < masked_; ++hash) {
      shares_[of(hash)] += 1 / masked_;
    }
  }

  [[nodiscard]] double masked() const { return masked_; }

  [[nodiscard]] const std::vector<double>& shares() const { return shares_; }

  [[nodiscard]] std::size_t of(double hash) const {
    return static_cast<std::size_t>(hash < buckets_ ? hash : hash - masked_ / 2);
  }

 private:
  double buckets_;
  double masked_ = 1;
  std::vector<double> shares_ = {};
};

/// Entries of each bucket when the keys fall into them at random: equal keys into one, those of
/// many rows one by one, the others together.
std::vector<double> thrown_once(const IndexColumn& column, double rows, const Buckets& buckets,
                                Stream& stream) {
  constexpr double kMany = 12;
  constexpr double kMostKeys = 300'000;
  const double filled = column.table_rows * (1 - column.null_share());
  const double kept = filled > 0 ? std::min(1.0, rows / filled) : 1;
  std::vector<double> loads(buckets.shares().size(), 0);
  double few_rows = 0;
  double squares = 0;  // sum over keys of rows squared
  double carried = 0;
  double thrown = 0;
  for (const ValueClass& one : column.classes) {
    if (one.is_null) {
      continue;  // not in a hash index
    }
    const double key_rows = one.share * column.table_rows * kept / one.values;
    if (key_rows < kMany || thrown + one.values > kMostKeys) {
      few_rows += key_rows * one.values;
      squares += key_rows * std::max(1.0, key_rows) * one.values;
      continue;
    }
    thrown += one.values;
    for (carried += one.values; carried >= 0.5; --carried) {
      loads[buckets.of(std::floor(stream.uniform() * buckets.masked()))] += key_rows;
    }
  }
  for (std::size_t i = 0; i < loads.size(); ++i) {
    const double share = buckets.shares()[i];
    const double deviation = std::sqrt(squares * share);
    loads[i] = std::rint(loads[i] + std::max(0.0, few_rows * share + deviation * stream.normal()));
  }
  return loads;
}

/// To be expected of it: the mean of some throws, fewer of many buckets.
double overflow_pages(const IndexColumn& column, double rows, double buckets) {
  const Buckets places{buckets};
  constexpr double kThrownBuckets = 2000;
  const double throws = std::clamp(std::ceil(kThrownBuckets / buckets), 1.0, 16.0);
  Stream stream;
  double pages = 0;
  for (double i = 0; i < throws; ++i) {
    for (const double load : thrown_once(column, rows, places, stream)) {
      pages += std::max(0.0, std::ceil(load / kHashPageItems) - 1);
    }
  }
  return std::rint(pages / throws);
}

/// _hash_get_totalbuckets(_hash_spareindex(n)): powers of two, from 1024 on in quarter steps.
double round_buckets(double wanted) {
  double power = 2;
  while (power < wanted) {
    power *= 2;
  }
  constexpr double kQuarterStepsFrom = 1024;
  if (power < kQuarterStepsFrom) {
    return power;
  }
  const double half = power / 2;
  return half + std::ceil((wanted - half) / (half / 4)) * (half / 4);
}

}  // namespace

double hash_buckets(double rows, double per_bucket) {
  return round_buckets(std::max(2.0, std::floor(rows / per_bucket)));
}

std::vector<double> hash_bucket_entries(const IndexColumn& column, double rows, double buckets) {
  Stream stream;
  return thrown_once(column, rows, Buckets{std::max(1.0, std::floor(buckets))}, stream);
}

double hash_index_pages(const Index& index, const std::vector<IndexColumn>& columns,
                        double table_rows, double rows) {
  const int fillfactor = std::clamp(index_option(index, "fillfactor", 75), 10, 100);
  const double per_bucket = std::max(10.0, std::floor(kPageSize * fillfactor / 100 / kItem));
  const double hashed = rows * (1 - columns.front().null_share());
  const double planned = hash_buckets(table_rows, per_bucket);
  // _hash_expandtable() splits one bucket after the other, and makes room for a whole split point.
  const double used = std::max(planned, std::ceil(hashed / per_bucket));
  constexpr double kMetaAndBitmap = 2;
  return kMetaAndBitmap + round_buckets(used) + overflow_pages(columns.front(), hashed, used);
}

}  // namespace quern::planner_model
