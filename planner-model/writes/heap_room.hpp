#pragma once

#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/write_ahead_log.hpp"

namespace quern::planner_model {

/// What follows from the room on the pages for updates and deletes of rows anywhere in a table.
struct HeapRoom {
  double on_same_page = 1;  ///< of the new versions
  double prunes = 0;        ///< records a row
  double pruned = 1;        ///< row versions that one of them removes
  double pages_visited = 1;
};

/// Rows removed since leave holes by chance, so how many a page has is taken for Poisson
/// distributed, and so are the visits of the shape's rows.
[[nodiscard]] HeapRoom heap_room(const HeapRow& row, const WriteShape& shape);

}  // namespace quern::planner_model
