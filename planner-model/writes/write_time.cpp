#include "planner-model/writes/write_time.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner-model/writes/gin_keys.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/index_entries.hpp"

namespace quern::planner_model {
namespace {

double entry_time(const IndexEntries& all, const TypeSystem& types, bool appended) {
  const double comparisons = std::log2(std::max(all.entries, 2.0));
  const std::string& method = all.index->access_method;
  if (method == "brin") {
    return 0.1;
  }
  if (method == "gin") {
    const GinKeys keys = gin_keys(*all.index, all.columns, types, std::max(all.entries, 1.0));
    // Into the pending list, or one descent and one rewritten posting list a key.
    return has_pending_list(*all.index) ? 2 + 0.5 * keys.per_row : 2 + 3.5 * keys.per_row;
  }
  if (method == "gist" || method == "spgist") {
    return 6 + 0.05 * all.tuple;
  }
  if (method == "hash") {
    return 1.4;
  }
  const bool text = !all.columns.empty() && all.columns.front().varies;
  return (appended && all.ascending ? 0.6 : 0.6 + comparisons * (text ? 0.12 : 0.06)) +
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
