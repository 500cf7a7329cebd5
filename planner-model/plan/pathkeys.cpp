// Sort orders of paths. Source: pathkeys.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

EquivalenceClass* canonical(EquivalenceClass* ec) {
  while (ec != nullptr && ec->merged != nullptr) {
    ec = ec->merged;
  }
  return ec;
}

bool is_redundant(const PlannerInfo& root, const PathKey& key, const PathKeys& keys) {
  if (orders_nothing(root, *key.ec)) {
    return true;
  }
  return std::any_of(keys.begin(), keys.end(), [&](const PathKey& k) { return k.ec == key.ec; });
}

}  // namespace

std::optional<PathKey> make_pathkey(PlannerInfo& root, const ExprPtr& expr, Relids nullable,
                                    Oid opfamily, Oid opcintype, Oid collation, bool descending,
                                    bool nulls_first, int sort_ref, bool create) {
  const auto& types = *root.global->types;
  const Oid equality = types.operator_for(opfamily, opcintype, opcintype, btree_strategy::kEqual);
  if (equality == 0) {
    return std::nullopt;
  }
  const auto families = types.mergejoin_families(equality);
  if (families.empty()) {
    return std::nullopt;
  }
  auto* ec =
      eclass_for_sort_expr(root, expr, nullable, families, opcintype, collation, sort_ref, create);
  if (ec == nullptr) {
    return std::nullopt;
  }
  return PathKey{canonical(ec), opfamily, descending, nulls_first};
}

PathKeysComparison compare_pathkeys(const PathKeys& a, const PathKeys& b) {
  const auto common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (a[i] != b[i]) {
      return PathKeysComparison::Different;
    }
  }
  if (a.size() > b.size()) {
    return PathKeysComparison::Better1;
  }
  return a.size() < b.size() ? PathKeysComparison::Better2 : PathKeysComparison::Equal;
}

bool pathkeys_contained_in(const PathKeys& keys, const PathKeys& in) {
  const auto order = compare_pathkeys(keys, in);
  return order == PathKeysComparison::Equal || order == PathKeysComparison::Better2;
}

bool pathkeys_count_contained_in(const PathKeys& keys, const PathKeys& in, int& common) {
  common = 0;
  for (std::size_t i = 0; i < std::min(keys.size(), in.size()) && keys[i] == in[i]; ++i) {
    ++common;
  }
  return static_cast<std::size_t>(common) == keys.size();
}

namespace {

/// make_pathkey_from_sortop(): nothing when the clause's expression is not in the list.
std::optional<PathKey> sortclause_pathkey(PlannerInfo& root, const SortGroupClause& clause,
                                          const std::vector<TargetEntry>& targets) {
  const auto target = std::find_if(targets.begin(), targets.end(), [&](const TargetEntry& t) {
    return t.sort_group_ref == clause.ref;
  });
  if (target == targets.end()) {
    return std::nullopt;
  }
  // The ordering operator names its family: the btree one where it is < or >.
  for (const auto* member : root.global->types->memberships(clause.sort_operator)) {
    if (member->access_method == "btree" && (member->strategy == btree_strategy::kLess ||
                                             member->strategy == btree_strategy::kGreater)) {
      return make_pathkey(root, target->expr, root.nullable_base, member->family, member->left,
                          target->expr->collation, clause.descending, clause.nulls_first,
                          clause.ref, true);
    }
  }
  return std::nullopt;
}

}  // namespace

PathKeys pathkeys_for_sortclauses(PlannerInfo& root, const std::vector<SortGroupClause>& clauses,
                                  const std::vector<TargetEntry>& targets, bool* sortable) {
  PathKeys keys;
  if (sortable != nullptr) {
    *sortable = true;
  }
  for (const auto& clause : clauses) {
    if (clause.sort_operator == 0) {
      if (sortable != nullptr) {
        *sortable = false;
      }
      continue;
    }
    const auto key = sortclause_pathkey(root, clause, targets);
    if (key && !is_redundant(root, *key, keys)) {
      keys.push_back(*key);
    }
  }
  return keys;
}

PathKeys processed_pathkeys(PlannerInfo& root, std::vector<SortGroupClause>& clauses,
                            const std::vector<TargetEntry>& targets) {
  PathKeys keys;
  bool sortable = true;
  std::erase_if(clauses, [&](const SortGroupClause& clause) {
    if (clause.sort_operator == 0) {
      sortable = false;
      return false;
    }
    const auto key = sortclause_pathkey(root, clause, targets);
    if (!key) {
      return false;
    }
    if (key->ec->sort_ref == 0) {
      key->ec->sort_ref = clause.ref;
    }
    if (is_redundant(root, *key, keys)) {
      return true;
    }
    keys.push_back(*key);
    return false;
  });
  return sortable ? keys : PathKeys{};
}

