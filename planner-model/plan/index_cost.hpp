#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// What an access method's amcostestimate answers (src/include/access/amapi.h).
struct IndexAccessCost {
  double startup = 0;
  double total = 0;
  double selectivity = 0;  ///< fraction of the table's rows fetched
  double correlation = 0;
  double pages = 0;  ///< index pages read, for parallel planning
};

[[nodiscard]] IndexAccessCost index_access_cost(PlannerInfo& root, const Path& path,
                                                double loop_count);

/// extract_nonindex_conditions(): what the scan must still check.
[[nodiscard]] std::vector<RestrictInfo*> non_index_conditions(
    std::span<RestrictInfo* const> clauses, const std::vector<IndexClause>& index_clauses);

/// compute_parallel_worker(); pages < 0: not known, not a reason.
[[nodiscard]] int parallel_worker_count(const PlannerInfo& root, const RelOptInfo& rel,
                                        double heap_pages, double index_pages, int max_workers);

}  // namespace quern::planner_model
