// Index paths of a relation. Source: indxpath.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/index_cost.hpp"
#include "planner-model/plan/index_match.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

void check_index_predicates(PlannerInfo& root, RelOptInfo& rel) {
  bool any_partial = false;
  for (auto* index : rel.indexes) {
    index->restrict_info = rel.restrictions;
    index->predicate_ok = false;
    any_partial = any_partial || !index->predicate.empty();
  }
  if (!any_partial) {
    return;
  }
  std::vector<ExprPtr> clauses = clause_exprs(rel.restrictions);
  for (auto* clause : rel.join_info) {
    if (movable_to(*clause, rel)) {
      clauses.push_back(clause->clause);
    }
  }
  const Relids others = root.all_base & ~rel.relids;
  if (others != 0) {
    for (auto* clause : generate_join_implied_equalities(root, rel.relids | others, others, rel)) {
      clauses.push_back(clause->clause);
    }
  }
  // A row that is changed or locked, or read beside one that is, may have to be checked again in
  // full (EvalPlanQual): preprocess_rowmarks() marks all relations then.
  const Command command = root.query.command;
  const bool rechecked =
      (command != Command::Select && command != Command::Insert) || !root.query.row_marks.empty();
  for (auto* index : rel.indexes) {
    if (index->predicate.empty()) {
      continue;
    }
    index->predicate_ok = predicate_implied_by(root, index->predicate, clauses);
    if (rechecked) {
      continue;
    }
    // Clauses that the predicate already guarantees need no check in a scan of this index.
    for (auto* clause : rel.restrictions) {
      if (contains_volatile(clause->clause, root) ||
          !predicate_implied_by(root, clause->clause, index->predicate)) {
        index->restrictions_left.push_back(clause);
      }
    }
    index->restrict_info = index->restrictions_left;
  }
}

double loop_count_for(PlannerInfo& root, int range, Relids outer_relids) {
  if (outer_relids == 0) {
    return 1.0;
  }
  const auto* scanned = root.base[static_cast<std::size_t>(range)];
  const bool is_member = scanned != nullptr && scanned->kind == RelKind::Member;
  double result = 0.0;
  for (Relids left = outer_relids; left != 0; left &= left - 1) {
    const int outer = lowest(left);
    const auto* rel = root.base[static_cast<std::size_t>(outer)];
    if (rel == nullptr || rel->is_dummy || rel->rows <= 0) {
      continue;
    }
    double rows = rel->rows;
    // adjust_rowcount_for_semijoins(): a semijoin's inner side would be made unique first. It names
    // whole relations, so that their members find no semijoin.
    for (const auto* sj : root.special_joins) {
      if (!is_member && sj->type == JoinType::Semi && overlaps(singleton(range), sj->syn_left) &&
          overlaps(singleton(outer), sj->syn_right)) {
        double tuples = 1;
        for (Relids members = sj->syn_right; members != 0; members &= members - 1) {
          const auto* member = root.base[static_cast<std::size_t>(lowest(members))];
          if (member != nullptr) {
            tuples *= member->rows;
          }
        }
        rows = std::min(rows, estimate_num_groups(root, sj->semi_rhs, tuples));
      }
    }
    if (result == 0.0 || result > rows) {
      result = rows;
    }
  }
  return result > 0 ? result : 1.0;
}

