#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner-model/size/column_readings.hpp"

#include "advisor/advice.hpp"
#include "advisor/price/planned_workload.hpp"
#include "advisor/price/sized_candidate.hpp"
#include "advisor/select/problem.hpp"

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

/// Prices what indexes add to writes.
class WritePrices {
 public:
  WritePrices(const WriteProfile& profile, const CatalogSnapshot& catalog);

  /// Fills maintenance, wal and hot of a selection problem.
  void price(SelectionProblem& problem, const std::vector<SizedCandidate>& candidates) const;

  /// Entries of all existing indexes over the recorded period.
  [[nodiscard]] Cost existing_cost() const;

  /// Of one index beside the existing ones.
  [[nodiscard]] WriteEffect effect(const SizedCandidate& candidate) const;
  [[nodiscard]] WriteEffect effect(const Index& existing) const;

 private:
  [[nodiscard]] WriteEffect effect_of(const Index& index, const IndexDefinition& definition,
                                      Oid table, const std::string& except) const;

  const WriteProfile& profile_;
  const CatalogSnapshot& catalog_;
  planner_model::TypeSystem types_{catalog_};
  mutable planner_model::ColumnReadings readings_ = {};
  planner_model::SizeContext sizes_{types_, nullptr, &readings_};
};

}  // namespace quern::advisor
