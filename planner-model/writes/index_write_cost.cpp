#include "planner-model/writes/index_write_cost.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "planner-model/size/index_size.hpp"
#include "planner-model/size/unknown_columns.hpp"
#include "planner-model/writes/write_ahead_log.hpp"

namespace quern::planner_model {
namespace {

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

/// Pages in order and the changed ones written back the same way, through a ring of buffers
/// (GetAccessStrategy(BAS_VACUUM)); each entry looked up among the dead rows.
void add_vacuum(IndexWriteCost& cost, const Index& index, const Table& table,
                const SizeContext& context) {
  const CatalogSnapshot& catalog = context.types.catalog();
  cost.dead_rows_a_vacuum = dead_rows_a_vacuum(table, catalog);
  cost.vacuum = vacuum_pass(context, table, index, cost.dead_rows_a_vacuum);
  const double of_pages =
      (cost.vacuum.pages_read + cost.vacuum.pages_changed) * setting(catalog, "seq_page_cost", 1.0);
  const double of_entries = cost.vacuum.entries * setting(catalog, "cpu_index_tuple_cost", 0.005);
  cost.wal_per_dead_row = Bytes{cost.vacuum.wal.records / cost.dead_rows_a_vacuum};
  cost.cost_per_dead_row = Cost{(of_pages + of_entries) / cost.dead_rows_a_vacuum};
}

}  // namespace

IndexWriteCost index_write_cost(const Index& index, const Table& table,
                                const CatalogSnapshot& catalog, double rows_between_checkpoints) {
  const TypeSystem types{catalog};
  return index_write_cost(index, table, SizeContext{types}, rows_between_checkpoints);
}

IndexWriteCost index_write_cost(const Index& index, const Table& table, const SizeContext& context,
                                double rows_between_checkpoints) {
  const CatalogSnapshot& catalog = context.types.catalog();
  const double table_rows = rows_now(table, context.types);
  const auto columns = index_columns(index, table, context, table_rows);
  const double share = fraction_indexed(index, table_rows);
  const double entries =
      index.reltuples >= 0 && !index.predicate.empty() ? index.reltuples : table_rows;
  double pages = static_cast<double>(index.pages);
  if (pages < 1) {
    pages = index_size(index, table, context, entries, SizeModel::AsBuilt).pages.value();
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

  IndexWriteCost cost{};
  const WriteShape steady{.kind = RowWrite::Insert};
  cost.wal_per_insert = Bytes{row_wal(context, table, {&index}, steady).indexes.front().records};
  if (rows_between_checkpoints > 0 && setting(catalog, "full_page_writes", 1) != 0) {
    const WriteShape after_checkpoint{.kind = RowWrite::Insert,
                                      .rows = rows_between_checkpoints,
                                      .rows_between_checkpoints = rows_between_checkpoints};
    cost.wal_full_page_images =
        Bytes{row_wal(context, table, {&index}, after_checkpoint).indexes.front().images};
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
  add_vacuum(cost, index, table, context);
  return cost;
}

}  // namespace quern::planner_model
