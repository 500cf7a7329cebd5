#include "planner-model/size/range_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The server gives its canonical types whole bounds: [from,to).
bool is_discrete(Oid range_type) {
  constexpr Oid kInt4Range = 3904;
  constexpr Oid kDateRange = 3912;
  constexpr Oid kInt8Range = 3926;
  return range_type == kInt4Range || range_type == kDateRange || range_type == kInt8Range;
}

/// A histogram of numbers, its infinite ends apart.
class Histogram {
 public:
  void add(double value) { (std::isinf(value) ? infinite_ : finite_).push_back(value); }

  void sort() { std::sort(finite_.begin(), finite_.end()); }

  [[nodiscard]] bool empty() const { return finite_.empty(); }

  [[nodiscard]] double infinite_share() const {
    const auto count = static_cast<double>(finite_.size() + infinite_.size());
    return count == 0 ? 0 : static_cast<double>(infinite_.size()) / count;
  }

  /// The value below which that part of the finite ones are.
  [[nodiscard]] double at(double part) const {
    const double place = part * static_cast<double>(finite_.size() - 1);
    const auto before = std::min(static_cast<std::size_t>(place), finite_.size() - 1);
    const double from = finite_[before];
    const double to = finite_[std::min(before + 1, finite_.size() - 1)];
    return from + (to - from) * (place - static_cast<double>(before));
  }

 private:
  std::vector<double> finite_ = {};
  std::vector<double> infinite_ = {};
};

struct Histograms {
  Histogram lower = {};
  Histogram upper = {};
  Histogram lengths = {};
};

/// How far a bound is from the first one; an open end is infinite. Nothing: not a number.
std::optional<double> place(const RangeBound& bound, const Value& first) {
  return bound.value ? range_difference(*bound.value, first)
                     : std::optional{bound.lower ? -kInfinity : kInfinity};
}

std::optional<Histograms> histograms(const ColumnStatistics& statistics, Oid range_type,
                                     const TypeSystem& types) {
  Histograms all;
  std::optional<Value> first;
  for (const std::string& text : statistics.range_bounds_histogram) {
    const auto range = parse_range(text, range_type, types);
    if (!range || range->empty) {
      return std::nullopt;
    }
    if (!first) {
      first = range->lower.value ? range->lower.value : range->upper.value;
    }
    if (!first) {
      all.lower.add(-kInfinity);
      all.upper.add(kInfinity);
      continue;
    }
    const auto lower = place(range->lower, *first);
    const auto upper = place(range->upper, *first);
    if (!lower || !upper) {
      return std::nullopt;
    }
    all.lower.add(*lower);
    all.upper.add(*upper);
  }
  for (const std::string& text : statistics.range_length_histogram) {
    all.lengths.add(text == "Infinity" ? kInfinity : std::strtod(text.c_str(), nullptr));
  }
  all.lower.sort();
  all.upper.sort();
  all.lengths.sort();
  return all.lower.empty() || all.upper.empty() || all.lengths.empty() ? std::nullopt
                                                                       : std::optional{all};
}

/// Evenly spread ones that overlap some dozens of others each.
Histograms any_histograms(double filled) {
  constexpr double kLongest = 50;
  Histograms all;
  for (const double end : {0.0, std::max(filled, 1.0)}) {
    all.lower.add(end);
    all.upper.add(end);
  }
  all.lengths.add(1);
  all.lengths.add(kLongest);
  return all;
}

}  // namespace

std::vector<RangeRow> range_rows(const IndexColumn& column, const TypeSystem& types, double filled,
                                 double followed) {
  const auto known = column.statistics == nullptr
                         ? std::nullopt
                         : histograms(*column.statistics, column.type, types);
  const Histograms all = known ? *known : any_histograms(filled);
  const double empty = column.statistics == nullptr ? 0 : column.statistics->range_empty_fraction;
  const bool discrete = is_discrete(column.type);
  const double part = std::min(1.0, followed / std::max(filled, 1.0));
  const double from = (1 - part) / 3;
  Stream stream;
  std::vector<RangeRow> rows;
  for (double i = 0; i + 0.5 < followed; ++i) {
    const double stretch = from + part * stream.uniform();
    const double anywhere = stream.uniform();
    const double kind = stream.uniform();
    if (kind < empty) {
      rows.push_back({.empty = true});
      continue;
    }
    RangeRow row{.lower = all.lower.at(stretch)};
    row.lower = discrete ? std::floor(row.lower) : row.lower;
    row.upper = row.lower + (discrete ? std::max(1.0, std::rint(all.lengths.at(anywhere)))
                                      : all.lengths.at(anywhere));
    if (stream.uniform() < all.lower.infinite_share()) {
      row.lower = -kInfinity;
      row.upper = all.upper.at(stretch);
    }
    row.upper = stream.uniform() < all.upper.infinite_share() ? kInfinity : row.upper;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace quern::planner_model
