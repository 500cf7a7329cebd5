#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// The table among the relations of a side of a join that a column computed from `used`, which are
/// of that side, can go with (RangeTableEntry::computed); 0: there is none.
[[nodiscard]] int host_in(const PlannerInfo& root, const Query& query, const JoinTree& side,
                          Relids used);

}  // namespace quern::planner_model