namespace {

/// What the whole knows as what an arm of UNION ALL computes: classes and orders are the whole's.
ExprPtr in_whole(const PlannerInfo& root, const RelOptInfo& rel, const ExprPtr& expr) {
  const RelOptInfo* arm = &rel;
  while (arm != nullptr && arm->computed.empty()) {
    arm = arm->append_parent;
  }
  if (arm == nullptr) {
    return expr;
  }
  for (const auto* ec : root.classes) {
    for (const auto* member : ec->members) {
      if (member->relids == rel.relids && equal(in_member(rel, member->expr), expr)) {
        return member->expr;
      }
    }
  }
  return expr;
}

}  // namespace

PathKeys index_pathkeys(PlannerInfo& root, IndexOptInfo& index, bool backward) {
  PathKeys keys;
  if (!index.can_order) {
    return keys;
  }
  for (int i = 0; i < index.key_columns; ++i) {
    const auto c = static_cast<std::size_t>(i);
    const ExprPtr expr = index.expressions[c];
    const bool descending = backward ? !index.descending[c] : index.descending[c];
    const bool nulls_first = backward ? !index.nulls_first[c] : index.nulls_first[c];
    const auto key =
        make_pathkey(root, in_whole(root, *index.rel, expr), 0, index.opfamilies[c],
                     index.input_types[c], index.collations[c], descending, nulls_first, 0, false);
    if (key) {
      if (!is_redundant(root, *key, keys)) {
        keys.push_back(*key);
      }
    } else {
      // Nobody asked for this column's order; a boolean fixed by a clause may be skipped.
      const bool fixed =
          expr->type == type_oid::kBool &&
          std::any_of(index.restrict_info.begin(), index.restrict_info.end(),
                      [&](const RestrictInfo* r) {
                        const auto& e = r->clause;
                        return equal(e, expr) ||
                               (e->kind == ExprKind::Not && equal(e->args.front(), expr)) ||
                               (e->kind == ExprKind::BooleanTest &&
                                (e->boolean_test == BooleanTestKind::IsTrue ||
                                 e->boolean_test == BooleanTestKind::IsFalse) &&
                                equal(e->args.front(), expr));
                      });
      if (!fixed) {
        break;
      }
    }
  }
  return keys;
}

bool has_useful_pathkeys(const PlannerInfo& root, const RelOptInfo& rel) {
  return !rel.join_info.empty() || rel.has_ec_joins || !root.query_pathkeys.empty() ||
         (root.global->cost.server.reorders_group_by() && !root.group_pathkeys.empty());
}

namespace {

/// right_merge_direction(): the query's own direction for what it sorts by, ascending otherwise.
bool right_merge_direction(const PlannerInfo& root, const PathKey& key) {
  for (const auto& wanted : root.query_pathkeys) {
    if (wanted.ec == key.ec && wanted.opfamily == key.opfamily) {
      return wanted.descending == key.descending;
    }
  }
  return !key.descending;
}

std::size_t useful_for_merging(PlannerInfo& root, const RelOptInfo& rel, const PathKeys& keys) {
  std::size_t useful = 0;
  for (const auto& key : keys) {
    if (!right_merge_direction(root, key)) {
      break;
    }
    bool matched = rel.has_ec_joins && eclass_useful_for_merging(*key.ec, rel);
    if (!matched) {
      for (auto* clause : rel.join_info) {
        if (clause->merge_opfamilies.empty() || !clause->can_join) {
          continue;
        }
        update_mergeclause_eclasses(root, *clause);
        if (key.ec == clause->left_ec || key.ec == clause->right_ec) {
          matched = true;
          break;
        }
      }
    }
    if (!matched) {
      break;
    }
    ++useful;
  }
  return useful;
}

/// pathkeys_useful_for_grouping(): a prefix in any order.
std::size_t useful_for_grouping(const PlannerInfo& root, const PathKeys& keys) {
  const auto& wanted = root.group_pathkeys;
  const auto end = std::find_if(keys.begin(), keys.end(), [&](const PathKey& key) {
    return std::find(wanted.begin(), wanted.end(), key) == wanted.end();
  });
  return static_cast<std::size_t>(end - keys.begin());
}

}  // namespace

