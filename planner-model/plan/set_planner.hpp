#pragma once

#include <vector>

#include "planner-model/plan/plan.hpp"

// UNION, INTERSECT and EXCEPT. Source: prepunion.c, PostgreSQL 13 to 18. The members live in
// set_operations.cpp, set_operation_arms.cpp and set_operation_paths.cpp.

namespace quern::planner_model {

class SetPlanner {
 public:
  explicit SetPlanner(PlannerInfo& root) : root_{root}, server_{root.global->cost.server} {}

  RelOptInfo* run();

 private:
  /// One input of a set operation.
  struct Arm {
    RelOptInfo* rel = nullptr;
    double groups = 0;  ///< distinct rows
    bool is_leaf = false;
  };

  using Columns = std::vector<RangeColumn>;

  /// recurse_set_operations(). `columns`: what stands above wants; `flag`: for INTERSECT or EXCEPT
  /// before 18; `junk_ok`: an inner flag may stay; `parent`: the operation whose sort order the arm
  /// may offer.
  Arm plan(const SetOperation& op, const Columns& columns, bool flag, bool junk_ok,
           const SetOperation* parent);

  Path* recursive_union(const SetOperation& op);

  // --- columns

  /// generate_append_tlist(): columns that belong to no relation, so widths go by type.
  const PathTarget* target_of(const SetOperation& op, bool flag);

  /// generate_setop_tlist(): what `op` puts out, under the types that stand above it.
  const PathTarget* cast_target(const SetOperation& op, const Columns& columns, bool flag);

  static bool same_types(const Columns& a, const Columns& b);

  /// generate_setop_grouplist() as an order: the output's columns one after the other; empty when
  /// they cannot be sorted.
  PathKeys order_of(const SetOperation& op);

  /// The column that tells the sides of INTERSECT and EXCEPT apart.
  static void add_flag(PathTarget& target);

  RelOptInfo& result_rel(const PathTarget& target);

  // --- arms

  Arm plan_leaf(const SetOperation& op, const Columns& columns, bool flag,
                const SetOperation* parent);

  /// The columns of an arm's query, under the types that stand above.
  PathTarget output_of(const Query& query, int range, const Columns& columns);

  /// build_setop_child_paths(): `order`: what the operation would like; empty: nothing.
  void add_leaf_paths(RelOptInfo& rel, bool flag, const PathKeys& order);

  Path* leaf_scan(RelOptInfo& rel, Path* sub, bool flag);

  /// Of a grouped subquery its rows, else estimated from its columns.
  double distinct_rows(const RelOptInfo& rel);

  /// plan_union_children(): nested UNIONs of the same kind are one.
  void flatten(const SetOperation& op, const SetOperation& top, std::vector<Arm>& out);

  // --- the operations

  RelOptInfo& union_of(const SetOperation& op);

  /// Gather over a parallel Append of the arms' partial paths; null where one has none.
  Path* gathered_union(RelOptInfo& rel, const std::vector<Arm>& arms);

  /// make_union_unique() before 17.
  Path* unique(const SetOperation& op, Path* input);
  Path* hashed_unique(const SetOperation& op, Path* input, double groups);
  Path* sorted_unique(const SetOperation& op, Path* sorted, double groups);

  /// The UNION of 17 and later: hashed, sorted, and merged from sorted arms.
  void add_unique_paths(RelOptInfo& rel, const SetOperation& op, const std::vector<Arm>& arms,
                        Path* append, Path* gather, const PathKeys& order);

  RelOptInfo& except_or_intersect(const SetOperation& op);

  /// create_setop_path() of 18: two inputs.
  RelOptInfo& two_input_operation(const SetOperation& op);

  Path* two_input_path(RelOptInfo& rel, const SetOperation& op, Path* left, Path* right,
                       bool hashed, double groups, double output);

  /// choose_hashed_setop().
  bool hashes(const SetOperation& op, const Path& input, double groups, double output);

  PlannerInfo& root_;
  const ServerVersion& server_;
};

}  // namespace quern::planner_model
