#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"
#include "planner-model/size/index_columns.hpp"
#include "planner-model/whatif/planner.hpp"

namespace quern::planner_model {

/// What every base table of a planned statement is asked for, outer query first.
[[nodiscard]] std::vector<TableUse> collect_table_uses(PlannerGlobal& global, PlannerInfo& top);

/// Column numbers of an index on the parent, as the partition has them.
void remap_columns(Index& index, const Table& parent, const Table& leaf);

/// Fills in pages, tuples and height of an index over `rows` of the table's rows.
Bytes size_index(Index& index, const Table& table, double rows, const SizeContext& context,
                 SizeModel model);

}  // namespace quern::planner_model
