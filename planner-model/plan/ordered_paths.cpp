// Windows, ORDER BY, row locks, LIMIT and the modified table. Source: planner.c
// (create_window_paths, create_ordered_paths, grouping_planner), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

void UpperPlanner::name_windows(const std::vector<std::size_t>& order) {
  auto& windows = query_.windows;
  const auto is_taken = [&](const std::string& name) {
    return std::any_of(order.begin(), order.end(),
                       [&](std::size_t w) { return windows[w].name == name; });
  };
  int next = 1;
  for (const std::size_t w : order) {
    while (windows[w].name.empty()) {
      const std::string name = "w" + std::to_string(next++);
      if (!is_taken(name)) {
        windows[w].name = name;
      }
    }
  }
}

RelOptInfo* UpperPlanner::window_paths(RelOptInfo& input) {
  auto& rel = root_.global->rels.emplace_back();
  rel.kind = RelKind::Upper;
  rel.relids = input.relids;
  rel.consider_startup = tuple_fraction_ > 0;
  rel.target = *sort_target_;
  rel.consider_parallel = input.consider_parallel && parallel_safe(*sort_target_);
  auto& windows = query_.windows;
  const auto order = active_windows();
  name_windows(order);
  if (root_.global->cost.server.drops_redundant_partitioning()) {
    for (const std::size_t w : order) {
      (void)processed_pathkeys(root_, windows[w].partition, query_.targets);
    }
  }
  const auto one = [&](Path* path) {
    std::vector<ExprPtr> known = grouping_target_->exprs;
    const bool in_groups = root_.global->cost.enable_incremental_sort &&
                           root_.global->cost.server.sorts_windows_in_groups();
    std::vector<int> refs = grouping_target_->sort_group_refs;
    for (const std::size_t w : order) {
      std::vector<ExprPtr> functions;
      for (const auto& f : window_functions_) {
        if (f->window == static_cast<int>(w) + 1) {
          functions.push_back(f);
        }
      }
      const PathKeys keys = window_keys(windows[w]);
      int presorted = 0;
      if (!pathkeys_count_contained_in(keys, path->pathkeys, presorted)) {
        path = presorted > 0 && in_groups
                   ? create_incremental_sort_path(root_, rel, path, keys, presorted, -1.0)
                   : create_sort_path(root_, rel, path, keys, -1.0);
      }
      const bool last = w == order.back();
      const PathTarget* target = nullptr;
      if (last) {
        target = sort_target_;
      } else {
        for (const auto& f : functions) {
          known.push_back(f);
          refs.push_back(0);
        }
        target = keep(make_target(root_, known, refs));
      }
      auto* agg = new_path(root_, PathKind::WindowAgg, &rel, target);
      agg->children = {path};
      agg->parallel_safe = agg->parallel_safe && path->parallel_safe;
      agg->pathkeys = path->pathkeys;
      agg->window = static_cast<int>(w) + 1;
      cost_windowagg(*agg, root_, functions, windows[w], path->startup, path->total, path->rows);
      agg->startup += target->cost.startup;
      agg->total += target->cost.startup + target->cost.per_tuple * agg->rows;
      path = agg;
    }
    add_path(rel, path);
  };
  for (auto* path : input.paths) {
    int presorted = 0;
    if (path == input.cheapest_total ||
        pathkeys_count_contained_in(root_.window_pathkeys, path->pathkeys, presorted) ||
        (presorted > 0 && root_.global->cost.server.sorts_windows_in_groups())) {
      one(path);
    }
  }
  set_cheapest(rel);
  return &rel;
}

RelOptInfo* UpperPlanner::ordered_paths(RelOptInfo& input) {
  auto& rel = root_.global->rels.emplace_back();
  rel.kind = RelKind::Upper;
  rel.relids = input.relids;
  rel.consider_startup = tuple_fraction_ > 0;
  rel.consider_parallel = input.consider_parallel && parallel_safe(*final_target_);
  const auto* target = final_target_;
  rel.target = *target;
  const PathKeys& keys = root_.sort_pathkeys;
  const double limit_tuples = sets_after_sort_ ? -1.0 : limit_tuples_;
  const auto& p = root_.global->cost;
  const auto emit = [&](Path* path) {
    if (!same_exprs(*path->target, *target)) {
      path = apply_projection(root_, rel, path, target);
    }
    add_path(rel, path);
  };
  for_sorted_inputs(rel, input.paths, input.cheapest_total, keys, limit_tuples, emit);
  if (!rel.consider_parallel || keys.empty() || input.partial_paths.empty()) {
    set_cheapest(rel);
    return &rel;
  }
  auto* cheapest = input.partial_paths.front();
  const auto gather = [&](const Path& sub, Path* sorted) {
    const double rows = compute_gather_rows(sub, p);
    emit(create_gather_merge_path(root_, rel, sorted, sorted->target, keys, &rows));
  };
  if (!p.server.sorts_every_partial_path() && !pathkeys_contained_in(keys, cheapest->pathkeys)) {
    gather(*cheapest, create_sort_path(root_, rel, cheapest, keys, limit_tuples));
  }
  for (auto* sub : input.partial_paths) {
    int presorted = 0;
    if (pathkeys_count_contained_in(keys, sub->pathkeys, presorted)) {
      continue;
    }
    if (p.server.sorts_every_partial_path()) {
      for (auto* sorted : sorts_of(root_, rel, sub, sub == cheapest, keys, limit_tuples)) {
        gather(*sub, sorted);
      }
    } else if (presorted > 0 && p.enable_incremental_sort) {
      gather(*sub, create_incremental_sort_path(root_, rel, sub, keys, presorted, limit_tuples));
    }
  }
  set_cheapest(rel);
  return &rel;
}

