#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// Which conditions bound a btree scan, and how often it descends from the root.
struct BtreeBounds {
  std::vector<RestrictInfo*> quals = {};
  double descents = 1;           ///< combinations of array elements and of values skipped over
  bool one_row_at_most = false;  ///< a unique index, every column fixed
};

/// The first half of btcostestimate() (selfuncs.c).
[[nodiscard]] BtreeBounds btree_bounds(PlannerInfo& root, const IndexOptInfo& index,
                                       const std::vector<IndexClause>& clauses);

/// add_predicate_to_index_quals().
[[nodiscard]] std::vector<RestrictInfo*> with_predicate(PlannerInfo& root,
                                                        const IndexOptInfo& index,
                                                        std::vector<RestrictInfo*> quals);

}  // namespace quern::planner_model
