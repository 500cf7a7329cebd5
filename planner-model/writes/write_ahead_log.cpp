#include "planner-model/writes/write_ahead_log.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

#include "planner-model/size/unknown_columns.hpp"
#include "planner-model/writes/heap_room.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/image_compression.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/toasted_values.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

constexpr double kTupleHeader = 23;  // SizeofHeapTupleHeader
constexpr double kRowHeader = 5;     // SizeOfHeapHeader

bool one_a_transaction(const WriteShape& shape) {
  return shape.rows_per_transaction < 2;
}

/// heap_insert(): XLOG_HEAP_INSERT.
double insert_bytes(const HeapRow& row) {
  const WalRecord record{.main = 3, .blocks = {kRowHeader + row.length - kTupleHeader}};
  return row.length_varies ? record.varying() : record.aligned();
}

/// heap_multi_insert(): a record for each page that a batch of COPY's fills (copyfrom.c: 1000 rows
/// or 64 kB of input); row numbers stand in it unless the page is new.
double copy_bytes(const HeapRow& row, const ToastedValues& toasted) {
  constexpr double kTupleInfo = 7;  // SizeOfMultiInsertTuple
  const double data = row.length - row.header + toasted.bytes();
  const double batch = std::clamp(65535 / std::max(data * 1.3, 8.0), 1.0, 1000.0);
  const double per_page = std::max(1.0, row.rows_per_page);
  const double records = 1 / per_page + 1 / batch;
  const double continued = std::min(1.0, per_page / 2 / batch);
  const WalRecord record{.main = 4, .blocks = {0}};
  const double tuple = align_up(kTupleInfo + row.length - kTupleHeader, 2) + 2 * continued;
  return records * record.varying() + tuple * kWalPageShare;
}

// What a prune's record says of a dead row, and of the dead head or middle of a HOT chain
// (heap_page_prune(), pruneheap.c).
constexpr double kDeadItem = 2;
constexpr double kChainItem = 5;

double prune_bytes(double offsets) {
  return WalRecord{.main = 8, .blocks = {offsets}}.aligned();  // XLOG_HEAP2_PRUNE
}

/// XLOG_HEAP_LOCK.
double lock_bytes() {
  return WalRecord{.main = 8, .blocks = {0}}.aligned();
}

/// log_heap_update(): on the same page only what differs, behind the lengths of the common
/// beginning and end; on another the whole row, after a record that locks the old one. `locked`:
/// share of the rows that are locked also when they stay.
double update_bytes(const HeapRow& row, const ChangedBytes& changed, double same_page,
                    double locked) {
  // Numbers are taken to be counted on as often as they are set anew.
  const auto near = [&](double bytes) {
    return WalRecord{.main = 14, .blocks = {4 + kRowHeader + row.header - kTupleHeader + bytes}}
        .aligned();
  };
  const WalRecord far{.main = 14, .blocks = {kRowHeader + row.length - kTupleHeader, 0}};
  return same_page * ((near(changed.step) + near(changed.set)) / 2 + locked * lock_bytes()) +
         (1 - same_page) * ((row.length_varies ? far.varying() : far.aligned()) + lock_bytes());
}

struct HeapWrite {
  WalBytes wal = {};
  double hot = 0;           ///< share of the updates
  bool at_end = true;       ///< new versions come to the table's end, most of them
  double on_same_page = 0;  ///< share of new versions that are not HOT and stay there
};

/// Pages that were there before and take some of the new rows. Pages are filled up whole when a
/// search finds them, and rows leave them at any time after: how many have gone since is taken for
/// geometrically distributed. The free space map counts in 32 bytes, so that the room of one row
/// alone is found every second time (fsm_space_needed_to_cat(), freespace.c).
double pages_with_new_rows(const HeapRow& row, double rows) {
  if (row.holes <= 0.05) {
    return 1;
  }
  const double some = row.holes / (1 + row.holes);
  const double with_holes = row.pages * (some + some * some) / 2;
  return 1 + std::min(with_holes, rows * -std::expm1(-row.holes) / row.holes);
}

