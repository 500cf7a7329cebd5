// Makers of paths above other paths. Source: pathnode.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

Path* create_material_path(PlannerInfo& root, RelOptInfo& rel, Path* sub) {
  auto* path = new_path(root, PathKind::Material, &rel, &rel.target);
  path->param = sub->param;
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->pathkeys = sub->pathkeys;
  path->children = {sub};
  cost_material(*path, sub->startup, sub->total, sub->rows, sub->target->width, root.global->cost);
  return path;
}

Path* create_unique_path(PlannerInfo& root, RelOptInfo& rel, Path* sub, const SpecialJoin& sj) {
  if (rel.unique_tried) {
    return rel.cheapest_unique;
  }
  rel.unique_tried = true;
  if (!(sj.semi_can_btree || sj.semi_can_hash) || sj.semi_rhs.empty()) {
    return nullptr;
  }
  const auto& p = root.global->cost;
  auto* path = new_path(root, PathKind::Unique, &rel, &rel.target);
  path->param = sub->param;
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->children = {sub};
  path->quals = sj.semi_rhs;
  // Already unique: no work at all.
  const auto no_work = [&] {
    path->rows = rel.rows;
    path->startup = sub->startup;
    path->total = sub->total;
    path->pathkeys = sub->pathkeys;
    path->unique_columns = -1;
    rel.cheapest_unique = path;
    return path;
  };
  if (rel.entry != nullptr && rel.entry->kind == RangeKind::Relation && sj.semi_can_btree &&
      relation_has_unique_index_for(root, rel, {}, sj.semi_rhs, sj.semi_operators)) {
    return no_work();
  }
  if (rel.entry != nullptr && rel.entry->kind == RangeKind::Subquery && rel.subroot != nullptr) {
    std::vector<int> columns;
    for (const auto& expr : sj.semi_rhs) {
      if (expr->kind == ExprKind::Var && expr->varno == rel.range) {
        columns.push_back(expr->attno);
      }
    }
    if (columns.size() == sj.semi_rhs.size() &&
        query_is_distinct_for(*rel.entry->subquery, columns)) {
      return no_work();
    }
  }
  path->rows = estimate_num_groups(root, sj.semi_rhs, rel.rows);
  const int columns = static_cast<int>(sj.semi_rhs.size());
  Path sorted;
  bool can_sort = sj.semi_can_btree;
  bool can_hash = sj.semi_can_hash && p.enable_hashagg;
  if (can_sort) {
    cost_sort(sorted, root, sub->total, rel.rows, sub->target->width, -1.0);
    sorted.total += p.cpu_operator_cost * rel.rows * columns;
  }
  Path hashed;
  if (can_hash) {
    // The hash table must fit in memory: each entry with 64 bytes of overhead.
    if ((sub->target->width + 64) * path->rows > p.hash_memory()) {
      can_hash = false;
    } else {
      cost_agg(hashed, root, AggStrategy::Hashed, {}, 0, columns, path->rows, {}, sub->startup,
               sub->total, rel.rows, sub->target->width);
    }
  }
  if (!can_sort && !can_hash) {
    return nullptr;
  }
  path->hashed = can_hash && (!can_sort || hashed.total < sorted.total);
  path->startup = path->hashed ? hashed.startup : sorted.startup;
  path->total = path->hashed ? hashed.total : sorted.total;
  rel.cheapest_unique = path;
  return path;
}

Path* create_sort_path(PlannerInfo& root, RelOptInfo& rel, Path* sub, const PathKeys& keys,
                       double limit_tuples) {
  auto* path = new_path(root, PathKind::Sort, &rel, sub->target);
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->pathkeys = keys;
  path->children = {sub};
  cost_sort(*path, root, sub->total, sub->rows, sub->target->width, limit_tuples);
  return path;
}

Path* create_incremental_sort_path(PlannerInfo& root, RelOptInfo& rel, Path* sub,
                                   const PathKeys& keys, int presorted, double limit_tuples) {
  auto* path = new_path(root, PathKind::IncrementalSort, &rel, sub->target);
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->pathkeys = keys;
  path->children = {sub};
  path->presorted_keys = presorted;
  cost_incremental_sort(*path, root, keys, presorted, sub->startup, sub->total, sub->rows,
                        sub->target->width, limit_tuples);
  return path;
}

