#pragma once

#include <functional>

#include "advisor/price/planner_costs.hpp"

namespace quern::advisor {

/// Leaves to each query the candidates worth exploring. One planning with all of them prices how
/// each could read each table: accesses that do the same for a plan (same occurrence, outer side
/// and order) differ in cost and size alone, so that of a long list the cheapest few and the
/// smallest few are kept, where they beat what exists; those that are the same to the query within
/// 0.3 % count as one. Those that the plan with all of them uses
/// are kept too. What is given up: an index that is neither, and one that helps only in a BitmapAnd
/// which that plan does not make.
void keep_useful(PlannerCosts& costs, const std::vector<SizedCandidate>& candidates,
                 const std::function<void(double)>& progress);

}  // namespace quern::advisor
