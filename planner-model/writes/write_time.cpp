#include "planner-model/writes/write_time.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner-model/writes/gin_keys.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/index_entries.hpp"

namespace quern::planner_model {
namespace {

/// Pages of a bucket's chain that an insertion reads until one has room (_hash_doinsert()): rows of
/// the same value are in one bucket.
double chain_pages(const IndexEntries& all) {
  constexpr double kPageItems = 407;
  const auto* statistics = all.columns.empty() ? nullptr : all.columns.front().statistics;
  if (statistics == nullptr) {
    return 0;
  }
  double same = 0;
  for (const double share : statistics->most_common_frequencies) {
    same += share * share;
  }
  return same * all.entries / kPageItems;
}

/// A comparison of texts costs more the longer they are alike; other types' cost the same.
double comparison_time(const IndexColumn& column) {
  return column.varies ? 0.12 + 0.001 * column.width : 0.09;
}

double entry_time(const IndexEntries& all, const TypeSystem& types, bool appended) {
  const double comparisons = std::log2(std::max(all.entries, 2.0));
  const std::string& method = all.index->access_method;
  if (method == "brin") {
    return 0.1;
  }
  if (method == "gin") {
    const GinKeys keys = gin_keys(*all.index, all.columns, types, std::max(all.entries, 1.0));
    // Into the pending list, or one descent and one rewritten posting list a key.
    return has_pending_list(*all.index) ? 1.2 + 0.36 * keys.per_row : 2 + 4.5 * keys.per_row;
  }
  if (method == "gist" || method == "spgist") {
    return 5 + 0.05 * all.tuple;
  }
  if (method == "hash") {
    return 1.4 + 0.25 * chain_pages(all);
  }
  return 0.6 +
         (appended && all.ascending ? 0 : comparisons * comparison_time(all.columns.front())) +
         all.tuple * 0.006;
}

}  // namespace

double RowTime::total() const {
  return std::accumulate(indexes.begin(), indexes.end(), heap);
}

RowTime row_time(const CatalogSnapshot& catalog, const Table& table,
                 const std::vector<const Index*>& indexes, const WriteShape& shape) {
  const TypeSystem types{catalog};
  const HeapRow row = heap_row(table, types);
  RowTime time{.heap = 0.6 + row.length * 0.002};
  for (const Index* index : indexes) {
    const IndexEntries entries = index_entries(types, table, *index);
    time.indexes.push_back(entries.share *
                           entry_time(entries, types, shape.kind != RowWrite::Update));
  }
  return time;
}

}  // namespace quern::planner_model