namespace {

bool check_index_only(const PlannerInfo& root, const RelOptInfo& rel, const IndexOptInfo& index) {
  if (!root.global->cost.enable_indexonlyscan || rel.whole_row_needed) {
    return false;
  }
  const auto returns = [&](const Expr& expr) {
    for (std::size_t i = 0; i < index.columns.size() && expr.attno > 0; ++i) {
      if (index.columns[i] == expr.attno && index.can_return[i]) {
        return true;
      }
    }
    return false;
  };
  const auto column_missing = [&](const Expr& expr) {
    return expr.kind == ExprKind::Var && expr.levels_up == 0 && expr.varno == rel.range &&
           !returns(expr);
  };
  const auto missing = [&](const Expr& expr) {
    const ExprPtr computed = expr.kind == ExprKind::Var && expr.varno == rel.range
                                 ? computed_column(*rel.entry, expr.attno)
                                 : nullptr;
    return computed ? any_of(computed, column_missing) : column_missing(expr);
  };
  return std::none_of(rel.target.exprs.begin(), rel.target.exprs.end(),
                      [&](const ExprPtr& expr) { return any_of(expr, missing); }) &&
         std::none_of(index.restrict_info.begin(), index.restrict_info.end(),
                      [&](const RestrictInfo* clause) { return any_of(clause->clause, missing); });
}

/// build_index_pathkeys() of a backward scan: the same columns, each the other way round.
PathKeys reversed(PathKeys keys) {
  for (PathKey& key : keys) {
    key.descending = !key.descending;
    key.nulls_first = !key.nulls_first;
  }
  return keys;
}

bool has_array(const IndexClause& clause) {
  return clause.rinfo->clause->kind == ExprKind::ScalarArrayOpExpr;
}

Path* make_index_path(PlannerInfo& root, RelOptInfo& rel, IndexOptInfo& index,
                      const std::vector<IndexClause>& clauses, const PathKeys& keys,
                      const std::vector<ExprPtr>& index_order, bool backward, bool index_only,
                      Relids outer, double loop_count, std::optional<IndexAccessCost>& access,
                      bool partial) {
  auto* path =
      new_path(root, index_only ? PathKind::IndexOnlyScan : PathKind::IndexScan, &rel, &rel.target);
  path->param = base_param_info(root, rel, outer);
  path->index = &index;
  path->index_clauses = clauses;
  path->pathkeys = keys;
  path->index_order = index_order;
  path->backward = backward;
  if (!access) {
    access = index_access_cost(root, *path, loop_count);
  }
  cost_index(*path, root, loop_count, *access, partial);
  return path;
}

}  // namespace

std::vector<Path*> build_index_paths(PlannerInfo& root, RelOptInfo& rel, IndexOptInfo& index,
                                     const IndexClauseSet& set, bool use_predicate_only,
                                     bool want_plain, bool want_bitmap, bool* skip_array,
                                     bool* skip_lower_array) {
  std::vector<Path*> result;
  if ((want_plain && !want_bitmap && !index.has_gettuple) ||
      (want_bitmap && !want_plain && !index.has_getbitmap)) {
    return result;
  }
  (void)use_predicate_only;
  std::vector<IndexClause> clauses;
  Relids outer = rel.lateral_relids;
  bool found_lower_array = false;
  for (int column = 0; column < index.key_columns; ++column) {
    for (const auto& clause : set.columns[static_cast<std::size_t>(column)]) {
      if (has_array(clause)) {
        if (!index.search_array) {
          if (skip_array != nullptr) {
            *skip_array = true;
            continue;
          }
          if (want_plain && !want_bitmap) {
            continue;
          }
        }
        if (column > 0 && index.search_array &&
            !root.global->cost.server.btree_arrays_keep_order()) {
          if (skip_lower_array != nullptr) {
            *skip_lower_array = true;
            continue;
          }
          found_lower_array = true;
        }
      }
      clauses.push_back(clause);
      outer |= clause.rinfo->clause_relids;
    }
    // Without a clause on the first column only some methods can scan.
    if (clauses.empty() && !index.optional_key) {
      return result;
    }
  }
  outer &= ~rel.relids;
  const double loop_count = loop_count_for(root, rel.range, outer);

  const bool ordered = want_plain && !found_lower_array && has_useful_pathkeys(root, rel);
  const bool is_ordered_index = index.can_order;
  PathKeys order;
  PathKeys useful;
  std::vector<ExprPtr> index_order;
  if (is_ordered_index && ordered) {
    order = index_pathkeys(root, index, false);
    useful = truncate_useless_pathkeys(root, rel, order);
  } else if (index.can_order_by_operator && ordered) {
    index_order = distances_in_order(root, index);
    useful = index_order.empty() ? PathKeys{} : root.query_pathkeys;
  }
  const bool index_only = want_plain && check_index_only(root, rel, index);

  std::optional<IndexAccessCost> access;  // one for all directions
  const auto emit = [&](const PathKeys& keys, bool backward) {
    auto* path = make_index_path(root, rel, index, clauses, keys, index_order, backward, index_only,
                                 outer, loop_count, access, false);
    result.push_back(path);
    // Heap pages can only make the workers fewer.
    if (index.can_parallel && rel.consider_parallel && outer == 0 && want_plain &&
        parallel_worker_count(root, rel, -1, access->pages,
                              root.global->cost.max_parallel_workers_per_gather) > 0) {
      auto* partial = make_index_path(root, rel, index, clauses, keys, index_order, backward,
                                      index_only, outer, loop_count, access, true);
      if (partial->workers > 0) {
        add_partial_path(rel, partial);
      }
    }
  };
  if (!clauses.empty() || !useful.empty() || use_predicate_only || index_only) {
    emit(useful, false);
  }
  if (is_ordered_index && ordered) {
    const PathKeys back = truncate_useless_pathkeys(root, rel, reversed(std::move(order)));
    if (!back.empty()) {
      emit(back, true);
    }
  }
  return result;
}

