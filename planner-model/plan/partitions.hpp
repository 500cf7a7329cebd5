#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// Direct partitions and inheritance children, unsorted. A table that stands below itself, or below
/// more levels than are walked, is nobody's child: no server has such, a broken snapshot may.
[[nodiscard]] TableChildren table_children(const CatalogSnapshot& catalog);

/// The direct children of a table as the server lists them: partitions by their bounds' values
/// (default last), legacy children by OID.
void sort_children(std::vector<const Table*>& children, const Table& parent,
                   const TableExpressions& expressions, const TypeSystem& types);

/// The tables that a scan of `table` and its children reads; `children` are sorted. A table with
/// legacy children includes itself.
[[nodiscard]] std::vector<const Table*> leaf_tables(const TableChildren& children,
                                                    const Table& table);

}  // namespace quern::planner_model
