// GROUP BY and aggregates, sorted, hashed, in workers. Source: planner.c
// (create_grouping_paths, create_partial_grouping_paths), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/partial_aggregate.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/upper_planner.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

[[nodiscard]] std::vector<ExprPtr> UpperPlanner::group_exprs() const {
  std::vector<ExprPtr> exprs;
  for (const auto& group : group_clause_) {
    exprs.push_back(target_of(group.ref));
  }
  return exprs;
}

[[nodiscard]] std::vector<SortGroupClause> UpperPlanner::group_clauses(
    const std::vector<int>& columns) const {
  std::vector<SortGroupClause> clauses;
  for (const int column : columns) {
    clauses.push_back(query_.group_by[static_cast<std::size_t>(column)]);
  }
  return clauses;
}

double UpperPlanner::number_of_groups(double input_rows) {
  if (!query_.group_by.empty()) {
    return estimate_num_groups(root_, group_exprs(), input_rows);
  }
  return 1;
}

[[nodiscard]] int UpperPlanner::transitions() const {
  std::vector<ExprPtr> seen;
  const auto& types = *root_.global->types;
  for (const auto& aggregate : aggregates_) {
    const auto* a = types.aggregate(aggregate->function);
    const bool shared = std::any_of(seen.begin(), seen.end(), [&](const ExprPtr& other) {
      const auto* b = types.aggregate(other->function);
      return a != nullptr && b != nullptr && a->transition == b->transition &&
             a->transition_type == b->transition_type && aggregate->distinct == other->distinct &&
             aggregate->args.size() == other->args.size() &&
             std::equal(aggregate->args.begin(), aggregate->args.end(), other->args.begin(),
                        [](const ExprPtr& x, const ExprPtr& y) { return equal(x, y); }) &&
             equal(aggregate->filter, other->filter);
    });
    if (!shared) {
      seen.push_back(aggregate);
    }
  }
  return static_cast<int>(seen.size());
}

[[nodiscard]] bool UpperPlanner::can_hash_groups() const {
  if (query_.group_by.empty()) {
    return false;
  }
  for (const auto& aggregate : aggregates_) {
    if (aggregate->distinct || !aggregate->order_by.empty() || !aggregate->direct_args.empty()) {
      return false;
    }
  }
  return std::all_of(group_clause_.begin(), group_clause_.end(),
                     [](const SortGroupClause& g) { return g.hashable; });
}

[[nodiscard]] bool UpperPlanner::can_sort_groups() const {
  return std::all_of(group_clause_.begin(), group_clause_.end(),
                     [](const SortGroupClause& g) { return g.sort_operator != 0; });
}

[[nodiscard]] bool UpperPlanner::can_aggregate_partially() const {
  if (query_.has_grouping_sets || (!query_.has_aggregates && query_.group_by.empty())) {
    return false;
  }
  const auto& types = *root_.global->types;
  return std::all_of(aggregates_.begin(), aggregates_.end(), [&](const ExprPtr& aggregate) {
    const auto* found = types.aggregate(aggregate->function);
    if (found == nullptr || aggregate->distinct || !aggregate->order_by.empty() ||
        !aggregate->direct_args.empty()) {
      return false;
    }
    const Aggregate a = partial_form(*found, root_);
    return a.combine != 0 && (a.transition_type != type_oid::kInternal || a.serialize != 0);
  });
}

Path* UpperPlanner::agg_path(RelOptInfo& rel, Path* sub, const PathTarget* target,
                             AggStrategy strategy, AggSplit split,
                             const std::vector<SortGroupClause>& clauses, double groups,
                             const std::vector<ExprPtr>& having) {
  auto* path = new_path(root_, PathKind::Aggregate, &rel, target);
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->children = {sub};
  path->strategy = strategy;
  path->split = split;
  path->groups = groups;
  path->group_clause = clauses;
  path->quals = having;
  if (strategy == AggStrategy::Sorted) {
    path->pathkeys = sub->pathkeys;
    if (root_.global->cost.server.presorts_aggregates() && path->pathkeys.size() > group_keys_) {
      path->pathkeys.resize(group_keys_);  // the aggregates' columns are gone above
    }
  }
  cost_agg(*path, root_, strategy, agg_clause_costs(aggregates_, split, root_), transitions(),
           static_cast<int>(clauses.size()), groups, having, sub->startup, sub->total, sub->rows,
           sub->target->width);
  path->startup += target->cost.startup;
  path->total += target->cost.startup + target->cost.per_tuple * path->rows;
  return path;
}

