#pragma once

#include <vector>

#include "collector/plans/insights.hpp"
#include "collector/workload/workload.hpp"

namespace quern::collector {

/// Findings on the slowest execution's plan; none when it was not kept.
[[nodiscard]] std::vector<PlanFinding> findings_of(const ObservedPlan& plan);

}  // namespace quern::collector
