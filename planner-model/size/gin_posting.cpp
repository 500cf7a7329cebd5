#include "planner-model/size/gin_posting.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

double posting_bytes(double share, double rows_per_page) {
  // The gap to the next row is geometric, and the row anywhere in its page. The difference of
  // (block << 11 | offset) takes one byte within the page, two up to the same place eight pages
  // on (2^14), three up to 1024 pages on (2^21).
  constexpr double kOneByte = 127;
  constexpr double kTwoBytesPages = 8;
  constexpr double kThreeBytesPages = 1024;
  const double page = std::max(rows_per_page, 1.0);
  const double log_none = std::log1p(-std::min(share, 1 - 1e-12));
  const auto none_in = [log_none](double rows) { return std::exp(rows * log_none); };
  const double near = std::min(page, kOneByte);
  const double beyond_one = (page - near) / page * none_in(kOneByte) +
                            -std::expm1(near * log_none) / (page * std::max(share, 1e-300));
  const double beyond_two = none_in(kTwoBytesPages * page - 1);
  const double beyond_three = none_in(kThreeBytesPages * page - 1);
  return 1 + std::min(beyond_one, 1.0) + beyond_two + beyond_three;
}

double gin_entry_tuple(double key, double rows, double bytes) {
  const double list = kGinSegmentHeader + 2 * std::ceil(std::max(0.0, rows - 1) * bytes / 2);
  const double size = align_up(key + list, 8);
  return size > kLargestGinEntry ? align_up(key, 8) : size;
}

}  // namespace quern::planner_model
