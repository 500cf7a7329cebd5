// Where a LATERAL subquery refers to, before it is pulled up. Source: prepjointree.c
// (jointree_contains_lateral_outer_refs()), PostgreSQL 15.
#include "planner-model/plan/lateral_references.hpp"

#include <algorithm>
#include <optional>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"

namespace quern::planner_model {

namespace {

/// The relations of the enclosing query that an expression of a subquery refers to
/// (pull_varnos_of_level()).
Relids outer_relids(const ExprPtr& expr) {
  Relids relids = 0;
  (void)change_expr(
      expr,
      [&](const ExprPtr& e, int depth) -> ExprPtr {
        if (e->kind == ExprKind::Var && e->levels_up == depth + 1) {
          relids |= singleton(e->varno);
        }
        return nullptr;
      },
      0);
  return relids;
}

/// Conditions at or below an outer join may refer to nothing outside of it. `safe`: what they may
/// refer to; nothing: all.
bool conditions_refer_outside(const JoinTree& tree, std::optional<Relids> safe) {
  if (tree.kind == JoinTree::Kind::Join && tree.join != JoinType::Inner) {
    safe = Relids{0};
  }
  return std::any_of(
             tree.children.begin(), tree.children.end(),
             [&](const JoinTree& child) { return conditions_refer_outside(child, safe); }) ||
         (safe && tree.quals && !is_subset(outer_relids(tree.quals), *safe));
}

}  // namespace

bool contains_lateral_outer_refs(const RangeTableEntry& entry, const JoinTree* outer) {
  if (!entry.lateral) {
    return false;
  }
  const Query& sub = *entry.subquery;
  if (outer == nullptr) {
    return conditions_refer_outside(sub.join_tree, std::nullopt);
  }
  const Relids safe = ranges_of(*outer);
  return conditions_refer_outside(sub.join_tree, safe) ||
         std::any_of(sub.targets.begin(), sub.targets.end(), [&](const TargetEntry& target) {
           return !is_subset(outer_relids(target.expr), safe);
         });
}

bool refers_within(const std::vector<ExprPtr>& exprs, const JoinTree* outer) {
  return outer == nullptr || std::all_of(exprs.begin(), exprs.end(), [&](const ExprPtr& expr) {
           return is_subset(relids_of(expr), ranges_of(*outer));
         });
}

}  // namespace quern::planner_model
