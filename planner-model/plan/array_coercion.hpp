#pragma once

#include "planner-model/query/expr.hpp"

namespace quern::planner_model {

/// strip_array_coercion() (selfuncs.c): the array under relabelings of its elements.
[[nodiscard]] ExprPtr strip_array_coercion(const ExprPtr& array);

}  // namespace quern::planner_model
