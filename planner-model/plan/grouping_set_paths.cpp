// GROUPING SETS, ROLLUP and CUBE. Source: planner.c (consider_groupingsets_paths), pathnode.c
// (create_groupingsets_path), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

void UpperPlanner::estimate_grouping_sets(double input_rows) {
  const auto estimate = [&](GroupingSet& set) {
    std::vector<ExprPtr> exprs;
    for (const auto& group : group_clauses(set.columns)) {
      exprs.push_back(target_of(group.ref));
    }
    set.groups = exprs.empty() ? 1 : estimate_num_groups(root_, exprs, input_rows);
  };
  for (auto& rollup : grouping_sets_.rollups) {
    std::for_each(rollup.sets.begin(), rollup.sets.end(), estimate);
  }
  std::for_each(grouping_sets_.unsortable.begin(), grouping_sets_.unsortable.end(), estimate);
}

void UpperPlanner::grouping_set_paths(RelOptInfo& rel, RelOptInfo& input, const PathTarget* target,
                                      const std::vector<ExprPtr>& having) {
  Path* cheapest = input.cheapest_total;
  estimate_grouping_sets(cheapest->rows);
  const bool ordered = std::any_of(aggregates_.begin(), aggregates_.end(), [](const ExprPtr& a) {
    return a->distinct || !a->order_by.empty() || !a->direct_args.empty();
  });
  const bool can_hash = !query_.group_by.empty() && !ordered && grouping_sets_.any_hashable;
  const auto memory = [&](const Path* sub) {
    const double entry =
        hash_agg_entry_size(transitions(), sub->target->width,
                            agg_clause_costs(aggregates_, AggSplit::Simple, root_).transition_space,
                            root_.global->cost.server);
    return GroupingMemory{.limit = root_.global->cost.hash_memory(),
                          .table = [entry](double groups) { return entry * groups; }};
  };
  if (!grouping_sets_.rollups.empty()) {
    for_sorted_inputs(rel, input.paths, cheapest, root_.group_pathkeys, -1.0, [&](Path* sub) {
      for (const auto& choice : sorted_grouping(grouping_sets_, can_hash, memory(sub))) {
        add_path(rel, grouping_set_path(rel, sub, target, choice, having));
      }
    });
  }
  if (can_hash) {
    int presorted = 0;
    const bool in_order =
        pathkeys_count_contained_in(root_.group_pathkeys, cheapest->pathkeys, presorted);
    if (const auto choice = hashed_grouping(grouping_sets_, in_order, memory(cheapest))) {
      add_path(rel, grouping_set_path(rel, cheapest, target, *choice, having));
    }
  }
}

/// The order in which the rows of one sorted pass come.
PathKeys UpperPlanner::order_behind(const Rollup& rollup) const {
  if (!root_.global->cost.server.grouping_sets_null_their_columns()) {
    return root_.group_pathkeys;
  }
  auto common = rollup.columns;
  for (const GroupingSet& set : rollup.sets) {
    common.resize(std::min(common.size(), set.columns.size()));
  }
  bool sortable = true;
  return pathkeys_for_sortclauses(root_, group_clauses(common), query_.targets, &sortable);
}

Path* UpperPlanner::grouping_set_path(RelOptInfo& rel, Path* sub, const PathTarget* target,
                                      const GroupingChoice& choice,
                                      const std::vector<ExprPtr>& having) {
  auto* path = new_path(root_, PathKind::Aggregate, &rel, target);
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->children = {sub};
  path->group_clause = query_.group_by;
  path->rollups = choice.rollups;
  path->quals = having;
  const bool single = choice.rollups.size() == 1;
  switch (choice.strategy) {
    case GroupingStrategy::Sorted:
      path->strategy = single && choice.rollups.front().columns.empty() ? AggStrategy::Plain
                                                                        : AggStrategy::Sorted;
      if (single) {
        path->pathkeys = order_behind(choice.rollups.front());
      }
      break;
    case GroupingStrategy::Hashed:
      path->strategy = AggStrategy::Hashed;
      break;
    case GroupingStrategy::Mixed:
      path->strategy = single ? AggStrategy::Hashed : AggStrategy::Mixed;
      break;
  }
  const auto costs = agg_clause_costs(aggregates_, AggSplit::Simple, root_);
  const auto cost = [&](Path& to, AggStrategy strategy, const Rollup& rollup, double startup,
                        double total) {
    cost_agg(to, root_, strategy, costs, transitions(), static_cast<int>(rollup.columns.size()),
             rollup.groups(), having, startup, total, sub->rows, sub->target->width);
  };
  cost(*path, path->strategy, choice.rollups.front(), sub->startup, sub->total);
  bool input_used = !choice.rollups.front().hashed;
  for (std::size_t r = 1; r < choice.rollups.size(); ++r) {
    const Rollup& rollup = choice.rollups[r];
    Path sorted;
    if (!rollup.hashed && input_used) {
      cost_sort(sorted, root_, 0, sub->rows, sub->target->width, -1.0);
    }
    input_used |= !rollup.hashed;
    Path pass;
    cost(pass, rollup.hashed ? AggStrategy::Hashed : AggStrategy::Sorted, rollup, sorted.startup,
         sorted.total);
    path->total += pass.total;
    path->rows += pass.rows;
  }
  path->groups = path->rows;
  path->startup += target->cost.startup;
  path->total += target->cost.startup + target->cost.per_tuple * path->rows;
  return path;
}

}  // namespace quern::planner_model
