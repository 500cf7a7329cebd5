#include "planner-model/size/key_sample.hpp"

#include <algorithm>
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
double spread_point(std::size_t sample, std::size_t column) {
  // Fractional parts of square roots, whose multiples fill the unit cube evenly (Weyl).
  static constexpr double kSteps[] = {0.41421356237309515, 0.7320508075688772, 0.2360679774997898,
                                      0.6457513110645906,  0.3166247903554,    0.605551275463989,
                                      0.12310562561766059, 0.358898943540674};
  double whole = 0;
  const double step = column == 0 ? 1.0 / kSamples : kSteps[column % 8];
  return std::modf((static_cast<double>(sample) + 0.5) * step, &whole);
}

/// Other rows with the value of a row of this class.
double others_of(const IndexColumn& column, const ValueClass& one, double rows_indexed) {
  const double mean = one.share * column.table_rows / one.values;
  const double thinned =
      column.table_rows > 0 ? std::min(1.0, rows_indexed / column.table_rows) : 1.0;
  return truncated_poisson_rate(mean) * thinned;
}

/// A column with what each of its classes is asked for in every draw.
struct DrawnColumn {
  const IndexColumn& column;
  double filled = 1;                ///< share of the rows where it is not NULL
  std::vector<double> passed = {};  ///< shares of the classes up to and including each
  std::vector<double> others = {};  ///< others_of() each, where asked for

  [[nodiscard]] std::size_t class_at(double point) const {
    const auto found = std::upper_bound(passed.begin(), passed.end() - 1, point);
    return static_cast<std::size_t>(found - passed.begin());
  }
};

std::vector<DrawnColumn> drawn(const std::vector<IndexColumn>& columns) {
  std::vector<DrawnColumn> all;
  for (const IndexColumn& column : columns) {
    DrawnColumn& one = all.emplace_back(DrawnColumn{column, 1 - column.null_share()});
    double passed = 0;
    for (const ValueClass& value : column.classes) {
      one.passed.push_back(passed += value.share);
    }
  }
  return all;
}

std::vector<DrawnColumn> drawn(const std::vector<IndexColumn>& columns, double rows_indexed) {
  std::vector<DrawnColumn> all = drawn(columns);
  for (DrawnColumn& one : all) {
    for (const ValueClass& value : one.column.classes) {
      one.others.push_back(one.column.is_key ? others_of(one.column, value, rows_indexed) : 0);
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

/// The row's size and NULLs; `meet` is told each column's class.
template <class Meet>
KeySample draw_tuple(const std::vector<DrawnColumn>& columns, std::size_t count, std::size_t sample,
                     Meet meet) {
  KeySample row;
  double data = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t which = columns[i].class_at(spread_point(sample, i));
    const ValueClass& one = columns[i].column.classes[which];
    data = place(data, columns[i].column, one);
    row.has_null = row.has_null || one.is_null;
    meet(columns[i], which);
  }
  row.tuple = align_up((row.has_null ? kTupleHeaderWithNulls : kTupleHeader) + data, 8);
  return row;
}

/// The chance that two places in a window of the table are in the same run; both as shares of it.
/// The whole of it is made of whole runs, a window begins and ends anywhere.
double same_run(double run, double window) {
  if (window >= 1) {
    return std::min(run, 1.0);
  }
  return run < window ? run / window * (1 - run / window / 3) : 1 - window / run / 3;
}

KeySample draw(const std::vector<DrawnColumn>& columns, std::size_t count, std::size_t sample,
               double rows_indexed) {
  double all_others = rows_indexed;
  bool first = true;
  double window = 1;   // share of the table where the other rows are
  double changes = 0;  // of the columns that come in runs: runs' ends a row
  double last_rate = -1;
  double in_runs = 1;
  bool any_runs = false;
  const auto meet = [&](double others, double others_window) {
    all_others = first ? others
                       : all_others * std::min(1.0, others / std::max(rows_indexed, 1.0) /
                                                        std::max(window, others_window));
    window = std::min(window, others_window);
    first = false;
  };
  KeySample row =
      draw_tuple(columns, count, sample, [&](const DrawnColumn& drawn, std::size_t which) {
        if (!drawn.column.is_key) {
          return;
        }
        const double others = drawn.others[which];
        if (!drawn.column.in_runs || drawn.column.classes[which].is_null) {
          const double least = others / std::max(rows_indexed, 1.0);
          meet(others,
               drawn.column.classes[which].is_null ? 1 : std::max(least, drawn.column.window));
          return;
        }
        const double rate = drawn.filled / std::max(others, 1e-9);
        // Two columns with as many runs have the same ones.
        constexpr double kSameRuns = 0.03;
        changes += std::abs(rate - last_rate) < kSameRuns * rate ? 0 : rate;
        last_rate = rate;
        in_runs *= drawn.filled;
        any_runs = true;
      });
  if (any_runs && first) {
    all_others = in_runs / changes;
  } else if (any_runs) {
    all_others *= in_runs * same_run(1 / changes / std::max(rows_indexed, 1.0), window);
  }
  row.others = all_others;
  return row;
}

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
  KeySamples samples;
  const auto exact = exact_others(columns, rows_indexed);
  const std::vector<DrawnColumn> prepared = drawn(columns, rows_indexed);
  samples.rows.reserve(kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) {
    samples.rows.push_back(draw(prepared, columns.size(), i, rows_indexed));
    if (exact && !samples.rows.back().has_null) {
      samples.rows.back().others = *exact;
      samples.rows.back().exact = true;
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

double average_tuple_size(const std::vector<IndexColumn>& columns) {
  const std::vector<DrawnColumn> prepared = drawn(columns);
  double sum = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    sum += draw_tuple(prepared, columns.size(), i, [](const DrawnColumn&, std::size_t) {}).tuple;
  }
  return sum / kSamples;
}

double distinct_prefixes(const std::vector<IndexColumn>& columns, std::size_t count,
                         double rows_indexed) {
  const std::vector<DrawnColumn> prepared = drawn(columns, rows_indexed);
  double sum = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    sum += share_of_key(draw(prepared, count, i, rows_indexed).others);
  }
  return std::max(1.0, rows_indexed * sum / kSamples);
}

}  // namespace quern::planner_model
