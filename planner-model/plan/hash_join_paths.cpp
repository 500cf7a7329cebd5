// Hash joins. Source: joinpath.c (hash_inner_and_outer), PostgreSQL 15.

#include "planner-model/plan/join_path_search.hpp"

namespace quern::planner_model {

void JoinPathSearch::try_hashjoin(Path* outer, Path* inner,
                                  const std::vector<RestrictInfo*>& clauses) {
  const Relids required = required_outer(outer) | required_outer(inner);
  if (required != 0 && !overlaps(required, extra_.param_source_rels)) {
    return;
  }
  JoinCostWorkspace w;
  initial_cost_hashjoin(root_, w, type_, clauses, *outer, *inner, extra_, false);
  if (!add_path_precheck(joinrel_, w.startup, w.total, {}, required)) {
    return;
  }
  auto* path = make_join(PathKind::HashJoin, outer, inner, {}, extra_.restrict_list, required);
  path->hash_clauses = clauses;
  final_cost_hashjoin(root_, *path, w, extra_);
  add_path(joinrel_, path);
}

void JoinPathSearch::try_partial_hashjoin(Path* outer, Path* inner,
                                          const std::vector<RestrictInfo*>& clauses,
                                          bool parallel_hash) {
  if (required_outer(inner) != 0) {
    return;
  }
  JoinCostWorkspace w;
  initial_cost_hashjoin(root_, w, type_, clauses, *outer, *inner, extra_, parallel_hash);
  if (!add_partial_path_precheck(joinrel_, w.total, {})) {
    return;
  }
  auto* path = make_join(PathKind::HashJoin, outer, inner, {}, extra_.restrict_list, 0);
  path->hash_clauses = clauses;
  path->parallel_hash = parallel_hash;
  path->parallel_aware = parallel_hash;
  final_cost_hashjoin(root_, *path, w, extra_);
  add_partial_path(joinrel_, path);
}

void JoinPathSearch::hash_inner_and_outer() {
  const bool outer_join = is_outer_join(type_);
  std::vector<RestrictInfo*> clauses;
  for (auto* clause : extra_.restrict_list) {
    if (outer_join && is_pushed_down(*clause, joinrel_.relids)) {
      continue;
    }
    if (clause->can_join && clause->hash_operator != 0 &&
        sides_match(*clause, outer_.relids, inner_.relids)) {
      clauses.push_back(clause);
    }
  }
  if (clauses.empty()) {
    return;
  }
  Path* startup_outer = outer_.cheapest_startup;
  Path* total_outer = outer_.cheapest_total;
  Path* total_inner = inner_.cheapest_total;
  if (param_by(*total_outer, inner_) || param_by(*total_inner, outer_)) {
    return;
  }
  if (unique_ == Uniquify::Outer) {
    total_outer = create_unique_path(root_, outer_, total_outer, sj_);
    try_hashjoin(total_outer, total_inner, clauses);
  } else if (unique_ == Uniquify::Inner) {
    total_inner = create_unique_path(root_, inner_, total_inner, sj_);
    try_hashjoin(total_outer, total_inner, clauses);
    if (startup_outer != nullptr && startup_outer != total_outer) {
      try_hashjoin(startup_outer, total_inner, clauses);
    }
  } else {
    if (startup_outer != nullptr) {
      try_hashjoin(startup_outer, total_inner, clauses);
    }
    for (auto* outer : outer_.cheapest_parameterized) {
      if (param_by(*outer, inner_)) {
        continue;
      }
      for (auto* inner : inner_.cheapest_parameterized) {
        if (param_by(*inner, outer_) || (outer == startup_outer && inner == total_inner)) {
          continue;
        }
        try_hashjoin(outer, inner, clauses);
      }
    }
  }
  const bool shared_only = keeps_inner_rows(type_);
  if (!parallel_possible() || (shared_only && !p_.server.full_joins_in_parallel())) {
    return;
  }
  auto* partial_outer = outer_.partial_paths.front();
  if (!inner_.partial_paths.empty() && unique_ != Uniquify::Inner && p_.enable_parallel_hash) {
    try_partial_hashjoin(partial_outer, inner_.partial_paths.front(), clauses, true);
  }
  if (shared_only) {
    return;  // no worker alone has seen all matches of its own hash table
  }
  Path* safe = nullptr;
  if (total_inner->parallel_safe) {
    safe = total_inner;
  } else if (unique_ != Uniquify::Inner) {
    safe = cheapest_safe_inner(inner_.paths);
  }
  if (safe != nullptr) {
    try_partial_hashjoin(partial_outer, safe, clauses, false);
  }
}

}  // namespace quern::planner_model