std::vector<Path*> sorts_of(PlannerInfo& root, RelOptInfo& rel, Path* input, bool is_cheapest,
                            const PathKeys& keys, double limit_tuples) {
  int presorted = 0;
  (void)pathkeys_count_contained_in(keys, input->pathkeys, presorted);
  const auto& p = root.global->cost;
  const bool incremental = presorted > 0 && p.enable_incremental_sort;
  std::vector<Path*> result;
  if (is_cheapest && !(incremental && p.server.sorts_in_one_way())) {
    result.push_back(create_sort_path(root, rel, input, keys, limit_tuples));
  }
  if (incremental) {
    result.push_back(create_incremental_sort_path(root, rel, input, keys, presorted, limit_tuples));
  }
  return result;
}

Path* create_gather_path(PlannerInfo& root, RelOptInfo& rel, Path* sub, const PathTarget* target,
                         const double* rows) {
  auto* path = new_path(root, PathKind::Gather, &rel, target);
  path->parallel_safe = false;
  path->param = sub->param;
  path->gather_workers = sub->workers;
  path->single_copy = false;
  path->children = {sub};
  if (path->gather_workers == 0) {
    path->pathkeys = sub->pathkeys;
    path->gather_workers = 1;
    path->single_copy = true;
  }
  cost_gather(*path, root, &rel, rows);
  return path;
}

Path* create_gather_merge_path(PlannerInfo& root, RelOptInfo& rel, Path* sub,
                               const PathTarget* target, const PathKeys& keys, const double* rows) {
  auto* path =
      new_path(root, PathKind::GatherMerge, &rel, target != nullptr ? target : &rel.target);
  path->parallel_safe = false;
  path->param = sub->param;
  path->gather_workers = sub->workers;
  path->pathkeys = keys;
  double startup = sub->startup;
  double total = sub->total;
  if (!pathkeys_contained_in(keys, sub->pathkeys)) {
    sub = create_sort_path(root, rel, sub, keys, -1.0);
    startup = sub->startup;
    total = sub->total;
  }
  path->children = {sub};
  cost_gather_merge(*path, root, startup, total, rows);
  return path;
}

Path* create_append_path(PlannerInfo& root, RelOptInfo& rel, std::vector<Path*> children,
                         std::vector<Path*> partial_children, const PathKeys& keys, Relids required,
                         int workers, bool parallel_aware, double rows) {
  auto* path = new_path(root, PathKind::Append, &rel, &rel.target);
  // The clauses serve a partitioned table's pruning while it is read (create_append_path()).
  const bool is_partitioned =
      rel.kind == RelKind::Base && rel.table != nullptr && rel.table->kind == 'p';
  path->param = is_partitioned ? base_param_info(root, rel, required)
                               : append_param_info(root, rel, required);
  path->parallel_aware = parallel_aware;
  path->workers = workers;
  path->pathkeys = keys;
  if (parallel_aware) {
    // Costly parts first, so that workers finish together.
    const auto by_total = [](const Path* a, const Path* b) {
      return std::tie(a->total, a->startup) > std::tie(b->total, b->startup);
    };
    const auto by_startup = [](const Path* a, const Path* b) {
      return std::tie(a->startup, a->total) > std::tie(b->startup, b->total);
    };
    std::stable_sort(children.begin(), children.end(), by_total);
    std::stable_sort(partial_children.begin(), partial_children.end(), by_startup);
  }
  path->first_partial = static_cast<int>(children.size());
  path->children = std::move(children);
  path->children.insert(path->children.end(), partial_children.begin(), partial_children.end());
  path->parallel_safe = rel.consider_parallel;
  for (const auto* child : path->children) {
    path->parallel_safe = path->parallel_safe && child->parallel_safe;
  }
  if (path->children.size() == 1 && path->children.front()->parallel_aware == parallel_aware) {
    const auto* child = path->children.front();
    path->rows = child->rows;
    path->startup = child->startup;
    path->total = child->total;
    path->pathkeys = child->pathkeys;
  } else {
    cost_append(*path, root);
  }
  if (rows >= 0) {
    path->rows = rows;
  }
  return path;
}

