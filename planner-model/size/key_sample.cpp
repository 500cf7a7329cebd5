#include "planner-model/size/key_sample.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <string>

namespace quern::planner_model {
namespace {

constexpr double kTupleHeader = 8;
constexpr double kTupleHeaderWithNulls = 16;
constexpr std::size_t kSamples = 1024;

/// Evenly spread points of [0, 1): one sequence a column, none in step with another.
using Points = std::array<double, kSamples>;

const Points& spread_points(std::size_t column) {
  // Fractional parts of square roots, whose multiples fill the unit cube evenly (Weyl).
  static constexpr std::array kSteps{1.0 / kSamples,     0.41421356237309515, 0.7320508075688772,
                                     0.2360679774997898, 0.6457513110645906,  0.3166247903554,
                                     0.605551275463989,  0.12310562561766059, 0.358898943540674};
  static const auto all = [] {
    std::array<Points, kSteps.size()> points{};
    for (std::size_t i = 0; i < kSteps.size(); ++i) {
      for (std::size_t sample = 0; sample < kSamples; ++sample) {
        double whole = 0;
        points[i][sample] = std::modf((static_cast<double>(sample) + 0.5) * kSteps[i], &whole);
      }
    }
    return points;
  }();
  return column == 0 ? all[0] : all[1 + column % 8];
}

/// Other rows with the value of a row of this class.
double others_of(const IndexColumn& column, const ValueClass& one, double rows_indexed) {
  const double mean = one.share * column.table_rows / one.values;
  const double thinned =
      column.table_rows > 0 ? std::min(1.0, rows_indexed / column.table_rows) : 1.0;
  return truncated_poisson_rate(mean) * thinned;
}

/// A column with what each of its classes is asked for in every draw.
class DrawnColumn {
 public:
  DrawnColumn(const IndexColumn& own, std::size_t ordinal)
      : column{own}, filled{1 - own.null_share()}, points_{&spread_points(ordinal)} {
    double passed = 0;
    for (const ValueClass& value : column.classes) {
      passed_.push_back(passed += value.share);
    }
    std::size_t first = 0;
    for (std::size_t step = 0; step < kSteps; ++step) {
      const double point = static_cast<double>(step) / kSteps;
      while (first + 1 < passed_.size() && passed_[first] <= point) {
        ++first;
      }
      first_[step] = first;
    }
  }

  /// The class of a draw's value: the first whose share, and all before it, go past its point.
  [[nodiscard]] std::size_t class_of(std::size_t sample) const {
    const double point = (*points_)[sample];
    std::size_t found = first_[static_cast<std::size_t>(point * kSteps)];
    while (found + 1 < passed_.size() && passed_[found] <= point) {
      ++found;
    }
    return found;
  }

  const IndexColumn& column;
  double filled;                    ///< share of the rows where it is not NULL
  std::vector<double> others = {};  ///< others_of() each, where asked for

 private:
  static constexpr std::size_t kSteps = 256;
  const Points* points_;
  std::vector<double> passed_ = {};             ///< shares of the classes up to and including each
  std::array<std::size_t, kSteps> first_ = {};  ///< by the point's step: no class before it
};

std::vector<DrawnColumn> drawn(const std::vector<IndexColumn>& columns) {
  std::vector<DrawnColumn> all;
  all.reserve(columns.size());
  for (const IndexColumn& column : columns) {
    all.emplace_back(column, all.size());
  }
  return all;
}

std::vector<DrawnColumn> drawn(const std::vector<IndexColumn>& columns, double rows_indexed) {
  std::vector<DrawnColumn> all = drawn(columns);
  for (DrawnColumn& one : all) {
    const ValueClass* before = nullptr;
    for (const ValueClass& value : one.column.classes) {
      const bool same =  // as those of a histogram's steps are
          before != nullptr && before->share == value.share && before->values == value.values;
      one.others.push_back(!one.column.is_key ? 0
                           : same             ? one.others.back()
                                              : others_of(one.column, value, rows_indexed));
      before = &value;
    }
  }
  return all;
}

double place(double data, const IndexColumn& column, const ValueClass& one) {
  if (one.is_null) {
    return data;
  }
  constexpr double kLongestShort = 127;
  const bool unaligned = column.varies && one.size <= kLongestShort;
  return align_up(data, unaligned ? 1 : column.long_alignment) + one.size;
}

/// For an index of one column without a predicate on it.
std::optional<double> exact_others(const std::vector<IndexColumn>& columns, double rows_indexed) {
  if (columns.size() != 1 || !columns[0].rows_each ||
      rows_indexed < 0.99 * columns[0].table_rows * (1 - columns[0].null_share())) {
    return std::nullopt;
  }
  return *columns[0].rows_each - 1;
}

/// The chance that two places in a window of the table are in the same run; both as shares of it.
/// The whole of it is made of whole runs, a window begins and ends anywhere.
double same_run(double run, double window) {
  if (window >= 1) {
    return std::min(run, 1.0);
  }
  return run < window ? run / window * (1 - run / window / 3) : 1 - window / run / 3;
}

/// A row that is drawn column by column.
class DrawnRow {
 public:
  explicit DrawnRow(double rows_indexed) : rows_indexed_{rows_indexed} {}

