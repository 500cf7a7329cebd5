#pragma once

#include <optional>

#include "collector/workload/workload.hpp"

namespace quern::advisor {

/// Of the rows of INSERT ... ON CONFLICT, the share that found one of the same key, as the class's
/// executed plans count them (EXPLAIN ANALYZE's Tuples Inserted and Conflicting Tuples). Nothing:
/// no plan tells.
[[nodiscard]] std::optional<double> executed_conflicts(const QueryClass& query);

}  // namespace quern::advisor
