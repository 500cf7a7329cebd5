#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// Which partitions the clauses of a scan leave when it is planned. Source: partprune.c
/// (gen_partprune_steps(), get_matching_partitions()), PostgreSQL 15.
class PartitionPruner {
 public:
  /// `clauses`: the restrictions of `rel`, a partitioned table; it must outlive the pruner.
  PartitionPruner(PlannerInfo& root, const RelOptInfo& rel, std::vector<ExprPtr> clauses);

  /// False: no row of this leaf can satisfy the clauses, on its own or an ancestor's bounds.
  [[nodiscard]] bool keeps(const Table& leaf);

 private:
  [[nodiscard]] const std::set<const Table*>& survivors(const Table& parent);
  [[nodiscard]] std::vector<ExprPtr> partition_condition(const Table& table) const;

  PlannerInfo& root_;
  const RelOptInfo& rel_;
  std::vector<ExprPtr> clauses_;
  std::map<const Table*, std::set<const Table*>> survivors_ = {};
};

}  // namespace quern::planner_model
