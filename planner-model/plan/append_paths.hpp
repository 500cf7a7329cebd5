#pragma once

#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// While a partition is planned it stands in its parent's place, so that statistics are its own.
class StandIn {
 public:
  StandIn(PlannerInfo& root, RelOptInfo& member)
      : slot_{root.base[static_cast<std::size_t>(member.range)]}, parent_{slot_} {
    slot_ = &member;
  }

  ~StandIn() { slot_ = parent_; }

  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

 private:
  RelOptInfo*& slot_;
  RelOptInfo* parent_;
};

/// Read with its partitions or its children.
[[nodiscard]] bool is_inheritance_parent(const PlannerInfo& root, const RangeTableEntry& entry);

/// adjust_appendrel_attrs_multilevel(): what a member computes in place of the columns of the
/// wholes that it belongs to. The expression itself where it is of those columns that it has.
[[nodiscard]] ExprPtr in_member(const RelOptInfo& member, const ExprPtr& expr);

/// set_dummy_rel_pathlist(): no row can come of it.
void set_dummy(RelOptInfo& rel);

/// Sizes and paths of one relation, base or member (allpaths.c).
void set_consider_parallel(PlannerInfo& root, RelOptInfo& rel);
void set_rel_size(PlannerInfo& root, RelOptInfo& rel);
void set_rel_pathlist(PlannerInfo& root, RelOptInfo& rel);

/// set_append_rel_size(): finds the members that rows can come from, and adds up their sizes.
void set_append_rel_size(PlannerInfo& root, RelOptInfo& rel);

/// add_paths_to_append_rel(): the ways to read all members of a relation one after another or
/// merged.
void add_paths_to_append_rel(PlannerInfo& root, RelOptInfo& rel);

}  // namespace quern::planner_model
