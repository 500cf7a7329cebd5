// Rows in the order of their distance from a value, by an index of GiST or SP-GiST. Source:
// indxpath.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/index_match.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {
namespace {

/// match_clause_to_ordering_op(): `column <-> value`, or the other way round, in the order of the
/// family; null: the column's operator class does not order by it.
ExprPtr distance_to_column(PlannerInfo& root, const ExprPtr& expr, int column,
                           const IndexOptInfo& index, Oid wanted_family) {
  if (expr->kind != ExprKind::OpExpr || expr->args.size() != 2) {
    return nullptr;
  }
  const auto at = static_cast<std::size_t>(column);
  if (index.collations[at] != 0 && expr->input_collation != 0 &&
      index.collations[at] != expr->input_collation) {
    return nullptr;
  }
  const auto& types = *root.global->types;
  const auto is_value = [&](const ExprPtr& side) {
    return relids_of(side) == 0 && !contains_volatile(side, root);
  };
  const auto* op = types.op(expr->op);
  ExprPtr distance = expr;
  if (matches_column(expr->args[1], column, index) && is_value(expr->args[0])) {
    op = op == nullptr ? nullptr : types.op(op->commutator);
    auto commuted = std::make_shared<Expr>(*expr);
    commuted->op = op == nullptr ? 0 : op->oid;
    std::swap(commuted->args[0], commuted->args[1]);
    distance = commuted;
  } else if (!matches_column(expr->args[0], column, index) || !is_value(expr->args[1])) {
    return nullptr;
  }
  if (op == nullptr) {
    return nullptr;
  }
  // amopsortfamily is the default btree family of the distance in every class that there is.
  const auto* sorts = types.default_operator_class("btree", op->result);
  const auto& families = types.memberships(op->oid);
  const bool orders = std::any_of(families.begin(), families.end(), [&](const FamilyMember* m) {
    return m->purpose == 'o' && m->family == index.opfamilies[at];
  });
  return orders && sorts != nullptr && sorts->family == wanted_family ? distance : nullptr;
}

}  // namespace

std::vector<ExprPtr> distances_in_order(PlannerInfo& root, const IndexOptInfo& index) {
  std::vector<ExprPtr> distances;
  for (const PathKey& key : root.query_pathkeys) {
    if (key.descending || key.nulls_first || key.ec->has_volatile) {
      return {};
    }
    ExprPtr found;
    for (const auto* member : key.ec->members) {
      if (member->relids != index.rel->relids) {
        continue;
      }
      for (int column = 0; column < index.key_columns && !found; ++column) {
        found = distance_to_column(root, member->expr, column, index, key.opfamily);
      }
      if (found) {
        break;
      }
    }
    if (!found) {
      return {};
    }
    distances.push_back(std::move(found));
  }
  return distances;
}

}  // namespace quern::planner_model
