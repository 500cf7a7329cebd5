// Ways to carry out set operations. Source: prepunion.c (generate_union_paths,
// generate_nonunion_paths), pathnode.c (create_setop_path).
#include <algorithm>
#include <bit>
#include <cmath>

#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/set_planner.hpp"

namespace quern::planner_model {

namespace {

/// Of INTERSECT and EXCEPT, as EXPLAIN names it.
const char* command_of(const SetOperation& op) {
  if (op.kind == SetOperation::Kind::Except) {
    return op.all ? "Except All" : "Except";
  }
  return op.all ? "Intersect All" : "Intersect";
}

bool can_hash(const SetOperation& op) {
  return std::all_of(op.grouping.begin(), op.grouping.end(),
                     [](const SortGroupClause& g) { return g.hashable; });
}

bool can_sort(const SetOperation& op) {
  return std::all_of(op.grouping.begin(), op.grouping.end(),
                     [](const SortGroupClause& g) { return g.sort_operator != 0; });
}

}  // namespace

RelOptInfo& SetPlanner::union_of(const SetOperation& op) {
  // UNION must see every row, UNION ALL may stop early.
  const double saved = root_.tuple_fraction;
  if (!op.all && !server_.unions_use_sorted_arms()) {
    root_.tuple_fraction = 0.0;
  }
  std::vector<Arm> arms;
  for (const auto& arm : op.arms) {
    flatten(arm, op, arms);
  }
  root_.tuple_fraction = saved;
  PathKeys order;
  if (server_.unions_use_sorted_arms()) {
    if (!op.all) {
      order = order_of(op);
    }
    for (const auto& arm : arms) {
      if (arm.is_leaf) {
        add_leaf_paths(*arm.rel, false, order);
      }
    }
  }
  auto& rel = result_rel(*target_of(op, false));
  rel.consider_startup = root_.tuple_fraction > 0;
  rel.consider_parallel = std::all_of(arms.begin(), arms.end(),
                                      [](const Arm& arm) { return arm.rel->consider_parallel; });
  std::vector<Path*> children;
  for (const auto& arm : arms) {
    children.push_back(arm.rel->cheapest_total);
  }
  auto* append = create_append_path(root_, rel, children, {}, {}, 0, 0, false, -1);
  rel.rows = append->rows;
  auto* gather = gathered_union(rel, arms);
  if (!op.all && server_.unions_use_sorted_arms()) {
    add_unique_paths(rel, op, arms, append, gather, order);
  } else {
    add_path(rel, op.all ? append : unique(op, append));
    if (gather != nullptr) {
      add_path(rel, op.all ? gather : unique(op, gather));
    }
  }
  set_cheapest(rel);
  return rel;
}

Path* SetPlanner::gathered_union(RelOptInfo& rel, const std::vector<Arm>& arms) {
  if (!rel.consider_parallel) {
    return nullptr;
  }
  const auto& p = root_.global->cost;
  std::vector<Path*> partial;
  int workers = 0;
  for (const auto& arm : arms) {
    if (arm.rel->partial_paths.empty()) {
      return nullptr;
    }
    partial.push_back(arm.rel->partial_paths.front());
    workers = std::max(workers, partial.back()->workers);
  }
  if (p.enable_parallel_append) {
    workers = std::max(workers, static_cast<int>(std::bit_width(partial.size())));
    workers = std::min(workers, p.max_parallel_workers_per_gather);
  }
  auto* append = create_append_path(root_, rel, {}, std::move(partial), {}, 0, workers,
                                    p.enable_parallel_append, -1);
  return create_gather_path(root_, rel, append, &rel.target, nullptr);
}

Path* SetPlanner::hashed_unique(const SetOperation& op, Path* input, double groups) {
  auto* path = new_path(root_, PathKind::Aggregate, input->parent, input->target);
  path->parallel_safe = path->parallel_safe && input->parallel_safe;
  path->children = {input};
  path->strategy = AggStrategy::Hashed;
  path->groups = groups;
  path->group_clause = op.grouping;
  cost_agg(*path, root_, AggStrategy::Hashed, {}, 0, static_cast<int>(op.grouping.size()), groups,
           {}, input->startup, input->total, input->rows, input->target->width);
  return path;
}

Path* SetPlanner::sorted_unique(const SetOperation& op, Path* sorted, double groups) {
  auto* path = new_path(root_, PathKind::UpperUnique, sorted->parent, sorted->target);
  path->parallel_safe = path->parallel_safe && sorted->parallel_safe;
  path->children = {sorted};
  path->pathkeys = sorted->pathkeys;
  path->unique_columns = static_cast<int>(op.grouping.size());
  path->rows = groups;
  path->startup = sorted->startup;
  path->total = sorted->total + root_.global->cost.cpu_operator_cost * sorted->rows *
                                    static_cast<double>(op.grouping.size());
  return path;
}

Path* SetPlanner::unique(const SetOperation& op, Path* input) {
  const double groups = input->rows;  // every row may be its own group
  if (hashes(op, *input, groups, groups)) {
    return hashed_unique(op, input, groups);
  }
  return sorted_unique(op, create_sort_path(root_, *input->parent, input, order_of(op), -1.0),
                       groups);
}

void SetPlanner::add_unique_paths(RelOptInfo& rel, const SetOperation& op,
                                  const std::vector<Arm>& arms, Path* append, Path* gather,
                                  const PathKeys& order) {
  const double groups = append->rows;
  std::vector<Path*> inputs{append};
  if (gather != nullptr) {
    inputs.push_back(gather);
  }
  if (can_hash(op)) {
    for (auto* input : inputs) {
      add_path(rel, hashed_unique(op, input, groups));
    }
  }
  if (!can_sort(op)) {
    return;
  }
  for (auto* input : inputs) {
    add_path(rel, sorted_unique(op, create_sort_path(root_, rel, input, order, -1.0), groups));
  }
  std::vector<Path*> ordered;
  for (const auto& arm : arms) {
    auto* path = cheapest_path_for_pathkeys(arm.rel->paths, order, 0, true);
    if (path == nullptr || order.empty()) {
      return;
    }
    ordered.push_back(path);
  }
  add_path(rel, sorted_unique(op, create_merge_append_path(root_, rel, ordered, order, 0), groups));
}

bool SetPlanner::hashes(const SetOperation& op, const Path& input, double groups, double output) {
  if (!can_hash(op) || !can_sort(op)) {
    return can_hash(op);
  }
  const auto& p = root_.global->cost;
  const double entry = std::ceil(input.target->width / 8.0) * 8 + 16;
  if (!p.enable_hashagg || entry * groups > p.hash_memory()) {
    return false;
  }
  const auto columns = static_cast<int>(op.grouping.size());
  Path hashed;
  cost_agg(hashed, root_, AggStrategy::Hashed, {}, 0, columns, groups, {}, input.startup,
           input.total, input.rows, input.target->width);
  Path sorted;
  cost_sort(sorted, root_, input.total, input.rows, input.target->width, -1.0);
  Path grouped;
  cost_group(grouped, root_, columns, groups, {}, sorted.startup, sorted.total, input.rows);
  double fraction = root_.tuple_fraction;
  if (fraction >= 1.0 && output > 0) {
    fraction /= output;
  }
  if (fraction <= 0 || fraction >= 1) {
    return hashed.total != grouped.total ? hashed.total < grouped.total
                                         : hashed.startup < grouped.startup;
  }
  return hashed.startup + fraction * (hashed.total - hashed.startup) <
         grouped.startup + fraction * (grouped.total - grouped.startup);
}

RelOptInfo& SetPlanner::except_or_intersect(const SetOperation& op) {
  const double saved = root_.tuple_fraction;
  root_.tuple_fraction = 0.0;
  const auto side = [&](const SetOperation& arm) {
    Arm planned = plan(arm, op.columns, true, false, nullptr);
    if (planned.is_leaf && planned.rel->paths.empty()) {
      add_leaf_paths(*planned.rel, true, {});
      planned.groups = distinct_rows(*planned.rel);
    }
    return planned;
  };
  Arm left = side(op.arms[0]);
  Arm right = side(op.arms[1]);
  const bool except = op.kind == SetOperation::Kind::Except;
  const double groups = except ? left.groups : std::min(left.groups, right.groups);
  if (!except && right.groups < left.groups) {
    std::swap(left, right);  // the smaller input is hashed
  }
  Path* lpath = left.rel->cheapest_total;
  Path* rpath = right.rel->cheapest_total;
  const double output = !op.all  ? groups
                        : except ? lpath->rows
                                 : std::min(lpath->rows, rpath->rows);
  auto& rel = result_rel(*target_of(op, true));
  Path* input = create_append_path(root_, rel, {lpath, rpath}, {}, {}, 0, 0, false, -1);
  const bool hashed = hashes(op, *input, groups, output);
  root_.tuple_fraction = saved;
  if (!hashed) {
    input = create_sort_path(root_, rel, input, order_of(op), -1.0);
  }
  auto* path = new_path(root_, PathKind::SetOp, &rel, input->target);
  path->pathkeys = input->pathkeys;
  path->command = command_of(op);
  path->hashed = hashed;
  path->children = {input};
  path->rows = output;
  path->startup = input->startup;
  path->total = input->total + root_.global->cost.cpu_operator_cost * input->rows *
                                   static_cast<double>(op.columns.size());
  add_path(rel, path);
  set_cheapest(rel);
  return rel;
}

RelOptInfo& SetPlanner::two_input_operation(const SetOperation& op) {
  const double saved = root_.tuple_fraction;
  root_.tuple_fraction = 0.0;
  Arm left = plan(op.arms[0], op.columns, false, false, &op);
  Arm right = plan(op.arms[1], op.columns, false, false, &op);
  const PathKeys order = order_of(op);
  for (auto* arm : {&left, &right}) {
    if (arm->is_leaf) {
      add_leaf_paths(*arm->rel, false, order);
      arm->groups = distinct_rows(*arm->rel);
    }
  }
  root_.tuple_fraction = saved;
  const bool except = op.kind == SetOperation::Kind::Except;
  if (!except && left.groups > right.groups) {
    std::swap(left, right);
  }
  auto& rel = result_rel(*target_of(op, false));
  Path* lpath = left.rel->cheapest_total;
  Path* rpath = right.rel->cheapest_total;
  const double output = !op.all  ? left.groups
                        : except ? lpath->rows
                                 : std::min(lpath->rows, rpath->rows);
  if (can_hash(op)) {
    add_path(rel, two_input_path(rel, op, lpath, rpath, true, left.groups, output));
  }
  if (can_sort(op)) {
    const auto sorted = [&](const Arm& arm, Path* cheapest) {
      if (pathkeys_contained_in(order, cheapest->pathkeys)) {
        return cheapest;
      }
      auto* path = cheapest_path_for_pathkeys(arm.rel->paths, order, 0, true);
      return path != nullptr ? path : create_sort_path(root_, *arm.rel, cheapest, order, -1.0);
    };
    add_path(rel, two_input_path(rel, op, sorted(left, lpath), sorted(right, rpath), false,
                                 left.groups, output));
  }
  set_cheapest(rel);
  return rel;
}

Path* SetPlanner::two_input_path(RelOptInfo& rel, const SetOperation& op, Path* left, Path* right,
                                 bool hashed, double groups, double output) {
  const auto& p = root_.global->cost;
  auto* path = new_path(root_, PathKind::SetOp, &rel, &rel.target);
  path->command = command_of(op);
  path->hashed = hashed;
  path->children = {left, right};
  path->rows = output;
  const double compared =
      p.cpu_operator_cost * (left->rows + right->rows) * static_cast<double>(op.grouping.size());
  if (hashed) {
    const double entry = std::ceil(left->target->width / 8.0) * 8 + 16;
    path->startup = left->total + right->total + compared + (p.enable_hashagg ? 0 : kDisableCost) +
                    (entry * groups > p.hash_memory() ? kDisableCost : 0);
    path->total = path->startup;
  } else {
    path->pathkeys = left->pathkeys;
    path->startup = left->startup + right->startup;
    path->total = left->total + right->total + compared;
  }
  path->total += p.cpu_operator_cost * output;
  return path;
}

}  // namespace quern::planner_model
