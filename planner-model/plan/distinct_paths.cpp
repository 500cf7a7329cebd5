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
  rel.target = *sort_target_;
  rel.consider_parallel = input.consider_parallel;
  final_distinct(rel, input, distinct_rows(input.cheapest_total->rows));
  partial_distinct(rel, input);
  set_cheapest(rel);
  return &rel;
}

[[nodiscard]] std::vector<ExprPtr> UpperPlanner::distinct_exprs() {
  std::vector<ExprPtr> exprs;
  for (const auto& d : distinct_clause_) {
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
  path->group_clause = distinct_clause_;
  cost_agg(*path, root_, AggStrategy::Hashed, {}, 0, static_cast<int>(distinct_clause_.size()),
           rows, {}, sub->startup, sub->total, sub->rows, sub->target->width);
  // create_agg_path() takes its columns for computed anew.
  path->startup += sub->target->cost.startup;
  path->total += sub->target->cost.startup + sub->target->cost.per_tuple * path->rows;
  return path;
}

[[nodiscard]] bool UpperPlanner::can_hash_distinct() const {
  return !query_.distinct_on && root_.global->cost.enable_hashagg &&
         std::all_of(distinct_clause_.begin(), distinct_clause_.end(),
                     [](const SortGroupClause& d) { return d.hashable; });
}

[[nodiscard]] std::vector<PathKeys> UpperPlanner::distinct_orders(const PathKeys& needed,
                                                                  const Path& input) const {
  std::vector<PathKeys> orders{needed};
  if (!root_.global->cost.server.reorders_distinct() ||
      !root_.global->cost.enable_distinct_reordering) {
    return orders;
  }
  const auto in = [](const PathKeys& keys, const PathKey& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  PathKeys own;
  for (const auto& key : input.pathkeys) {
    if (!in(needed, key) || (query_.distinct_on && !in(root_.distinct_pathkeys, key))) {
      break;
    }
    own.push_back(key);
  }
  if (own.empty() || (own.size() < needed.size() && !root_.global->cost.enable_incremental_sort)) {
    return orders;
  }
  for (const auto& key : needed) {
    if (!in(own, key)) {
      own.push_back(key);
    }
  }
  if (own != needed) {
    orders.push_back(std::move(own));
  }
  return orders;
}

Path* UpperPlanner::distinct_of_sorted(RelOptInfo& rel, Path* sorted, double rows) {
  return root_.distinct_pathkeys.empty() ? limit_path(rel, sorted, 0, 1)
                                         : unique_path(rel, sorted, rows);
}

void UpperPlanner::final_distinct(RelOptInfo& rel, RelOptInfo& input, double rows) {
  Path* cheapest = input.cheapest_total;
  if (std::all_of(distinct_clause_.begin(), distinct_clause_.end(),
                  [](const SortGroupClause& d) { return d.sort_operator != 0; })) {
    const bool more = root_.distinct_pathkeys.size() < root_.sort_pathkeys.size();
    const PathKeys& needed =
        query_.distinct_on && more ? root_.sort_pathkeys : root_.distinct_pathkeys;
    if (root_.global->cost.server.sorts_in_one_way()) {
      const double limit = root_.distinct_pathkeys.empty() ? 1.0 : -1.0;
      for (auto* path : input.paths) {
        for (const auto& order : distinct_orders(needed, *path)) {
          for_sorted_inputs(rel, {path}, cheapest, order, limit, [&](Path* sorted) {
            add_path(rel, distinct_of_sorted(rel, sorted, rows));
          });
        }
      }
    } else {
      sorted_distinct_before_16(rel, input, needed, rows);
    }
  }
  if (can_hash_distinct()) {
    add_path(rel, hashed_distinct_path(rel, cheapest, rows));
  }
}

void UpperPlanner::sorted_distinct_before_16(RelOptInfo& rel, RelOptInfo& input,
                                             const PathKeys& needed, double rows) {
  for (auto* path : input.paths) {
    if (pathkeys_contained_in(needed, path->pathkeys)) {
      add_path(rel, unique_path(rel, path, rows));
    }
  }
  // A sort for DISTINCT may as well do the whole of ORDER BY.
  const PathKeys& order = root_.distinct_pathkeys.size() < root_.sort_pathkeys.size()
                              ? root_.sort_pathkeys
                              : root_.distinct_pathkeys;
  Path* sorted = input.cheapest_total;
  if (!pathkeys_contained_in(order, sorted->pathkeys)) {
    sorted = create_sort_path(root_, rel, sorted, order, -1.0);
  }
  add_path(rel, unique_path(rel, sorted, rows));
}

void UpperPlanner::partial_distinct(RelOptInfo& rel, RelOptInfo& input) {
  if (!root_.global->cost.server.distinct_in_parallel() || !input.consider_parallel ||
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
  const auto& server = root_.global->cost.server;
  for (auto* sub : input.partial_paths) {
    if (!server.sorts_in_one_way()) {
      if (pathkeys_contained_in(root_.distinct_pathkeys, sub->pathkeys)) {
        add_partial_path(partial, unique_path(partial, sub, rows));
      }
      continue;
    }
    for (const auto& order : distinct_orders(root_.distinct_pathkeys, *sub)) {
      for_sorted_inputs(partial, {sub}, cheapest, order, -1.0, [&](Path* sorted) {
        add_partial_path(partial, server.gathers_distinct_in_order()
                                      ? distinct_of_sorted(partial, sorted, rows)
                                      : unique_path(partial, sorted, rows));
      });
    }
  }
  if (can_hash_distinct()) {
    add_partial_path(partial, hashed_distinct_path(partial, cheapest, rows));
  }
  if (partial.partial_paths.empty()) {
    return;
  }
  if (!root_.global->cost.server.gathers_distinct_in_order()) {
    generate_gather_paths(root_, partial, true);
  } else {
    generate_useful_gather_paths(root_, partial, true);
  }
  set_cheapest(partial);
  final_distinct(rel, partial, distinct_rows(partial.cheapest_total->rows));
}

}  // namespace quern::planner_model
