#pragma once

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/table_expressions.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// Does a row of the columns' defaults satisfy the index's predicate (NULL where there is none)?
/// Rows of a queue begin in `WHERE NOT sent` and leave it by an update, however few are there at
/// any time. False where a default is not a constant, and for an index without a predicate.
[[nodiscard]] bool default_row_is_indexed(const Index& index, const Table& table,
                                          const TableExpressions& expressions,
                                          const TypeSystem& types);

}  // namespace quern::planner_model
