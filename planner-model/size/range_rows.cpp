#include "planner-model/size/range_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/size/sampled_keys.hpp"
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

/// Draws ranges by the histograms.
class Drawing {
 public:
  Drawing(Histograms all, double empty, bool discrete)
      : all_{std::move(all)}, empty_{empty}, discrete_{discrete} {}

  /// One whose lower bound is so far up among all.
  RangeRow at(double stretch) {
    const double anywhere = stream_.uniform();
    const double kind = stream_.uniform();
    if (kind < empty_) {
      return {.empty = true};
    }
    RangeRow row{.lower = all_.lower.at(stretch)};
    row.lower = discrete_ ? std::floor(row.lower) : row.lower;
    row.upper = row.lower + (discrete_ ? std::max(1.0, std::rint(all_.lengths.at(anywhere)))
                                       : all_.lengths.at(anywhere));
    if (stream_.uniform() < all_.lower.infinite_share()) {
      row.lower = -kInfinity;
      row.upper = all_.upper.at(stretch);
    }
    row.upper = stream_.uniform() < all_.upper.infinite_share() ? kInfinity : row.upper;
    return row;
  }

  Stream& stream() { return stream_; }

 private:
  Histograms all_;
  double empty_;
  bool discrete_;
  Stream stream_ = {};
};

/// How a column's rows stand beside the order of their values. Some share is displaced by up to
/// such a part of the table: two neighbours of which one is displaced have no order, which the
/// share of rows tells whose value is less than the one before; a displacement of uniform width w
/// of a share d makes the correlation 1 / sqrt(1 + d * w * w). Where that would be wider than the
/// table, the values run through several times, as often as they fall.
struct Displacement {
  double share = 1;
  double spread = 1;
  double cycles = 1;
  bool descending = false;

  Displacement(const ColumnSample& sample, const std::vector<double>& rows_each, double rows,
               double filled) {
    double equal = 0;
    for (const double each : rows_each) {
      equal += each / rows * each / rows;
    }
    const double correlation = sample.correlation.value_or(0);
    descending = correlation < 0;
    const double falling = sample.falling.value_or(1);
    const double against = descending ? 1 - equal - falling : falling;
    const double by_chance = std::max((1 - equal) / 2, 1e-9);
    share = 1 - std::sqrt(1 - std::clamp(against / by_chance, 0.0, 1.0));
    const double squared = std::max(correlation * correlation, 1e-12);
    spread = std::sqrt(std::max(0.0, 1 / squared - 1) / std::max(share, 1e-9));
    constexpr double kWhole = 2;
    constexpr double kInOrder = 0.5;
    if (spread > kWhole && share < kInOrder) {
      cycles = std::max(1.0, against * filled);
      share = 0;
    }
  }
};

/// Values as often as a sample of the table shows them, in the order along it that it shows.
std::vector<RangeRow> sampled_rows(const ColumnSample& sample, Drawing drawing, double filled,
                                   double part, double from) {
  const auto filled_rows = static_cast<double>(sample.rows - sample.null_rows);
  const auto all =
      expected_keys(sample, filled * static_cast<double>(sample.rows) / std::max(1.0, filled_rows));
  double keys = 0;
  for (const ExpectedKeys& one : all) {
    keys += one.keys;
  }
  // A part of the values with all of their rows, or all of few with a part of these.
  constexpr double kFew = 50;
  const double of_values = keys * part < kFew ? 1 : part;
  std::vector<double> rows_each;
  double carried = 0;
  double rows = 0;
  for (const ExpectedKeys& one : all) {
    for (carried += one.keys * of_values; carried >= 0.5; --carried) {
      rows_each.push_back(one.rows * part / of_values);
      rows += rows_each.back();
    }
  }
  Stream& stream = drawing.stream();
  for (std::size_t i = rows_each.size(); i > 1; --i) {
    std::swap(rows_each[i - 1], rows_each[stream.below(i)]);
  }
  const Displacement order{sample, rows_each, rows, filled};
  const double spread = order.spread / of_values;
  std::vector<std::pair<double, RangeRow>> placed;
  double before = 0;
  double owed = 0;
  for (const double each : rows_each) {
    const double middle = (before + each / 2) / rows;
    before += each;
    const RangeRow value = drawing.at((of_values < 1 ? from : 0) + of_values * middle);
    for (owed += each; owed >= 0.5; --owed) {
      const double aside = stream.uniform() < order.share ? stream.uniform() - 0.5 : 0;
      const double cycle = std::floor(order.cycles * stream.uniform());
      placed.emplace_back(cycle + (order.descending ? -middle : middle) + spread * aside, value);
    }
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<RangeRow> answer;
  for (const auto& one : placed) {
    answer.push_back(one.second);
  }
  return answer;
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
  Drawing drawing{all, empty, discrete};
  if (const auto* sample = sample_of(column, "values"); sample != nullptr && known) {
    return sampled_rows(*sample, std::move(drawing), filled, part, from);
  }
  std::vector<RangeRow> rows;
  for (double i = 0; i + 0.5 < followed; ++i) {
    rows.push_back(drawing.at(from + part * drawing.stream().uniform()));
  }
  return rows;
}

}  // namespace quern::planner_model
