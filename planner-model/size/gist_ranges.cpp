#include "planner-model/size/gist_ranges.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "planner-model/size/double_sorting_split.hpp"
#include "planner-model/size/gist_sorted.hpp"
#include "planner-model/size/gist_tree.hpp"

namespace quern::planner_model {
namespace {

using Key = RangeGist::Key;

/// get_gist_range_class(), where no page holds empty ranges beside others.
enum Class : std::size_t { kNormal, kLowerInfinite, kUpperInfinite, kInfinite, kEmpty, kClasses };

Class class_of(const RangeRow& range) {
  const bool lower = std::isinf(range.lower);
  const bool upper = std::isinf(range.upper);
  return range.empty      ? kEmpty
         : lower && upper ? kInfinite
         : lower          ? kLowerInfinite
         : upper          ? kUpperInfinite
                          : kNormal;
}

GistSplit in_halves(const std::vector<std::size_t>& order, std::size_t left) {
  GistSplit split;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (i < std::max<std::size_t>(left, 1) ? split.first : split.second).push_back(order[i]);
  }
  return split;
}

std::vector<std::size_t> as_they_come(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// range_gist_single_sorting_split().
GistSplit split_by_bound(const std::vector<Key>& keys, double RangeRow::*bound) {
  std::vector<std::size_t> order = as_they_come(keys.size());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return keys[a].range.*bound < keys[b].range.*bound;
  });
  return in_halves(order, keys.size() / 2);
}

/// range_gist_consider_split(), the least overlap first.
std::optional<SplitBounds> best_split(const std::vector<Key>& keys) {
  std::vector<Interval> intervals;
  for (const Key& key : keys) {
    intervals.push_back({key.range.lower, key.range.upper});
  }
  std::optional<SplitBounds> best;
  float least = 0;
  float best_ratio = 0;
  each_split(intervals, [&](const SplitBounds& split) {
    const std::size_t left = split.left_of(keys.size());
    const float ratio =
        static_cast<float>(std::min(left, keys.size() - left)) / static_cast<float>(keys.size());
    const auto overlap = static_cast<float>(std::max(0.0, split.left_upper - split.right_lower));
    if (ratio > kLeastSideOfSplit &&
        (!best || overlap < least || (overlap == least && ratio > best_ratio))) {
      best = split;
      least = overlap;
      best_ratio = ratio;
    }
  });
  return best;
}

/// range_gist_double_sorting_split().
GistSplit split_normal(const std::vector<Key>& keys) {
  const auto bounds = best_split(keys);
  if (!bounds) {
    return in_halves(as_they_come(keys.size()), (keys.size() - 1) / 2);
  }
  GistSplit split;
  std::vector<std::pair<double, std::size_t>> common;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const RangeRow& range = keys[i].range;
    if (range.upper > bounds->left_upper) {
      split.second.push_back(i);
    } else if (range.lower >= bounds->right_lower) {
      common.emplace_back((range.lower - bounds->right_lower) - (bounds->left_upper - range.upper),
                          i);
    } else {
      split.first.push_back(i);
    }
  }
  std::stable_sort(common.begin(), common.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const std::size_t common_left = bounds->most_left - bounds->left_of(keys.size());
  for (std::size_t i = 0; i < common.size(); ++i) {
    (i < common_left ? split.first : split.second).push_back(common[i].second);
  }
  if (split.first.empty() || split.second.empty()) {
    return in_halves(as_they_come(keys.size()), keys.size() / 2);  // genericPickSplit()
  }
  return split;
}

/// range_gist_class_split(): normal ranges apart from all others, else finite ones from infinite
/// ones, else the largest class.
GistSplit split_by_class(const std::vector<Key>& keys,
                         const std::array<std::size_t, kClasses>& counts) {
  const auto largest = static_cast<std::size_t>(
      std::distance(counts.begin(), std::max_element(counts.begin(), counts.end())));
  const std::size_t apart = counts[kNormal] > 0  ? std::size_t{kNormal}
                            : counts[kEmpty] > 0 ? std::size_t{kEmpty}
                                                 : largest;
  GistSplit split;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    (class_of(keys[i].range) == apart ? split.second : split.first).push_back(i);
  }
  return split;
}

