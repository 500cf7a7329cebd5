#include "planner-model/size/spgist_quads.hpp"

#include <algorithm>
#include <cstddef>

namespace quern::planner_model {
namespace {

constexpr int kQuadrants = 4;

/// getQuadrant() of points, from 0: up to the right, down to the right, down to the left, up to the
/// left.
int quadrant(const PointSpGist::Datum& centroid, const PointSpGist::Datum& point) {
  const bool right = point[0] >= centroid[0];
  const bool up = point[1] >= centroid[1];
  if (right && up) {
    return 0;
  }
  if (right) {
    return 1;
  }
  return point[1] > centroid[1] ? 3 : 2;
}

/// getQuadrant() of ranges, from 0.
int quadrant(const RangeRow& centroid, const RangeRow& range) {
  if (range.empty) {
    return kQuadrants;
  }
  const bool later = range.upper >= centroid.upper;
  return range.lower >= centroid.lower ? (later ? 0 : 1) : (later ? 3 : 2);
}

double middle_of(std::vector<double> numbers) {
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

}  // namespace

/// spg_quad_choose().
SpGistChoice<PointSpGist::Prefix> PointSpGist::choose(const Prefix& centroid,
                                                      const std::vector<int>& /*labels*/,
                                                      bool /*all_the_same*/, const Datum& point,
                                                      int /*level*/) {
  return {.node = quadrant(centroid, point)};
}

/// spg_quad_picksplit(): around the points' mean.
SpGistSplit<PointSpGist::Datum, PointSpGist::Prefix> PointSpGist::picksplit(
    const std::vector<Datum>& values, int /*level*/) {
  Datum mean = {};
  for (const Datum& point : values) {
    mean[0] += point[0] / static_cast<double>(values.size());
    mean[1] += point[1] / static_cast<double>(values.size());
  }
  SpGistSplit<Datum, Prefix> split{
      .prefix = mean, .labels = std::vector<int>(kQuadrants, 0), .leaves = values};
  for (const Datum& point : values) {
    split.nodes.push_back(quadrant(mean, point));
  }
  return split;
}

/// spg_kd_choose().
SpGistChoice<KdPointSpGist::Prefix> KdPointSpGist::choose(Prefix median,
                                                          const std::vector<int>& /*labels*/,
                                                          bool /*all_the_same*/, const Datum& point,
                                                          int level) {
  const double place = point[level % 2 == 1 ? 0 : 1];
  return {.node = median > place ? 0 : 1, .level_add = 1};
}

/// spg_kd_picksplit(): halves, whatever is equal.
SpGistSplit<KdPointSpGist::Datum, KdPointSpGist::Prefix> KdPointSpGist::picksplit(
    const std::vector<Datum>& values, int level) {
  const std::size_t axis = level % 2 == 1 ? 0 : 1;
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < values.size(); ++i) {
    order.emplace_back(values[i][axis], i);
  }
  std::sort(order.begin(), order.end());
  const std::size_t middle = (values.size() + 1) / 2;
  SpGistSplit<Datum, Prefix> split{.prefix = order[std::min(middle, order.size() - 1)].first,
                                   .labels = {0, 0},
                                   .nodes = std::vector<int>(values.size(), 0),
                                   .leaves = values};
  for (std::size_t i = middle; i < order.size(); ++i) {
    split.nodes[order[i].second] = 1;
  }
  return split;
}

int RangeSpGist::prefix_bytes(const Prefix& centroid) {
  constexpr int kLongLengthWord = 3;  // bytes more than a short one
  return centroid ? centroid->bytes + kLongLengthWord : 0;
}

/// spg_range_quad_choose().
SpGistChoice<RangeSpGist::Prefix> RangeSpGist::choose(const Prefix& centroid,
                                                      const std::vector<int>& /*labels*/,
                                                      bool /*all_the_same*/, const Datum& range,
                                                      int /*level*/) {
  const int node = centroid ? quadrant(centroid->range, range.range) : (range.range.empty ? 0 : 1);
  return {.node = node, .level_add = 1};
}

/// spg_range_quad_picksplit(): around the medians of lower and of upper bounds.
SpGistSplit<RangeSpGist::Datum, RangeSpGist::Prefix> RangeSpGist::picksplit(
    const std::vector<Datum>& values, int level) {
  std::vector<double> lower;
  std::vector<double> upper;
  Datum centroid;
  for (const Datum& value : values) {
    if (!value.range.empty) {
      lower.push_back(value.range.lower);
      upper.push_back(value.range.upper);
      centroid.bytes = value.bytes;
    }
  }
  SpGistSplit<Datum, Prefix> split{.leaves = values};
  if (lower.empty()) {
    split.labels = {0, 0};
    split.nodes.assign(values.size(), 0);
    return split;
  }
  centroid.range = {.lower = middle_of(std::move(lower)), .upper = middle_of(std::move(upper))};
  split.prefix = centroid;
  split.labels.assign(level == 0 ? kQuadrants + 1 : kQuadrants, 0);
  for (const Datum& value : values) {
    split.nodes.push_back(quadrant(centroid.range, value.range));
  }
  return split;
}

}  // namespace quern::planner_model