  void add_size(const DrawnColumn& drawn, std::size_t which) {
    const ValueClass& one = drawn.column.classes[which];
    data_ = place(data_, drawn.column, one);
    has_null_ = has_null_ || one.is_null;
  }

  void add_others(const DrawnColumn& drawn, std::size_t which) {
    const double others = drawn.others[which];
    if (!drawn.column.in_runs || drawn.column.classes[which].is_null) {
      const double least = others / std::max(rows_indexed_, 1.0);
      meet(others, drawn.column.classes[which].is_null ? 1 : std::max(least, drawn.column.window));
      return;
    }
    const double rate = drawn.filled / std::max(others, 1e-9);
    // Two columns with as many runs have the same ones.
    constexpr double kSameRuns = 0.03;
    changes_ += std::abs(rate - last_rate_) < kSameRuns * rate ? 0 : rate;
    last_rate_ = rate;
    in_runs_ *= drawn.filled;
    any_runs_ = true;
  }

  /// Of the columns so far.
  [[nodiscard]] double tuple() const {
    return align_up((has_null_ ? kTupleHeaderWithNulls : kTupleHeader) + data_, 8);
  }

  [[nodiscard]] double others() const {
    if (!any_runs_) {
      return others_;
    }
    return first_ ? in_runs_ / changes_
                  : others_ *
                        (in_runs_ * same_run(1 / changes_ / std::max(rows_indexed_, 1.0), window_));
  }

  [[nodiscard]] KeySample sample() const {
    return {.tuple = tuple(), .others = others(), .has_null = has_null_};
  }

 private:
  void meet(double others, double window) {
    others_ = first_ ? others
                     : others_ * std::min(1.0, others / std::max(rows_indexed_, 1.0) /
                                                   std::max(window_, window));
    window_ = std::min(window_, window);
    first_ = false;
  }

