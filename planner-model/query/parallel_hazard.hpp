#pragma once

#include "planner-model/query/query.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// max_parallel_hazard(), clauses.c, before anything is put in place of a call: the statement or a
/// query in it writes, locks rows or calls a function marked PARALLEL UNSAFE.
[[nodiscard]] bool is_parallel_unsafe(const Query& query, const TypeSystem& types);

}  // namespace quern::planner_model
