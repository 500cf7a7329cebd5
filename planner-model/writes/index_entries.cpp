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
  const ColumnStatistics& statistics = *columns.front().statistics;
  return statistics.n_distinct <= kMostlyNew &&
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

/// A new row brings a new key so often: never where ANALYZE counts a fixed number of values, but
/// for those that no row has yet.
double new_keys(const std::vector<IndexColumn>& columns, double rows_a_key) {
  const bool fixed = std::all_of(columns.begin(), columns.end(), [](const IndexColumn& column) {
    return column.statistics != nullptr && column.statistics->n_distinct > 0;
  });
  return fixed ? std::exp(-rows_a_key) : std::min(1.0, 1 / rows_a_key);
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
  all.new_keys = new_keys(all.columns, all.entries / all.distinct);
  all.equal_image =
      index.access_method == "btree" && can_deduplicate(as_any, all.columns, context.types);
  all.ascending = is_ascending(index, table, all.columns);
  all.advancing = !all.ascending && is_advancing(all.columns);
  all.variation = variation_of(all.columns, all.tuple);
  return all;
}

}  // namespace quern::planner_model
