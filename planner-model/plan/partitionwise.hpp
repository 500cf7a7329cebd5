#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// While partitions are joined or grouped they stand in their parents' places, so that statistics
/// are their own.
class StandIns {
 public:
  /// Those that `rel` is made of; of what is no partition, nothing.
  StandIns(PlannerInfo& root, RelOptInfo& rel);
  StandIns(PlannerInfo& root, RelOptInfo& outer, RelOptInfo& inner);
  ~StandIns();

  StandIns(const StandIns&) = delete;
  StandIns& operator=(const StandIns&) = delete;

 private:
  void place(RelOptInfo& rel);

  PlannerInfo& root_;
  std::vector<std::pair<int, RelOptInfo*>> replaced_ = {};  ///< by range
};

/// While it lives, the parents of the partitions in these places are back in them: what a partition
/// is given by another relation is known of that as a whole.
class Parents {
 public:
  Parents(PlannerInfo& root, Relids relids);
  ~Parents();

  Parents(const Parents&) = delete;
  Parents& operator=(const Parents&) = delete;

 private:
  PlannerInfo& root_;
  std::vector<std::pair<int, RelOptInfo*>> replaced_ = {};
};

/// A partition of a relation, or a join or group of partitions.
[[nodiscard]] bool is_child(const RelOptInfo& rel);

/// IS_PARTITIONED_REL().
[[nodiscard]] bool is_partitioned(const RelOptInfo& rel);

/// The partitions of it that rows can come from.
[[nodiscard]] std::vector<RelOptInfo*> live_parts(const RelOptInfo& rel);

/// A partitioned table whose partitions may be joined or grouped one by one.
[[nodiscard]] bool wants_partitions(const PlannerInfo& root, const RelOptInfo& rel);

/// set_relation_partition_info() (plancat.c): `leaves` are those that are not pruned.
void describe_partitions(PlannerInfo& root, RelOptInfo& rel,
                         const std::map<const Table*, RelOptInfo*>& leaves);

/// The paths of partitions that are partitioned themselves, once those of their own are made.
void set_nested_part_paths(PlannerInfo& root, RelOptInfo& rel);

/// build_joinrel_partition_info() (relnode.c).
void build_joinrel_partition_info(RelOptInfo& joinrel, RelOptInfo& outer, RelOptInfo& inner,
                                  JoinType type, const std::vector<RestrictInfo*>& restrict_list);

/// populate_joinrel_with_paths() (joinrels.c).
using PopulateJoin =
    std::function<void(RelOptInfo& outer, RelOptInfo& inner, RelOptInfo& joinrel, SpecialJoin& sj,
                       const std::vector<RestrictInfo*>& restrict_list)>;

/// try_partitionwise_join() (joinrels.c): joins the partitions that may have matching rows.
void try_partitionwise_join(PlannerInfo& root, RelOptInfo& outer, RelOptInfo& inner,
                            RelOptInfo& joinrel, SpecialJoin& sj,
                            const std::vector<RestrictInfo*>& restrict_list,
                            const PopulateJoin& populate);

/// generate_partitionwise_join_paths() (allpaths.c). True: no partition gives a row.
[[nodiscard]] bool generate_partitionwise_join_paths(PlannerInfo& root, RelOptInfo& rel);

/// group_by_has_partkey() (planner.c).
[[nodiscard]] bool groups_hold_partition_keys(const RelOptInfo& rel,
                                              const std::vector<ExprPtr>& groups);

}  // namespace quern::planner_model
