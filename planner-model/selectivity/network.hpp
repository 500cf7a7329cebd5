#pragma once

#include "planner-model/query/type_system.hpp"
#include "planner-model/selectivity/statistics.hpp"

namespace quern::planner_model {

/// networksel() (network_selfuncs.c): `variable << constant` and its kin (<<=, >>, >>=, &&), from
/// the common networks and the histogram. `constant` null: not known. `variable_on_left` false: the
/// operator stands the other way round.
[[nodiscard]] double network_selectivity(const Variable& variable, const Operator& op,
                                         const Value* constant, bool variable_on_left);

}  // namespace quern::planner_model
