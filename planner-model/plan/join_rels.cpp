// Which joins are legal and in what order they are tried. Source: joinrels.c, allpaths.c
// (standard_join_search()) and relnode.c (build_join_rel()), PostgreSQL 15.
#include "planner-model/plan/join_rels.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

bool have_relevant_joinclause(PlannerInfo& root, const RelOptInfo& a, const RelOptInfo& b) {
  const auto& shorter = a.join_info.size() <= b.join_info.size() ? a : b;
  const auto& other = &shorter == &a ? b : a;
  for (const auto* clause : shorter.join_info) {
    if (overlaps(other.relids, clause->required_relids)) {
      return true;
    }
  }
  return a.has_ec_joins && b.has_ec_joins && have_relevant_eclass_joinclause(root, a, b);
}

namespace {

struct Legality {
  bool legal = false;
  SpecialJoin* sj = nullptr;
  bool reversed = false;
};

/// Whether `inner`, which takes from `outer`, can be the inside of a nested loop over it: no other
/// way to join them is left.
bool is_lateral_join_legal(const RelOptInfo& outer, const RelOptInfo& inner,
                           const SpecialJoin* match, bool swapped, bool made_unique) {
  if (match != nullptr && (swapped || made_unique || match->type == JoinType::Full)) {
    return false;
  }
  return overlaps(outer.relids, inner.direct_lateral);
}

/// Whether a join takes from what an outer join can only join to it later, on its inner side: it
/// would lead to no plan.
bool needs_what_comes_later(const PlannerInfo& root, Relids join_relids, Relids lateral) {
  Relids with_inner_sides = join_relids;
  for (bool again = lateral != 0; again;) {
    again = false;
    for (const SpecialJoin* sj : root.special_joins) {
      if (sj->type != JoinType::Full && overlaps(sj->min_left, with_inner_sides) &&
          !is_subset(sj->min_right, with_inner_sides)) {
        with_inner_sides |= sj->min_right;
        again = true;
      }
    }
  }
  return overlaps(with_inner_sides, lateral);
}

/// join_is_legal().
Legality join_is_legal(PlannerInfo& root, const RelOptInfo& a, const RelOptInfo& b,
                       Relids join_relids) {
  Legality result;
  SpecialJoin* match = nullptr;
  bool reversed = false;
  bool made_unique = false;
  bool must_be_left = false;
  for (auto* sj : root.special_joins) {
    if (!overlaps(sj->min_right, join_relids) || is_subset(join_relids, sj->min_right)) {
      continue;
    }
    const auto inside = [&](const RelOptInfo& rel) {
      return is_subset(sj->min_left, rel.relids) && is_subset(sj->min_right, rel.relids);
    };
    if (inside(a) || inside(b)) {
      continue;
    }
    // A right side already joined to others was made unique then: nothing is left to do.
    const auto joined_already = [&](const RelOptInfo& rel) {
      return is_subset(sj->syn_right, rel.relids) && sj->syn_right != rel.relids;
    };
    if (sj->type == JoinType::Semi && (joined_already(a) || joined_already(b))) {
      continue;
    }
    if (is_subset(sj->min_left, a.relids) && is_subset(sj->min_right, b.relids)) {
      if (match != nullptr) {
        return result;
      }
      match = sj;
      reversed = false;
    } else if (is_subset(sj->min_left, b.relids) && is_subset(sj->min_right, a.relids)) {
      if (match != nullptr) {
        return result;
      }
      match = sj;
      reversed = true;
    } else if (sj->type == JoinType::Semi && sj->syn_right == b.relids &&
               create_unique_path(root, const_cast<RelOptInfo&>(b), b.cheapest_total, *sj) !=
                   nullptr) {
      if (match != nullptr) {
        return result;
      }
      match = sj;
      reversed = false;
      made_unique = true;
    } else if (sj->type == JoinType::Semi && sj->syn_right == a.relids &&
               create_unique_path(root, const_cast<RelOptInfo&>(a), a.cheapest_total, *sj) !=
                   nullptr) {
      if (match != nullptr) {
        return result;
      }
      match = sj;
      reversed = true;
      made_unique = true;
    } else {
      if (overlaps(a.relids, sj->min_right) && overlaps(b.relids, sj->min_right)) {
        continue;
      }
      if (sj->type != JoinType::Left || overlaps(join_relids, sj->min_left)) {
        return result;
      }
      must_be_left = true;
    }
  }
  if (must_be_left && (match == nullptr || match->type != JoinType::Left || !match->lhs_strict)) {
    return result;
  }
  // Lateral references must be satisfiable in one direction.
  if (root.has_lateral) {
    const bool a_needs_b = overlaps(b.relids, a.lateral_relids);
    const bool b_needs_a = overlaps(a.relids, b.lateral_relids);
    if (a_needs_b && b_needs_a) {
      return result;
    }
    if ((b_needs_a && !is_lateral_join_legal(a, b, match, reversed, made_unique)) ||
        (a_needs_b && !is_lateral_join_legal(b, a, match, !reversed, made_unique))) {
      return result;
    }
    const Relids lateral = (a.lateral_relids | b.lateral_relids) & ~join_relids;
    if (needs_what_comes_later(root, join_relids, lateral)) {
      return result;
    }
  }
  result.legal = true;
  result.sj = match;
  result.reversed = reversed;
  return result;
}

}  // namespace