  double rows_indexed_;
  double data_ = 0;
  bool has_null_ = false;
  double others_ = rows_indexed_;
  bool first_ = true;
  double window_ = 1;   ///< share of the table where the other rows are
  double changes_ = 0;  ///< of the columns that come in runs: runs' ends a row
  double last_rate_ = -1;
  double in_runs_ = 1;
  bool any_runs_ = false;
};

/// Of 1 + a Poisson number of others, the mean of the reciprocal: the share of a key that one row
/// is.
double share_of_key(double others) {
  return others < 1e-6 ? 1 : (1 - std::exp(-others)) / others;
}

double distinct_of(const std::vector<KeySample>& rows, double rows_indexed, double factor) {
  double sum = 0;
  for (const KeySample& row : rows) {
    sum += row.exact ? 1 / (1 + row.others) : share_of_key(row.others * factor);
  }
  return rows_indexed * sum / static_cast<double>(std::max<std::size_t>(rows.size(), 1));
}

/// Draws the rows; `prefixes` become those of the key columns.
std::vector<KeySample> draw_rows(const std::vector<DrawnColumn>& columns, double rows_indexed,
                                 std::vector<KeyPrefix>& prefixes) {
  std::vector<KeySample> rows;
  rows.reserve(kSamples);
  for (std::size_t sample = 0; sample < kSamples; ++sample) {
    DrawnRow row{rows_indexed};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::size_t which = columns[i].class_of(sample);
      row.add_size(columns[i], which);
      if (columns[i].column.is_key) {
        row.add_others(columns[i], which);
      }
      if (i < prefixes.size()) {
        prefixes[i].tuple += row.tuple();
        prefixes[i].distinct += share_of_key(row.others());
      }
    }
    rows.push_back(row.sample());
  }
  for (KeyPrefix& prefix : prefixes) {
    prefix.tuple /= kSamples;
    prefix.distinct = std::max(1.0, rows_indexed * prefix.distinct / kSamples);
  }
  return rows;
}

/// "1, 2": 55 of pg_ndistinct's text.
std::optional<double> listed_distinct(const std::string& text,
                                      const std::set<std::int16_t>& columns) {
  for (std::size_t at = text.find('"'); at != std::string::npos;) {
    const auto end = text.find('"', at + 1);
    const auto colon = text.find(':', end == std::string::npos ? at : end);
    if (end == std::string::npos || colon == std::string::npos) {
      return std::nullopt;
    }
    std::set<std::int16_t> numbers;
    for (std::size_t digit = at + 1; digit < end;) {
      std::int16_t number = 0;
      const auto read = std::from_chars(text.data() + digit, text.data() + end, number);
      if (read.ec != std::errc{}) {
        ++digit;
        continue;
      }
      numbers.insert(number);
      digit = static_cast<std::size_t>(read.ptr - text.data());
    }
    if (numbers == columns) {
      return std::strtod(text.c_str() + colon + 1, nullptr);
    }
    at = text.find('"', end + 1);
  }
  return std::nullopt;
}

/// Different keys as extended statistics have counted them.
std::optional<double> known_distinct(const Index& index, const std::vector<IndexColumn>& columns,
                                     const CatalogSnapshot& catalog) {
  std::set<std::int16_t> numbers;
  for (const IndexColumn& column : columns) {
    if (column.is_key) {
      numbers.insert(column.number);
    }
  }
  if (numbers.size() < 2 || numbers.contains(0)) {
    return std::nullopt;
  }
  for (const ExtendedStatistics& one : catalog.extended_statistics) {
    if (one.table == index.table) {
      if (const auto known = listed_distinct(one.n_distinct, numbers)) {
        return known;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

double truncated_poisson_rate(double mean) {
  if (mean <= 1.0001) {
    return 0;
  }
  double rate = mean;
  double before = 0;
  for (int i = 0; i < 60 && mean < 40 && rate != before; ++i) {
    before = rate;
    rate = mean * (1 - std::exp(-rate));
  }
  return std::max(rate, 0.0);
}

KeySamples sample_keys(const Index& index, const std::vector<IndexColumn>& columns,
                       const CatalogSnapshot& catalog, double rows_indexed) {
  const auto keys = std::find_if(columns.begin(), columns.end(),
                                 [](const IndexColumn& column) { return !column.is_key; });
  KeySamples samples;
  samples.prefixes.resize(static_cast<std::size_t>(keys - columns.begin()));
  samples.rows = draw_rows(drawn(columns, rows_indexed), rows_indexed, samples.prefixes);
  if (const auto exact = exact_others(columns, rows_indexed)) {
    for (KeySample& row : samples.rows) {
      row.others = row.has_null ? row.others : *exact;
      row.exact = !row.has_null;
    }
  }
  samples.distinct = distinct_of(samples.rows, rows_indexed, 1);
  const auto known = known_distinct(index, columns, catalog);
  if (known && *known < 0.95 * samples.distinct) {
    double low = 1;
    double high = 1e9;
    for (int i = 0; i < 60; ++i) {
      const double middle = std::sqrt(low * high);
      (distinct_of(samples.rows, rows_indexed, middle) > *known ? low : high) = middle;
    }
    for (KeySample& row : samples.rows) {
      row.others = std::min(row.others * low, rows_indexed);
    }
    samples.distinct = *known;
  }
  return samples;
}

std::vector<double> average_tuple_sizes(const std::vector<IndexColumn>& columns) {
  const std::vector<DrawnColumn> prepared = drawn(columns);
  std::vector<double> sizes(columns.size() + 1, 0.0);
  for (std::size_t sample = 0; sample < kSamples; ++sample) {
    DrawnRow row{0};
    sizes[0] += row.tuple();
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      row.add_size(prepared[i], prepared[i].class_of(sample));
      sizes[i + 1] += row.tuple();
    }
  }
  for (double& size : sizes) {
    size /= kSamples;
  }
  return sizes;
}

}  // namespace quern::planner_model
