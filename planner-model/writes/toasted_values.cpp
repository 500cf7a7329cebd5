#include "planner-model/writes/toasted_values.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/size/unknown_columns.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPointer = 18;                  // TOAST_POINTER_SIZE
constexpr double kChunkHeader = 24 + 4 + 4 + 4;  // tuple header, chunk_id, chunk_seq, length word
constexpr double kFullChunk = kChunkHeader + 1996;  // TOAST_MAX_CHUNK_SIZE
constexpr double kChunksPerPage = 4;                // EXTERN_TUPLES_PER_PAGE
constexpr double kTooWide = 1024;                   // WIDTH_THRESHOLD of ANALYZE (analyze.c)

/// Chunks there are now, dead ones among them: they take room as well.
struct Chunks {
  double live = 0;
  double all = 0;
};

/// By the density that VACUUM found, else by the counters, else as many as the pages hold.
Chunks chunks_of(const ToastTable& toast) {
  const auto pages = static_cast<double>(toast.pages);
  const auto dead = static_cast<double>(std::max<std::int64_t>(toast.dead_rows, 0));
  if (toast.relpages > 0 && toast.reltuples > 0) {
    const double all = toast.reltuples * pages / static_cast<double>(toast.relpages);
    return {.live = std::max(all - dead, all / 2), .all = all};
  }
  const double live =
      toast.live_rows > 0 ? static_cast<double>(toast.live_rows) : kChunksPerPage * pages;
  return {.live = live, .all = live + dead};
}

/// Lists of values leave out those wider than kTooWide: of nothing but such there are none.
bool lists_no_values(const ColumnStatistics& statistics) {
  return statistics.most_common_values.empty() && statistics.histogram_bounds.empty();
}

/// How many of a column's values are pointers, by their average width: the others are as wide as
/// those listed, or, where none is, up to what a row may take (TOAST_TUPLE_THRESHOLD).
double moved_out(const IndexColumn& column, char storage) {
  if (!column.varies || storage == 'p') {
    return 0;
  }
  if (column.statistics == nullptr) {
    return 1;
  }
  const double width = column.statistics->average_width;
  const bool listed = !lists_no_values(*column.statistics) && column.mean_size() > 0;
  const double others = listed ? column.mean_size() : kTooWide;
  constexpr double kRounding = 1.5;  // widths are whole bytes, lists a part of the values
  if (std::abs(others - width) < kRounding) {
    return 0;
  }
  const double share = (others - width) / (others - kPointer);
  constexpr double kByChance = 0.03;
  return share < kByChance ? 0 : std::min(share, 1.0);
}

/// Stored compressed, or at least tried: wider than ANALYZE lists, and not out of line.
bool is_compressed(const IndexColumn& column) {
  return column.varies && column.statistics != nullptr && column.statistics->n_distinct < 0 &&
         lists_no_values(*column.statistics) && column.statistics->correlation == std::nullopt &&
         column.statistics->average_width < kTooWide / 2;
}

/// toast_save_datum(): a chunk and its index entry. Chunk identifiers only rise.
double saved_bytes(const ToastTable& toast, const ToastedValues& values, const EntryShape& entry) {
  const WalRecord record{.main = 3, .blocks = {5 + values.chunk - 23}};
  Index index;
  index.pages = toast.index_pages;
  const auto pages = static_cast<double>(toast.index_pages);
  IndexEntries entries{.index = &index,
                       .entries = chunks_of(toast).all,
                       .distinct = chunks_of(toast).all,
                       .pages = std::max(pages - 1, 1.0),
                       .built_pages = std::max(pages - 1, 1.0),
                       .ascending = true};
  return record.varying() + btree_entry_wal(entries, entry).records;
}

}  // namespace

ToastedValues toasted_values(const Table& table, const SizeContext& context,
                             const WriteShape& shape) {
  ToastedValues values;
  const auto columns = all_columns(table, context);
  double sum = 0;
  double set = 0;
  double most = 0;
  for (std::size_t i = 0; i < columns.size() && i < table.columns.size(); ++i) {
    const double share = moved_out(columns[i], table.columns[i].storage);
    const bool is_set = std::find(shape.columns.begin(), shape.columns.end(),
                                  table.columns[i].number) != shape.columns.end();
    sum += share;
    set += is_set ? share : 0;
    most = std::max(most, share * (1 - columns[i].null_share()));
    values.locked = is_set && is_compressed(columns[i]) ? 1 : values.locked;
  }
  if (!table.toast || table.toast->pages == 0) {
    return values;
  }
  const double rows = std::max(1.0, rows_now(table, context.types));
  const Chunks chunks = chunks_of(*table.toast);
  // The last chunks of values leave gaps: 75 to 98 % by the values' sizes.
  constexpr double kFilled = 0.92;
  const double room = static_cast<double>(table.toast->pages) * (kPageSize - kPageHeader);
  values.chunks = chunks.live / rows;
  values.chunk = std::clamp(kFilled * room / chunks.all - kLinePointer, kChunkHeader, kFullChunk);
  values.rows = std::min({1.0, values.chunks, sum > 0 ? most : 1.0});
  values.locked = std::max(values.locked, values.rows);
  values.rewritten = shape.kind != RowWrite::Update ? 1 : sum > 0 ? set / sum : 0;
  return values;
}

WalBytes toast_wal(const Table& table, const ToastedValues& values, const WriteShape& shape) {
  WalBytes wal;
  const double chunks = values.chunks * values.rewritten;
  if (chunks <= 0) {
    return wal;
  }
  const bool images = shape.rows_between_checkpoints > 0 && shape.rows > 0;
  const double full_image = page_image(kPageSize);
  if (shape.kind != RowWrite::Delete) {
    const EntryShape entry{.rows = shape.rows * chunks,
                           .rows_per_transaction = shape.rows_per_transaction * chunks};
    wal.records += chunks * saved_bytes(*table.toast, values, entry);
    wal.images += images ? 2 * full_image / shape.rows : 0;  // the last page of each
  }
  if (shape.kind == RowWrite::Update || shape.kind == RowWrite::Delete) {
    wal.records += chunks * WalRecord{.main = 8, .blocks = {0}}.aligned();
    // A value's chunks stand side by side.
    const double a_value = chunks / std::max(values.rows, 1e-9);
    const double visits = shape.rows * values.rows * (1 + (a_value - 1) / kChunksPerPage);
    const auto pages = static_cast<double>(table.toast->pages);
    wal.images += images ? pages_touched(pages, visits) * full_image / shape.rows : 0;
  }
  return wal;
}

}  // namespace quern::planner_model
