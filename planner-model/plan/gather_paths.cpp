// Gather and Gather Merge over partial paths. Source: allpaths.c (generate_gather_paths,
// generate_useful_gather_paths), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

void generate_gather_paths(PlannerInfo& root, RelOptInfo& rel, bool override_rows) {
  if (rel.partial_paths.empty()) {
    return;
  }
  auto* cheapest = rel.partial_paths.front();
  double rows = compute_gather_rows(*cheapest, root.global->cost);
  add_path(rel,
           create_gather_path(root, rel, cheapest, &rel.target, override_rows ? &rows : nullptr));
  for (auto* sub : rel.partial_paths) {
    if (sub->pathkeys.empty()) {
      continue;
    }
    rows = compute_gather_rows(*sub, root.global->cost);
    add_path(rel, create_gather_merge_path(root, rel, sub, &rel.target, sub->pathkeys,
                                           override_rows ? &rows : nullptr));
  }
}

namespace {

/// relation_can_be_sorted_early(): the relation puts the key out, or what the key is made of.
bool can_sort_early(PlannerInfo& root, const RelOptInfo& rel, const EquivalenceClass& ec) {
  // An aggregate of a relation with partial paths is in transition form: not what is wanted.
  const auto puts_out = [&](const ExprPtr& wanted) {
    return wanted->kind != ExprKind::Aggref &&
           std::any_of(rel.target.exprs.begin(), rel.target.exprs.end(),
                       [&](const ExprPtr& e) { return equal(strip_relabel(e), wanted); });
  };
  const std::function<bool(const ExprPtr&)> computable = [&](const ExprPtr& expr) {
    if (expr->kind == ExprKind::Var || expr->kind == ExprKind::Aggref ||
        expr->kind == ExprKind::WindowFunc) {
      return puts_out(expr);
    }
    const auto parts = children(*expr);
    return std::all_of(parts.begin(), parts.end(), computable);
  };
  return std::any_of(ec.members.begin(), ec.members.end(), [&](const EquivalenceMember* m) {
    return !m->is_const && is_subset(m->relids, rel.relids) &&
           (puts_out(strip_relabel(m->expr)) ||
            (computable(m->expr) && is_parallel_safe(m->expr, root)));
  });
}

}  // namespace

void generate_useful_gather_paths(PlannerInfo& root, RelOptInfo& rel, bool override_rows) {
  if (rel.partial_paths.empty()) {
    return;
  }
  generate_gather_paths(root, rel, override_rows);
  if (root.query_pathkeys.empty()) {
    return;
  }
  // get_useful_pathkeys_for_relation(): the query's order, as far as this relation can sort by it.
  PathKeys useful;
  for (const auto& key : root.query_pathkeys) {
    if (key.ec->has_volatile || !can_sort_early(root, rel, *key.ec)) {
      break;
    }
    useful.push_back(key);
  }
  if (useful.empty()) {
    return;
  }
  const auto partial = rel.partial_paths;
  auto* cheapest = partial.front();
  for (auto* sub : partial) {
    if (pathkeys_contained_in(useful, sub->pathkeys)) {
      continue;
    }
    for (auto* sorted : sorts_of(root, rel, sub, sub == cheapest, useful, -1.0)) {
      const double rows = compute_gather_rows(*sub, root.global->cost);
      add_path(rel, create_gather_merge_path(root, rel, sorted, &rel.target, sorted->pathkeys,
                                             override_rows ? &rows : nullptr));
    }
  }
}

}  // namespace quern::planner_model
