#include "planner-model/size/gist_boxes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>

#include "planner-model/size/double_sorting_split.hpp"
#include "planner-model/size/gist_sorted.hpp"
#include "planner-model/size/gist_tree.hpp"
#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {
namespace {

using Key = BoxGist::Key;

constexpr Oid kPoint = 600;

/// size_box().
double area(const Key& box) {
  return std::max(0.0, box.high[0] - box.low[0]) * std::max(0.0, box.high[1] - box.low[1]);
}

/// box_penalty().
double growth(const Key& page, const Key& item) {
  return area(BoxGist::unite(page, item)) - area(page);
}

/// g_box_consider_split(): the division chosen so far.
class Choice {
 public:
  Choice(std::size_t entries, const Key& whole) : entries_{entries}, whole_{whole} {}

  void consider(std::size_t axis, const SplitBounds& split) {
    const std::size_t left = split.left_of(entries_);
    const float ratio =
        static_cast<float>(std::min(left, entries_ - left)) / static_cast<float>(entries_);
    if (ratio <= kLeastSideOfSplit) {
      return;
    }
    const double range = whole_.high[axis] - whole_.low[axis];
    const auto overlap = static_cast<float>((split.left_upper - split.right_lower) / range);
    const bool better = !bounds_ ? true
                        : axis_ == axis
                            ? overlap < overlap_ || (overlap == overlap_ && ratio > ratio_)
                            : covered(overlap) < covered(overlap_) ||
                                  (range > range_ && covered(overlap) <= covered(overlap_));
    if (better) {
      bounds_ = split;
      axis_ = axis;
      range_ = range;
      overlap_ = overlap;
      ratio_ = ratio;
    }
  }

  [[nodiscard]] const std::optional<SplitBounds>& bounds() const { return bounds_; }

  [[nodiscard]] std::size_t axis() const { return axis_; }

 private:
  /// non_negative().
  static float covered(float overlap) { return std::max(overlap, 0.0F); }

  std::size_t entries_;
  Key whole_;
  std::optional<SplitBounds> bounds_ = {};
  std::size_t axis_ = 0;
  double range_ = 0;
  float overlap_ = 0;
  float ratio_ = 0;
};

/// A side of a division as it grows.
struct Side {
  std::vector<std::size_t> entries = {};
  Key whole = {};

  void add(std::size_t entry, const Key& key) {
    whole = entries.empty() ? key : BoxGist::unite(whole, key);
    entries.push_back(entry);
  }
};

/// The entries that may go either way, those to which it matters least first.
void place_common(const std::vector<Key>& keys, const std::vector<std::size_t>& common, Side& left,
                  Side& right) {
  std::vector<std::pair<double, std::size_t>> order;
  for (const std::size_t i : common) {
    order.emplace_back(std::abs(growth(left.whole, keys[i]) - growth(right.whole, keys[i])), i);
  }
  std::sort(order.begin(), order.end());
  const auto least =
      static_cast<std::size_t>(std::ceil(kLeastSideOfSplit * static_cast<double>(keys.size())));
  std::size_t remaining = order.size();
  for (const auto& [difference, i] : order) {
    const bool to_left = left.entries.size() + remaining <= least ||
                         (right.entries.size() + remaining > least &&
                          growth(left.whole, keys[i]) < growth(right.whole, keys[i]));
    (to_left ? left : right).add(i, keys[i]);
    --remaining;
  }
}

/// fallbackSplit().
GistSplit in_halves(std::size_t count) {
  GistSplit split;
  for (std::size_t i = 0; i < count; ++i) {
    (i < count / 2 ? split.first : split.second).push_back(i);
  }
  return split;
}

/// point_zorder_internal(): of two numbers from 0 to 1.
std::uint64_t z_order(double x, double y) {
  const auto spread = [](double number) {
    std::uint64_t bits = std::bit_cast<std::uint32_t>(static_cast<float>(number));
    bits = (bits | bits << 16U) & 0x0000FFFF0000FFFFU;
    bits = (bits | bits << 8U) & 0x00FF00FF00FF00FFU;
    bits = (bits | bits << 4U) & 0x0F0F0F0F0F0F0F0FU;
    bits = (bits | bits << 2U) & 0x3333333333333333U;
    return (bits | bits << 1U) & 0x5555555555555555U;
  };
  return spread(x) | spread(y) << 1U;
}

std::vector<Key> any_points(double count) {
  std::vector<Key> points;
  Stream stream;
  for (double i = 0; i + 0.5 < count; ++i) {
    const double x = stream.uniform();
    const double y = stream.uniform();
    points.push_back({.low = {x, y}, .high = {x, y}});
  }
  return points;
}

double sorted_pages(double filled, double nulls, double part) {
  std::vector<Key> points = any_points(filled * part);
  std::sort(points.begin(), points.end(), [](const Key& a, const Key& b) {
    return z_order(a.low[0], a.low[1]) < z_order(b.low[0], b.low[1]);
  });
  GistSortedBuild<BoxGist> build;
  for (const Key& point : points) {
    build.add(point);
  }
  for (double i = 0; i + 0.5 < nulls * part; ++i) {
    build.add(std::nullopt);
  }
  return static_cast<double>(build.pages());
}

/// Before the build divided pages it filled them to the fillfactor, one behind the other.
double packed_pages(double filled, double nulls) {
  constexpr double kRoom = 8192 - 24 - 16 - 819;
  const double points = std::floor(kRoom / 44);
  double level = std::ceil(filled / points + nulls / std::floor(kRoom / 20));
  double pages = level;
  for (; level > 1; pages += level) {
    level = std::ceil(level / points);
  }
  return pages;
}

double inserted_pages(double filled, double part) {
  GistTree<BoxGist> tree;
  for (const Key& point : any_points(filled * part)) {
    tree.insert(point);
  }
  return static_cast<double>(tree.pages());
}

}  // namespace

