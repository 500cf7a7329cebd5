#pragma once

#include <vector>

#include "planner-model/query/query.hpp"

namespace quern::planner_model {

/// is_simple_subquery(), of what is LATERAL: whether pulling the subquery up would leave
/// conditions, or columns, below an outer join that refer outside of it. `outer`: the lowest outer
/// join above; null: none.
[[nodiscard]] bool contains_lateral_outer_refs(const RangeTableEntry& entry, const JoinTree* outer);

/// Whether expressions of the query itself refer to nothing outside of an outer join above.
[[nodiscard]] bool refers_within(const std::vector<ExprPtr>& exprs, const JoinTree* outer);

}  // namespace quern::planner_model
