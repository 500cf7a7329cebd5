#pragma once

#include <optional>
#include <vector>

#include "planner-model/plan/grouping_sets.hpp"
#include "planner-model/plan/plan.hpp"

// What stands on top of scans and joins: grouping, windows, DISTINCT, ORDER BY, LIMIT, the table
// that is modified. One step of grouping_planner() (planner.c, PostgreSQL 15) to a member; the
// members live in grouping_planner.cpp, target_list.cpp, upper_targets.cpp, grouping_paths.cpp,
// grouping_set_paths.cpp, distinct_paths.cpp and ordered_paths.cpp.

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

  [[nodiscard]] ExprPtr target_of(int ref) const;

  void set_query_pathkeys();

  PathKeys window_keys(const WindowClause& window);

  void add_system_column(int range, int attno, Oid type, const char* name);

  void add_row_identity(int range);

  void add_row_marks(const JoinTree& tree);

  /// What UPDATE, DELETE and FOR UPDATE need to find the rows again (preprocess_targetlist()).
  void add_row_identities();

  RelOptInfo* plan_select();

  void split_srfs();

  // --- targets

  /// make_sort_input_target(): volatile or expensive output is computed after the sort.
  PathTarget sort_input_target();

  static void append_missing(std::vector<ExprPtr>& exprs, std::vector<int>& refs,
                             const std::vector<ExprPtr>& parts);

  [[nodiscard]] bool is_group_ref(int ref) const;

  /// make_group_input_target(): grouping columns, and the columns under everything else.
  PathTarget group_input_target();

  /// make_window_input_target().
  PathTarget window_input_target();

  static bool same_exprs(const PathTarget& a, const PathTarget& b);

  const PathTarget* keep(PathTarget target);

  [[nodiscard]] bool parallel_safe(const PathTarget& target) const;

  void apply_scanjoin_target(RelOptInfo& rel);

  void project_paths(RelOptInfo& rel, const PathTarget* target, bool same);

  // --- grouping

  [[nodiscard]] std::vector<ExprPtr> group_exprs() const;

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
                 AggSplit split, double groups, const std::vector<ExprPtr>& having);

  Path* group_path(RelOptInfo& rel, Path* sub, const PathTarget* target, double groups,
                   const std::vector<ExprPtr>& having);

  Path* sorted_group(RelOptInfo& rel, Path* sub, const PathTarget* target, AggSplit split,
                     double groups, const std::vector<ExprPtr>& having);

  /// Sorted inputs for grouping: those in order, the cheapest sorted, and incremental sorts.
  template <class Emit>
  void for_sorted_inputs(RelOptInfo& rel, const std::vector<Path*>& inputs, Path* cheapest,
                         const PathKeys& keys, const Emit& emit) {
    const bool incremental = root_.global->cost.enable_incremental_sort;
    for (auto* original : inputs) {
      int presorted = 0;
      const bool sorted = pathkeys_count_contained_in(keys, original->pathkeys, presorted);
      if (sorted) {
        emit(original);
        continue;
      }
      if (original == cheapest) {
        emit(create_sort_path(root_, rel, original, keys, -1.0));
      }
      if (incremental && presorted > 0) {
        emit(create_incremental_sort_path(root_, rel, original, keys, presorted, -1.0));
      }
    }
  }

  RelOptInfo* grouping_paths(RelOptInfo& input);

  RelOptInfo* partial_grouping(RelOptInfo& input);

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

  RelOptInfo* window_paths(RelOptInfo& input);

  // --- DISTINCT

  RelOptInfo* distinct_paths(RelOptInfo& input);

  [[nodiscard]] std::vector<ExprPtr> distinct_exprs();

  /// Grouped rows are taken to be distinct already.
  [[nodiscard]] double distinct_rows(double input_rows);

  Path* unique_path(RelOptInfo& rel, Path* sub, double rows);

  Path* hashed_distinct_path(RelOptInfo& rel, Path* sub, double rows);

  [[nodiscard]] bool can_hash_distinct() const;

  /// create_final_distinct_paths(): over the input, or over what the workers have left of it.
  void final_distinct(RelOptInfo& rel, RelOptInfo& input, double rows);

  /// create_partial_distinct_paths() (PostgreSQL 15): each worker removes its own duplicates.
  void partial_distinct(RelOptInfo& rel, RelOptInfo& input);

  // --- ORDER BY

  RelOptInfo* ordered_paths(RelOptInfo& input);

  // --- the outermost nodes

  Path* limit_path(RelOptInfo& rel, Path* sub);

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
  std::vector<ExprPtr> aggregates_;
  std::vector<ExprPtr> window_functions_;
  PathTarget final_target_, sort_target_, grouping_target_, scanjoin_target_;
};

}  // namespace quern::planner_model