WalBytes heap_images(const HeapRow& row, const WriteShape& shape, double touched, double omitted) {
  if (shape.rows_between_checkpoints <= 0 || shape.rows <= 0) {
    return {};
  }
  const double used = kPageSize - row.free_bytes;
  return {.records = -touched * omitted / shape.rows,
          .images = touched * page_image(used) / shape.rows};
}

/// XLOG_HEAP_CONFIRM: a row inserted to see whether it conflicts stays (ExecInsert(),
/// nodeModifyTable.c).
double confirm_bytes() {
  return WalRecord{.main = 2, .blocks = {0}}.aligned();
}

HeapWrite heap_write(const Table& table, const SizeContext& context, const WriteShape& shape,
                     const ToastedValues& toasted, bool hot_forbidden) {
  const HeapRow row = heap_row(table, context);
  HeapWrite write;
  WalBytes images;
  switch (shape.kind) {
    case RowWrite::Insert:
      write.wal.records = insert_bytes(row) + (shape.on_conflict ? confirm_bytes() : 0);
      images = heap_images(row, shape, pages_with_new_rows(row, shape.rows), 0);
      break;
    case RowWrite::Copy:
      write.wal.records = copy_bytes(row, toasted);
      images = heap_images(row, shape, pages_with_new_rows(row, shape.rows), 0);
      break;
    case RowWrite::Delete: {
      const HeapRoom room = heap_room(row, shape);
      write.wal.records = WalRecord{.main = 8, .blocks = {0}}.aligned();
      write.wal.records += room.prunes * prune_bytes(kDeadItem * room.pruned);
      images = heap_images(row, shape, room.pages_visited, 0);
      break;
    }
    case RowWrite::Update: {
      const HeapRoom room = heap_room(row, shape);
      const double same =
          hot_forbidden ? room.on_same_page : shape.hot_share.value_or(room.on_same_page);
      write.hot = hot_forbidden ? 0 : same;
      write.at_end = !hot_forbidden || same < 0.5;
      write.on_same_page = hot_forbidden ? same : 0;
      const ChangedBytes changed = changed_bytes(table, context, shape.columns);
      write.wal.records = update_bytes(row, changed, same, toasted.locked);
      write.wal.records +=
          room.prunes * prune_bytes((hot_forbidden ? kDeadItem : kChainItem) * room.pruned);
      images = heap_images(row, shape, room.pages_visited, same * (10 + changed.set));
      break;
    }
  }
  write.wal.records += images.records;
  write.wal.images = images.images;
  return write;
}

bool mentions_word(const std::string& text, const std::string& word) {
  const auto part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) {
      return true;
    }
  }
  return false;
}

std::string name_of(const Table& table, std::int16_t number) {
  const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                   [&](const Column& one) { return one.number == number; });
  return column == table.columns.end() ? "" : column->name;
}

/// An update of `columns` stores anew what is generated from them (ExecComputeStoredGenerated()).
std::vector<std::int16_t> with_generated(const Table& table, std::vector<std::int16_t> columns) {
  const std::vector<std::int16_t> set = columns;
  for (const Column& column : table.columns) {
    const bool follows = std::any_of(set.begin(), set.end(), [&](std::int16_t number) {
      const std::string name = name_of(table, number);
      return !name.empty() && mentions_word(column.default_expression, name);
    });
    if (column.generated == 's' && follows) {
      columns.push_back(column.number);
    }
  }
  return columns;
}

/// The row that a foreign key refers to is locked FOR KEY SHARE when the key is new
/// (RI_FKey_check(), ri_triggers.c; XLOG_HEAP_LOCK), once a transaction.
double foreign_key_locks(const Constraint& key, const Table& table, const SizeContext& context,
                         const WriteShape& shape) {
  Index columns{.table = table.oid};
  columns.included = key.columns;
  const double rows = std::max(1.0, rows_now(table, context.types));
  double filled = 1;
  double different = 1;
  for (const IndexColumn& column : index_columns(columns, table, context, rows)) {
    filled *= 1 - column.null_share();
    different = std::min(rows, different * std::max(1.0, column.distinct()));
  }
  const double together = std::max(1.0, shape.rows_per_transaction * filled);
  const double locked = different * -std::expm1(together * std::log1p(-1 / (different + 1)));
  return filled * std::min(1.0, locked / together) * lock_bytes();
}

