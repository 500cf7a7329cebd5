#pragma once

#include <string_view>

#include "planner-model/query/builtin_catalog.hpp"

namespace quern::planner_model {

/// proargnames and proargdefaults of the built-in functions that are called with named arguments
/// or without their last ones; of others nothing is recorded (src/include/catalog/pg_proc.dat and
/// catalog/system_functions.sql). Fills argument_names and argument_defaults.
void add_builtin_parameters(Function& function);

}  // namespace quern::planner_model
