#pragma once

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/table_expressions.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// The share of new rows that satisfy the index's predicate, told from the columns' defaults (NULL
/// where there is none): rows of a queue begin in `WHERE NOT sent` and leave it by an update,
/// however few are there at any time. A column that is NOT NULL and has no default is given by the
/// statement: `queue = 'mail'` holds for as many new rows as rows that are there. 0 where a default
/// does not satisfy it or is not a constant, where no default is asked for, and for an index
/// without a predicate.
[[nodiscard]] double new_rows_indexed(const Index& index, const Table& table,
                                      const TableExpressions& expressions, const TypeSystem& types);

}  // namespace quern::planner_model