double foreign_key_locks(const Table& table, const SizeContext& context, const WriteShape& shape) {
  if (shape.kind == RowWrite::Delete) {
    return 0;
  }
  double bytes = 0;
  for (const Constraint& key : context.types.catalog().constraints) {
    const bool is_set =
        shape.kind != RowWrite::Update ||
        std::any_of(key.columns.begin(), key.columns.end(), [&](std::int16_t one) {
          return std::find(shape.columns.begin(), shape.columns.end(), one) != shape.columns.end();
        });
    if (key.kind == 'f' && key.table == table.oid && is_set) {
      bytes += foreign_key_locks(key, table, context, shape);
    }
  }
  return bytes;
}

double commit_bytes(const WriteShape& shape) {
  return WalRecord{.main = 8, .blocks = {}}.aligned() / std::max(shape.rows_per_transaction, 1.0);
}

WalBytes entry_wal(const IndexEntries& entries, const EntryShape& shape, const TypeSystem& types) {
  const std::string& method = entries.index->access_method;
  if (method == "hash") {
    return hash_entry_wal(entries, shape);
  }
  if (method == "gin") {
    return gin_entry_wal(entries, shape, types);
  }
  if (method == "gist" || method == "spgist") {
    return gist_entry_wal(entries, shape, types);
  }
  if (method == "brin") {
    return brin_entry_wal(entries, shape);
  }
  return btree_entry_wal(entries, shape);
}

}  // namespace

double RowWal::total() const {
  const double others = heap.total() + toast.total() + locks + commit;
  return std::accumulate(indexes.begin(), indexes.end(), others,
                         [](double sum, const WalBytes& index) { return sum + index.total(); });
}

bool changes_key(const Index& index, const Table& table, const std::vector<std::int16_t>& columns) {
  const auto changed = with_generated(table, columns);
  return std::any_of(changed.begin(), changed.end(), [&](std::int16_t number) {
    const std::string name = name_of(table, number);
    return std::any_of(index.keys.begin(), index.keys.end(), [&](const IndexKey& key) {
      return key.column == number ||
             (key.column == 0 && !name.empty() && mentions_word(key.expression, name));
    });
  });
}

bool holds_any(const Index& index, const Table& table, const std::vector<std::int16_t>& columns) {
  const auto changed = with_generated(table, columns);
  return changes_key(index, table, columns) ||
         std::any_of(changed.begin(), changed.end(), [&](std::int16_t number) {
           const std::string name = name_of(table, number);
           return std::find(index.included.begin(), index.included.end(), number) !=
                      index.included.end() ||
                  (!name.empty() && mentions_word(index.predicate, name));
         });
}

RowWal row_wal(const CatalogSnapshot& catalog, const Table& table,
               const std::vector<const Index*>& indexes, const WriteShape& shape) {
  const TypeSystem types{catalog};
  const TableExpressions expressions{catalog, types};
  return row_wal(SizeContext{types, &expressions}, table, indexes, shape);
}

