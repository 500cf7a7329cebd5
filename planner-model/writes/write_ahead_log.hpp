#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

enum class RowWrite : std::uint8_t {
  Insert,
  Copy,  ///< COPY FROM, CREATE TABLE AS: many rows a record (heap_multi_insert())
  Update,
  Delete
};

/// INSERT ... ON CONFLICT.
struct OnConflictRows {
  double conflicting = 0;  ///< share of the rows that find one of the same key
  bool updates = false;    ///< DO UPDATE changes that one (WriteShape::columns); or it stays
};

/// Rows written the same way over some stretch of time.
struct WriteShape {
  RowWrite kind = RowWrite::Insert;
  std::vector<std::int16_t> columns = {};  ///< that an update sets, also ON CONFLICT DO UPDATE
  /// In the stretch: heap and indexes fill up and split by them. 0: a long time, steady state.
  double rows = 0;
  double rows_per_transaction = 1;
  /// Of the updates that no index forbids to be HOT. Nothing: by the room on the pages.
  std::optional<double> hot_share = {};
  std::optional<OnConflictRows> on_conflict = {};
  /// 0: full-page images are not counted (checkpoints far apart).
  double rows_between_checkpoints = 0;
};

struct WalBytes {
  double records = 0;
  double images = 0;  ///< full pages, on their first change after a checkpoint

  [[nodiscard]] double total() const { return records + images; }
};

/// WAL of one row, on average over the shape's rows.
struct RowWal {
  WalBytes heap = {};
  WalBytes toast = {};                 ///< of values out of line, their index included
  std::vector<WalBytes> indexes = {};  ///< in the order given
  double locks = 0;                    ///< of the rows that foreign keys refer to, of other tables
  double commit = 0;                   ///< the row's share of its transaction's record

  [[nodiscard]] double total() const;
};

/// Nothing but the commit for an unlogged table.
/// By the record formats of PostgreSQL 15 (xlogrecord.h and each access method's *xlog.h).
/// `indexes`: of the table, existing or imagined.
[[nodiscard]] RowWal row_wal(const CatalogSnapshot& catalog, const Table& table,
                             const std::vector<const Index*>& indexes, const WriteShape& shape);
[[nodiscard]] RowWal row_wal(const SizeContext& context, const Table& table,
                             const std::vector<const Index*>& indexes, const WriteShape& shape);

/// Does an update of these columns, or of those generated from them, change a key, an included
/// column, an expression or the predicate of this index? Then it is not HOT.
[[nodiscard]] bool holds_any(const Index& index, const Table& table,
                             const std::vector<std::int16_t>& columns);

/// Does it change a key or an expression? Else the executor tells the index that its new entry
/// stands beside one of the same key, whatever becomes of included columns and the predicate
/// (index_unchanged_by_update(), execIndexing.c).
[[nodiscard]] bool changes_key(const Index& index, const Table& table,
                               const std::vector<std::int16_t>& columns);

}  // namespace quern::planner_model
