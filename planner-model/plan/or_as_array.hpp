#pragma once

#include <optional>
#include <vector>

#include "planner-model/plan/planner_info.hpp"

// PostgreSQL 18 reads `x = 1 OR x = 2` as `x = ANY ('{1,2}')` where an index can use that.

namespace quern::planner_model {

/// match_orclause_to_indexcol(), indxpath.c.
[[nodiscard]] std::optional<IndexClause> match_or_as_array(PlannerInfo& root, RestrictInfo& clause,
                                                           int column, const IndexOptInfo& index);

/// Arms of an OR clause that one index column compares by the same operator, together; others
/// alone.
struct OrGroup {
  std::vector<RestrictInfo*> clauses = {};  ///< of the arm; of several arms: their OR
  /// The arms, when there are several.
  std::vector<std::vector<RestrictInfo*>> arms = {};
  std::vector<std::size_t> places = {};  ///< of the arms in the clause
};

/// group_similar_or_args(), indxpath.c. One group an arm before PostgreSQL 18.
[[nodiscard]] std::vector<OrGroup> group_or_arms(PlannerInfo& root, const RelOptInfo& rel,
                                                 const RestrictInfo& clause);

}  // namespace quern::planner_model
