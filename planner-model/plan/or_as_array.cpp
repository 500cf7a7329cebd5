#include "planner-model/plan/or_as_array.hpp"

#include <algorithm>

#include "planner-model/plan/index_match.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// A comparison with the relation's side on the left.
struct Comparison {
  Oid op = 0;
  Oid input_collation = 0;
  ExprPtr operand;
  ExprPtr other;
};

/// The arm as `operand op other`, where `is_operand` holds for the operand and the other side does
/// not mention the relation.
template <class IsOperand>
std::optional<Comparison> as_comparison(const PlannerInfo& root, const RelOptInfo& rel,
                                        const std::vector<RestrictInfo*>& arm,
                                        const IsOperand& is_operand) {
  if (arm.size() != 1) {
    return std::nullopt;
  }
  const RestrictInfo& clause = *arm.front();
  const Expr& expr = *clause.clause;
  if (expr.kind != ExprKind::OpExpr || expr.args.size() != 2) {
    return std::nullopt;
  }
  if (is_operand(expr.args[0]) && !overlaps(clause.right_relids, rel.relids) &&
      !contains_volatile(expr.args[1], root)) {
    return Comparison{expr.op, expr.input_collation, expr.args[0], expr.args[1]};
  }
  const Oid commutator = root.global->types->commutator(expr.op);
  if (commutator != 0 && is_operand(expr.args[1]) && !overlaps(clause.left_relids, rel.relids) &&
      !contains_volatile(expr.args[0], root)) {
    return Comparison{commutator, expr.input_collation, expr.args[1], expr.args[0]};
  }
  return std::nullopt;
}

/// make_SAOP_expr().
ExprPtr any_of_array(const PlannerInfo& root, const Comparison& first,
                     const std::vector<ExprPtr>& elements, Oid array_type) {
  const auto& types = *root.global->types;
  auto array = std::make_shared<Expr>();
  array->kind = ExprKind::ArrayExpr;
  array->type = array_type;
  array->collation = first.other->collation;
  array->args = elements;
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::ScalarArrayOpExpr;
  result->type = type_oid::kBool;
  result->op = first.op;
  result->input_collation = first.input_collation;
  result->use_or = true;
  if (const auto* op = types.op(first.op); op != nullptr) {
    result->name = op->name;
    result->function = op->function;
  }
  result->args = {first.operand, simplify(array, types)};
  return result;
}

}  // namespace

std::optional<IndexClause> match_or_as_array(PlannerInfo& root, RestrictInfo& clause, int column,
                                             const IndexOptInfo& index) {
  const auto& types = *root.global->types;
  const auto c = static_cast<std::size_t>(column);
  if (!root.global->cost.server.matches_or_as_array() || !index.search_array ||
      clause.or_arms.empty()) {
    return std::nullopt;
  }
  std::optional<Comparison> first;
  std::vector<ExprPtr> elements;
  for (const auto& arm : clause.or_arms) {
    const auto one = as_comparison(root, *index.rel, arm, [&](const ExprPtr& side) {
      return matches_column(side, column, index);
    });
    if (!one || (first && (one->op != first->op || one->other->type != first->other->type ||
                           one->input_collation != first->input_collation))) {
      return std::nullopt;
    }
    if (!first) {
      first = one;
    }
    elements.push_back(one->other);
  }
  const Oid array_type = types.array_type(first->other->type);
  const bool collated = index.collations[c] == 0 || index.collations[c] == first->input_collation;
  if (array_type == 0 || !collated || !types.strategy(first->op, index.opfamilies[c])) {
    return std::nullopt;
  }
  IndexClause result;
  result.rinfo = &clause;
  result.quals = {make_restrictinfo(root, any_of_array(root, *first, elements, array_type), true,
                                    false, false, 0, 0, 0)};
  result.column = column;
  return result;
}

std::vector<OrGroup> group_or_arms(PlannerInfo& root, const RelOptInfo& rel,
                                   const RestrictInfo& clause) {
  struct Key {
    const IndexOptInfo* index = nullptr;
    int column = 0;
    Oid op = 0;
    Oid collation = 0;
    bool operator==(const Key&) const = default;
  };

  const auto is_own = [&](const ExprPtr& side) { return relids_of(side) == rel.relids; };
  std::vector<OrGroup> groups;
  std::vector<Key> keys;
  for (std::size_t place = 0; place < clause.or_arms.size(); ++place) {
    const auto& arm = clause.or_arms[place];
    Key key;
    if (root.global->cost.server.matches_or_as_array()) {
      if (const auto one = as_comparison(root, rel, arm, is_own)) {
        for (const auto* index : rel.indexes) {
          for (int column = 0; key.index == nullptr && column < index->key_columns; ++column) {
            if (index->has_getbitmap && index->search_array &&
                matches_column(one->operand, column, *index)) {
              key = {index, column, one->op, one->input_collation};
            }
          }
        }
      }
    }
    const auto same = std::find(keys.begin(), keys.end(), key);
    if (key.index != nullptr && same != keys.end()) {
      auto& group = groups[static_cast<std::size_t>(same - keys.begin())];
      group.arms.push_back(arm);
      group.places.push_back(place);
    } else {
      keys.push_back(key);
      groups.push_back({.clauses = arm, .arms = {arm}, .places = {place}});
    }
  }
  for (auto& group : groups) {
    if (group.arms.size() == 1) {
      group.arms.clear();
      continue;
    }
    std::vector<ExprPtr> exprs;
    for (const auto& arm : group.arms) {
      exprs.push_back(arm.front()->clause);
    }
    auto* whole = make_restrictinfo(root, make_or(exprs), clause.is_pushed_down, false, false,
                                    clause.required_relids, clause.outer_relids, 0);
    whole->or_arms = group.arms;
    group.clauses = {whole};
  }
  return groups;
}

}  // namespace quern::planner_model