namespace {

/// Each on its own, before add_path() and choose_bitmap_and() weigh them against each other.
void note_accesses(PlannerInfo& root, RelOptInfo& rel, const std::vector<Path*>& paths) {
  for (auto* path : paths) {
    const IndexOptInfo& index = *path->index;
    PricedAccess access{.index = &index, .rel = &rel, .outer = required_outer(path)};
    if (index.has_gettuple) {
      access.order = path->pathkeys;
      access.total = path->total;
      root.global->accesses->push_back(access);
    }
    if (index.has_getbitmap && (path->pathkeys.empty() || path->index_selectivity < 1.0)) {
      access.bitmap = true;
      access.order.clear();
      access.total = bitmap_scan_cost(root, rel, path);
      root.global->accesses->push_back(access);
    }
  }
}

/// get_index_paths().
void get_index_paths(PlannerInfo& root, RelOptInfo& rel, IndexOptInfo& index,
                     const IndexClauseSet& clauses, std::vector<Path*>& bitmap) {
  bool skip_array = false;
  bool skip_lower_array = false;
  auto paths = build_index_paths(root, rel, index, clauses, index.predicate_ok, true, true,
                                 &skip_array, &skip_lower_array);
  if (skip_lower_array) {
    for (auto* path : build_index_paths(root, rel, index, clauses, index.predicate_ok, true, true,
                                        &skip_array, nullptr)) {
      paths.push_back(path);
    }
  }
  if (root.global->accesses != nullptr) {
    note_accesses(root, rel, paths);
  }
  for (auto* path : paths) {
    if (index.has_gettuple) {
      add_path(rel, path);
    }
    if (index.has_getbitmap && (path->pathkeys.empty() || path->index_selectivity < 1.0)) {
      bitmap.push_back(path);
    }
  }
  if (skip_array) {
    for (auto* path :
         build_index_paths(root, rel, index, clauses, false, false, true, nullptr, nullptr)) {
      bitmap.push_back(path);
    }
  }
}

/// consider_index_join_clauses() with its two helpers.
class JoinClauseIndexPaths {
 public:
  JoinClauseIndexPaths(PlannerInfo& root, RelOptInfo& rel, IndexOptInfo& index,
                       const IndexClauseSet& restrictions, const IndexClauseSet& joins,
                       const IndexClauseSet& classes, std::vector<Path*>& bitmap)
      : root_{root},
        rel_{rel},
        index_{index},
        restrictions_{restrictions},
        joins_{joins},
        classes_{classes},
        bitmap_{bitmap} {}

  void run() {
    std::size_t considered = 0;
    for (int column = 0; column < index_.key_columns; ++column) {
      const auto c = static_cast<std::size_t>(column);
      considered += joins_.columns[c].size();
      outer_rels(joins_.columns[c], considered);
      considered += classes_.columns[c].size();
      outer_rels(classes_.columns[c], considered);
    }
  }

