#pragma once

#include "collector/base/units.hpp"
#include "collector/catalog/snapshot.hpp"

#include "planner-model/size/index_columns.hpp"
#include "planner-model/writes/vacuum.hpp"

namespace quern::planner_model {

/// What one index adds to one row inserted, and to one that dies: WAL long after a checkpoint, and
/// the cost that stands beside the reads' in the advisor's objective.
struct IndexWriteCost {
  Bytes wal_per_insert;        ///< the index entry's own WAL, splits amortized
  Bytes wal_full_page_images;  ///< added in the first touches after a checkpoint, a row
  Cost cost_per_insert;  ///< planner units: descent, page touch, so that it adds up with reads
  /// A row's share of the VACUUM that removes it: one that autovacuum's threshold brings.
  Bytes wal_per_dead_row;
  Cost cost_per_dead_row;
  double dead_rows_a_vacuum = 1;
  VacuumPass vacuum = {};  ///< of so many dead rows
};

/// `rows_between_checkpoints`: how many entries are added between two checkpoints (0: unknown, a
/// large number is assumed, and no full-page images are charged).
[[nodiscard]] IndexWriteCost index_write_cost(const Index& index, const Table& table,
                                              const CatalogSnapshot& catalog,
                                              double rows_between_checkpoints = 0);
[[nodiscard]] IndexWriteCost index_write_cost(const Index& index, const Table& table,
                                              const SizeContext& context,
                                              double rows_between_checkpoints = 0);

}  // namespace quern::planner_model