/// From any range to one with an open end, and between kinds of these: the greater, the less alike.
float penalty_of_open(const RangeRow& page, const RangeRow& item) {
  constexpr float kAnother = 4;
  constexpr float kNearer = 2;
  switch (class_of(item)) {
    case kEmpty:
    case kInfinite:
      return class_of(page) == class_of(item) ? 0 : class_of(page) == kNormal ? kAnother : kNearer;
    case kLowerInfinite:
      return page.empty || !std::isinf(page.lower)
                 ? std::numeric_limits<float>::infinity()
                 : static_cast<float>(std::max(0.0, item.upper - page.upper));
    default:
      return page.empty || !std::isinf(page.upper)
                 ? std::numeric_limits<float>::infinity()
                 : static_cast<float>(std::max(0.0, page.lower - item.lower));
  }
}

}  // namespace

/// range_gist_penalty().
float RangeGist::penalty(const Key& page, const Key& item) {
  if (class_of(item.range) != kNormal) {
    return penalty_of_open(page.range, item.range);
  }
  if (class_of(page.range) != kNormal) {
    return std::numeric_limits<float>::infinity();
  }
  return static_cast<float>(std::max(0.0, page.range.lower - item.range.lower) +
                            std::max(0.0, item.range.upper - page.range.upper));
}

/// range_super_union().
Key RangeGist::unite(const Key& page, const Key& item) {
  if (page.range.empty || item.range.empty) {
    return page.range.empty ? item : page;
  }
  return {.range = {.lower = std::min(page.range.lower, item.range.lower),
                    .upper = std::max(page.range.upper, item.range.upper)},
          .tuple = std::max(page.tuple, item.tuple)};
}

/// range_gist_picksplit().
GistSplit RangeGist::split(const std::vector<Key>& keys) {
  std::array<std::size_t, kClasses> counts = {};
  for (const Key& key : keys) {
    ++counts[class_of(key.range)];
  }
  const Class only = class_of(keys.front().range);
  if (counts[only] < keys.size()) {
    return split_by_class(keys, counts);
  }
  return only == kNormal          ? split_normal(keys)
         : only == kLowerInfinite ? split_by_bound(keys, &RangeRow::upper)
         : only == kUpperInfinite ? split_by_bound(keys, &RangeRow::lower)
                                  : in_halves(as_they_come(keys.size()), (keys.size() - 1) / 2);
}

double range_gist_pages(const IndexColumn& column, const TypeSystem& types, double filled,
                        double nulls, bool sorted) {
  constexpr double kMostRows = 20'000;
  constexpr double kTupleHeader = 8;
  constexpr double kEmptyRange = 6;  // length byte, type, flags
  const double part = std::min(1.0, kMostRows / std::max(filled, 1.0));
  std::vector<Key> keys;
  for (const RangeRow& row : range_rows(column, types, filled, filled * part)) {
    keys.push_back({.range = row,
                    .tuple = align_up(kTupleHeader + (row.empty ? kEmptyRange : column.width), 8)});
  }
  double pages = 0;
  if (sorted) {
    std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
      return std::pair{a.range.lower, a.range.upper} < std::pair{b.range.lower, b.range.upper};
    });
    GistSortedBuild<RangeGist> build;
    for (const Key& key : keys) {
      build.add(key);
    }
    for (double i = 0; i + 0.5 < nulls * part; ++i) {
      build.add(std::nullopt);
    }
    pages = static_cast<double>(build.pages());
  } else {
    GistTree<RangeGist> tree;
    for (const Key& key : keys) {
      tree.insert(key);
    }
    pages = static_cast<double>(tree.pages());
  }
  return part < 1 ? pages / part : pages;
}

}  // namespace quern::planner_model