Path* UpperPlanner::limit_path(RelOptInfo& rel, Path* sub, double offset_rows, double count) {
  auto* path = new_path(root_, PathKind::Limit, &rel, sub->target);
  path->children = {sub};
  path->pathkeys = sub->pathkeys;
  path->workers = sub->workers;
  path->parallel_safe = path->parallel_safe && sub->parallel_safe;
  path->limit_count = count;
  path->limit_offset = offset_rows;
  double rows = sub->rows;
  double startup = sub->startup;
  double total = sub->total;
  const double input_rows = rows;
  if (offset_rows != 0) {
    double offset = offset_rows > 0 ? offset_rows : clamp_row_est(input_rows * 0.10);
    offset = std::min(offset, rows);
    if (input_rows > 0) {
      startup += (sub->total - sub->startup) * offset / input_rows;
    }
    rows = std::max(rows - offset, 1.0);
  }
  if (count != 0) {
    double wanted = count > 0 ? count : clamp_row_est(input_rows * 0.10);
    wanted = std::min(wanted, rows);
    if (input_rows > 0) {
      total = startup + (sub->total - sub->startup) * wanted / input_rows;
    }
    rows = std::max(wanted, 1.0);
  }
  path->rows = rows;
  path->startup = startup;
  path->total = total;
  return path;
}

Path* UpperPlanner::modify_path(RelOptInfo& rel, Path* sub) {
  auto* path = new_path(root_, PathKind::ModifyTable, &rel, sub->target);
  path->children = {sub};
  path->command = query_.command == Command::Insert   ? "Insert"
                  : query_.command == Command::Update ? "Update"
                  : query_.command == Command::Merge  ? "Merge"
                                                      : "Delete";
  path->startup = sub->startup;
  path->total = sub->total;
  PathTarget target;
  if (!query_.returning.empty()) {
    path->rows = sub->rows;
    target = make_target(root_, query_.returning);
    target.width = sub->target->width;  // create_modifytable_path() takes the input's
  } else if (!root_.global->cost.server.writes_put_out_nothing()) {
    path->rows = sub->rows;
    target.width = sub->target->width;
  }
  path->target = keep(target);
  return path;
}

void UpperPlanner::finish(RelOptInfo& current) {
  auto& rel = root_.global->rels.emplace_back();
  rel.kind = RelKind::Upper;
  rel.relids = current.relids;
  rel.consider_startup = tuple_fraction_ > 0;
  rel.target = *final_target_;
  const bool modifies = query_.command != Command::Select;
  rel.consider_parallel = current.consider_parallel && !modifies && query_.row_marks.empty();
  for (auto* path : current.paths) {
    if (!query_.row_marks.empty() && !modifies) {
      // Its rechecks have a parameter (assign_special_param()), which shows in later numbers.
      root_.global->exec_params.push_back({nullptr, nullptr});
      auto* lock = new_path(root_, PathKind::LockRows, &rel, path->target);
      lock->children = {path};
      lock->pathkeys = {};
      lock->rows = path->rows;
      lock->startup = path->startup;
      lock->total = path->total + root_.global->cost.cpu_tuple_cost * path->rows;
      path = lock;
    }
    if (needs_limit_) {
      path = limit_path(rel, path, offset_est_, count_est_);
    }
    if (modifies) {
      root_.global->exec_params.push_back({nullptr, nullptr});
      path = modify_path(rel, path);
    }
    add_path(rel, path);
  }
  if (rel.consider_parallel && !needs_limit_) {
    rel.partial_paths = current.partial_paths;
  }
  set_cheapest(rel);
  root_.final_rel = &rel;
  root_.final_target = *final_target_;
  root_.tuple_fraction = tuple_fraction_;
}

}  // namespace quern::planner_model
