// DISTINCT and DISTINCT ON. Source: planner.c (create_distinct_paths), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

RelOptInfo* UpperPlanner::distinct_paths(RelOptInfo& input) {
  auto& rel = root_.global->rels.emplace_back();
  rel.kind = RelKind::Upper;
  rel.relids = input.relids;
  rel.consider_startup = tuple_fraction_ > 0;
  rel.target = sort_target_;
  rel.consider_parallel = input.consider_parallel;
  final_distinct(rel, input, distinct_rows(input.cheapest_total->rows));
  partial_distinct(rel, input);
  set_cheapest(rel);
  return &rel;
}

[[nodiscard]] std::vector<ExprPtr> UpperPlanner::distinct_exprs() {
  std::vector<ExprPtr> exprs;
  for (const auto& d : query_.distinct) {
    exprs.push_back(target_of(d.ref));
  }
  return exprs;
}

[[nodiscard]] double UpperPlanner::distinct_rows(double input_rows) {
  return has_grouping() ? input_rows : estimate_num_groups(root_, distinct_exprs(), input_rows);
}

Path* UpperPlanner::unique_path(RelOptInfo& rel, Path* sub, double rows) {
  const auto columns = static_cast<int>(root_.distinct_pathkeys.size());
  auto* path = new_path(root_, PathKind::UpperUnique, &rel, sub->target);
  path->children = {sub};
  path->parallel_safe = path->parallel_safe && sub->parallel_safe;
  path->workers = sub->workers;
  path->pathkeys = sub->pathkeys;
  path->unique_columns = columns;
  path->startup = sub->startup;
  path->total = sub->total + root_.global->cost.cpu_operator_cost * sub->rows * columns;
  path->rows = rows;
  return path;
}

Path* UpperPlanner::hashed_distinct_path(RelOptInfo& rel, Path* sub, double rows) {
  auto* path = new_path(root_, PathKind::Aggregate, &rel, sub->target);
  path->children = {sub};
  path->parallel_safe = path->parallel_safe && sub->parallel_safe;
  path->workers = sub->workers;
  path->strategy = AggStrategy::Hashed;
  path->groups = rows;
  path->group_clause = query_.distinct;
  cost_agg(*path, root_, AggStrategy::Hashed, {}, 0, static_cast<int>(query_.distinct.size()), rows,
           {}, sub->startup, sub->total, sub->rows, sub->target->width);
  return path;
}

[[nodiscard]] bool UpperPlanner::can_hash_distinct() const {
  return !query_.distinct_on && root_.global->cost.enable_hashagg &&
         std::all_of(query_.distinct.begin(), query_.distinct.end(),
                     [](const SortGroupClause& d) { return d.hashable; });
}

void UpperPlanner::final_distinct(RelOptInfo& rel, RelOptInfo& input, double rows) {
  Path* cheapest = input.cheapest_total;
  if (std::all_of(query_.distinct.begin(), query_.distinct.end(),
                  [](const SortGroupClause& d) { return d.sort_operator != 0; })) {
    const bool more = root_.distinct_pathkeys.size() < root_.sort_pathkeys.size();
    const PathKeys& needed =
        query_.distinct_on && more ? root_.sort_pathkeys : root_.distinct_pathkeys;
    for (auto* path : input.paths) {
      if (pathkeys_contained_in(needed, path->pathkeys)) {
        add_path(rel, unique_path(rel, path, rows));
      }
    }
    // A sort for DISTINCT may as well do the whole of ORDER BY.
    const PathKeys& order = more ? root_.sort_pathkeys : root_.distinct_pathkeys;
    Path* sorted = cheapest;
    if (!pathkeys_contained_in(order, sorted->pathkeys)) {
      sorted =
          create_sort_path(root_, rel, sorted, order, root_.distinct_pathkeys.empty() ? 1.0 : -1.0);
    }
    add_path(rel, unique_path(rel, sorted, rows));
  }
  if (can_hash_distinct()) {
    add_path(rel, hashed_distinct_path(rel, cheapest, rows));
  }
}

void UpperPlanner::partial_distinct(RelOptInfo& rel, RelOptInfo& input) {
  if (root_.global->cost.version < 150000 || !input.consider_parallel ||
      input.partial_paths.empty() || query_.distinct_on) {
    return;
  }
  auto& partial = root_.global->rels.emplace_back();
  partial.kind = RelKind::Upper;
  partial.relids = input.relids;
  partial.consider_parallel = true;
  partial.target = input.target;
  auto* cheapest = input.partial_paths.front();
  const double rows = estimate_num_groups(root_, distinct_exprs(), cheapest->rows);
  for (auto* sub : input.partial_paths) {
    if (pathkeys_contained_in(root_.distinct_pathkeys, sub->pathkeys)) {
      add_partial_path(partial, unique_path(partial, sub, rows));
    }
  }
  if (can_hash_distinct()) {
    add_partial_path(partial, hashed_distinct_path(partial, cheapest, rows));
  }
  if (partial.partial_paths.empty()) {
    return;
  }
  if (root_.global->cost.version < 160000) {
    generate_gather_paths(root_, partial, true);
  } else {
    generate_useful_gather_paths(root_, partial, true);
  }
  set_cheapest(partial);
  final_distinct(rel, partial, distinct_rows(partial.cheapest_total->rows));
}

}  // namespace quern::planner_model
