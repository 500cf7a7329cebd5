#include "planner-model/writes/write_time.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner-model/writes/gin_keys.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

// Microseconds of one warm core (x86-64, some 3 GHz), fitted to the slowdown that indexes of random
// tables gave INSERT ... SELECT (quern-oracle --wal): their ratios are what counts.
constexpr double kHeapRow = 0.37;
constexpr double kHeapByte = 0.0022;
constexpr double kEntry = 0.5;       // formed, placed, its record written
constexpr double kExpression = 0.2;  // of a key that is computed
constexpr double kComparison = 0.012;
constexpr double kNumericComparison = 0.072;
constexpr double kTextComparison = 0.036;
constexpr double kDoubling = 0.045;   // of the pages: the caches hold less of them
constexpr double kUpkeepByte = 0.01;  // of WAL: pages divided, equal keys merged
constexpr double kHashEntry = 0.9;
constexpr double kChainPage = 0.08;
constexpr double kBrinEntry = 0.3;
constexpr double kGinRow = 0.55;  // into the pending list
constexpr double kGinPendingKey = 0.125;
constexpr double kGinKey = 2;           // a descent, a posting list written again
constexpr double kGinKeyByte = 0.0015;  // of WAL
constexpr double kGistEntry = 0.5;
constexpr double kGistPenalty = 0.05;  // of one downlink (gistchoose())

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

double comparison_time(const IndexColumn& column) {
  return column.type == type_oid::kNumeric ? kNumericComparison
         : column.varies                   ? kTextComparison
                                           : kComparison;
}

/// A search by halves among the index's tuples, which are posting lists where keys are equal. The
/// leaf of the last new key is known without one (_bt_search_insert()).
double btree_time(const IndexEntries& all, double upkeep_bytes, bool appended) {
  const double tuples = all.equal_image ? std::max(std::min(all.entries, all.distinct),
                                                   all.entries / rows_of_full_list(all))
                                        : all.entries;
  const bool beside_the_last = appended && (all.ascending || all.advancing);
  const double search = std::log2(std::max(tuples, 2.0)) * comparison_time(all.columns.front()) +
                        kDoubling * std::log2(std::max(all.pages, 1.0));
  return kEntry + (beside_the_last ? 0 : search) + kUpkeepByte * upkeep_bytes;
}

/// Each level's page is looked through for the downlink that grows least.
double gist_time(const IndexEntries& all) {
  constexpr double kFill = 0.7;
  constexpr double kSignature = 40;  // of trigrams, with header and line pointer
  const bool trigram = all.index->keys.front().operator_class_name == "gist_trgm_ops";
  const double downlink = trigram ? kSignature : 12 + all.columns.front().width;
  const double fanout = std::max(2.0, kFill * kPageSize / downlink);
  double looked_at = 0;
  for (double pages = all.pages; pages > 1; pages /= fanout) {
    looked_at += std::min(pages, fanout);
  }
  return kGistEntry + kGistPenalty * looked_at;
}

double gin_time(const IndexEntries& all, const TypeSystem& types, double wal) {
  const GinKeys keys = gin_keys(all, types);
  return has_pending_list(*all.index) ? kGinRow + kGinPendingKey * keys.per_row
                                      : kGinKey * keys.per_row + kGinKeyByte * wal;
}

/// `wal`: bytes of one entry's records.
double placing_time(const IndexEntries& all, const TypeSystem& types, double wal, bool appended) {
  const std::string& method = all.index->access_method;
  if (method == "brin") {
    return kBrinEntry;
  }
  if (method == "gin") {
    return gin_time(all, types, wal);
  }
  if (method == "gist" || method == "spgist") {
    return gist_time(all);
  }
  if (method == "hash") {
    return kHashEntry + kChainPage * chain_pages(all);
  }
  constexpr double kRecord = 48;  // of an insertion, without the tuple
  return btree_time(all, std::max(0.0, wal - kRecord - all.tuple), appended);
}

double entry_time(const IndexEntries& all, const TypeSystem& types, double wal, bool appended) {
  const auto& keys = all.index->keys;
  const auto computed =
      std::count_if(keys.begin(), keys.end(), [](const IndexKey& key) { return key.column == 0; });
  return kExpression * static_cast<double>(computed) + placing_time(all, types, wal, appended);
}

}  // namespace

double RowTime::total() const {
  return std::accumulate(indexes.begin(), indexes.end(), heap);
}

RowTime row_time(const CatalogSnapshot& catalog, const Table& table,
                 const std::vector<const Index*>& indexes, const WriteShape& shape) {
  const TypeSystem types{catalog};
  const TableExpressions expressions{catalog, types};
  return row_time(SizeContext{types, &expressions}, table, indexes, shape);
}

RowTime row_time(const SizeContext& context, const Table& table,
                 const std::vector<const Index*>& indexes, const WriteShape& shape) {
  const HeapRow row = heap_row(table, context);
  const RowWal wal = row_wal(context, table, indexes, shape);
  RowTime time{.heap = kHeapRow + kHeapByte * row.length};
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const IndexEntries entries = index_entries(context, table, *indexes[i]);
    const double share = std::max(entries.share, 1e-9);
    time.indexes.push_back(share * entry_time(entries, context.types,
                                              wal.indexes[i].records / share,
                                              shape.kind != RowWrite::Update));
  }
  return time;
}

double planning_time(const Index& index) {
  // EXPLAIN's planning time of a look-up by primary key beside none, 1, 5 and 10 others: 6.0, 7.0,
  // 9.0, 11.0 us, 12.0 with expressions, 13.0 with predicates.
  constexpr double kPlain = 0.5;
  constexpr double kWithExpression = 0.1;
  constexpr double kWithPredicate = 0.2;
  const bool computed = std::any_of(index.keys.begin(), index.keys.end(),
                                    [](const IndexKey& key) { return key.column == 0; });
  return kPlain + (computed ? kWithExpression : 0) + (index.predicate.empty() ? 0 : kWithPredicate);
}

}  // namespace quern::planner_model
