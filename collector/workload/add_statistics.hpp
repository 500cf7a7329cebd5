#pragma once

#include "collector/workload/workload.hpp"

namespace quern {

/// Adds what a dump of pg_stat_statements counts beyond the log of the same time: a class in both
/// has afterwards the larger number of calls and of time, and is not counted twice. The log's
/// samples, times and plans stay; calls that only the dump knows of stand at their mean.
void add_statistics(Workload& log, const Workload& dump);

}  // namespace quern
