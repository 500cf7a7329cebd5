#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// simplify_EXISTS_query() (subselect.c): drops what does not matter to whether there is a row, a
/// LIMIT of some rows included. False: the query has more than that.
[[nodiscard]] bool simplify_exists_query(Query& query, const TypeSystem& types);

}  // namespace quern::planner_model
