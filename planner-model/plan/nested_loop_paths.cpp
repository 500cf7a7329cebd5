// Nested loops, with their inner side remembered or not. Source: joinpath.c (try_nestloop_path,
// get_memoize_path), PostgreSQL 15.
#include <algorithm>
#include <iterator>

#include "planner-model/plan/join_path_search.hpp"

namespace quern::planner_model {

namespace {

bool outputs_volatile(const RelOptInfo& rel, const PlannerInfo& root) {
  const auto is_volatile = [&](const ExprPtr& expr) { return contains_volatile(expr, root); };
  return std::any_of(rel.target.exprs.begin(), rel.target.exprs.end(), is_volatile) ||
         std::any_of(rel.restrictions.begin(), rel.restrictions.end(),
                     [&](const RestrictInfo* clause) { return is_volatile(clause->clause); });
}

}  // namespace

Path* JoinPathSearch::make_nestloop(Path* outer, Path* inner, const PathKeys& keys, Relids required,
                                    JoinCostWorkspace& w) {
  const auto& all = extra_.restrict_list;
  const Relids inner_required = required_outer(inner);
  const bool some_below = overlaps(inner_required, outer->parent->relids);
  if (some_below) {
    const Relids both = inner->parent->relids | inner_required;
    not_below_.clear();
    std::copy_if(all.begin(), all.end(), std::back_inserter(not_below_),
                 [&](const RestrictInfo* clause) {
                   return !movable_into(*clause, inner->parent->relids, both);
                 });
  }
  auto* path =
      make_join(PathKind::NestedLoop, outer, inner, keys, some_below ? not_below_ : all, required);
  final_cost_nestloop(root_, *path, w, extra_);
  return path;
}

void JoinPathSearch::try_nestloop(Path* outer, Path* inner, const PathKeys& keys) {
  const Relids inner_param = required_outer(inner);
  const Relids required = (inner_param & ~outer->parent->relids) | required_outer(outer);
  if (required != 0) {
    const bool star = overlaps(inner_param, outer->parent->relids) &&
                      !is_subset(inner_param, outer->parent->relids);
    if (!overlaps(required, extra_.param_source_rels) && !star) {
      return;
    }
  }
  JoinCostWorkspace w;
  initial_cost_nestloop(root_, w, type_, *outer, *inner, extra_);
  if (add_path_precheck(joinrel_, w.startup, w.total, keys, required)) {
    add_path(joinrel_, make_nestloop(outer, inner, keys, required, w));
  }
}

void JoinPathSearch::try_partial_nestloop(Path* outer, Path* inner, const PathKeys& keys) {
  if (!is_subset(required_outer(inner), outer->parent->relids)) {
    return;
  }
  JoinCostWorkspace w;
  initial_cost_nestloop(root_, w, type_, *outer, *inner, extra_);
  if (add_partial_path_precheck(joinrel_, w.total, keys)) {
    add_partial_path(joinrel_, make_nestloop(outer, inner, keys, 0, w));
  }
}

Path* JoinPathSearch::memoize(Path* inner, const Path& outer) {
  if (inner->param == nullptr && inner_.lateral_vars.empty()) {
    return nullptr;  // nothing to remember rows by
  }
  for (const auto& known : memoized_) {
    if (known.inner == inner && known.calls == outer.rows) {
      return known.path;
    }
  }
  if (memoized_.empty()) {
    memoized_.reserve(outer_.paths.size() * inner_.cheapest_parameterized.size());
  }
  return memoized_.emplace_back(Memoized{inner, outer.rows, new_memoize(inner, outer)}).path;
}

Path* JoinPathSearch::new_memoize(Path* inner, const Path& outer) {
  const std::vector<RestrictInfo*> kNone;
  const auto& clauses = inner->param != nullptr ? inner->param->clauses : kNone;
  if (!p_.enable_memoize || !p_.server.memoizes() || outer.parent->rows < 2 ||
      (clauses.empty() && inner_.lateral_vars.empty())) {
    return nullptr;
  }
  if (!extra_.inner_unique && (type_ == JoinType::Semi || type_ == JoinType::Anti)) {
    return nullptr;
  }
  if (extra_.inner_unique &&
      (inner->param == nullptr || clauses.size() < extra_.restrict_list.size())) {
    return nullptr;
  }
  if (!inner_.is_volatile) {
    inner_.is_volatile = outputs_volatile(inner_, root_);
  }
  if (*inner_.is_volatile) {
    return nullptr;
  }
  std::vector<ExprPtr> keys;
  keys.reserve(clauses.size() + inner_.lateral_vars.size());
  bool binary = false;
  for (auto* clause : clauses) {
    const auto& expr = clause->clause;
    if (expr->kind != ExprKind::OpExpr || expr->args.size() != 2 ||
        !sides_match(*clause, outer_.relids, inner_.relids)) {
      return nullptr;
    }
    const bool hashable = clause->outer_is_left ? clause->left_hashable : clause->right_hashable;
    if (!hashable ||
        (!p_.server.memoizes_across_types() && expr->args[0]->type != expr->args[1]->type)) {
      return nullptr;
    }
    keys.push_back(expr->args[clause->outer_is_left ? 0 : 1]);
    binary = binary || clause->hash_operator == 0;
  }
  for (const auto& var : inner_.lateral_vars) {
    if (!root_.global->types->ordering(var->type).hashable) {
      return nullptr;
    }
    keys.push_back(var);
    binary = true;
  }
  auto* path = new_path(root_, PathKind::Memoize, &inner_, &inner_.target);
  path->param = inner->param;
  path->parallel_safe = inner_.consider_parallel && inner->parallel_safe;
  path->workers = inner->workers;
  path->pathkeys = inner->pathkeys;
  path->children = {inner};
  path->cache_keys = std::move(keys);
  path->single_row = extra_.inner_unique;
  path->binary_mode = binary;
  path->calls = outer.rows;
  path->rows = inner->rows;
  path->startup = inner->startup + p_.cpu_tuple_cost;
  path->total = inner->total + p_.cpu_tuple_cost;
  return path;
}

}  // namespace quern::planner_model
