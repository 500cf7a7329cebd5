#pragma once

#include <optional>

#include "planner-model/query/type_system.hpp"
#include "planner-model/selectivity/statistics.hpp"

namespace quern::planner_model {

/// networksel() (network_selfuncs.c): `variable << constant` and its kin (<<=, >>, >>=, &&), from
/// the common networks and the histogram. nullopt: the server's default. `constant` null: not
/// known. `variable_on_left` false: the operator stands the other way round.
[[nodiscard]] std::optional<double> network_selectivity(const Variable& variable,
                                                        const Operator& op, const Value* constant,
                                                        bool variable_on_left);
[[nodiscard]] double default_network_selectivity(const Operator& op);

}  // namespace quern::planner_model
