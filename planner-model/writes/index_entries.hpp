#pragma once

#include <algorithm>

#include "planner-model/query/type_system.hpp"
#include "planner-model/size/index_columns.hpp"
#include "planner-model/writes/write_ahead_log.hpp"

namespace quern::planner_model {

/// What the WAL of an index's entries depends on.
struct IndexEntries {
  const Index* index = nullptr;
  const Table* table = nullptr;
  std::vector<IndexColumn> columns = {};
  double tuple = 16;         ///< bytes, aligned, without line pointer
  double pivot = 16;         ///< of a btree page's high key, without line pointer
  double entries = 0;        ///< now
  double share = 1;          ///< of the table's rows that have one
  double distinct = 0;       ///< keys
  double new_keys = 1;       ///< share of new rows whose key no other row has
  double pages = 1;          ///< all but the metapage
  double built_pages = 1;    ///< as CREATE INDEX would leave them now
  bool as_built = true;      ///< not yet grown: pages as full as CREATE INDEX leaves them
  bool equal_image = false;  ///< a btree that may merge equal keys
  bool ascending = false;    ///< new rows' keys are the greatest
  bool advancing = false;    ///< they stand beside those of the rows before
  /// They are the greatest among those with the same first columns, which take few values, and
  /// pages are split behind them as at the index's end.
  bool grouped = false;
  double groups = 1;     ///< of equal first columns, where entries ascend or advance in each
  double variation = 0;  ///< variance of the tuples' sizes over their mean's square
};

[[nodiscard]] IndexEntries index_entries(const SizeContext& context, const Table& table,
                                         const Index& index);

/// How a shape's rows come to one index.
struct EntryShape {
  double rows = 0;  ///< entries added in the stretch; 0: a long time
  /// New versions of rows whose key is the same: each lands beside its old entry.
  bool same_key = false;
  bool old_versions_dead = false;  ///< and removable when their page is full
  bool appended = true;            ///< the rows are new ones
  bool at_end = true;              ///< the row versions come to the table's end, most of them
  double scattered = 0;            ///< share of them that come to anywhere in it
  bool images = false;
  double rows_per_transaction = 1;
};

/// Values that fill pages of their own, NULL among them.
struct HeavyValues {
  double share = 0;  ///< of the entries
  double values = 0;
  std::vector<double> shares = {};  ///< of each
  double least = 0;                 ///< share from which on a value is one of them
};

/// Bytes of a btree's posting list at its longest: maxpostingsize of _bt_dedup_pass(), nbtdedup.c,
/// and _bt_load(), nbtsort.c.
inline constexpr double kFullList = 812;

/// Rows of one key in such a list.
[[nodiscard]] inline double rows_of_full_list(const IndexEntries& all) {
  constexpr double kHeapTid = 6;
  return std::max(1.0, (kFullList - all.tuple) / kHeapTid);
}

/// By the statistics of so many first columns, taken as independent, at so many bytes a row.
[[nodiscard]] HeavyValues heavy_values(const IndexEntries& all, double row_bytes,
                                       std::size_t columns = 1);

/// Full pages that `touches` random changes of `pages` pages log, and how many those are.
[[nodiscard]] double pages_touched(double pages, double touches);

// One entry's WAL, by access method.
[[nodiscard]] WalBytes btree_entry_wal(const IndexEntries& entries, const EntryShape& shape);
[[nodiscard]] WalBytes hash_entry_wal(const IndexEntries& entries, const EntryShape& shape);
[[nodiscard]] WalBytes gist_entry_wal(const IndexEntries& entries, const EntryShape& shape,
                                      const TypeSystem& types);
[[nodiscard]] WalBytes gin_entry_wal(const IndexEntries& entries, const EntryShape& shape,
                                     const TypeSystem& types);
[[nodiscard]] WalBytes brin_entry_wal(const IndexEntries& entries, const EntryShape& shape);

}  // namespace quern::planner_model
