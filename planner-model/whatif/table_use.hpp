#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"
#include "planner-model/whatif/planner.hpp"

namespace quern::planner_model {

/// What every base table of a planned statement is asked for, outer query first.
[[nodiscard]] std::vector<TableUse> collect_table_uses(PlannerGlobal& global, PlannerInfo& top);

/// Column numbers of an index on the parent, as the partition has them.
void remap_columns(Index& index, const Table& parent, const Table& leaf);

/// Fills pages, rows and height of an index on a table.
void size_index(Index& index, const Table& table, const TypeSystem& types, SizeModel model);

}  // namespace quern::planner_model