namespace {

/// Of rows that are all inserted, or all updated or deleted.
RowWal wal_of_kind(const SizeContext& context, const Table& table,
                   const std::vector<const Index*>& indexes, const WriteShape& shape) {
  const bool is_update = shape.kind == RowWrite::Update;
  if (table.persistence != 'p') {
    return {.indexes = std::vector<WalBytes>(indexes.size()),
            .locks = foreign_key_locks(table, context, shape),
            .commit = commit_bytes(shape)};
  }
  const bool hot_forbidden =
      is_update && std::any_of(indexes.begin(), indexes.end(), [&](const Index* index) {
        return holds_any(*index, table, shape.columns);
      });
  const ToastedValues toasted = toasted_values(table, context, shape);
  const HeapWrite heap = heap_write(table, context, shape, toasted, hot_forbidden);
  RowWal result{.heap = heap.wal,
                .toast = toast_wal(table, toasted, shape),
                .locks = foreign_key_locks(table, context, shape)};
  const ImageCompression compression{context.types};
  if (result.heap.images > 0) {
    result.heap.images *= compression.heap(heap_row(table, context), all_columns(table, context));
  }
  for (const Index* index : indexes) {
    if (shape.kind == RowWrite::Delete) {
      result.indexes.emplace_back();  // the entry stays until VACUUM
      continue;
    }
    const IndexEntries entries = index_entries(context, table, *index);
    const double share = entries.share * (1 - heap.hot);
    const bool same_key = is_update && !changes_key(*index, table, shape.columns);
    const EntryShape entry{.rows = shape.rows * share,
                           .same_key = same_key,
                           .old_versions_dead = one_a_transaction(shape),
                           .appended = !is_update,
                           .at_end = heap.at_end,
                           .scattered = heap.on_same_page,
                           .images = shape.rows_between_checkpoints > 0,
                           .rows_per_transaction = shape.rows_per_transaction};
    WalBytes wal = share > 0 ? entry_wal(entries, entry, context.types) : WalBytes{};
    wal.images *= wal.images > 0 ? compression.index(entries) : 1;
    result.indexes.push_back({share * wal.records, share * wal.images});
  }
  result.commit = commit_bytes(shape);
  return result;
}

WriteShape part_of(WriteShape shape, double share) {
  shape.rows *= share;
  shape.rows_between_checkpoints *= share;
  shape.rows_per_transaction = std::max(1.0, share * shape.rows_per_transaction);
  return shape;
}

/// Adds what so many of the rows write, commits apart.
void add(RowWal& sum, double share, const RowWal& part) {
  const auto add_bytes = [share](WalBytes& to, const WalBytes& bytes) {
    to.records += share * bytes.records;
    to.images += share * bytes.images;
  };
  add_bytes(sum.heap, part.heap);
  add_bytes(sum.toast, part.toast);
  for (std::size_t i = 0; i < sum.indexes.size(); ++i) {
    add_bytes(sum.indexes[i], part.indexes[i]);
  }
  sum.locks += share * part.locks;
}

/// Some rows are inserted; DO UPDATE locks the row that each of the others finds and updates it
/// (ExecOnConflictUpdate(), nodeModifyTable.c).
RowWal wal_with_conflicts(const SizeContext& context, const Table& table,
                          const std::vector<const Index*>& indexes, const WriteShape& shape) {
  const double conflicting = std::clamp(shape.on_conflict->conflicting, 0.0, 1.0);
  RowWal sum{.indexes = std::vector<WalBytes>(indexes.size()), .commit = commit_bytes(shape)};
  if (conflicting < 1) {
    add(sum, 1 - conflicting,
        wal_of_kind(context, table, indexes, part_of(shape, 1 - conflicting)));
  }
  if (shape.on_conflict->updates && conflicting > 0) {
    WriteShape update = part_of(shape, conflicting);
    update.kind = RowWrite::Update;
    RowWal updated = wal_of_kind(context, table, indexes, update);
    updated.heap.records += table.persistence == 'p' ? lock_bytes() : 0;
    add(sum, conflicting, updated);
  } else if (!shape.on_conflict->updates) {
    // A transaction that writes nothing is not logged.
    sum.commit *= 1 - std::pow(conflicting, std::max(1.0, shape.rows_per_transaction));
  }
  return sum;
}

}  // namespace

RowWal row_wal(const SizeContext& context, const Table& table,
               const std::vector<const Index*>& indexes, const WriteShape& shape) {
  const bool conflicts = shape.kind == RowWrite::Insert && shape.on_conflict.has_value();
  return conflicts ? wal_with_conflicts(context, table, indexes, shape)
                   : wal_of_kind(context, table, indexes, shape);
}

}  // namespace quern::planner_model
