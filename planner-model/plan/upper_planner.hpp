#pragma once

#include <optional>
#include <vector>

#include "planner-model/plan/grouping_sets.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/set_targets.hpp"

// What stands on top of scans and joins: grouping, windows, DISTINCT, ORDER BY, LIMIT, the table
// that is modified. One step of grouping_planner() (planner.c, PostgreSQL 13 to 18) to a member;
// the members live in grouping_planner.cpp, target_list.cpp, upper_targets.cpp, grouping_paths.cpp,
// grouping_set_paths.cpp, distinct_paths.cpp, ordered_paths.cpp and set_targets.cpp.

namespace quern::planner_model {

/// An aggregate, or GROUPING(), which is computed where aggregates are.
inline bool is_aggregate_like(const Expr& e) {
  return e.kind == ExprKind::Aggref || e.kind == ExprKind::GroupingFunc;
}

/// pull_var_clause() over aggregates or window functions, which count as columns when `whole`
/// holds.
template <class Whole>
void pull_parts(const ExprPtr& expr, const Whole& whole, std::vector<ExprPtr>& out) {
  if (expr->kind == ExprKind::Var || whole(*expr)) {
    if ((expr->kind != ExprKind::Var || expr->levels_up == 0) &&
        std::none_of(out.begin(), out.end(), [&](const ExprPtr& e) { return equal(e, expr); })) {
      out.push_back(expr);
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    pull_parts(child, whole, out);
  }
}

class UpperPlanner {
 public:
  UpperPlanner(PlannerInfo& root, double tuple_fraction)
      : root_{root}, query_{root.query}, tuple_fraction_{tuple_fraction} {}

  void run();

 private:
  // --- LIMIT

  std::optional<double> constant_count(const ExprPtr& expr) const;

  void preprocess_limit();

  // --- FROM, WHERE, grouping

  [[nodiscard]] bool has_grouping() const;

  void order_group_clause();

  /// remove_useless_groupby_columns(): columns that a primary key in the list determines.
  void remove_useless_group_columns();

  /// The smallest unique index within these columns; empty: none.
  [[nodiscard]] std::vector<int> shortest_key(const Table& table,
                                              const std::set<int>& columns) const;

  void drop_determined_columns(int range, const std::set<int>& columns,
                               const std::vector<int>& key);

  [[nodiscard]] ExprPtr target_of(int ref) const;

  void set_query_pathkeys();

  /// generate_setop_child_grouplist(): the order that a UNION above would merge by.
  PathKeys set_operation_pathkeys();

  /// select_active_windows(): the windows that functions use, in the order they are computed.
  [[nodiscard]] std::vector<std::size_t> active_windows() const;

  PathKeys window_keys(const WindowClause& window);

  /// name_active_windows(): w1, w2, ... for those without a name, in the order given.
  void name_windows(const std::vector<std::size_t>& order);

  void add_system_column(int range, int attno, Oid type, const char* name);

  void add_row_identity(int range);

  void add_row_marks(const JoinTree& tree);

  /// What UPDATE, DELETE and FOR UPDATE need to find the rows again (preprocess_targetlist()).
  void add_row_identities();

  RelOptInfo* plan_select();

  // --- set-returning functions in the select list (set_targets.cpp)

  /// Every target becomes what its step computes without sets; what follows goes on top.
  void split_targets();

  /// adjust_paths_for_srfs(): every path gets the nodes for the levels after the first.
  void add_target_levels(RelOptInfo& rel, const std::vector<TargetLevel>& levels);

  Path* set_projection_path(RelOptInfo& rel, Path* sub, const PathTarget* target);

  // --- targets

  /// make_sort_input_target(): sets, volatile and expensive output are computed after the sort.
  const PathTarget* sort_input_target();

  static void append_missing(std::vector<ExprPtr>& exprs, std::vector<int>& refs,
                             const std::vector<ExprPtr>& parts);

  [[nodiscard]] bool is_group_ref(int ref) const;

  /// make_group_input_target(): grouping columns, and the columns under everything else.
  const PathTarget* group_input_target();

  /// make_window_input_target().
  const PathTarget* window_input_target();

  static bool same_exprs(const PathTarget& a, const PathTarget& b);

  const PathTarget* keep(PathTarget target);

  [[nodiscard]] bool parallel_safe(const PathTarget& target) const;

  void apply_scanjoin_target(RelOptInfo& rel);

  void project_paths(RelOptInfo& rel, const PathTarget* target, bool same);

  /// Of a join by partitions, the joins of partitions compute the target, and are appended anew.
  void project_joined_parts(RelOptInfo& rel, const PathTarget* target, bool same, bool safe);

  /// Partitions that are partitioned themselves append their own, which put out the target.
  void project_nested_parts(RelOptInfo& rel, const PathTarget* target, bool safe);

  // --- grouping

  [[nodiscard]] std::vector<ExprPtr> group_exprs() const;

  [[nodiscard]] PathKeys order_behind(const Rollup& rollup) const;
  [[nodiscard]] std::vector<SortGroupClause> group_clauses(const std::vector<int>& columns) const;

  double number_of_groups(double input_rows);

  /// Transition states, counted as get_agg_clause_costs() does: one for each distinct function and
  /// arguments.
  [[nodiscard]] int transitions() const;

  [[nodiscard]] bool can_hash_groups() const;

  [[nodiscard]] bool can_sort_groups() const;

  /// can_partial_agg().
  [[nodiscard]] bool can_aggregate_partially() const;

  Path* agg_path(RelOptInfo& rel, Path* sub, const PathTarget* target, AggStrategy strategy,
                 AggSplit split, const std::vector<SortGroupClause>& clauses, double groups,
                 const std::vector<ExprPtr>& having);

  Path* group_path(RelOptInfo& rel, Path* sub, const PathTarget* target,
                   const std::vector<SortGroupClause>& clauses, double groups,
                   const std::vector<ExprPtr>& having);

  Path* sorted_group(RelOptInfo& rel, Path* sub, const PathTarget* target, AggSplit split,
                     const std::vector<SortGroupClause>& clauses, double groups,
                     const std::vector<ExprPtr>& having);

  /// Sorted inputs for grouping: those in order, the cheapest sorted, and incremental sorts.
  template <class Emit>
  void for_sorted_inputs(RelOptInfo& rel, const std::vector<Path*>& inputs, Path* cheapest,
                         const PathKeys& keys, double limit_tuples, const Emit& emit) {
    for (auto* input : inputs) {
      if (pathkeys_contained_in(keys, input->pathkeys)) {
        emit(input);
        continue;
      }
      for (auto* sorted : sorts_of(root_, rel, input, input == cheapest, keys, limit_tuples)) {
        emit(sorted);
      }
    }
  }

  /// An order of the grouping columns: its sort, and the clauses in that order.
  struct GroupOrder {
    PathKeys keys = {};
    std::vector<SortGroupClause> clauses = {};
  };

  /// get_useful_group_keys_orderings(): GROUP BY's own, and the one that the input is in.
  [[nodiscard]] std::vector<GroupOrder> group_orders(const Path& input) const;

  /// for_sorted_inputs() in each of the orders; emits the clauses too.
  template <class Emit>
  void for_group_inputs(RelOptInfo& rel, const std::vector<Path*>& inputs, Path* cheapest,
                        const Emit& emit) {
    for (auto* input : inputs) {
      for (const auto& order : group_orders(*input)) {
        for_sorted_inputs(rel, {input}, cheapest, order.keys, -1.0,
                          [&](Path* sorted) { emit(sorted, order.clauses); });
      }
    }
  }

  /// adjust_group_pathkeys_for_groupagg(): appends what most ordered aggregates want.
  void add_aggregate_order();

  /// The sort order that an aggregate's ORDER BY or DISTINCT asks for.
  [[nodiscard]] PathKeys aggregate_pathkeys(const Expr& aggregate) const;

  RelOptInfo* grouping_paths(RelOptInfo& input);

  /// What groups are asked for, of the whole and of its partitions.
  struct GroupingTarget {
    const PathTarget* target = nullptr;
    std::vector<ExprPtr> having = {};
    bool can_be_partial = false;
  };

  /// PartitionwiseAggregateType: whether partitions are grouped by themselves, and if the groups of
  /// one are complete.
  enum class ByPartition : std::uint8_t { None, Full, Partial };

  /// make_grouping_rel().
  RelOptInfo& new_grouping_rel(RelOptInfo& input, const PathTarget& target);

  /// is_degenerate_grouping(): nothing is grouped or aggregated; a row for each grouping set, or
  /// none where HAVING says so.
  [[nodiscard]] bool is_degenerate_grouping() const;
  /// create_degenerate_grouping_paths(): nothing is read.
  void add_degenerate_grouping(RelOptInfo& rel, const GroupingTarget& wanted);

  /// create_ordinary_grouping_paths(). `above`: how the relation that `input` is a partition of is
  /// grouped; of a whole: at most. Returns the partly grouped relation, if there is one.
  RelOptInfo* ordinary_grouping(RelOptInfo& rel, RelOptInfo& input, const GroupingTarget& wanted,
                                ByPartition above);

  [[nodiscard]] ByPartition by_partition(const RelOptInfo& input, const GroupingTarget& wanted,
                                         ByPartition above) const;

  /// create_partitionwise_grouping_paths().
  void partitionwise_grouping(RelOptInfo& rel, RelOptInfo& input, RelOptInfo* partly,
                              const GroupingTarget& wanted, ByPartition how);

  /// add_paths_to_grouping_rel().
  void add_grouping_paths(RelOptInfo& rel, RelOptInfo& input, RelOptInfo* partly,
                          const GroupingTarget& wanted);

  /// create_partial_grouping_paths(). `whole_too`: paths that are not partial are grouped partly
  /// as well, for what is done with other partitions. Null: nothing to group partly.
  RelOptInfo* partial_grouping(const RelOptInfo& rel, RelOptInfo& input, bool whole_too,
                               bool always);

  /// make_partial_grouping_target(): group columns and aggregates in transition form.
  const PathTarget* partial_target();

  /// mark_partial_aggref(): the type of the transition state, serialized when internal.
  ExprPtr as_partial(const ExprPtr& aggregate);

  void gather_grouping(RelOptInfo& rel);

  /// get_number_of_groups() for each set.
  void estimate_grouping_sets(double input_rows);

  void grouping_set_paths(RelOptInfo& rel, RelOptInfo& input, const PathTarget* target,
                          const std::vector<ExprPtr>& having);

  /// create_groupingsets_path(). Each rollup after the first is paid for without its input, which
  /// is kept or sorted anew.
  Path* grouping_set_path(RelOptInfo& rel, Path* sub, const PathTarget* target,
                          const GroupingChoice& choice, const std::vector<ExprPtr>& having);

  // --- windows

  /// optimize_window_clauses().
  void optimize_window_frames();

  RelOptInfo* window_paths(RelOptInfo& input);

  // --- DISTINCT

  RelOptInfo* distinct_paths(RelOptInfo& input);

  [[nodiscard]] std::vector<ExprPtr> distinct_exprs();

  /// Grouped rows are taken to be distinct already.
  [[nodiscard]] double distinct_rows(double input_rows);

  Path* unique_path(RelOptInfo& rel, Path* sub, double rows);

  Path* hashed_distinct_path(RelOptInfo& rel, Path* sub, double rows);

  [[nodiscard]] bool can_hash_distinct() const;

  /// get_useful_pathkeys_for_distinct(): the order needed, and the one that the input is in.
  [[nodiscard]] std::vector<PathKeys> distinct_orders(const PathKeys& needed,
                                                      const Path& input) const;

  /// Without duplicates: all rows are the same when the order needed is empty.
  Path* distinct_of_sorted(RelOptInfo& rel, Path* sorted, double rows);

  /// create_final_distinct_paths(): over the input, or over what the workers have left of it.
  void final_distinct(RelOptInfo& rel, RelOptInfo& input, double rows);

  void sorted_distinct_before_16(RelOptInfo& rel, RelOptInfo& input, const PathKeys& needed,
                                 double rows);

  /// create_partial_distinct_paths() (PostgreSQL 13 to 18): each worker removes its own duplicates.
  void partial_distinct(RelOptInfo& rel, RelOptInfo& input);

  // --- ORDER BY

  RelOptInfo* ordered_paths(RelOptInfo& input);

  // --- the outermost nodes

  /// `offset`, `count`: 0 none, negative unknown.
  Path* limit_path(RelOptInfo& rel, Path* sub, double offset, double count);

  Path* modify_path(RelOptInfo& rel, Path* sub);

  void finish(RelOptInfo& current);

  PlannerInfo& root_;
  Query& query_;
  double tuple_fraction_;
  double limit_tuples_ = -1;
  double count_est_ = 0;
  double offset_est_ = 0;
  bool needs_limit_ = false;
  GroupingSets grouping_sets_ = {};
  /// processed_groupClause and processed_distinctClause: without redundant columns.
  std::vector<SortGroupClause> group_clause_ = {}, distinct_clause_ = {};
  std::size_t group_keys_ = 0;  ///< of root_.group_pathkeys; the rest are for aggregates
  std::vector<ExprPtr> aggregates_;
  std::vector<ExprPtr> window_functions_;
  const PathTarget *final_target_ = nullptr, *sort_target_ = nullptr;
  const PathTarget *grouping_target_ = nullptr, *scanjoin_target_ = nullptr;
  /// Of targets with set-returning functions: the step's own first, then what goes on top of it.
  std::vector<TargetLevel> final_levels_, sort_levels_, grouping_levels_, scanjoin_levels_;
  bool sets_after_sort_ = false;  ///< then a LIMIT says nothing of the rows to sort
};

}  // namespace quern::planner_model
