#pragma once

#include "collector/catalog/snapshot.hpp"

#include "planner-model/size/index_columns.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/write_ahead_log.hpp"

namespace quern::planner_model {

/// What one index adds to a VACUUM of its table (lazy_vacuum_all_indexes() and
/// lazy_cleanup_all_indexes(), vacuumlazy.c).
struct VacuumPass {
  double pages_read = 0;
  double pages_changed = 0;  ///< written back
  double entries = 0;        ///< each is looked up among the dead rows
  /// `images`: of the changed pages, if this is their first change after a checkpoint; what GIN
  /// logs as whole pages at any time is in `records`.
  WalBytes wal = {};
};

/// The rows died anywhere in the table: deleted, or updated to a version that is not HOT.
[[nodiscard]] VacuumPass vacuum_pass(const SizeContext& context, const Table& table,
                                     const Index& index, double dead_rows);
[[nodiscard]] VacuumPass vacuum_pass(const IndexEntries& entries, const TypeSystem& types,
                                     double dead_rows);

/// Dead rows at which autovacuum comes to the table, by the settings and its own options
/// (relation_needs_vacanalyze(), autovacuum.c), also where it is switched off: something else then
/// vacuums, and how often is not known.
[[nodiscard]] double dead_rows_a_vacuum(const Table& table, const CatalogSnapshot& catalog);

}  // namespace quern::planner_model
