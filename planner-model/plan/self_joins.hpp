#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// remove_useless_self_joins() (analyzejoins.c, PostgreSQL 18): a table joined to itself by a
/// unique key is read once. Rewrites the query of `root`, which must not be planned yet.
void remove_self_joins(PlannerInfo& root);

}  // namespace quern::planner_model
