#include "planner-model/writes/index_entries.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/size/btree_size.hpp"
#include "planner-model/size/index_size.hpp"
#include "planner-model/size/key_sample.hpp"
#include "planner-model/size/text_order.hpp"

namespace quern::planner_model {
namespace {

bool is_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

/// Serial numbers and times of insertion: in the order of the rows, and many of them. Updates move
/// rows to the table's end, which the correlation shows long before the keys stop coming in order.
bool is_ascending(const Index& index, const Table& table, const std::vector<IndexColumn>& columns) {
  if (index.keys.empty() || columns.empty() || index.keys.front().descending) {
    return false;
  }
  const auto column =
      std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& one) {
        return one.number == index.keys.front().column && index.keys.front().column != 0;
      });
  if (column != table.columns.end() &&
      (column->identity != '\0' || column->default_expression.starts_with("nextval("))) {
    return true;
  }
  constexpr double kMostlySorted = 0.6;
  constexpr double kManyValues = 1000;
  const auto* statistics = columns.front().statistics;
  if (statistics == nullptr) {
    return false;
  }
  return statistics->correlation.value_or(0) > kMostlySorted &&
         (statistics->n_distinct < -0.2 || statistics->n_distinct > kManyValues);
}

bool is_advancing(const std::vector<IndexColumn>& columns) {
  if (columns.empty() || columns.front().statistics == nullptr || !is_text(columns.front().type)) {
    return false;
  }
  constexpr double kMostlyNew = -0.05;
  constexpr double kSorted = 0.95;  // numbers of one length
  const ColumnStatistics& statistics = *columns.front().statistics;
  return statistics.n_distinct <= kMostlyNew && statistics.correlation.value_or(0) < kSorted &&
         counts_in_text(statistics, columns.front().table_rows);
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
    return std::exp(-rows_a_key);
  }
  constexpr double kDeviations = 4;
  if (all([](const IndexColumn& column, const ColumnStatistics& one) {
        return !has_an_order(one, column.table_rows, kDeviations);
      })) {
    return std::exp(-draws_behind(std::max(rows_a_key, 1.0)));
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

}  // namespace

double pages_touched(double pages, double touches) {
  const double all = std::max(pages, 1.0);
  return all * -std::expm1(touches * std::log1p(-std::min(1 / all, 0.999999)));
}

HeavyValues heavy_values(const IndexEntries& all, double row_bytes) {
  constexpr double kBody = 8192 - 24 - 16;  // header and special space
  HeavyValues heavy;
  const auto* statistics = all.columns.empty() ? nullptr : all.columns.front().statistics;
  if (statistics == nullptr) {
    return heavy;
  }
  const auto count = [&](double share) {
    if (share * all.entries * row_bytes > kBody) {
      heavy.share = std::min(1.0, heavy.share + share);
      heavy.values += 1;
    }
  };
  count(statistics->null_fraction);
  std::for_each(statistics->most_common_frequencies.begin(),
                statistics->most_common_frequencies.end(), count);
  return heavy;
}

IndexEntries index_entries(const SizeContext& context, const Table& table, const Index& index) {
  IndexEntries all{.index = &index, .table = &table};
  const double rows = std::max(table.reltuples, 0.0);
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
  all.tuple = average_tuple_size(all.columns);
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
  all.advancing = is_advancing(all.columns);
  all.ascending = !all.advancing && is_ascending(index, table, all.columns);
  all.variation = variation_of(all.columns, all.tuple);
  return all;
}

}  // namespace quern::planner_model
