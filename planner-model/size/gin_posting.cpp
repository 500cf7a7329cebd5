#include "planner-model/size/gin_posting.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPostingPage = 8152;  // GinDataPageMaxDataSize
constexpr double kFirstSegment = 384;  // GinPostingListSegmentMaxSize
constexpr double kSegment = 256;       // GinPostingListSegmentTargetSize
constexpr double kDownlinks = 815;     // PostingItems of an inner posting page

/// Addresses of a full segment. The first stands in its header; the one that does not fit leaves on
/// average E(x (x - 1)) / 2 E(x) bytes empty, where x is one address's (the residual of a renewal
/// process); bytes of two neighbouring lengths are taken.
double rows_in_segment(double size, double bytes) {
  const double less = std::floor(bytes);
  const double unused = (less * (less - 1) / 2 + less * (bytes - less)) / bytes;
  return 1 + (size - kGinSegmentHeader - unused) / bytes;
}

}  // namespace

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

double thinned_posting_bytes(double bytes, double kept, double rows_per_page) {
  constexpr double kRarest = 1e-9;
  constexpr int kSteps = 40;
  double low = std::log(kRarest);
  double high = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (low + high) / 2;
    (posting_bytes(std::exp(middle), rows_per_page) > bytes ? low : high) = middle;
  }
  return posting_bytes(std::exp(high) * kept, rows_per_page);
}

double posting_tree_pages(double rows, double bytes) {
  // Long segments on the first page, such of the target's size on the others; what is left at the
  // end may be a short one.
  const double first_segments = std::floor(kPostingPage / kFirstSegment);
  const double segments = std::floor(kPostingPage / kSegment);
  const double beyond_first = rows - first_segments * rows_in_segment(kFirstSegment, bytes);
  if (beyond_first <= rows_in_segment(kPostingPage - first_segments * kFirstSegment, bytes)) {
    return 1;
  }
  const double last = rows_in_segment(kPostingPage - segments * kSegment, bytes);
  const double each = segments * rows_in_segment(kSegment, bytes);
  double level = 1 + std::max(1.0, std::ceil((beyond_first - last) / each));
  double pages = level;
  while (level > 1) {
    level = std::ceil(level / kDownlinks);
    pages += level;
  }
  return pages;
}

double gin_entry_tuple(double key, double rows, double bytes) {
  const double list = kGinSegmentHeader + 2 * std::ceil(std::max(0.0, rows - 1) * bytes / 2);
  const double size = align_up(key + list, 8);
  return size > kLargestGinEntry ? align_up(key, 8) : size;
}

}  // namespace quern::planner_model