PathKeys truncate_useless_pathkeys(PlannerInfo& root, const RelOptInfo& rel,
                                   const PathKeys& pathkeys) {
  std::size_t useful = useful_for_merging(root, rel, pathkeys);
  if (!root.query_pathkeys.empty() && !pathkeys.empty()) {
    // With incremental sort any common prefix is of use.
    int common = 0;
    (void)pathkeys_count_contained_in(root.query_pathkeys, pathkeys, common);
    useful = std::max(useful, static_cast<std::size_t>(common));
  }
  if (root.global->cost.server.reorders_group_by()) {
    useful = std::max(useful, useful_for_grouping(root, pathkeys));
    int common = 0;
    (void)pathkeys_count_contained_in(root.setop_pathkeys, pathkeys, common);
    useful = std::max(useful, static_cast<std::size_t>(common));
  }
  return {pathkeys.begin(), pathkeys.begin() + static_cast<std::ptrdiff_t>(useful)};
}

void update_mergeclause_eclasses(PlannerInfo& root, RestrictInfo& clause) {
  if (clause.left_ec == nullptr) {
    const auto* op = root.global->types->op(clause.clause->op);
    clause.left_ec = eclass_for_sort_expr(root, clause.clause->args[0], clause.nullable_relids,
                                          clause.merge_opfamilies, op->left,
                                          clause.clause->input_collation, 0, true);
    clause.right_ec = eclass_for_sort_expr(root, clause.clause->args[1], clause.nullable_relids,
                                           clause.merge_opfamilies, op->right,
                                           clause.clause->input_collation, 0, true);
  }
  clause.left_ec = canonical(clause.left_ec);
  clause.right_ec = canonical(clause.right_ec);
}

std::vector<RestrictInfo*> find_mergeclauses_for_outer_pathkeys(
    PlannerInfo& root, const PathKeys& pathkeys, const std::vector<RestrictInfo*>& clauses) {
  std::vector<RestrictInfo*> result;
  for (auto* clause : clauses) {
    update_mergeclause_eclasses(root, *clause);
  }
  for (const auto& key : pathkeys) {
    bool matched = false;
    for (auto* clause : clauses) {
      const auto* ec = clause->outer_is_left ? clause->left_ec : clause->right_ec;
      if (ec == key.ec) {
        result.push_back(clause);
        matched = true;
      }
    }
    if (!matched) {
      break;
    }
  }
  return result;
}

PathKeys select_outer_pathkeys_for_merge(PlannerInfo& root,
                                         const std::vector<RestrictInfo*>& clauses,
                                         const RelOptInfo& joinrel) {
  struct Scored {
    EquivalenceClass* ec;
    int score;
  };

  std::vector<Scored> candidates;
  for (auto* clause : clauses) {
    update_mergeclause_eclasses(root, *clause);
    auto* ec = clause->outer_is_left ? clause->left_ec : clause->right_ec;
    if (std::any_of(candidates.begin(), candidates.end(),
                    [&](const Scored& s) { return s.ec == ec; })) {
      continue;
    }
    int score = 0;
    for (const auto* member : ec->members) {
      if (!member->is_const && !overlaps(member->relids, joinrel.relids)) {
        ++score;
      }
    }
    candidates.push_back({ec, score});
  }
  PathKeys keys;
  // If the query's own order is covered entirely, sort by that first.
  if (!root.query_pathkeys.empty()) {
    const bool all = std::all_of(
        root.query_pathkeys.begin(), root.query_pathkeys.end(), [&](const PathKey& key) {
          return std::any_of(candidates.begin(), candidates.end(),
                             [&](const Scored& s) { return s.ec == key.ec; });
        });
    if (!all && root.global->cost.server.merges_by_prefix_of_order()) {
      const auto end = std::find_if(
          root.query_pathkeys.begin(), root.query_pathkeys.end(), [&](const PathKey& key) {
            return std::none_of(candidates.begin(), candidates.end(),
                                [&](const Scored& s) { return s.ec == key.ec; });
          });
      // All clauses matched: what the query sorts by first is better than nothing.
      if (static_cast<std::size_t>(end - root.query_pathkeys.begin()) == clauses.size()) {
        return {root.query_pathkeys.begin(), end};
      }
    }
    if (all) {
      keys = root.query_pathkeys;
      for (auto& candidate : candidates) {
        if (std::any_of(keys.begin(), keys.end(),
                        [&](const PathKey& key) { return key.ec == candidate.ec; })) {
          candidate.score = -1;
        }
      }
    }
  }
  while (true) {
    Scored* best = nullptr;
    for (auto& candidate : candidates) {
      if (candidate.score >= 0 && (best == nullptr || candidate.score > best->score)) {
        best = &candidate;
      }
    }
    if (best == nullptr) {
      break;
    }
    best->score = -1;
    const PathKey key{best->ec, best->ec->opfamilies.front(), false, false};
    if (!is_redundant(root, key, keys)) {
      keys.push_back(key);
    }
  }
  return keys;
}