bool has_join_restriction(const PlannerInfo& root, const RelOptInfo& rel) {
  if (rel.lateral_relids != 0 || rel.lateral_referencers != 0) {
    return true;
  }
  return std::any_of(root.special_joins.begin(), root.special_joins.end(), [&](const auto* sj) {
    if (sj->type == JoinType::Full) {
      return false;
    }
    if (is_subset(sj->min_left, rel.relids) && is_subset(sj->min_right, rel.relids)) {
      return false;
    }
    return overlaps(sj->min_left, rel.relids) || overlaps(sj->min_right, rel.relids);
  });
}

bool have_join_order_restriction(const PlannerInfo& root, const RelOptInfo& a,
                                 const RelOptInfo& b) {
  if (overlaps(a.relids, b.direct_lateral) || overlaps(b.relids, a.direct_lateral)) {
    return true;
  }
  bool result = false;
  for (const auto* sj : root.special_joins) {
    if (sj->type == JoinType::Full) {
      continue;
    }
    if ((is_subset(sj->min_left, a.relids) && is_subset(sj->min_right, b.relids)) ||
        (is_subset(sj->min_left, b.relids) && is_subset(sj->min_right, a.relids)) ||
        (overlaps(sj->min_right, a.relids) && overlaps(sj->min_right, b.relids)) ||
        (overlaps(sj->min_left, a.relids) && overlaps(sj->min_left, b.relids))) {
      result = true;
      break;
    }
  }
  if (!result) {
    return false;
  }
  const auto has_legal_clause = [&](const RelOptInfo& rel) {
    for (const auto* other : root.base) {
      if (other == nullptr || overlaps(other->relids, rel.relids)) {
        continue;
      }
      if (have_relevant_joinclause(const_cast<PlannerInfo&>(root), rel, *other) &&
          join_is_legal(const_cast<PlannerInfo&>(root), rel, *other, rel.relids | other->relids)
              .legal) {
        return true;
      }
    }
    return false;
  };
  return !(has_legal_clause(a) || has_legal_clause(b));
}

