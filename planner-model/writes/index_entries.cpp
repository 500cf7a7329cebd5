#include "planner-model/writes/index_entries.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "planner-model/size/btree_size.hpp"
#include "planner-model/size/index_size.hpp"
#include "planner-model/size/key_sample.hpp"
#include "planner-model/size/text_order.hpp"
#include "planner-model/size/unknown_columns.hpp"
#include "planner-model/writes/changed_value.hpp"

namespace quern::planner_model {
namespace {

bool is_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

/// Whole numbers, each once, that leave few between the least and the greatest: the next ones come
/// behind, also when updates have long mixed the rows.
bool fills_its_range(const IndexColumn& values) {
  constexpr double kDense = 0.5;
  const ColumnStatistics& statistics = *values.statistics;
  const auto& bounds = statistics.histogram_bounds;
  if (!is_whole_number(values.type) || statistics.n_distinct > -0.999 || bounds.size() < 2) {
    return false;
  }
  const auto number = [](const std::string& text) { return std::strtod(text.c_str(), nullptr); };
  const double range = number(statistics.highest.value_or(bounds.back())) -
                       number(statistics.lowest.value_or(bounds.front())) + 1;
  return values.table_rows > kDense * range;
}

/// Serial numbers and times of insertion: in the order of the rows, and many of them. Updates move
/// rows to the table's end, which the correlation shows long before the keys stop coming in order.
bool is_ascending(const IndexKey& key, const Table& table, const IndexColumn& values) {
  if (key.descending) {
    return false;
  }
  const auto column =
      std::find_if(table.columns.begin(), table.columns.end(),
                   [&](const Column& one) { return one.number == key.column && key.column != 0; });
  if (column != table.columns.end() &&
      (column->identity != '\0' || column->default_expression.starts_with("nextval("))) {
    return true;
  }
  constexpr double kMostlySorted = 0.6;
  constexpr double kManyValues = 1000;
  const auto* statistics = values.statistics;
  if (statistics == nullptr) {
    return false;
  }
  if (fills_its_range(values)) {
    return true;
  }
  return statistics->correlation.value_or(0) > kMostlySorted &&
         (statistics->n_distinct < -0.2 || statistics->n_distinct > kManyValues);
}

bool is_advancing(const IndexColumn& column) {
  if (column.statistics == nullptr || !is_text(column.type)) {
    return false;
  }
  constexpr double kMostlyNew = -0.05;
  constexpr double kSorted = 0.95;  // numbers of one length
  const ColumnStatistics& statistics = *column.statistics;
  return statistics.n_distinct <= kMostlyNew && statistics.correlation.value_or(0) < kSorted &&
         counts_in_text(statistics, column.table_rows);
}

/// Of the tuples' sizes, over the square of their mean.
double variation_of(const std::vector<IndexColumn>& columns, double mean) {
  double variance = 0;
  for (const IndexColumn& column : columns) {
    if (column.varies) {
      double sum = 0;
      double squares = 0;
      for (const ValueClass& one : column.classes) {
        sum += one.share * one.size;
        squares += one.share * one.size * one.size;
      }
      variance += std::max(0.0, squares - sum * sum);
    }
  }
  return variance / (mean * mean);
}

/// Rows that a value came to on average, when random draws of a fixed number of values gave
/// `rows_a_value` for each value seen.
double draws_behind(double rows_a_value) {
  double low = 0;
  double high = rows_a_value;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (middle / -std::expm1(-middle) < rows_a_value ? low : high) = middle;
  }
  return high;
}

/// Of one column's values: each kind by itself, since rare values are new far more often than
/// common ones. `drawn`: rows that came to a value, of so many a value seen.
template <class Drawn>
double new_values(const IndexColumn& column, Drawn drawn) {
  double all = 0;
  double unseen = 0;
  for (const ValueClass& one : column.classes) {
    if (!one.is_null) {
      const double rows_each = one.share * column.table_rows / std::max(one.values, 1e-9);
      all += one.share;
      unseen += one.share * std::exp(-drawn(std::max(rows_each, 1.0)));
    }
  }
  return unseen / std::max(all, 1e-9);
}

/// A new row brings a new key so often. Where ANALYZE counts a fixed number of values: only those
/// that no row has yet. Where it counts a share of the rows: values that stand in no order are
/// taken to be drawn at random, from values that the rows so far have not all brought; others to
/// come in runs, each value so often as the last.
double new_keys(const std::vector<IndexColumn>& columns, double rows_a_key) {
  const auto all = [&](const auto& holds) {
    return std::all_of(columns.begin(), columns.end(), [&](const IndexColumn& column) {
      return column.statistics != nullptr && holds(column, *column.statistics);
    });
  };
  if (all([](const IndexColumn& /*column*/, const ColumnStatistics& one) {
        return one.n_distinct > 0;
      })) {
    return columns.size() == 1 ? new_values(columns.front(), [](double rows) { return rows; })
                               : std::exp(-rows_a_key);
  }
  constexpr double kDeviations = 4;
  if (all([](const IndexColumn& column, const ColumnStatistics& one) {
        return !has_an_order(one, column.table_rows, kDeviations);
      })) {
    return columns.size() == 1 ? new_values(columns.front(), draws_behind)
                               : std::exp(-draws_behind(std::max(rows_a_key, 1.0)));
  }
  return std::min(1.0, 1 / rows_a_key);
}

double distinct_of(const IndexColumn& column, double rows) {
  const auto* statistics = column.statistics;
  if (statistics == nullptr || statistics->n_distinct == 0) {
    return rows;
  }
  return statistics->n_distinct > 0 ? statistics->n_distinct : -statistics->n_distinct * rows;
}

/// In what order new rows' entries come. A column that rises along the table decides, also behind
/// others of so few values that each of their groups fills pages of its own.
void see_order(IndexEntries& all, double rows) {
  constexpr double kPages = 2;
  constexpr double kLeaf = 8192 - 24 - 16;
  // _bt_afternewitemoff(), nbtsplitloc.c: of one size, and no wider than two int8.
  constexpr double kWidest = 24;
  double groups = 1;
  for (std::size_t i = 0; i < all.index->keys.size() && i < all.columns.size(); ++i) {
    const bool advancing = is_advancing(all.columns[i]);
    if (advancing || is_ascending(all.index->keys[i], *all.table, all.columns[i])) {
      const bool split_behind =
          all.tuple <= kWidest && std::none_of(all.columns.begin(), all.columns.end(),
                                               [](const IndexColumn& one) { return one.varies; });
      all.groups = groups;
      all.ascending = i == 0 && !advancing;
      all.grouped = i > 0 && !advancing && split_behind;
      all.advancing = !all.ascending && !all.grouped;
      return;
    }
    groups *= std::max(1.0, distinct_of(all.columns[i], rows));
    if (all.entries / groups * (all.tuple + 4) < kPages * kLeaf) {
      return;
    }
  }
}

/// What tells two neighbouring leaves apart: the key columns up to the first in which they differ,
/// and the row's address when none does (_bt_truncate(), nbtutils.c). `tuples`:
/// average_tuple_sizes().
double pivot_size(const IndexEntries& all, const std::vector<double>& tuples, double rows,
                  double items) {
  constexpr double kRowAddress = 8;
  double size = 0;
  double same_before = 1;  // share of neighbours equal in all columns so far
  double distinct = 1;
  double tuple = all.tuple;
  for (std::size_t i = 0; i < all.columns.size() && all.columns[i].is_key; ++i) {
    const IndexColumn& column = all.columns[i];
    tuple = tuples[i + 1];
    distinct = std::min(distinct * std::max(1.0, distinct_of(column, rows)), items);
    const double same = std::max(0.0, 1 - distinct / std::max(items, 1.0));
    size += std::max(0.0, same_before - same) * tuple;
    same_before = std::min(same_before, same);
  }
  return size + same_before * (tuple + kRowAddress);
}

}  // namespace

