// Ways to join two relations. Source: joinpath.c, PostgreSQL 15.

#include "planner-model/plan/join_path_search.hpp"

namespace quern::planner_model {

void JoinPathSearch::run() {
  decide_uniqueness();
  if (p_.enable_mergejoin || type_ == JoinType::Full) {
    select_mergeclauses();
  }
  if (type_ == JoinType::Semi || type_ == JoinType::Anti || extra_.inner_unique) {
    extra_.semi =
        semi_anti_factors(root_, joinrel_, outer_, inner_, type_, sj_, extra_.restrict_list);
  }
  for (const auto* other : root_.special_joins) {
    if (overlaps(joinrel_.relids, other->min_right) &&
        !overlaps(joinrel_.relids, other->min_left)) {
      extra_.param_source_rels |= root_.all_base & ~other->min_right;
    }
    if (other->type == JoinType::Full && overlaps(joinrel_.relids, other->min_left) &&
        !overlaps(joinrel_.relids, other->min_right)) {
      extra_.param_source_rels |= root_.all_base & ~other->min_left;
    }
  }
  extra_.param_source_rels |= joinrel_.lateral_relids;
  if (mergejoin_allowed_) {
    sort_inner_and_outer();
    match_unsorted_outer();
  } else {
    match_unsorted_outer();
  }
  if (p_.enable_hashjoin || type_ == JoinType::Full) {
    hash_inner_and_outer();
  }
}

void JoinPathSearch::decide_uniqueness() {
  switch (unique_) {
    case Uniquify::Inner:
      extra_.inner_unique = is_subset(sj_.min_left, outer_.relids);
      return;
    case Uniquify::Outer:
      extra_.inner_unique = innerrel_is_unique(root_, joinrel_.relids, outer_.relids, inner_,
                                               JoinType::Inner, extra_.restrict_list);
      return;
    case Uniquify::None:
      break;
  }
  extra_.inner_unique = type_ != JoinType::Semi && type_ != JoinType::Anti &&
                        innerrel_is_unique(root_, joinrel_.relids, outer_.relids, inner_, type_,
                                           extra_.restrict_list);
}

void JoinPathSearch::select_mergeclauses() {
  if (type_ == JoinType::RightSemi) {
    mergejoin_allowed_ = false;
    return;
  }
  bool have_nonmerge = false;
  const bool outer_join = is_outer_join(type_);
  for (auto* clause : extra_.restrict_list) {
    if (outer_join && is_pushed_down(*clause, joinrel_.relids)) {
      continue;
    }
    if (!clause->can_join || clause->merge_opfamilies.empty()) {
      have_nonmerge = have_nonmerge || clause->clause->kind != ExprKind::Const;
      continue;
    }
    if (!sides_match(*clause, outer_.relids, inner_.relids)) {
      have_nonmerge = true;
      continue;
    }
    update_mergeclause_eclasses(root_, *clause);
    if (orders_nothing(root_, *clause->left_ec) || orders_nothing(root_, *clause->right_ec)) {
      have_nonmerge = true;
      continue;
    }
    extra_.mergeclauses.push_back(clause);
  }
  if (keeps_inner_rows(type_)) {
    mergejoin_allowed_ = !have_nonmerge;
  } else {
    mergejoin_allowed_ = true;
  }
}

bool JoinPathSearch::parallel_possible() const {
  return joinrel_.consider_parallel && unique_ != Uniquify::Outer && type_ != JoinType::RightSemi &&
         !outer_.partial_paths.empty() && joinrel_.lateral_relids == 0;
}

Path* JoinPathSearch::cheapest_safe_inner(const std::vector<Path*>& paths) {
  for (auto* path : paths) {
    if (path->parallel_safe && required_outer(path) == 0) {
      return path;
    }
  }
  return nullptr;
}

Path* JoinPathSearch::make_join(PathKind kind, Path* outer, Path* inner, const PathKeys& keys,
                                const std::vector<RestrictInfo*>& clauses, Relids required) {
  auto* path = new_path(root_, kind, &joinrel_, &joinrel_.target);
  path->children.assign({outer, inner});
  path->join_type = type_;
  path->inner_unique = extra_.inner_unique;
  path->join_clauses = clauses;
  path->param = join_param_info(root_, joinrel_, *outer, *inner, sj_, required, path->join_clauses);
  path->parallel_safe = joinrel_.consider_parallel && outer->parallel_safe && inner->parallel_safe;
  path->workers = outer->workers;
  path->pathkeys = keys;
  return path;
}

bool JoinPathSearch::materializes_output(const Path& path) {
  switch (path.kind) {
    case PathKind::Material:
    case PathKind::FunctionScan:
    case PathKind::CteScan:
    case PathKind::WorkTableScan:
    case PathKind::Sort:
      return true;
    default:
      return false;
  }
}

void JoinPathSearch::match_unsorted_outer() {
  if (type_ == JoinType::RightSemi) {
    return;
  }
  const bool nestloop_ok = !keeps_inner_rows(type_);
  const bool use_all = !nestloop_ok;
  Path* inner_cheapest = inner_.cheapest_total;
  if (param_by(*inner_cheapest, outer_)) {
    inner_cheapest = nullptr;
  }
  Path* material = nullptr;
  if (unique_ == Uniquify::Inner) {
    if (inner_cheapest == nullptr) {
      return;
    }
    inner_cheapest = create_unique_path(root_, inner_, inner_cheapest, sj_);
  } else if (nestloop_ok && p_.enable_material && inner_cheapest != nullptr &&
             !materializes_output(*inner_cheapest)) {
    material = create_material_path(root_, inner_, inner_cheapest);
  }
  for (auto* outer : outer_.paths) {
    if (param_by(*outer, inner_)) {
      continue;
    }
    if (unique_ == Uniquify::Outer) {
      if (outer != outer_.cheapest_total) {
        continue;
      }
      outer = create_unique_path(root_, outer_, outer, sj_);
    }
    const PathKeys keys = build_join_pathkeys(root_, joinrel_, type_, outer->pathkeys);
    if (unique_ == Uniquify::Inner) {
      try_nestloop(outer, inner_cheapest, keys);
    } else if (nestloop_ok) {
      for (auto* inner : inner_.cheapest_parameterized) {
        try_nestloop(outer, inner, keys);
        if (auto* cached = memoize(inner, *outer); cached != nullptr) {
          try_nestloop(outer, cached, keys);
        }
      }
      if (material != nullptr) {
        try_nestloop(outer, material, keys);
      }
    }
    if (unique_ == Uniquify::Outer || inner_cheapest == nullptr || !mergejoin_allowed_) {
      continue;
    }
    generate_mergejoins(outer, use_all, inner_cheapest, keys, false);
  }
  if (parallel_possible() && !keeps_inner_rows(type_)) {
    partial_unsorted(nestloop_ok, use_all, inner_cheapest);
  }
}

void JoinPathSearch::partial_unsorted(bool nestloop_ok, bool use_all, Path* inner_cheapest) {
  if (nestloop_ok) {
    Path* material = nullptr;
    if (p_.server.materializes_in_parallel() && unique_ != Uniquify::Inner && p_.enable_material &&
        inner_.cheapest_total->parallel_safe && !param_by(*inner_.cheapest_total, outer_) &&
        !materializes_output(*inner_.cheapest_total)) {
      material = create_material_path(root_, inner_, inner_.cheapest_total);
    }
    for (auto* outer : outer_.partial_paths) {
      const PathKeys keys = build_join_pathkeys(root_, joinrel_, type_, outer->pathkeys);
      for (auto* inner : inner_.cheapest_parameterized) {
        if (!inner->parallel_safe) {
          continue;
        }
        if (unique_ == Uniquify::Inner) {
          if (inner != inner_.cheapest_total) {
            continue;
          }
          inner = create_unique_path(root_, inner_, inner, sj_);
        }
        try_partial_nestloop(outer, inner, keys);
        if (auto* cached = unique_ == Uniquify::Inner ? nullptr : memoize(inner, *outer);
            cached != nullptr) {
          try_partial_nestloop(outer, cached, keys);
        }
      }
      if (material != nullptr) {
        try_partial_nestloop(outer, material, keys);
      }
    }
  }
  if (inner_cheapest == nullptr || !inner_cheapest->parallel_safe) {
    if (unique_ == Uniquify::Inner) {
      return;
    }
    inner_cheapest = cheapest_safe_inner(inner_.paths);
  }
  if (inner_cheapest != nullptr && mergejoin_allowed_) {
    for (auto* outer : outer_.partial_paths) {
      const PathKeys keys = build_join_pathkeys(root_, joinrel_, type_, outer->pathkeys);
      generate_mergejoins(outer, use_all, inner_cheapest, keys, true);
    }
  }
}

void add_paths_to_joinrel(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                          RelOptInfo& inner, JoinType type, SpecialJoin& sj,
                          const std::vector<RestrictInfo*>& restrict_list) {
  JoinPathSearch{root, joinrel, outer, inner, type, Uniquify::None, sj, restrict_list}.run();
}

void add_unique_paths_to_joinrel(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                                 RelOptInfo& inner, SpecialJoin& sj,
                                 const std::vector<RestrictInfo*>& restrict_list) {
  JoinPathSearch{root, joinrel, outer, inner, JoinType::Inner, Uniquify::Inner, sj, restrict_list}
      .run();
  JoinPathSearch{root, joinrel, inner, outer, JoinType::Inner, Uniquify::Outer, sj, restrict_list}
      .run();
}

}  // namespace quern::planner_model
