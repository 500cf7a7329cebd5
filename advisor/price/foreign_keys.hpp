#pragma once

#include "planner-model/whatif/planner.hpp"

#include "advisor/price/planned_workload.hpp"
#include "advisor/price/write_activity.hpp"

namespace quern::advisor {

/// For every foreign key whose referenced table loses rows or changes keys in the recorded period,
/// adds the lookup that the server runs for each such row (ri_triggers.c: RI_FKey_noaction_del and
/// friends) as a class of its own. No statement's plan shows that cost; without an index on the
/// referencing columns each lookup reads the whole table.
void add_foreign_key_checks(PlannedWorkload& workload, const planner_model::Planner& planner,
                            const WriteProfile& writes);

}  // namespace quern::advisor