Path* UpperPlanner::group_path(RelOptInfo& rel, Path* sub, const PathTarget* target,
                               const std::vector<SortGroupClause>& clauses, double groups,
                               const std::vector<ExprPtr>& having) {
  auto* path = new_path(root_, PathKind::Group, &rel, target);
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->pathkeys = sub->pathkeys;
  path->children = {sub};
  path->group_clause = clauses;
  path->quals = having;
  path->groups = groups;
  cost_group(*path, root_, static_cast<int>(clauses.size()), groups, having, sub->startup,
             sub->total, sub->rows);
  path->startup += target->cost.startup;
  path->total += target->cost.startup + target->cost.per_tuple * path->rows;
  return path;
}

Path* UpperPlanner::sorted_group(RelOptInfo& rel, Path* sub, const PathTarget* target,
                                 AggSplit split, const std::vector<SortGroupClause>& clauses,
                                 double groups, const std::vector<ExprPtr>& having) {
  if (query_.has_aggregates) {
    return agg_path(rel, sub, target,
                    query_.group_by.empty() ? AggStrategy::Plain : AggStrategy::Sorted, split,
                    clauses, groups, having);
  }
  return group_path(rel, sub, target, clauses, groups, having);
}

RelOptInfo& UpperPlanner::new_grouping_rel(RelOptInfo& input, const PathTarget& target) {
  auto& rel = root_.global->rels.emplace_back();
  rel.kind = RelKind::Upper;
  rel.relids = input.relids;
  rel.consider_startup = tuple_fraction_ > 0;
  rel.target = target;
  rel.consider_parallel = input.consider_parallel && parallel_safe(target);
  rel.stand_ins = input.stand_ins;
  if (input.kind == RelKind::Member) {
    rel.stand_ins.push_back(&input);
  }
  return rel;
}

RelOptInfo* UpperPlanner::grouping_paths(RelOptInfo& input) {
  GroupingTarget wanted{.target = grouping_target_, .having = conjuncts(query_.having)};
  auto& rel = new_grouping_rel(input, *wanted.target);
  if (is_degenerate_grouping()) {
    add_degenerate_grouping(rel, wanted);
    set_cheapest(rel);
    return &rel;
  }
  // preprocess_minmax_aggregates() comes first: at the same cost its path stays.
  if (query_.group_by.empty() && query_.has_aggregates && query_.grouping_sets.size() <= 1) {
    add_min_max_path(root_, rel, wanted.target, aggregates_, wanted.having);
  }
  if (query_.has_grouping_sets) {
    grouping_set_paths(rel, input, wanted.target, wanted.having);
    set_cheapest(rel);
    return &rel;
  }
  wanted.can_be_partial = can_aggregate_partially();
  const bool by_partitions = root_.global->cost.enable_partitionwise_aggregate;
  ordinary_grouping(rel, input, wanted, by_partitions ? ByPartition::Full : ByPartition::None);
  set_cheapest(rel);
  return &rel;
}

bool UpperPlanner::is_degenerate_grouping() const {
  return (root_.has_having || query_.has_grouping_sets) && !query_.has_aggregates &&
         query_.group_by.empty();
}

void UpperPlanner::add_degenerate_grouping(RelOptInfo& rel, const GroupingTarget& wanted) {
  const auto one_row = [&] {
    auto* path = new_path(root_, PathKind::Result, &rel, wanted.target);
    path->rows = 1;
    path->quals = wanted.having;
    path->startup = wanted.target->cost.startup;
    path->total = path->startup + root_.global->cost.cpu_tuple_cost + wanted.target->cost.per_tuple;
    for (const ExprPtr& qual : wanted.having) {
      const QualCost cost = expr_cost(qual, root_);
      path->startup += cost.startup + cost.per_tuple;
      path->total += cost.startup + cost.per_tuple;
    }
    return path;
  };
  if (query_.grouping_sets.size() <= 1) {
    add_path(rel, one_row());
    return;
  }
  auto* append = new_path(root_, PathKind::Append, &rel, wanted.target);
  for (std::size_t i = 0; i < query_.grouping_sets.size(); ++i) {
    append->children.push_back(one_row());
  }
  cost_append(*append, root_);
  add_path(rel, append);
}

