#pragma once

#include "collector/workload/workload.hpp"

#include "advisor/price/planned_workload.hpp"

namespace quern::advisor {

/// Sets PlannedClass::ran_as_planned: false where no recorded plan of the class reads its tables as
/// a plan of today does. Where there is such a class, the catalog has other indexes than the log
/// ran with, and a class without recorded plans counts as ran otherwise, too, if it would now read
/// an index that no recorded plan reads.
void compare_with_recorded(PlannedWorkload& planned, const Workload& workload);

}  // namespace quern::advisor
