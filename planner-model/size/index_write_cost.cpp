#include "planner-model/size/index_write_cost.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "planner-model/size/index_size.hpp"
#include "planner-model/size/key_sample.hpp"

namespace quern::planner_model {
namespace {

/// XLogRecord (24), one block reference (4 + 12 + 4) less what repeats, xl_btree_insert (2) and
/// alignment of the record to 8: the fixed part of XLOG_BTREE_INSERT_LEAF.
constexpr double kInsertRecord = 46;
constexpr double kPageBody = 8192 - 24 - 16;
/// Random inserts keep pages about ln 2 full; ascending ones split at 90 %.
constexpr double kRandomFill = 0.69;
constexpr double kAscendingFill = 0.9;

double setting(const CatalogSnapshot& catalog, const char* name, double otherwise) {
  const auto found = catalog.settings.find(name);
  return found == catalog.settings.end() ? otherwise : std::strtod(found->second.c_str(), nullptr);
}

/// Does a new row's key land at the right end? Serial numbers and times of insertion do.
bool is_ascending(const std::vector<IndexColumn>& columns) {
  constexpr double kNearlySorted = 0.95;
  const auto* statistics = columns.empty() ? nullptr : columns.front().statistics;
  return statistics != nullptr && statistics->correlation.value_or(0) > kNearlySorted &&
         (statistics->n_distinct < -0.5 || statistics->n_distinct > 10'000);
}

double fraction_indexed(const Index& index, double table_rows) {
  if (index.predicate.empty() || index.reltuples < 0 || table_rows <= 0) {
    return 1;
  }
  return std::clamp(index.reltuples / table_rows, 0.0, 1.0);
}

}  // namespace

IndexWriteCost index_write_cost(const Index& index, const Table& table,
                                const CatalogSnapshot& catalog, double rows_between_checkpoints) {
  const TypeSystem types{catalog};
  const double table_rows = std::max(table.reltuples, 0.0);
  const auto columns = index_columns(index, table, {types}, table_rows);
  const double share = fraction_indexed(index, table_rows);
  const double entries =
      index.reltuples >= 0 && !index.predicate.empty() ? index.reltuples : table_rows;
  const double tuple = average_tuple_size(columns);
  double pages = static_cast<double>(index.pages);
  if (pages < 1) {
    pages = index_size(index, table, {types}, entries, SizeModel::AsBuilt).pages.value();
  }
  const double height = index.tree_height.value_or(2);
  const bool ascending = is_ascending(columns);

  // Other methods write at least as much: GIN adds an entry an element (batched by its pending
  // list, which writes them twice), GiST and hash one entry, BRIN almost nothing.
  double records = 1;
  if (index.access_method == "gin") {
    const auto* statistics = columns.empty() ? nullptr : columns.front().statistics;
    const double elements = statistics != nullptr && !statistics->element_count_histogram.empty()
                                ? statistics->element_count_histogram.back()
                                : 4;
    records = 1 + elements / 2;
  } else if (index.access_method == "brin") {
    records = 0.01;
  }

  // A split logs about half a page and happens once for the entries that fill half a page; at the
  // right end it logs a tenth of a page for the entries of a whole one.
  const double item = tuple + 4;
  const double split = ascending
                           ? (1 - kAscendingFill) * kPageBody / (kAscendingFill * kPageBody / item)
                           : 0.5 * kPageBody / (kRandomFill * kPageBody / item);
  IndexWriteCost cost{};
  cost.wal_per_insert =
      Bytes{share * records * (kInsertRecord + tuple + split * (records >= 1 ? 1 : 0))};

  if (rows_between_checkpoints > 0) {
    // Pages touched for the first time after a checkpoint are logged whole: of P leaves, n random
    // touches meet P (1 - (1 - 1/P)^n); ascending keys touch only new pages, which need no image.
    const double touches = rows_between_checkpoints * share;
    const double leaves = std::max(1.0, pages);
    const double touched =
        ascending ? 1 : leaves * (1 - std::pow(1 - 1 / leaves, std::max(touches, 0.0)));
    const double fill = ascending ? kAscendingFill : kRandomFill + 0.2;
    const bool images = setting(catalog, "full_page_writes", 1) != 0 ||
                        catalog.settings.count("full_page_writes") == 0;
    cost.wal_full_page_images =
        Bytes{images ? touched * (kPageBody * fill + 64) / rows_between_checkpoints : 0};
  }

  // In the planner's units: the descent's comparisons, a tuple formed and placed, and the share of
  // a page read that the leaf costs when the index is larger than the cache.
  const double operator_cost = setting(catalog, "cpu_operator_cost", 0.0025);
  const double tuple_cost = setting(catalog, "cpu_index_tuple_cost", 0.005);
  const double random_page = setting(catalog, "random_page_cost", 4.0);
  const double cache = std::max(1.0, setting(catalog, "effective_cache_size", 524288));
  const double descent = std::ceil(std::log2(std::max(entries, 2.0))) * operator_cost +
                         (height + 1) * 50 * operator_cost;
  const double miss = ascending ? 0.0 : std::clamp(1 - cache / std::max(pages, 1.0), 0.0, 1.0);
  constexpr double kWrittenPageShare = 0.05;  // dirty pages are written back in batches
  cost.cost_per_insert =
      Cost{share * records * (descent + tuple_cost + random_page * (miss + kWrittenPageShare))};
  return cost;
}

}  // namespace quern::planner_model