namespace {

/// subbuild_joinrel_restrictlist(), build_joinrel_restrictlist().
std::vector<RestrictInfo*> restrict_list_for(PlannerInfo& root, const RelOptInfo& joinrel,
                                             const RelOptInfo& outer, const RelOptInfo& inner) {
  std::vector<RestrictInfo*> list;
  for (const auto* input : {&outer, &inner}) {
    for (auto* clause : input->join_info) {
      if (is_subset(clause->required_relids, joinrel.relids) &&
          std::find(list.begin(), list.end(), clause) == list.end()) {
        list.push_back(clause);
      }
    }
  }
  for (auto* clause : generate_join_implied_equalities(root, joinrel.relids, outer.relids, inner)) {
    list.push_back(clause);
  }
  return list;
}

bool is_placeholder(const PlannerInfo& root, const ExprPtr& expr) {
  return std::any_of(root.placeholders.begin(), root.placeholders.end(),
                     [&](const PlaceHolder& one) { return equal(one.column, expr); });
}

/// add_placeholders_to_joinrel(): the first pair of inputs decides whether this join computes it.
void add_placeholders(RelOptInfo& joinrel, const RelOptInfo& outer, const RelOptInfo& inner,
                      PlannerInfo& root) {
  for (const auto& one : root.placeholders) {
    const auto* host = root.base[static_cast<std::size_t>(one.column->varno)];
    const auto needed = host == nullptr ? FlatMap<int, Relids>::const_iterator{}
                                        : host->needed.find(one.column->attno);
    if (host == nullptr || needed == host->needed.end() ||
        is_subset(needed->second, joinrel.relids) || !is_subset(one.eval_at, joinrel.relids)) {
      continue;
    }
    joinrel.target.exprs.push_back(one.column);
    joinrel.target.width += type_width(root, one.expr->type, one.expr->typmod);
    if (!is_subset(one.eval_at, outer.relids) && !is_subset(one.eval_at, inner.relids)) {
      joinrel.target.cost += expr_cost(one.expr, root);
    }
  }
}

void build_join_target(RelOptInfo& joinrel, const RelOptInfo& outer, const RelOptInfo& inner,
                       PlannerInfo& root) {
  for (const auto* input : {&outer, &inner}) {
    for (const auto& expr : input->target.exprs) {
      if (is_placeholder(root, expr)) {
        continue;
      }
      if (expr->kind != ExprKind::Var) {
        joinrel.target.exprs.push_back(expr);
        continue;
      }
      const auto* base = root.base[static_cast<std::size_t>(expr->varno)];
      const auto it = base->needed.find(expr->attno);
      const Relids where = it == base->needed.end() ? Relids{1} : it->second;
      if (is_subset(where, joinrel.relids)) {
        continue;
      }
      joinrel.target.exprs.push_back(expr);
      const auto width = base->widths.find(expr->attno);
      joinrel.target.width += width != base->widths.end() ? width->second
                              : base->is_dummy || expr->attno == 0
                                  ? base->target.width
                                  : column_width(root, *base, expr->attno);
    }
  }
  add_placeholders(joinrel, outer, inner, root);
  joinrel.target.sort_group_refs.assign(joinrel.target.exprs.size(), 0);
}

RelOptInfo* build_join_rel(PlannerInfo& root, Relids relids, RelOptInfo& outer, RelOptInfo& inner,
                           SpecialJoin& sj, std::vector<RestrictInfo*>& restrict_list) {
  if (const auto it = root.join_by_relids.find(relids); it != root.join_by_relids.end()) {
    restrict_list = restrict_list_for(root, *it->second, outer, inner);
    return it->second;
  }
  auto& rel = root.global->rels.emplace_back();
  rel.kind = RelKind::Join;
  rel.relids = relids;
  rel.consider_startup = root.tuple_fraction > 0;
  rel.direct_lateral = (outer.direct_lateral | inner.direct_lateral) & ~relids;
  rel.lateral_relids = (outer.lateral_relids | inner.lateral_relids) & ~relids;
  build_join_target(rel, outer, inner, root);
  restrict_list = restrict_list_for(root, rel, outer, inner);
  for (const auto* input : {&outer, &inner}) {
    for (auto* clause : input->join_info) {
      if (!is_subset(clause->required_relids, relids) &&
          std::find(rel.join_info.begin(), rel.join_info.end(), clause) == rel.join_info.end()) {
        rel.join_info.push_back(clause);
      }
    }
  }
  rel.has_ec_joins = has_relevant_eclass_joinclause(root, rel);
  root.join_by_relids[relids] = &rel;
  build_joinrel_partition_info(rel, outer, inner, sj.type, restrict_list);
  set_joinrel_size_estimates(root, rel, outer, inner, sj, restrict_list);
  rel.consider_parallel =
      outer.consider_parallel && inner.consider_parallel &&
      std::all_of(restrict_list.begin(), restrict_list.end(),
                  [&](const RestrictInfo* c) { return is_parallel_safe(c->clause, root); });
  root.join_rels.push_back(&rel);
  return &rel;
}

/// `only_pushed_down`: of an outer join's clauses, those that are not its own.
bool restriction_is_constant_false(const std::vector<RestrictInfo*>& list,
                                   const RelOptInfo& joinrel, bool only_pushed_down) {
  return std::any_of(list.begin(), list.end(), [&](const RestrictInfo* clause) {
    const bool pushed =
        clause->is_pushed_down || !is_subset(clause->required_relids, joinrel.relids);
    return (pushed || !only_pushed_down) && is_constant_false(*clause->clause);
  });
}

void mark_dummy(PlannerInfo& root, RelOptInfo& rel) {
  if (rel.is_dummy) {
    return;
  }
  rel.rows = 0;
  rel.is_dummy = true;
  rel.paths.clear();
  rel.partial_paths.clear();
  auto* path = new_path(root, PathKind::Append, &rel, &rel.target);
  add_path(rel, path);
  set_cheapest(rel);
}

/// populate_joinrel_with_paths().
void populate_join(PlannerInfo& root, RelOptInfo& outer, RelOptInfo& inner, RelOptInfo& joinrel,
                   SpecialJoin& sj, const std::vector<RestrictInfo*>& list) {
  if (joinrel.is_dummy) {
    return;
  }
  const bool constant_false = restriction_is_constant_false(list, joinrel, false);
  const bool pushed_false = restriction_is_constant_false(list, joinrel, true);
  const auto empty_inner = [&] {
    if (constant_false && is_subset(inner.relids, sj.syn_right)) {
      mark_dummy(root, inner);
    }
  };
  const auto both = [&](JoinType type, JoinType swapped) {
    add_paths_to_joinrel(root, joinrel, outer, inner, type, sj, list);
    add_paths_to_joinrel(root, joinrel, inner, outer, swapped, sj, list);
  };
  switch (sj.type) {
    case JoinType::Inner:
      if (outer.is_dummy || inner.is_dummy || constant_false) {
        mark_dummy(root, joinrel);
        break;
      }
      both(JoinType::Inner, JoinType::Inner);
      break;
    case JoinType::Left:
      if (outer.is_dummy || pushed_false) {
        mark_dummy(root, joinrel);
        break;
      }
      empty_inner();
      both(JoinType::Left, JoinType::Right);
      break;
    case JoinType::Full:
      if ((outer.is_dummy && inner.is_dummy) || pushed_false) {
        mark_dummy(root, joinrel);
        break;
      }
      both(JoinType::Full, JoinType::Full);
      break;
    case JoinType::Semi: {
      if (is_subset(sj.min_left, outer.relids) && is_subset(sj.min_right, inner.relids)) {
        if (outer.is_dummy || inner.is_dummy || constant_false) {
          mark_dummy(root, joinrel);
          break;
        }
        add_paths_to_joinrel(root, joinrel, outer, inner, JoinType::Semi, sj, list);
        if (root.global->cost.server.has_right_semijoins()) {
          add_paths_to_joinrel(root, joinrel, inner, outer, JoinType::RightSemi, sj, list);
        }
      }
      if (sj.syn_right == inner.relids &&
          create_unique_path(root, inner, inner.cheapest_total, sj) != nullptr) {
        if (outer.is_dummy || inner.is_dummy || constant_false) {
          mark_dummy(root, joinrel);
          break;
        }
        add_unique_paths_to_joinrel(root, joinrel, outer, inner, sj, list);
      }
      break;
    }
    case JoinType::Anti:
      if (outer.is_dummy || pushed_false) {
        mark_dummy(root, joinrel);
        break;
      }
      empty_inner();
      add_paths_to_joinrel(root, joinrel, outer, inner, JoinType::Anti, sj, list);
      if (root.global->cost.server.has_right_antijoins()) {
        add_paths_to_joinrel(root, joinrel, inner, outer, JoinType::RightAnti, sj, list);
      }
      break;
    default:
      break;
  }
  if (joinrel.partitioning != nullptr) {
    try_partitionwise_join(root, outer, inner, joinrel, sj, list,
                           [&](RelOptInfo& left, RelOptInfo& right, RelOptInfo& child,
                               SpecialJoin& own, const std::vector<RestrictInfo*>& clauses) {
                             populate_join(root, left, right, child, own, clauses);
                           });
  }
}

}  // namespace

void mark_dummy_join(PlannerInfo& root, RelOptInfo& rel) {
  mark_dummy(root, rel);
}

RelOptInfo* make_join_rel(PlannerInfo& root, RelOptInfo& a, RelOptInfo& b) {
  const Relids relids = a.relids | b.relids;
  const Legality legality = join_is_legal(root, a, b, relids);
  if (!legality.legal) {
    return nullptr;
  }
  RelOptInfo* rel1 = &a;
  RelOptInfo* rel2 = &b;
  if (legality.reversed) {
    std::swap(rel1, rel2);
  }
  SpecialJoin* sj = legality.sj;
  if (sj == nullptr) {
    sj = &root.global->joins.emplace_back();
    sj->type = JoinType::Inner;
    sj->min_left = sj->syn_left = rel1->relids;
    sj->min_right = sj->syn_right = rel2->relids;
  }
  std::vector<RestrictInfo*> list;
  auto* joinrel = build_join_rel(root, relids, *rel1, *rel2, *sj, list);
  populate_join(root, *rel1, *rel2, *joinrel, *sj, list);
  return joinrel;
}

}  // namespace quern::planner_model
