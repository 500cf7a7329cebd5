// Ways to join two relations. Source: joinpath.c and analyzejoins.c (innerrel_is_unique()),
// PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

bool is_outer_join(JoinType type) {
  return type == JoinType::Left || type == JoinType::Full || type == JoinType::Right ||
         type == JoinType::Anti;
}

/// RINFO_IS_PUSHED_DOWN.
bool is_pushed_down(const RestrictInfo& clause, Relids join_relids) {
  return clause.is_pushed_down || !is_subset(clause.required_relids, join_relids);
}

/// clause_sides_match_join().
bool sides_match(RestrictInfo& clause, Relids outer, Relids inner) {
  if (is_subset(clause.left_relids, outer) && is_subset(clause.right_relids, inner)) {
    clause.outer_is_left = true;
    return true;
  }
  if (is_subset(clause.left_relids, inner) && is_subset(clause.right_relids, outer)) {
    clause.outer_is_left = false;
    return true;
  }
  return false;
}

bool param_by(const Path& path, const RelOptInfo& rel) {
  return overlaps(required_outer(&path), rel.relids);
}

enum class Uniquify : std::uint8_t { None, Outer, Inner };

class JoinPaths {
 public:
  JoinPaths(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer, RelOptInfo& inner,
            JoinType type, Uniquify unique, SpecialJoin& sj,
            const std::vector<RestrictInfo*>& restrict_list)
      : root_{root},
        p_{root.global->cost},
        joinrel_{joinrel},
        outer_{outer},
        inner_{inner},
        type_{type},
        unique_{unique},
        sj_{sj} {
    extra_.restrict_list = restrict_list;
    extra_.sjinfo = &sj;
  }

  void run() {
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

 private:
  void decide_uniqueness() {
    switch (unique_) {
      case Uniquify::Inner:
        extra_.inner_unique = is_subset(sj_.min_left, outer_.relids);
        return;
      case Uniquify::Outer:
        extra_.inner_unique = innerrel_is_unique(root_, joinrel_.relids, outer_.relids, inner_,
                                                 JoinType::Inner, extra_.restrict_list, false);
        return;
      case Uniquify::None:
        break;
    }
    extra_.inner_unique = type_ != JoinType::Semi && type_ != JoinType::Anti &&
                          innerrel_is_unique(root_, joinrel_.relids, outer_.relids, inner_, type_,
                                             extra_.restrict_list, false);
  }

  void select_mergeclauses() {
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
      if (clause->left_ec->has_const || clause->right_ec->has_const) {
        have_nonmerge = true;
        continue;
      }
      extra_.mergeclauses.push_back(clause);
    }
    if (type_ == JoinType::Right || type_ == JoinType::Full) {
      mergejoin_allowed_ = !have_nonmerge;
    } else {
      mergejoin_allowed_ = true;
    }
  }

  [[nodiscard]] bool parallel_possible() const {
    return joinrel_.consider_parallel && unique_ != Uniquify::Outer && type_ != JoinType::Full &&
           type_ != JoinType::Right && !outer_.partial_paths.empty() &&
           joinrel_.lateral_relids == 0;
  }

  [[nodiscard]] static Path* cheapest_safe_inner(const std::vector<Path*>& paths) {
    for (auto* path : paths) {
      if (path->parallel_safe && required_outer(path) == 0) {
        return path;
      }
    }
    return nullptr;
  }

  // --- nested loop

  Path* make_join(PathKind kind, Path* outer, Path* inner, const PathKeys& keys,
                  std::vector<RestrictInfo*> clauses, Relids required) {
    auto* path = new_path(root_, kind, &joinrel_, &joinrel_.target);
    path->children = {outer, inner};
    path->join_type = type_;
    path->inner_unique = extra_.inner_unique;
    path->param = join_param_info(root_, joinrel_, *outer, *inner, sj_, required, clauses);
    path->join_clauses = std::move(clauses);
    path->parallel_safe =
        joinrel_.consider_parallel && outer->parallel_safe && inner->parallel_safe;
    path->workers = outer->workers;
    path->pathkeys = keys;
    return path;
  }

  Path* make_nestloop(Path* outer, Path* inner, const PathKeys& keys, Relids required,
                      JoinCostWorkspace& w) {
    std::vector<RestrictInfo*> clauses = extra_.restrict_list;
    const Relids inner_required = required_outer(inner);
    if (overlaps(inner_required, outer->parent->relids)) {
      const Relids both = inner->parent->relids | inner_required;
      std::erase_if(clauses, [&](const RestrictInfo* clause) {
        return movable_into(*clause, inner->parent->relids, both);
      });
    }
    auto* path = make_join(PathKind::NestedLoop, outer, inner, keys, std::move(clauses), required);
    final_cost_nestloop(root_, *path, w, extra_);
    return path;
  }

