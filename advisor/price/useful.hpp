#pragma once

#include <functional>

#include "advisor/price/planner_costs.hpp"

namespace quern::advisor {

/// Prices every relevant candidate alone, and all together, and keeps for each query those that
/// make it cheaper or that its best plan uses. Benefit graphs grow with the candidates that help,
/// so this is what makes them small. What is given up: a candidate that helps only together with
/// one that the best plan does not use.
void keep_useful(PlannerCosts& costs, const std::vector<SizedCandidate>& candidates,
                 const std::function<void(double)>& progress);

}  // namespace quern::advisor