 private:
  void outer_rels(const std::vector<IndexClause>& clauses, std::size_t considered) {
    for (const auto& clause : clauses) {
      const Relids relids = clause.rinfo->clause_relids;
      if (known(relids)) {
        continue;
      }
      const auto before = sets_;
      for (const Relids old : before) {
        if (is_subset(relids, old) || is_subset(old, relids)) {
          continue;
        }
        if (clause.rinfo->parent_ec != nullptr && already_used(*clause.rinfo->parent_ec, old)) {
          continue;
        }
        if (sets_.size() >= 10 * considered) {
          break;
        }
        build(relids | old);
      }
      build(relids);
    }
  }

  [[nodiscard]] bool known(Relids relids) const {
    return std::find(sets_.begin(), sets_.end(), relids) != sets_.end();
  }

  [[nodiscard]] bool already_used(const EquivalenceClass& ec, Relids relids) const {
    for (const auto& column : classes_.columns) {
      for (const auto& clause : column) {
        if (clause.rinfo->parent_ec == &ec && is_subset(clause.rinfo->clause_relids, relids)) {
          return true;
        }
      }
    }
    return false;
  }

  void build(Relids relids) {
    if (known(relids)) {
      return;
    }
    sets_.push_back(relids);
    IndexClauseSet set;
    set.columns.resize(static_cast<std::size_t>(index_.key_columns));
    bool nonempty = false;
    for (std::size_t c = 0; c < set.columns.size(); ++c) {
      for (const auto& clause : joins_.columns[c]) {
        if (is_subset(clause.rinfo->clause_relids, relids)) {
          set.columns[c].push_back(clause);
          nonempty = true;
        }
      }
      for (const auto& clause : classes_.columns[c]) {
        if (is_subset(clause.rinfo->clause_relids, relids)) {
          set.columns[c].push_back(clause);
          nonempty = true;
          break;  // one clause of a class is enough
        }
      }
      set.columns[c].insert(set.columns[c].end(), restrictions_.columns[c].begin(),
                            restrictions_.columns[c].end());
    }
    if (nonempty) {
      get_index_paths(root_, rel_, index_, set, bitmap_);
    }
  }

  PlannerInfo& root_;
  RelOptInfo& rel_;
  IndexOptInfo& index_;
  const IndexClauseSet& restrictions_;
  const IndexClauseSet& joins_;
  const IndexClauseSet& classes_;
  std::vector<Path*>& bitmap_;
  std::vector<Relids> sets_;
};

void match_eclasses(PlannerInfo& root, RelOptInfo& rel, IndexOptInfo& index, IndexClauseSet& set) {
  if (!rel.has_ec_joins) {
    return;
  }
  for (int column = 0; column < index.key_columns; ++column) {
    const auto c = static_cast<std::size_t>(column);
    const auto matches = [&](const EquivalenceClass& ec, const EquivalenceMember& member) {
      // ec_member_matches_indexcol(): family, collation and expression agree.
      if (index.method == AccessMethod::Btree &&
          std::find(ec.opfamilies.begin(), ec.opfamilies.end(), index.opfamilies[c]) ==
              ec.opfamilies.end()) {
        return false;
      }
      if (index.collations[c] != 0 && index.collations[c] != ec.collation) {
        return false;
      }
      return matches_column(member.expr, column, index);
    };
    const auto clauses =
        generate_implied_equalities_for_column(root, rel, matches, rel.lateral_referencers);
    match_clauses(root, clauses, index, set);
  }
}

/// As new for another index, with the memory of the lists kept.
void clear(IndexClauseSet& set, const IndexOptInfo& index) {
  const auto columns = static_cast<std::size_t>(index.key_columns);
  for (auto& column : set.columns) {
    column.clear();
  }
  if (set.columns.size() < columns) {
    set.columns.resize(columns);
  }
}

}  // namespace

