#pragma once

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// What the parent knows is told to a subquery before it is planned: conditions on its columns move
/// into it (out of rel.restrictions), and columns that nobody reads become NULL. Source:
/// set_subquery_pathlist() and its helpers, allpaths.c.
void prepare_subquery(PlannerInfo& root, RelOptInfo& rel, Query& subquery);

}  // namespace quern::planner_model
