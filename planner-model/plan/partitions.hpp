#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// The tables that a scan of `table` and its children reads, in the server's order: partitions by
/// bound (default last), children by OID. A table with legacy children includes itself.
[[nodiscard]] std::vector<const Table*> leaf_tables(const PlannerGlobal& global,
                                                    const Table& table);

}  // namespace quern::planner_model