double pages_touched(double pages, double touches) {
  const double all = std::max(pages, 1.0);
  return all * -std::expm1(touches * std::log1p(-std::min(1 / all, 0.999999)));
}

namespace {

/// The combinations of the columns' listed values, those of the first taken for granted, of which
/// each is more than `least` of the entries.
void add_heavy(const std::vector<IndexColumn>& columns, std::size_t first, std::size_t count,
               double share, double least, HeavyValues& heavy) {
  if (share <= least) {
    return;
  }
  if (first == count) {
    heavy.share = std::min(1.0, heavy.share + share);
    heavy.values += 1;
    heavy.shares.push_back(share);
    return;
  }
  const auto* statistics = columns[first].statistics;
  if (statistics == nullptr) {
    return;
  }
  add_heavy(columns, first + 1, count, share * statistics->null_fraction, least, heavy);
  for (const double frequency : statistics->most_common_frequencies) {
    add_heavy(columns, first + 1, count, share * frequency, least, heavy);
  }
}

}  // namespace

HeavyValues heavy_values(const IndexEntries& all, double row_bytes, std::size_t columns) {
  constexpr double kBody = 8192 - 24 - 16;  // header and special space
  HeavyValues heavy;
  // So that the combinations are not too many; smaller groups are none of their own then.
  constexpr double kLeastShare = 1e-4;
  const double least =
      std::max(kBody / std::max(all.entries * row_bytes, 1.0), columns > 1 ? kLeastShare : 0);
  heavy.least = least;
  add_heavy(all.columns, 0, std::min(columns, all.columns.size()), 1, least, heavy);
  return all.columns.empty() ? HeavyValues{} : heavy;
}

