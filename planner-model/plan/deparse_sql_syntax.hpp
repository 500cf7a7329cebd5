#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "planner-model/query/expr.hpp"

namespace quern::planner_model {

/// A call written in one of the SQL standard's own syntaxes, EXTRACT(year FROM x); nothing when the
/// function has none and prints as a call. `name` is the function's, `print` prints an argument.
/// Source: get_func_sql_syntax(), PostgreSQL 15, src/backend/utils/adt/ruleutils.c.
[[nodiscard]] std::optional<std::string> sql_syntax(
    const Expr& call, std::string_view name,
    const std::function<std::string(const ExprPtr&)>& print);

}  // namespace quern::planner_model