UpperPlanner::ByPartition UpperPlanner::by_partition(const RelOptInfo& input,
                                                     const GroupingTarget& wanted,
                                                     ByPartition above) const {
  if (above == ByPartition::None || !is_partitioned(input)) {
    return ByPartition::None;
  }
  if (above == ByPartition::Full && groups_hold_partition_keys(input, group_exprs())) {
    return ByPartition::Full;
  }
  return wanted.can_be_partial ? ByPartition::Partial : ByPartition::None;
}

RelOptInfo* UpperPlanner::ordinary_grouping(RelOptInfo& rel, RelOptInfo& input,
                                            const GroupingTarget& wanted, ByPartition above) {
  const ByPartition how = by_partition(input, wanted, above);
  RelOptInfo* partly = nullptr;
  if (wanted.can_be_partial) {
    partly =
        partial_grouping(rel, input, above == ByPartition::Partial, how == ByPartition::Partial);
  }
  if (how != ByPartition::None) {
    partitionwise_grouping(rel, input, partly, wanted, how);
  }
  if (above == ByPartition::Partial) {
    if (!partly->paths.empty()) {
      set_cheapest(*partly);
    }
    return partly;
  }
  if (partly != nullptr && !partly->partial_paths.empty()) {
    gather_grouping(*partly);
    set_cheapest(*partly);
  }
  add_grouping_paths(rel, input, partly, wanted);
  return partly;
}

void UpperPlanner::partitionwise_grouping(RelOptInfo& rel, RelOptInfo& input, RelOptInfo* partly,
                                          const GroupingTarget& wanted, ByPartition how) {
  bool all_partly = partly != nullptr;
  std::vector<RelOptInfo*> grouped;
  std::vector<RelOptInfo*> partly_grouped;
  for (auto* part : live_parts(input)) {
    const StandIns stand_ins{root_, *part};
    auto& own = new_grouping_rel(*part, *wanted.target);
    if (auto* own_partly = ordinary_grouping(own, *part, wanted, how); own_partly != nullptr) {
      partly_grouped.push_back(own_partly);
    } else {
      all_partly = false;
    }
    if (how == ByPartition::Full) {
      set_cheapest(own);
      grouped.push_back(&own);
    }
  }
  if (all_partly) {
    partly->members = std::move(partly_grouped);
    add_paths_to_append_rel(root_, *partly);
    if (!partly->paths.empty()) {
      set_cheapest(*partly);
    }
  }
  if (how == ByPartition::Full) {
    rel.members = std::move(grouped);
    add_paths_to_append_rel(root_, rel);
  }
}

void UpperPlanner::add_grouping_paths(RelOptInfo& rel, RelOptInfo& input, RelOptInfo* partly,
                                      const GroupingTarget& wanted) {
  const double groups = number_of_groups(input.cheapest_total->rows);
  if (can_sort_groups()) {
    const auto emit = [&](AggSplit split) {
      return [&, split](Path* sub, const std::vector<SortGroupClause>& clauses) {
        add_path(rel, sorted_group(rel, sub, wanted.target, split, clauses, groups, wanted.having));
      };
    };
    for_group_inputs(rel, input.paths, input.cheapest_total, emit(AggSplit::Simple));
    if (partly != nullptr) {
      for_group_inputs(rel, partly->paths, partly->cheapest_total, emit(AggSplit::FinalDeserial));
    }
  }
  if (can_hash_groups()) {
    const auto hashed = [&](Path* sub, AggSplit split) {
      add_path(rel, agg_path(rel, sub, wanted.target, AggStrategy::Hashed, split, group_clause_,
                             groups, wanted.having));
    };
    hashed(input.cheapest_total, AggSplit::Simple);
    if (partly != nullptr && !partly->paths.empty()) {
      hashed(partly->cheapest_total, AggSplit::FinalDeserial);
    }
  }
  // Whole groups of partitions, each by one worker.
  if (!rel.partial_paths.empty()) {
    gather_grouping(rel);
  }
}