IndexEntries index_entries(const SizeContext& context, const Table& table, const Index& index) {
  IndexEntries all{.index = &index, .table = &table};
  const double rows = rows_now(table, context.types);
  all.columns = index_columns(index, table, context, rows);
  const bool partial = !index.predicate.empty();
  all.entries = index.reltuples >= 0 && partial ? index.reltuples : rows;
  all.share = partial && rows > 0 ? std::clamp(all.entries / rows, 0.0, 1.0) : 1.0;
  if (index.access_method == "hash" && !all.columns.empty() &&
      all.columns.front().statistics != nullptr) {
    const double kept = 1 - all.columns.front().statistics->null_fraction;  // NULL has no entry
    all.entries *= kept;
    all.share *= kept;
  }
  const std::vector<double> tuples = average_tuple_sizes(all.columns);
  all.tuple = tuples.back();
  const double built =
      index_size(index, table, context, all.entries, SizeModel::AsBuilt).pages.value();
  const double pages = index.pages > 0 ? static_cast<double>(index.pages) : built;
  all.pages = std::max(pages - 1, 1.0);
  all.built_pages = std::max(built - 1, 1.0);
  constexpr double kGrown = 1.08;
  all.as_built = pages <= std::max(kGrown * built, built + 2);
  double distinct = 1;
  for (const IndexColumn& column : all.columns) {
    distinct = std::min(distinct * std::max(1.0, distinct_of(column, rows)), all.entries);
  }
  all.distinct = index.unique ? all.entries : std::max(distinct, 1.0);
  // The build leaves unique indexes as they are; versions of a row are merged there too
  // (_bt_delete_or_dedup_one_page(), nbtinsert.c).
  Index as_any = index;
  as_any.unique = false;
  const double filled = all.columns.empty() ? 1 : 1 - all.columns.front().null_share();
  all.new_keys = filled * new_keys(all.columns, std::max(filled * all.entries / all.distinct, 1.0));
  all.equal_image =
      index.access_method == "btree" && can_deduplicate(as_any, all.columns, context.types);
  see_order(all, rows);
  all.pivot = pivot_size(all, tuples, rows, all.equal_image ? all.distinct : all.entries);
  all.variation = variation_of(all.columns, all.tuple);
  return all;
}

}  // namespace quern::planner_model
