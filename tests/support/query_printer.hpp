#pragma once

#include <string>

#include "planner-model/query/query.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::testing {

/// Trees on one line, for tests: `(1.2:text ~~ 'a%':text)` is column 2 of range 1 against a
/// constant; `^1.2` is the same column one query level up.
[[nodiscard]] std::string print(const planner_model::ExprPtr& expr,
                                const planner_model::TypeSystem& types);
[[nodiscard]] std::string print(const planner_model::Query& query,
                                const planner_model::TypeSystem& types);

}  // namespace quern::testing