PathKeys make_inner_pathkeys_for_merge(PlannerInfo& root, const std::vector<RestrictInfo*>& clauses,
                                       const PathKeys& outer) {
  PathKeys keys;
  std::size_t next = 0;
  EquivalenceClass* last = nullptr;
  PathKey outer_key;
  for (auto* clause : clauses) {
    update_mergeclause_eclasses(root, *clause);
    auto* outer_ec = clause->outer_is_left ? clause->left_ec : clause->right_ec;
    auto* inner_ec = clause->outer_is_left ? clause->right_ec : clause->left_ec;
    if (outer_ec != last) {
      if (next >= outer.size()) {
        break;
      }
      outer_key = outer[next++];
      last = outer_key.ec;
    }
    const PathKey key{inner_ec, outer_key.opfamily, outer_key.descending, outer_key.nulls_first};
    if (!is_redundant(root, key, keys)) {
      keys.push_back(key);
    }
  }
  return keys;
}

std::vector<RestrictInfo*> trim_mergeclauses_for_inner_pathkeys(
    PlannerInfo& root, const std::vector<RestrictInfo*>& clauses, const PathKeys& pathkeys) {
  std::vector<RestrictInfo*> result;
  std::size_t at = 0;
  bool matched = false;
  for (auto* clause : clauses) {
    update_mergeclause_eclasses(root, *clause);
    const auto* ec = clause->outer_is_left ? clause->right_ec : clause->left_ec;
    if (at < pathkeys.size() && ec != pathkeys[at].ec) {
      if (!matched) {
        break;
      }
      ++at;
      matched = false;
    }
    if (at >= pathkeys.size() || ec != pathkeys[at].ec) {
      break;
    }
    result.push_back(clause);
    matched = true;
  }
  return result;
}

PathKeys build_join_pathkeys(PlannerInfo& root, const RelOptInfo& joinrel, JoinType type,
                             const PathKeys& outer) {
  if (outer.empty() || type == JoinType::Full || type == JoinType::Right ||
      type == JoinType::RightAnti) {
    return {};
  }
  return truncate_useless_pathkeys(root, joinrel, outer);
}

namespace {

/// The column that `rel` shows of a subquery's target, if anything above uses it
/// (find_var_for_subquery_tle()).
ExprPtr visible_column(const RelOptInfo& rel, const TargetEntry& target, int attno) {
  if (target.junk || !rel.needed.contains(attno)) {
    return nullptr;
  }
  auto var = std::make_shared<Expr>();
  var->kind = ExprKind::Var;
  var->varno = rel.range;
  var->attno = attno;
  var->type = target.expr->type;
  var->typmod = target.expr->typmod;
  var->collation = target.expr->collation;
  return var;
}

/// The order one key of a subquery gives outside: of several the one that most columns are equal
/// to.
std::optional<PathKey> outer_pathkey(PlannerInfo& root, const RelOptInfo& rel,
                                     const PlannerInfo& subroot, const PathKey& subkey,
                                     std::size_t position) {
  std::optional<PathKey> best;
  int best_score = -1;
  for (const auto* member : subkey.ec->members) {
    int attno = 0;
    for (const auto& target : subroot.query.targets) {
      ++attno;
      const ExprPtr var = visible_column(rel, target, attno);
      if (!var || !equal(strip_relabel(target.expr), strip_relabel(member->expr))) {
        continue;
      }
      auto* ec = eclass_for_sort_expr(root, var, root.nullable_base, subkey.ec->opfamilies,
                                      member->datatype, subkey.ec->collation, 0, false);
      if (ec == nullptr) {
        continue;
      }
      const PathKey key{ec, subkey.opfamily, subkey.descending, subkey.nulls_first};
      int score = static_cast<int>(ec->members.size()) - 1;
      score += root.query_pathkeys.size() > position && root.query_pathkeys[position] == key;
      if (score > best_score) {
        best = key;
        best_score = score;
      }
    }
  }
  return best;
}

}  // namespace

PathKeys convert_subquery_pathkeys(PlannerInfo& root, RelOptInfo& rel, const PlannerInfo& subroot,
                                   const PathKeys& subkeys) {
  PathKeys result;
  for (const auto& subkey : subkeys) {
    const auto key = outer_pathkey(root, rel, subroot, subkey, result.size());
    if (!key) {
      break;
    }
    if (!is_redundant(root, *key, result)) {
      result.push_back(*key);
    }
  }
  return result;
}

}  // namespace quern::planner_model