  void try_nestloop(Path* outer, Path* inner, const PathKeys& keys) {
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
      add_path(root_, joinrel_, make_nestloop(outer, inner, keys, required, w));
    }
  }

  void try_partial_nestloop(Path* outer, Path* inner, const PathKeys& keys) {
    if (!is_subset(required_outer(inner), outer->parent->relids)) {
      return;
    }
    JoinCostWorkspace w;
    initial_cost_nestloop(root_, w, type_, *outer, *inner, extra_);
    if (add_partial_path_precheck(joinrel_, w.total, keys)) {
      add_partial_path(root_, joinrel_, make_nestloop(outer, inner, keys, 0, w));
    }
  }

  /// get_memoize_path().
  Path* memoize(Path* inner, const Path& outer) {
    static const std::vector<RestrictInfo*> kNone;
    const auto& clauses = inner->param != nullptr ? inner->param->clauses : kNone;
    if (!p_.enable_memoize || p_.version < 140000 || outer.parent->rows < 2 ||
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
    for (const auto& expr : inner_.target.exprs) {
      if (contains_volatile(expr, root_)) {
        return nullptr;
      }
    }
    for (const auto* clause : inner_.restrictions) {
      if (contains_volatile(clause->clause, root_)) {
        return nullptr;
      }
    }
    std::vector<ExprPtr> keys;
    bool binary = false;
    for (auto* clause : clauses) {
      const auto& expr = clause->clause;
      if (expr->kind != ExprKind::OpExpr || expr->args.size() != 2 ||
          !sides_match(*clause, outer_.relids, inner_.relids)) {
        return nullptr;
      }
      const bool hashable = clause->outer_is_left ? clause->left_hashable : clause->right_hashable;
      if (!hashable) {
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
    path->cache_keys = keys;
    path->single_row = extra_.inner_unique;
    path->binary_mode = binary;
    path->calls = outer.rows;
    path->rows = inner->rows;
    path->startup = inner->startup + p_.cpu_tuple_cost;
    path->total = inner->total + p_.cpu_tuple_cost;
    return path;
  }

  // --- merge join

  void try_mergejoin(Path* outer, Path* inner, const PathKeys& keys,
                     const std::vector<RestrictInfo*>& clauses, const PathKeys& order,
                     PathKeys outer_sort, PathKeys inner_sort, bool partial) {
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
    if (!outer_sort.empty() && pathkeys_contained_in(outer_sort, outer->pathkeys)) {
      outer_sort.clear();
    }
    if (!inner_sort.empty() && pathkeys_contained_in(inner_sort, inner->pathkeys)) {
      inner_sort.clear();
    }
    JoinCostWorkspace w;
    initial_cost_mergejoin(root_, w, type_, clauses, order.empty() ? nullptr : &order.front(),
                           *outer, *inner, !outer_sort.empty(), !inner_sort.empty());
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
    partial ? add_partial_path(root_, joinrel_, path) : add_path(root_, joinrel_, path);
  }

  void sort_inner_and_outer() {
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
    if (parallel_possible()) {
      partial_outer = outer_.partial_paths.front();
      if (inner->parallel_safe) {
        safe_inner = inner;
      } else if (unique_ != Uniquify::Inner) {
        safe_inner = cheapest_safe_inner(inner_.paths);
      }
    }
    const PathKeys all = select_outer_pathkeys_for_merge(root_, extra_.mergeclauses, joinrel_);
    for (std::size_t front = 0; front < all.size(); ++front) {
      PathKeys outer_keys{all[front]};
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

  void generate_mergejoins(Path* outer, bool use_all, Path* inner_cheapest, const PathKeys& keys,
                           bool partial) {
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

  static bool materializes_output(const Path& path) {
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

  void match_unsorted_outer() {
    const bool nestloop_ok = type_ != JoinType::Right && type_ != JoinType::Full;
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
    const auto outer_paths = outer_.paths;
    for (auto* outer : outer_paths) {
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
    if (parallel_possible()) {
      partial_unsorted(nestloop_ok, use_all, inner_cheapest);
    }
  }

  void partial_unsorted(bool nestloop_ok, bool use_all, Path* inner_cheapest) {
    if (nestloop_ok) {
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

  // --- hash join

  void try_hashjoin(Path* outer, Path* inner, const std::vector<RestrictInfo*>& clauses) {
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
    add_path(root_, joinrel_, path);
  }

  void try_partial_hashjoin(Path* outer, Path* inner, const std::vector<RestrictInfo*>& clauses,
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
    add_partial_path(root_, joinrel_, path);
  }

  void hash_inner_and_outer() {
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
    if (!parallel_possible()) {
      return;
    }
    auto* partial_outer = outer_.partial_paths.front();
    if (!inner_.partial_paths.empty() && unique_ != Uniquify::Inner && p_.enable_parallel_hash) {
      try_partial_hashjoin(partial_outer, inner_.partial_paths.front(), clauses, true);
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

  PlannerInfo& root_;
  const CostParameters& p_;
  RelOptInfo& joinrel_;
  RelOptInfo& outer_;
  RelOptInfo& inner_;
  JoinType type_;
  Uniquify unique_;
  SpecialJoin& sj_;
  JoinPathExtra extra_;
  bool mergejoin_allowed_ = true;
};

}  // namespace

void add_paths_to_joinrel(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                          RelOptInfo& inner, JoinType type, SpecialJoin& sj,
                          const std::vector<RestrictInfo*>& restrict_list) {
  JoinPaths{root, joinrel, outer, inner, type, Uniquify::None, sj, restrict_list}.run();
}

void add_unique_paths_to_joinrel(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                                 RelOptInfo& inner, SpecialJoin& sj,
                                 const std::vector<RestrictInfo*>& restrict_list) {
  JoinPaths{root, joinrel, outer, inner, JoinType::Inner, Uniquify::Inner, sj, restrict_list}.run();
  JoinPaths{root, joinrel, inner, outer, JoinType::Inner, Uniquify::Outer, sj, restrict_list}.run();
}

bool innerrel_is_unique(PlannerInfo& root, Relids join_relids, Relids outer_relids,
                        RelOptInfo& inner, JoinType type,
                        const std::vector<RestrictInfo*>& restrict_list, bool force_cache) {
  (void)force_cache;
  if (restrict_list.empty() || inner.kind != RelKind::Base) {
    return false;
  }
  std::vector<RestrictInfo*> clauses;
  for (auto* clause : restrict_list) {
    if (clause->is_pushed_down && is_outer_join(type) && true) {
      if (is_pushed_down(*clause, join_relids)) {
        continue;
      }
    }
    if (!clause->can_join || clause->merge_opfamilies.empty() ||
        !sides_match(*clause, outer_relids, inner.relids)) {
      continue;
    }
    clauses.push_back(clause);
  }
  if (inner.entry->kind == RangeKind::Relation && !inner.is_append) {
    return relation_has_unique_index_for(root, inner, clauses, {}, {});
  }
  if (inner.entry->kind == RangeKind::Subquery) {
    std::vector<int> columns;
    std::vector<Oid> operators;
    for (const auto* clause : clauses) {
      const ExprPtr side = strip_relabel(clause->clause->args[clause->outer_is_left ? 1 : 0]);
      if (side->kind == ExprKind::Var && side->varno == inner.range) {
        columns.push_back(side->attno);
        operators.push_back(clause->clause->op);
      }
    }
    const Query& query = inner.subroot != nullptr ? inner.subroot->query : *inner.entry->subquery;
    return query_is_distinct_for(root, query, columns, operators);
  }
  return false;
}

bool query_is_distinct_for(const PlannerInfo& root, const Query& query,
                           const std::vector<int>& columns, const std::vector<Oid>& operators) {
  (void)root;
  (void)operators;
  const auto is_output = [&](int ref) {
    int position = 0;
    for (const auto& target : query.targets) {
      if (target.junk) {
        continue;
      }
      ++position;
      if (target.sort_group_ref == ref) {
        return std::find(columns.begin(), columns.end(), position) != columns.end();
      }
    }
    return false;
  };
  const auto all_in = [&](const std::vector<SortGroupClause>& clauses) {
    return std::all_of(clauses.begin(), clauses.end(),
                       [&](const SortGroupClause& c) { return is_output(c.ref); });
  };
  if (!query.distinct.empty() && all_in(query.distinct)) {
    return true;
  }
  if (query.has_returning_set) {
    return false;
  }
  if (!query.group_by.empty() && !query.has_grouping_sets) {
    return all_in(query.group_by);
  }
  if (query.has_grouping_sets) {
    return false;
  }
  if (query.has_aggregates || query.having) {
    return true;  // one row
  }
  if (query.set_operation && !query.set_operation->all) {
    for (std::size_t i = 0; i < query.set_operation->columns.size(); ++i) {
      if (std::find(columns.begin(), columns.end(), static_cast<int>(i) + 1) == columns.end()) {
        return false;
      }
    }
    return true;
  }
  return false;
}

}  // namespace quern::planner_model
