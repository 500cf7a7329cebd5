#pragma once

#include <cstdint>
#include <vector>

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// A table's rows as heap tuples, on average (heap_form_tuple(), heaptuple.c).
struct HeapRow {
  double length = 0;         ///< t_len: header, null bitmap, padding and data
  double header = 24;        ///< t_hoff
  double rows_per_page = 0;  ///< as they lie now, or as a fresh load would leave them
  double pages = 1;
  double free_bytes = 0;          ///< room on a page, the fillfactor's reserve included
  bool prunes_when_read = false;  ///< so little of it that readers prune (pruneheap.c)
  /// Rows that fit into holes below the fill factor, a page: new rows go there first.
  double holes = 0;
  bool length_varies = false;

  [[nodiscard]] double item() const;  ///< with alignment and line pointer
};

[[nodiscard]] HeapRow heap_row(const Table& table, const TypeSystem& types);

/// Bytes of the tuple from the first to the last one that differs, when these columns are set to
/// other values of their kind (the comparison of log_heap_update(), heapam.c).
[[nodiscard]] double changed_bytes(const Table& table, const TypeSystem& types,
                                   const std::vector<std::int16_t>& columns);

}  // namespace quern::planner_model
