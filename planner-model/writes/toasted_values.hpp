#pragma once

#include <cstdint>
#include <vector>

#include "planner-model/size/index_columns.hpp"
#include "planner-model/writes/write_ahead_log.hpp"

namespace quern::planner_model {

/// What a table's rows keep out of line (TOAST), on average (heaptoast.c, toast_internals.c).
struct ToastedValues {
  double chunks = 0;     ///< a row
  double chunk = 0;      ///< bytes of one's tuple
  double rows = 0;       ///< share of the rows that have some
  double rewritten = 0;  ///< share of the chunks that the shape's write makes anew
  /// Share of the rows whose old version is locked while their update is stored: those that hold
  /// values out of line, set or not, or whose new version must be compressed or lose some
  /// (need_toast of heap_update(), heapam.c).
  double locked = 0;

  [[nodiscard]] double bytes() const { return chunks * chunk; }
};

/// From the TOAST table's pages and live chunks, and ANALYZE's widths, which count a value that was
/// moved out as its pointer. Nothing where the snapshot has no TOAST table with pages.
[[nodiscard]] ToastedValues toasted_values(const Table& table, const SizeContext& context,
                                           const WriteShape& shape);

/// Of the TOAST table and its index, a row of the shape.
[[nodiscard]] WalBytes toast_wal(const Table& table, const ToastedValues& values,
                                 const WriteShape& shape);

}  // namespace quern::planner_model