void create_index_paths(PlannerInfo& root, RelOptInfo& rel) {
  if (rel.indexes.empty()) {
    return;
  }
  std::vector<Path*> bitmap;
  std::vector<Path*> join_bitmap;
  std::vector<RestrictInfo*> join_or;
  std::vector<RestrictInfo*> movable;
  for (auto* clause : rel.join_info) {
    if (movable_to(*clause, rel)) {
      (clause->or_arms.empty() ? movable : join_or).push_back(clause);
    }
  }
  const bool may_join = !movable.empty() || rel.has_ec_joins;
  IndexClauseSet restrictions;
  IndexClauseSet joins;
  IndexClauseSet classes;
  for (auto* index : rel.indexes) {
    if (!index->predicate.empty() && !index->predicate_ok) {
      continue;
    }
    clear(restrictions, *index);
    match_clauses(root, index->restrict_info, *index, restrictions);
    get_index_paths(root, rel, *index, restrictions, bitmap);
    if (!may_join) {
      continue;
    }
    clear(joins, *index);
    match_clauses(root, movable, *index, joins);
    clear(classes, *index);
    match_eclasses(root, rel, *index, classes);
    if (!joins.empty() || !classes.empty()) {
      JoinClauseIndexPaths{root, rel, *index, restrictions, joins, classes, join_bitmap}.run();
    }
  }
  for (auto* path : generate_bitmap_or_paths(root, rel, rel.restrictions, {})) {
    bitmap.push_back(path);
  }
  for (auto* path : generate_bitmap_or_paths(root, rel, join_or, rel.restrictions)) {
    join_bitmap.push_back(path);
  }
  if (!bitmap.empty()) {
    auto* best = choose_bitmap_and(root, rel, bitmap);
    create_bitmap_heap_path(root, rel, best, rel.lateral_relids, 1.0, true);
  }
  if (!join_bitmap.empty()) {
    std::vector<Relids> outers;
    for (const auto* path : join_bitmap) {
      const Relids outer = bitmap_required_outer(*path);
      if (std::find(outers.begin(), outers.end(), outer) == outers.end()) {
        outers.push_back(outer);
      }
    }
    for (const Relids outer : outers) {
      std::vector<Path*> usable;
      for (auto* path : join_bitmap) {
        if (is_subset(bitmap_required_outer(*path), outer)) {
          usable.push_back(path);
        }
      }
      usable.insert(usable.end(), bitmap.begin(), bitmap.end());
      auto* best = choose_bitmap_and(root, rel, usable);
      const Relids required = bitmap_required_outer(*best);
      create_bitmap_heap_path(root, rel, best, required, loop_count_for(root, rel.range, required),
                              false);
    }
  }
}

bool relation_has_unique_index_for(PlannerInfo& root, RelOptInfo& rel,
                                   const std::vector<RestrictInfo*>& clauses,
                                   const std::vector<ExprPtr>& exprs,
                                   const std::vector<Oid>& operators) {
  if (rel.indexes.empty()) {
    return false;
  }
  std::vector<RestrictInfo*> all = clauses;
  for (auto* clause : rel.restrictions) {
    if (clause->merge_opfamilies.empty()) {
      continue;
    }
    if (clause->left_relids == 0) {
      clause->outer_is_left = true;
    } else if (clause->right_relids == 0) {
      clause->outer_is_left = false;
    } else {
      continue;
    }
    all.push_back(clause);
  }
  if (all.empty() && exprs.empty()) {
    return false;
  }
  for (auto* index : rel.indexes) {
    if (!index->unique || !index->immediate ||
        (!index->predicate.empty() && !index->predicate_ok)) {
      continue;
    }
    bool all_columns = true;
    for (int column = 0; column < index->key_columns && all_columns; ++column) {
      const auto c = static_cast<std::size_t>(column);
      bool matched = false;
      for (const auto* clause : all) {
        if (std::find(clause->merge_opfamilies.begin(), clause->merge_opfamilies.end(),
                      index->opfamilies[c]) == clause->merge_opfamilies.end()) {
          continue;
        }
        const ExprPtr& inner = clause->clause->args[clause->outer_is_left ? 1 : 0];
        if (matches_column(inner, column, *index)) {
          matched = true;
          break;
        }
      }
      for (std::size_t i = 0; i < exprs.size() && !matched; ++i) {
        const auto families = root.global->types->mergejoin_families(operators[i]);
        matched =
            matches_column(exprs[i], column, *index) &&
            std::find(families.begin(), families.end(), index->opfamilies[c]) != families.end();
      }
      all_columns = matched;
    }
    if (all_columns) {
      return true;
    }
  }
  return false;
}

}  // namespace quern::planner_model
