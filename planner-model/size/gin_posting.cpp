#include "planner-model/size/gin_posting.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

double posting_bytes(double share, double rows_per_page) {
  constexpr int kQuantiles = 64;
  constexpr double kOffsetBits = 2048;
  const double per_page = std::max(rows_per_page, 1.0);
  const auto bytes_of = [](double difference) {
    return difference < 128 ? 1 : difference < 16'384 ? 2 : difference < 2'097'152 ? 3 : 4;
  };
  double sum = 0;
  for (int i = 0; i < kQuantiles; ++i) {
    const double quantile = (i + 0.5) / kQuantiles;
    const double gap = share >= 0.999999
                           ? 1
                           : std::max(1.0, std::ceil(std::log(1 - quantile) / std::log(1 - share)));
    // From anywhere in its page it goes over so many pages, or over one more; what it does not use
    // up of them is between the two offsets.
    const double pages = std::floor(gap / per_page);
    const double one_more = gap / per_page - pages;
    const double left = gap - pages * per_page;
    sum += (1 - one_more) * bytes_of(pages * kOffsetBits + left) +
           one_more * bytes_of((pages + 1) * kOffsetBits + left - per_page);
  }
  return sum / kQuantiles;
}

double gin_entry_tuple(double key, double rows, double bytes) {
  const double list = kGinSegmentHeader + 2 * std::ceil(std::max(0.0, rows - 1) * bytes / 2);
  const double size = align_up(key + list, 8);
  return size > kLargestGinEntry ? align_up(key, 8) : size;
}

}  // namespace quern::planner_model
