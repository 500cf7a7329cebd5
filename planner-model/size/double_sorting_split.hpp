#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace quern::planner_model {

/// What an index entry covers of one axis.
struct Interval {
  double lower = 0;
  double upper = 0;
};

/// A way to divide entries: those up to `left_upper` may go to the left, those from `right_lower`
/// on to the right, at least `least_left` and at most `most_left` to the left.
struct SplitBounds {
  double right_lower = 0;
  double left_upper = 0;
  std::size_t least_left = 0;
  std::size_t most_left = 0;

  /// Entries to the left when those that may go either way make the sides as even as they can.
  [[nodiscard]] std::size_t left_of(std::size_t entries) const {
    return std::clamp(entries / 2, std::min(least_left, most_left),
                      std::max(least_left, most_left));
  }
};

/// LIMIT_RATIO (gistproc.c, rangetypes_gist.c): the smaller side has more than this part.
inline constexpr double kLeastSideOfSplit = 0.3;

/// Every division that gist_box_picksplit() (gistproc.c) and range_gist_double_sorting_split()
/// (rangetypes_gist.c) look at on one axis, in their order: for each lower bound of the right group
/// the least upper bound of the left one, then for each upper bound of the left group the greatest
/// lower bound of the right one (Korotkov, "A new double sorting-based node splitting algorithm for
/// R-tree").
template <class Consider>
void each_split(const std::vector<Interval>& entries, Consider&& consider) {
  const std::size_t count = entries.size();
  std::vector<Interval> by_lower = entries;
  std::vector<Interval> by_upper = entries;
  std::sort(by_lower.begin(), by_lower.end(),
            [](const Interval& a, const Interval& b) { return a.lower < b.lower; });
  std::sort(by_upper.begin(), by_upper.end(),
            [](const Interval& a, const Interval& b) { return a.upper < b.upper; });
  SplitBounds split{.right_lower = by_lower.front().lower, .left_upper = by_upper.front().lower};
  for (std::size_t right = 0, left = 0;;) {
    for (; right < count && by_lower[right].lower == split.right_lower; ++right) {
      split.left_upper = std::max(split.left_upper, by_lower[right].upper);
    }
    if (right == count) {
      break;
    }
    split.right_lower = by_lower[right].lower;
    while (left < count && by_upper[left].upper <= split.left_upper) {
      ++left;
    }
    split.least_left = right;
    split.most_left = left;
    consider(split);
  }
  split = {.right_lower = by_lower.back().upper, .left_upper = by_upper.back().upper};
  for (std::size_t right = count, left = count;;) {
    for (; left > 0 && by_upper[left - 1].upper == split.left_upper; --left) {
      split.right_lower = std::min(split.right_lower, by_upper[left - 1].lower);
    }
    if (left == 0) {
      break;
    }
    split.left_upper = by_upper[left - 1].upper;
    while (right > 0 && by_lower[right - 1].lower >= split.right_lower) {
      --right;
    }
    split.least_left = right;
    split.most_left = left;
    consider(split);
  }
}

}  // namespace quern::planner_model
