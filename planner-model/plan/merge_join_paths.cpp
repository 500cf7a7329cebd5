// Merge joins. Source: joinpath.c (sort_inner_and_outer, generate_mergejoin_paths), PostgreSQL 15.

#include "planner-model/plan/join_path_search.hpp"

namespace quern::planner_model {

void JoinPathSearch::try_mergejoin(Path* outer, Path* inner, const PathKeys& keys,
                                   const std::vector<RestrictInfo*>& clauses, const PathKeys& order,
                                   const PathKeys& wanted_outer_sort,
                                   const PathKeys& wanted_inner_sort, bool partial) {
  Relids required = 0;
  if (partial) {
    if (required_outer(inner) != 0) {
      return;
    }
  } else {
    required = required_outer(outer) | required_outer(inner);
    if (required != 0 && !overlaps(required, extra_.param_source_rels)) {
      return;
    }
  }
  static const PathKeys kNone;
  const auto missing = [](const PathKeys& wanted, const Path& input) -> const PathKeys& {
    return pathkeys_contained_in(wanted, input.pathkeys) ? kNone : wanted;
  };
  const PathKeys& outer_sort = missing(wanted_outer_sort, *outer);
  const PathKeys& inner_sort = missing(wanted_inner_sort, *inner);
  JoinCostWorkspace w;
  initial_cost_mergejoin(root_, w, type_, clauses, order.empty() ? nullptr : &order.front(), *outer,
                         *inner, outer_sort, inner_sort);
  const bool worth = partial ? add_partial_path_precheck(joinrel_, w.total, keys)
                             : add_path_precheck(joinrel_, w.startup, w.total, keys, required);
  if (!worth) {
    return;
  }
  auto* path = make_join(PathKind::MergeJoin, outer, inner, keys, extra_.restrict_list, required);
  path->hash_clauses = clauses;
  path->outer_sort = outer_sort;
  path->inner_sort = inner_sort;
  path->needs_sort_outer = !outer_sort.empty();
  path->needs_sort_inner = !inner_sort.empty();
  final_cost_mergejoin(root_, *path, w, extra_);
  partial ? add_partial_path(joinrel_, path) : add_path(joinrel_, path);
}

void JoinPathSearch::sort_inner_and_outer() {
  Path* outer = outer_.cheapest_total;
  Path* inner = inner_.cheapest_total;
  if (param_by(*outer, inner_) || param_by(*inner, outer_)) {
    return;
  }
  if (unique_ == Uniquify::Outer) {
    outer = create_unique_path(root_, outer_, outer, sj_);
  } else if (unique_ == Uniquify::Inner) {
    inner = create_unique_path(root_, inner_, inner, sj_);
  }
  Path* partial_outer = nullptr;
  Path* safe_inner = nullptr;
  if (parallel_possible() && !keeps_inner_rows(type_)) {
    partial_outer = outer_.partial_paths.front();
    if (inner->parallel_safe) {
      safe_inner = inner;
    } else if (unique_ != Uniquify::Inner) {
      safe_inner = cheapest_safe_inner(inner_.paths);
    }
  }
  const PathKeys all = select_outer_pathkeys_for_merge(root_, extra_.mergeclauses, joinrel_);
  for (std::size_t front = 0; front < all.size(); ++front) {
    PathKeys outer_keys;
    outer_keys.reserve(all.size());
    outer_keys.push_back(all[front]);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i != front) {
        outer_keys.push_back(all[i]);
      }
    }
    const auto clauses =
        find_mergeclauses_for_outer_pathkeys(root_, outer_keys, extra_.mergeclauses);
    const PathKeys inner_keys = make_inner_pathkeys_for_merge(root_, clauses, outer_keys);
    const PathKeys keys = build_join_pathkeys(root_, joinrel_, type_, outer_keys);
    try_mergejoin(outer, inner, keys, clauses, outer_keys, outer_keys, inner_keys, false);
    if (partial_outer != nullptr && safe_inner != nullptr) {
      try_mergejoin(partial_outer, safe_inner, keys, clauses, outer_keys, outer_keys, inner_keys,
                    true);
    }
  }
}

void JoinPathSearch::generate_mergejoins(Path* outer, bool use_all, Path* inner_cheapest,
                                         const PathKeys& keys, bool partial) {
  if (outer->pathkeys.empty() && type_ != JoinType::Full) {
    return;
  }
  const auto clauses =
      find_mergeclauses_for_outer_pathkeys(root_, outer->pathkeys, extra_.mergeclauses);
  if (clauses.empty() && type_ != JoinType::Full) {
    return;
  }
  if (use_all && clauses.size() != extra_.mergeclauses.size()) {
    return;
  }
  const PathKeys inner_keys = make_inner_pathkeys_for_merge(root_, clauses, outer->pathkeys);
  try_mergejoin(outer, inner_cheapest, keys, clauses, outer->pathkeys, {}, inner_keys, partial);
  if (unique_ == Uniquify::Inner) {
    return;
  }
  Path* best_startup = nullptr;
  Path* best_total = nullptr;
  if (pathkeys_contained_in(inner_keys, inner_cheapest->pathkeys)) {
    best_startup = best_total = inner_cheapest;
  }
  const auto cheaper = [](const Path* a, const Path* b, bool by_total) {
    if (b == nullptr) {
      return true;
    }
    const double a1 = by_total ? a->total : a->startup;
    const double b1 = by_total ? b->total : b->startup;
    if (a1 != b1) {
      return a1 < b1;
    }
    return (by_total ? a->startup : a->total) < (by_total ? b->startup : b->total);
  };
  PathKeys trial = inner_keys;
  for (std::size_t n = inner_keys.size(); n > 0; --n) {
    trial.resize(n);
    std::vector<RestrictInfo*> trimmed;
    const auto usable = [&]() -> const std::vector<RestrictInfo*>& {
      if (n == inner_keys.size()) {
        return clauses;
      }
      if (trimmed.empty()) {
        trimmed = trim_mergeclauses_for_inner_pathkeys(root_, clauses, trial);
      }
      return trimmed;
    };
    Path* inner = cheapest_path_for_pathkeys(inner_.paths, trial, 0, true, partial);
    if (inner != nullptr && cheaper(inner, best_total, true)) {
      try_mergejoin(outer, inner, keys, usable(), outer->pathkeys, {}, {}, partial);
      best_total = inner;
    }
    inner = cheapest_path_for_pathkeys(inner_.paths, trial, 0, false, partial);
    if (inner != nullptr && cheaper(inner, best_startup, false)) {
      if (inner != best_total) {
        try_mergejoin(outer, inner, keys, usable(), outer->pathkeys, {}, {}, partial);
      }
      best_startup = inner;
    }
    if (use_all) {
      break;
    }
  }
}

}  // namespace quern::planner_model
