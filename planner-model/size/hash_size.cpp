#include <algorithm>
#include <cmath>

#include "planner-model/size/btree_size.hpp"
#include "planner-model/size/other_sizes.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPageSize = 8192;
constexpr double kItem = 8 + 8 + 4;  ///< tuple header, hash code, line pointer
constexpr double kPageItems = 407;   ///< (8192 - 24 - 16) / 20

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

double hash_index_pages(const Index& index, const std::vector<IndexColumn>& columns, double rows) {
  const int fillfactor = std::clamp(index_option(index, "fillfactor", 75), 10, 100);
  const double per_bucket = std::max(10.0, std::floor(kPageSize * fillfactor / 100 / kItem));
  const double buckets = round_buckets(std::max(2.0, std::floor(rows / per_bucket)));
  double overflow = 0;
  double spread_rows = 0;
  double spread_keys = 0;
  for (const ValueClass& one : value_classes(columns.front(), std::max(rows, 1.0))) {
    const double key_rows = one.share * rows;
    if (key_rows > kPageItems / 2) {
      overflow += one.values * key_rows / kPageItems;  // a chain of its own
    } else {
      spread_rows += key_rows * one.values;
      spread_keys += one.values;
    }
  }
  // Keys fall into buckets at random: the load is about normal with this mean and deviation.
  const double load = spread_rows / buckets;
  const double per_key = spread_keys > 0 ? spread_rows / spread_keys : 1;
  const double deviation = std::sqrt(std::max(load * per_key, 1e-9));
  for (int page = 1; page <= 8; ++page) {
    const double z = (page * kPageItems - load) / deviation;
    overflow += buckets * 0.5 * std::erfc(z / std::sqrt(2.0));
  }
  constexpr double kMetaAndBitmap = 2;
  return kMetaAndBitmap + buckets + std::ceil(overflow);
}

}  // namespace quern::planner_model
