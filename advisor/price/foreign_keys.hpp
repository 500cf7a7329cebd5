#pragma once

#include "planner-model/whatif/planner.hpp"

#include "advisor/price/planned_workload.hpp"
#include "advisor/price/write_profile.hpp"

namespace quern::advisor {

/// What deletes and key changes of referenced tables write unseen: ON DELETE CASCADE deletes the
/// referencing rows, SET NULL, SET DEFAULT and ON UPDATE CASCADE update their key (and so lose HOT
/// where it is indexed). So many a row as the referencing table has for one of the referenced;
/// cascades of cascades too. Only beside recorded statements: a table's counters count these rows.
void add_foreign_key_writes(WriteProfile& writes, const CatalogSnapshot& catalog);

/// For every foreign key whose referenced table loses rows or changes keys in the recorded period,
/// adds the lookup that the server runs for each such row (ri_triggers.c: RI_FKey_noaction_del and
/// friends) as a class of its own. No statement's plan shows that cost; without an index on the
/// referencing columns each lookup reads the whole table.
void add_foreign_key_checks(PlannedWorkload& workload, const planner_model::Planner& planner,
                            const WriteProfile& writes);

/// One of add_foreign_key_checks(): no log shows it, its calls follow from the writes recorded.
[[nodiscard]] bool is_foreign_key_check(const QueryEffect& effect);

}  // namespace quern::advisor