const PathTarget* UpperPlanner::partial_target() {
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  std::vector<ExprPtr> parts;
  for (std::size_t i = 0; i < grouping_target_->exprs.size(); ++i) {
    if (is_group_ref(grouping_target_->sort_group_refs[i])) {
      exprs.push_back(grouping_target_->exprs[i]);
      refs.push_back(grouping_target_->sort_group_refs[i]);
    } else {
      pull_parts(grouping_target_->exprs[i], is_aggregate_like, parts);
    }
  }
  if (query_.having) {
    pull_parts(query_.having, is_aggregate_like, parts);
  }
  for (auto& part : parts) {
    if (part->kind == ExprKind::Aggref) {
      part = as_partial(part);
    }
  }
  append_missing(exprs, refs, parts);
  return keep(make_target(root_, exprs, refs));
}

RelOptInfo* UpperPlanner::partial_grouping(const RelOptInfo& rel, RelOptInfo& input, bool whole_too,
                                           bool always) {
  const bool in_workers = rel.consider_parallel && !input.partial_paths.empty();
  if (!whole_too && !in_workers && !always) {
    return nullptr;
  }
  auto& partly = root_.global->rels.emplace_back();
  partly.kind = RelKind::Upper;
  partly.relids = input.relids;
  partly.stand_ins = rel.stand_ins;
  partly.consider_parallel = rel.consider_parallel;
  partly.consider_startup = tuple_fraction_ > 0;
  // make_partial_grouping_target() and its widths are the partition's own.
  const auto* target = partial_target();
  partly.target = *target;
  const auto group = [&](const std::vector<Path*>& inputs, Path* cheapest, const auto& add) {
    const double groups = number_of_groups(cheapest->rows);
    if (can_sort_groups()) {
      for_group_inputs(
          partly, inputs, cheapest, [&](Path* sub, const std::vector<SortGroupClause>& clauses) {
            add(sorted_group(partly, sub, target, AggSplit::InitialSerial, clauses, groups, {}));
          });
    }
    if (can_hash_groups()) {
      add(agg_path(partly, cheapest, target, AggStrategy::Hashed, AggSplit::InitialSerial,
                   group_clause_, groups, {}));
    }
  };
  if (whole_too) {
    group(input.paths, input.cheapest_total, [&](Path* path) { add_path(partly, path); });
  }
  if (in_workers) {
    group(input.partial_paths, input.partial_paths.front(),
          [&](Path* path) { add_partial_path(partly, path); });
  }
  return &partly;
}

ExprPtr UpperPlanner::as_partial(const ExprPtr& aggregate) {
  auto partial = std::make_shared<Expr>(*aggregate);
  if (const auto* a = root_.global->types->aggregate(aggregate->function); a != nullptr) {
    Oid type = a->transition_type;
    if (type == type_oid::kInternal && partial_form(*a, root_).serialize != 0) {
      type = type_oid::kBytea;
    } else if (root_.global->types->is_polymorphic(type) && !aggregate->args.empty()) {
      type = aggregate->type;
    }
    partial->type = type;
    partial->typmod = -1;
  }
  return partial;
}

void UpperPlanner::gather_grouping(RelOptInfo& rel) {
  generate_useful_gather_paths(root_, rel, true);
  if (root_.group_pathkeys.empty()) {
    return;
  }
  const auto& p = root_.global->cost;
  const PathKeys keys{root_.group_pathkeys.begin(),
                      root_.group_pathkeys.begin() + static_cast<std::ptrdiff_t>(group_keys_)};
  auto* cheapest = rel.partial_paths.front();
  const auto gather = [&](const Path& sub, Path* sorted) {
    const double rows = compute_gather_rows(sub, p);
    add_path(rel, create_gather_merge_path(root_, rel, sorted, &rel.target, keys, &rows));
  };
  if (!p.server.sorts_every_partial_path() && !pathkeys_contained_in(keys, cheapest->pathkeys)) {
    gather(*cheapest, create_sort_path(root_, rel, cheapest, keys, -1.0));
  }
  for (auto* sub : rel.partial_paths) {
    int presorted = 0;
    if (pathkeys_count_contained_in(keys, sub->pathkeys, presorted)) {
      continue;
    }
    if (p.server.sorts_every_partial_path()) {
      for (auto* sorted : sorts_of(root_, rel, sub, sub == cheapest, keys, -1.0)) {
        gather(*sub, sorted);
      }
    } else if (presorted > 0 && p.enable_incremental_sort) {
      gather(*sub, create_incremental_sort_path(root_, rel, sub, keys, presorted, -1.0));
    }
  }
}

}  // namespace quern::planner_model