float BoxGist::penalty(const Key& page, const Key& item) {
  return static_cast<float>(growth(page, item));
}

Key BoxGist::unite(const Key& page, const Key& item) {
  Key whole;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    whole.low[axis] = std::min(page.low[axis], item.low[axis]);
    whole.high[axis] = std::max(page.high[axis], item.high[axis]);
  }
  return whole;
}

/// gist_box_picksplit().
GistSplit BoxGist::split(const std::vector<Key>& keys) {
  Key whole = keys.front();
  for (const Key& key : keys) {
    whole = unite(whole, key);
  }
  Choice choice{keys.size(), whole};
  std::vector<Interval> intervals(keys.size());
  for (std::size_t axis = 0; axis < 2; ++axis) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      intervals[i] = {keys[i].low[axis], keys[i].high[axis]};
    }
    each_split(intervals, [&](const SplitBounds& split) { choice.consider(axis, split); });
  }
  if (!choice.bounds()) {
    return in_halves(keys.size());
  }
  const std::size_t axis = choice.axis();
  Side left;
  Side right;
  std::vector<std::size_t> common;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].high[axis] > choice.bounds()->left_upper) {
      right.add(i, keys[i]);
    } else if (keys[i].low[axis] >= choice.bounds()->right_lower) {
      common.push_back(i);
    } else {
      left.add(i, keys[i]);
    }
  }
  place_common(keys, common, left, right);
  return {left.entries, right.entries};
}

bool is_box_in_gist(Oid type) {
  constexpr Oid kBox = 603;
  constexpr Oid kPolygon = 604;
  constexpr Oid kCircle = 718;
  return type == kPoint || type == kBox || type == kPolygon || type == kCircle;
}

bool is_sorted_for_gist(Oid type, BuildVersion server) {
  return type == kPoint && server.sorts_points_into_gist();
}

double box_gist_pages(Oid type, double filled, double nulls, BuildVersion server) {
  constexpr double kMostRows = 20'000;
  const bool sorted = is_sorted_for_gist(type, server);
  if (sorted && !server.divides_sorted_gist_pages()) {
    return packed_pages(filled, nulls);
  }
  const double part = std::min(1.0, kMostRows / std::max(filled + nulls, 1.0));
  const double pages = sorted ? sorted_pages(filled, nulls, part) : inserted_pages(filled, part);
  return part < 1 ? pages / part : pages;
}

}  // namespace quern::planner_model
