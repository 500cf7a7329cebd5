#pragma once

#include <cstdint>
#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// A table's rows as heap tuples, on average (heap_form_tuple(), heaptuple.c).
struct HeapRow {
  double length = 0;         ///< t_len: header, null bitmap, padding and data
  double item = 36;          ///< with alignment and line pointer
  double header = 24;        ///< t_hoff
  double rows_per_page = 0;  ///< as they lie now, or as a fresh load would leave them
  double pages = 1;
  double free_bytes = 0;    ///< room on a page, on average, the fillfactor's reserve included
  double room_of_load = 0;  ///< of it, what a fresh load leaves, and HOT chains since
  /// Rows that fit into holes below the fill factor, a page, on average: new rows go there first.
  double holes = 0;
  double missing =
      0;  ///< rows that a fresh load would have more a page; holes, or an estimate's error
  double prunes_below = 819;  ///< free bytes below which a visitor prunes the page (pruneheap.c)
  bool length_varies = false;
};

/// In the order of the table's.
[[nodiscard]] std::vector<IndexColumn> all_columns(const Table& table, const SizeContext& context);

[[nodiscard]] HeapRow heap_row(const Table& table, const SizeContext& context);

/// Bytes of the tuple from the first to the last one that differs (log_heap_update(), heapam.c).
struct ChangedBytes {
  double step = 8;  ///< when a number is counted on: its lowest byte
  double set = 8;   ///< when the columns get other values of their kind
};

[[nodiscard]] ChangedBytes changed_bytes(const Table& table, const SizeContext& context,
                                         const std::vector<std::int16_t>& columns);

}  // namespace quern::planner_model
