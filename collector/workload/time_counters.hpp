#pragma once

#include "collector/workload/aggregated.hpp"

namespace quern::collector {

/// Adds an execution to its class's time series. When there are too many buckets in all, all of
/// them become longer.
void count_when(Aggregated& held, CountedClass& c, const Execution& e);

/// The same for one of the class's plans.
void count_when(Aggregated& held, ObservedPlan& plan, const Execution& e);

}  // namespace quern::collector