Path* create_merge_append_path(PlannerInfo& root, RelOptInfo& rel, std::vector<Path*> children,
                               const PathKeys& keys, Relids required) {
  auto* path = new_path(root, PathKind::MergeAppend, &rel, &rel.target);
  path->param = append_param_info(root, rel, required);
  path->pathkeys = keys;
  const bool is_whole = rel.kind != RelKind::Upper && !is_child(rel);
  const double limit_tuples = is_whole && rel.relids == root.all_base ? root.limit_tuples : -1.0;
  double startup = 0;
  double total = 0;
  path->rows = 0;
  path->parallel_safe = rel.consider_parallel;
  for (auto*& child : children) {
    path->rows += child->rows;
    path->parallel_safe = path->parallel_safe && child->parallel_safe;
    if (pathkeys_contained_in(keys, child->pathkeys)) {
      startup += child->startup;
      total += child->total;
      continue;
    }
    // Priced as if all of the child's rows were sorted, whatever its conditions leave.
    Path sorted;
    // Joins and groups have no such number: two rows' worth.
    const auto& from = *child->parent;
    const bool is_scan = from.kind == RelKind::Base || from.kind == RelKind::Member;
    const double tuples = from.tuples > 0 || !is_scan ? from.tuples : child->rows;
    cost_sort(sorted, root, child->total, tuples, child->target->width, limit_tuples);
    startup += sorted.startup;
    total += sorted.total;
    child = create_sort_path(root, *child->parent, child, keys, limit_tuples);
  }
  path->children = std::move(children);
  if (path->children.size() == 1) {
    path->startup = startup;
    path->total = total;
  } else {
    cost_merge_append(*path, root, startup, total, path->rows);
  }
  return path;
}

namespace {

bool can_project(const Path& path) {
  switch (path.kind) {
    case PathKind::Append:
      return path.children.empty();  // a Result that puts out nothing
    case PathKind::MergeAppend:
    case PathKind::Material:
    case PathKind::Memoize:
    case PathKind::Sort:
    case PathKind::IncrementalSort:
    case PathKind::Unique:
    case PathKind::UpperUnique:
    case PathKind::SetOp:
    case PathKind::LockRows:
    case PathKind::Limit:
    case PathKind::ModifyTable:
    case PathKind::RecursiveUnion:
    case PathKind::ProjectSet:
      return false;
    default:
      return true;
  }
}

bool same_exprs(const PathTarget& a, const PathTarget& b) {
  return a.exprs.size() == b.exprs.size() &&
         std::equal(a.exprs.begin(), a.exprs.end(), b.exprs.begin(),
                    [](const ExprPtr& x, const ExprPtr& y) { return equal(x, y); });
}

}  // namespace

Path* create_projection_path(PlannerInfo& root, RelOptInfo& rel, Path* sub,
                             const PathTarget* target) {
  const PathTarget* old = sub->target;
  auto* path = new_path(root, PathKind::Projection, &rel, target);
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->pathkeys = sub->pathkeys;
  path->children = {sub};
  path->rows = sub->rows;
  if (can_project(*sub) || same_exprs(*old, *target)) {
    // No Result node: the subpath evaluates the expressions.
    path->startup = sub->startup + (target->cost.startup - old->cost.startup);
    path->total = sub->total + (target->cost.startup - old->cost.startup) +
                  (target->cost.per_tuple - old->cost.per_tuple) * sub->rows;
    path->single_copy = true;  // marks a dummy projection
  } else {
    path->startup = sub->startup + target->cost.startup;
    path->total = sub->total + target->cost.startup +
                  (root.global->cost.cpu_tuple_cost + target->cost.per_tuple) * sub->rows;
  }
  return path;
}

Path* apply_projection(PlannerInfo& root, RelOptInfo& rel, Path* path, const PathTarget* target) {
  if (!can_project(*path)) {
    return create_projection_path(root, rel, path, target);
  }
  // The server changes the path in place; a copy keeps other users of it intact.
  const PathTarget* old = path->target;
  auto& copy = root.global->paths.emplace_back(*path);
  copy.target = target;
  copy.startup += target->cost.startup - old->cost.startup;
  copy.total += target->cost.startup - old->cost.startup +
                (target->cost.per_tuple - old->cost.per_tuple) * path->rows;
  // Below a Gather the workers evaluate the expressions where that is safe.
  if ((copy.kind == PathKind::Gather || copy.kind == PathKind::GatherMerge) &&
      copy.children.front()->parallel_safe) {
    auto* child = copy.children.front();
    copy.children = {create_projection_path(root, *child->parent, child, target)};
  }
  return &copy;
}

}  // namespace quern::planner_model
