#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "advisor/price/planned_workload.hpp"

namespace quern::advisor {

struct UpdateGroup {
  std::vector<std::int16_t> columns = {};  ///< that these updates set, sorted; empty: unknown
  double rows = 0;
};

struct TableWrites {
  double inserts = 0;  ///< rows in the recorded period
  double deletes = 0;
  std::vector<UpdateGroup> updates = {};
  double hot_share = 1;  ///< of the updates that no index forbids to be HOT
};

/// Rows written by table, partitions counted at their parent.
struct WriteProfile {
  std::map<Oid, TableWrites> tables = {};
  std::map<Oid, double> statements = {};  ///< executions that name the table
  bool recorded = false;                  ///< false: scaled from the catalog's counters
  std::string basis = {};                 ///< a sentence for the reports
};

/// From the workload's own INSERT, UPDATE and DELETE classes. When it has none at all, from the
/// tables' counters, scaled by how many of the counted scans the workload stands for: no clock is
/// needed and the mix of reads and writes is kept.
[[nodiscard]] WriteProfile write_profile(const PlannedWorkload& workload,
                                         const CatalogSnapshot& catalog);

}  // namespace quern::advisor
