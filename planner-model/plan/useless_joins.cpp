// Joins that give neither rows nor columns, and semijoins that need not be. Source: analyzejoins.c,
// PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// Whether what is computed above a subquery's joins, and used above `join_relids`, is computed
/// from the relation, or goes with it.
bool is_used_by_placeholder(const PlannerInfo& root, const RelOptInfo& inner, Relids join_relids) {
  return std::any_of(
      root.placeholders.begin(), root.placeholders.end(), [&](const PlaceHolder& one) {
        const int host = one.column->varno;
        const auto* rel = root.base[static_cast<std::size_t>(host)];
        if (rel == nullptr || !overlaps(one.eval_at, inner.relids)) {
          return false;
        }
        const auto needed = rel->needed.find(one.column->attno);
        return needed != rel->needed.end() && !is_subset(needed->second, join_relids) &&
               (host == inner.range || is_subset(one.eval_at, inner.relids) ||
                overlaps(relids_of(one.expr), inner.relids));
      });
}

bool join_is_removable(PlannerInfo& root, const SpecialJoin& sj) {
  if (sj.type != JoinType::Left || !is_singleton(sj.min_right)) {
    return false;
  }
  auto* inner = root.base[static_cast<std::size_t>(lowest(sj.min_right))];
  if (inner == nullptr || inner->kind != RelKind::Base) {
    return false;
  }
  const bool is_table = inner->entry->kind == RangeKind::Relation;
  const bool is_subquery = inner->entry->kind == RangeKind::Subquery && !inner->is_append;
  if (!is_table && !is_subquery) {
    return false;
  }
  const Relids join_relids = sj.min_left | sj.min_right;
  for (const auto& [attno, where] : inner->needed) {
    if (!is_subset(where, join_relids)) {
      return false;
    }
  }
  if (is_used_by_placeholder(root, *inner, join_relids)) {
    return false;
  }
  std::vector<RestrictInfo*> clauses;
  for (auto* clause : inner->join_info) {
    if (clause->is_pushed_down || !is_subset(clause->required_relids, join_relids)) {
      if (overlaps(clause->clause_relids, sj.min_right)) {
        return false;
      }
      continue;
    }
    if (!clause->can_join || clause->merge_opfamilies.empty()) {
      continue;
    }
    const bool inner_right = is_subset(clause->right_relids, inner->relids) &&
                             is_subset(clause->left_relids, sj.min_left);
    const bool inner_left = is_subset(clause->left_relids, inner->relids) &&
                            is_subset(clause->right_relids, sj.min_left);
    if (!inner_right && !inner_left) {
      continue;
    }
    clause->outer_is_left = inner_right;
    clauses.push_back(clause);
  }
  if (is_table) {
    return relation_has_unique_index_for(root, *inner, clauses, {}, {});
  }
  return query_is_distinct_for(*inner->entry->subquery, inner_columns(clauses, inner->range));
}

void remove_range(std::vector<JoinListItem>& items, int range) {
  for (auto it = items.begin(); it != items.end();) {
    if (it->range == range) {
      it = items.erase(it);
      continue;
    }
    remove_range(it->items, range);
    ++it;
  }
}

void remove_relation(PlannerInfo& root, int range, const SpecialJoin* sj) {
  const Relids gone = singleton(range);
  auto* rel = root.base[static_cast<std::size_t>(range)];
  const Relids join_relids = sj->min_left | sj->min_right;
  std::vector<RestrictInfo*> clauses = rel->join_info;
  for (auto* other : root.base) {
    if (other == nullptr) {
      continue;
    }
    for (auto& [attno, where] : other->needed) {
      where &= ~gone;
    }
    std::erase_if(other->join_info, [&](RestrictInfo* clause) {
      return overlaps(clause->required_relids, gone) && !clause->is_pushed_down &&
             is_subset(clause->required_relids, join_relids);
    });
  }
  for (auto* special : root.special_joins) {
    special->min_left &= ~gone;
    special->min_right &= ~gone;
    special->syn_left &= ~gone;
    special->syn_right &= ~gone;
  }
  for (auto* ec : root.classes) {
    if (!overlaps(ec->relids, gone)) {
      continue;
    }
    std::erase_if(ec->members,
                  [&](const EquivalenceMember* m) { return overlaps(m->relids, gone); });
    ec->relids &= ~gone;
  }
  root.all_base &= ~gone;
  root.base[static_cast<std::size_t>(range)] = nullptr;
  // Conditions that only waited for the removed relation apply without it.
  for (auto* clause : clauses) {
    const bool own = !clause->is_pushed_down && is_subset(clause->required_relids, join_relids);
    if (own) {
      continue;
    }
    for (auto* other : root.base) {
      if (other != nullptr) {
        std::erase(other->join_info, clause);
      }
    }
    clause->required_relids &= ~gone;
    distribute_restriction_to_rels(root, clause);
  }
  std::erase(root.special_joins, sj);
}

}  // namespace

void remove_useless_joins(PlannerInfo& root, std::vector<JoinListItem>& joinlist) {
  bool again = true;
  while (again) {
    again = false;
    for (const auto* sj : root.special_joins) {
      if (join_is_removable(root, *sj)) {
        const int range = lowest(sj->min_right);
        remove_relation(root, range, sj);
        remove_range(joinlist, range);
        again = true;
        break;
      }
    }
  }
  // reduce_unique_semijoins(): a semijoin to a unique inner relation is an inner join.
  for (auto it = root.special_joins.begin(); it != root.special_joins.end();) {
    const SpecialJoin& sj = **it;
    if (sj.type == JoinType::Semi && is_singleton(sj.min_right)) {
      auto* inner = root.base[static_cast<std::size_t>(lowest(sj.min_right))];
      if (inner != nullptr) {
        const Relids join_relids = sj.min_left | sj.min_right;
        auto clauses = generate_join_implied_equalities(root, join_relids, sj.min_left, *inner);
        clauses.insert(clauses.end(), inner->join_info.begin(), inner->join_info.end());
        if (innerrel_is_unique(root, join_relids, sj.min_left, *inner, JoinType::Semi, clauses)) {
          it = root.special_joins.erase(it);
          continue;
        }
      }
    }
    ++it;
  }
}

}  // namespace quern::planner_model
