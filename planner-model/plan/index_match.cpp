// Which clauses an index can use. Source: indxpath.c (match_clause_to_indexcol()), PostgreSQL 15.
#include "planner-model/plan/index_match.hpp"

#include <algorithm>

#include "planner-model/plan/or_as_array.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {

bool matches_column(const ExprPtr& operand, int column, const IndexOptInfo& index) {
  const auto c = static_cast<std::size_t>(column);
  const ExprPtr inner = strip_relabel(operand);
  if (index.columns[c] != 0) {
    return inner->kind == ExprKind::Var && inner->levels_up == 0 &&
           inner->varno == index.rel->range && inner->attno == index.columns[c];
  }
  return equal(inner, strip_relabel(index.expressions[c]));
}

bool collation_matches(const IndexOptInfo& index, std::size_t c, Oid input) {
  return index.collations[c] == 0 || index.collations[c] == input;
}

namespace {

bool is_search_operator(const PlannerInfo& root, Oid op, Oid family) {
  return op != 0 && root.global->types->strategy(op, family).has_value();
}

IndexClause plain(RestrictInfo& clause, int column) {
  IndexClause result;
  result.rinfo = &clause;
  result.quals = {&clause};
  result.column = column;
  return result;
}

RestrictInfo* commuted(PlannerInfo& root, RestrictInfo& clause, Oid op) {
  const auto& expr = clause.clause;
  auto* copy = &root.global->clauses.emplace_back(clause);
  copy->clause = make_op(op, expr->args[1], expr->args[0], expr->input_collation, root);
  std::swap(copy->left_relids, copy->right_relids);
  std::swap(copy->left_ec, copy->right_ec);
  std::swap(copy->left_em, copy->right_em);
  copy->eval_cost.reset();
  return copy;
}

std::optional<IndexClause> match_operator(PlannerInfo& root, RestrictInfo& clause, int column,
                                          IndexOptInfo& index) {
  const auto& expr = clause.clause;
  const auto c = static_cast<std::size_t>(column);
  if (expr->args.size() != 2) {
    return std::nullopt;
  }
  const Relids own = index.rel->relids;
  const Oid family = index.opfamilies[c];
  if (matches_column(expr->args[0], column, index) && !overlaps(clause.right_relids, own) &&
      !contains_volatile(expr->args[1], root)) {
    if (collation_matches(index, c, expr->input_collation) &&
        is_search_operator(root, expr->op, family)) {
      return plain(clause, column);
    }
    return derived_index_clause(root, clause, column, index, 0);
  }
  if (matches_column(expr->args[1], column, index) && !overlaps(clause.left_relids, own) &&
      !contains_volatile(expr->args[0], root)) {
    const Oid other = root.global->types->commutator(expr->op);
    if (collation_matches(index, c, expr->input_collation) &&
        is_search_operator(root, other, family)) {
      IndexClause result;
      result.rinfo = &clause;
      result.quals = {commuted(root, clause, other)};
      result.column = column;
      return result;
    }
    return derived_index_clause(root, clause, column, index, 1);
  }
  return std::nullopt;
}

ExprPtr equals_bool(PlannerInfo& root, const ExprPtr& operand, bool value) {
  constexpr Oid kBooleanEqual = 91;
  return make_op(kBooleanEqual, operand, boolean_constant(value), 0, root);
}

/// match_boolean_index_clause().
std::optional<IndexClause> match_boolean(PlannerInfo& root, RestrictInfo& clause, int column,
                                         IndexOptInfo& index) {
  const auto c = static_cast<std::size_t>(column);
  if (index.input_types[c] != type_oid::kBool || index.method == AccessMethod::Gin) {
    return std::nullopt;
  }
  const auto& expr = clause.clause;
  std::optional<bool> wanted;
  ExprPtr operand;
  if (matches_column(expr, column, index)) {
    wanted = true;
    operand = expr;
  } else if (expr->kind == ExprKind::Not && matches_column(expr->args.front(), column, index)) {
    wanted = false;
    operand = expr->args.front();
  } else if (expr->kind == ExprKind::BooleanTest &&
             matches_column(expr->args.front(), column, index) &&
             (expr->boolean_test == BooleanTestKind::IsTrue ||
              expr->boolean_test == BooleanTestKind::IsFalse)) {
    wanted = expr->boolean_test == BooleanTestKind::IsTrue;
    operand = expr->args.front();
  }
  if (!wanted) {
    return std::nullopt;
  }
  const ExprPtr equality = equals_bool(root, operand, *wanted);
  IndexClause result;
  result.rinfo = &clause;
  result.quals = {
      make_restrictinfo(root, equality, true, false, false, clause.required_relids, 0, 0)};
  result.column = column;
  return result;
}

/// A comparison of rows as the columns of an index see it: theirs on the left.
struct RowComparison {
  std::vector<ExprPtr> own, other;
  std::vector<Oid> operators;  ///< 0: none has the sides changed

  [[nodiscard]] std::size_t size() const { return own.size(); }
};

RowComparison row_comparison(const Expr& expr, bool own_on_left, const TypeSystem& types) {
  RowComparison row;
  const std::size_t half = expr.args.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    row.own.push_back(expr.args[own_on_left ? i : half + i]);
    row.other.push_back(expr.args[own_on_left ? half + i : i]);
    row.operators.push_back(own_on_left ? expr.operators[i] : types.commutator(expr.operators[i]));
  }
  return row;
}

/// Whether the pair can be asked of the column, in the direction of the first pair.
bool continues(const PlannerInfo& root, const IndexOptInfo& index, const RowComparison& row,
               std::size_t pair, int column, int direction) {
  const auto c = static_cast<std::size_t>(column);
  return matches_column(row.own[pair], column, index) &&
         root.global->types->strategy(row.operators[pair], index.opfamilies[c]) == direction &&
         collation_matches(index, c, row.own[pair]->collation);
}

/// The leading pairs that columns of the index can be asked, any column each: the columns. The
/// index's own directions do not matter.
std::vector<int> columns_of(const PlannerInfo& root, const IndexOptInfo& index,
                            const RowComparison& row, int first, int direction) {
  std::vector<int> columns{first};
  while (columns.size() < row.size()) {
    const std::size_t pair = columns.size();
    if (overlaps(relids_of(row.other[pair]), index.rel->relids) ||
        contains_volatile(row.other[pair], root)) {
      break;
    }
    int column = 0;
    while (column < index.key_columns && !continues(root, index, row, pair, column, direction)) {
      ++column;
    }
    if (column == index.key_columns) {
      break;
    }
    columns.push_back(column);
  }
  return columns;
}

/// The comparison of the leading pairs alone, which has to let equal rows pass. Null: the families
/// have no such operators.
ExprPtr leading_pairs(PlannerInfo& root, const IndexOptInfo& index, const RowComparison& row,
                      const std::vector<int>& columns, int direction, const Expr& whole) {
  const bool less = direction == btree_strategy::kLess || direction == btree_strategy::kLessEqual;
  const int wanted = less ? btree_strategy::kLessEqual : btree_strategy::kGreaterEqual;
  std::vector<Oid> operators;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Oid family = index.opfamilies[static_cast<std::size_t>(columns[i])];
    const auto* member = root.global->types->member(row.operators[i], family);
    operators.push_back(columns.size() == row.size() ? row.operators[i]
                        : member == nullptr          ? 0
                                                     : root.global->types->operator_for(
                                                           family, member->left, member->right, wanted));
    if (operators.back() == 0) {
      return nullptr;
    }
  }
  if (columns.size() == 1) {
    return make_op(operators.front(), row.own.front(), row.other.front(),
                   row.own.front()->collation, root);
  }
  auto comparison = std::make_shared<Expr>(whole);
  comparison->args.assign(row.own.begin(), row.own.begin() + static_cast<long>(columns.size()));
  comparison->args.insert(comparison->args.end(), row.other.begin(),
                          row.other.begin() + static_cast<long>(columns.size()));
  comparison->operators = std::move(operators);
  return comparison;
}

/// match_rowcompare_to_indexcol() and expand_indexqual_rowcompare().
std::optional<IndexClause> match_row_compare(PlannerInfo& root, RestrictInfo& clause, int column,
                                             IndexOptInfo& index) {
  const auto& types = *root.global->types;
  const auto& expr = clause.clause;
  const auto half = expr->args.size() / 2;
  const Oid family = index.opfamilies[static_cast<std::size_t>(column)];
  if (index.method != AccessMethod::Btree || half == 0 || expr->operators.size() != half) {
    return std::nullopt;
  }
  const auto usable = [&](std::size_t own, std::size_t other) {
    return matches_column(expr->args[own], column, index) &&
           !overlaps(relids_of(expr->args[other]), index.rel->relids) &&
           !contains_volatile(expr->args[other], root);
  };
  const bool own_on_left = usable(0, half);
  if (!own_on_left && !usable(half, 0)) {
    return std::nullopt;
  }
  const RowComparison row = row_comparison(*expr, own_on_left, types);
  const auto direction = types.strategy(row.operators.front(), family);
  if (!direction || *direction == btree_strategy::kEqual ||
      !collation_matches(index, static_cast<std::size_t>(column), row.own.front()->collation)) {
    return std::nullopt;
  }
  const std::vector<int> columns = columns_of(root, index, row, column, *direction);
  IndexClause result;
  result.rinfo = &clause;
  result.column = column;
  result.lossy = columns.size() < half;
  if (own_on_left && !result.lossy) {
    result.quals = {&clause};
    return result;
  }
  const ExprPtr derived = leading_pairs(root, index, row, columns, *direction, *expr);
  if (derived == nullptr) {
    return std::nullopt;
  }
  result.quals = {
      make_restrictinfo(root, derived, true, false, false, clause.required_relids, 0, 0)};
  return result;
}

}  // namespace

std::optional<IndexClause> match_clause_to_column(PlannerInfo& root, RestrictInfo& clause,
                                                  int column, IndexOptInfo& index) {
  const auto& expr = clause.clause;
  const auto c = static_cast<std::size_t>(column);
  if (clause.pseudoconstant) {
    return std::nullopt;
  }
  if (auto boolean = match_boolean(root, clause, column, index); boolean) {
    return boolean;
  }
  switch (expr->kind) {
    case ExprKind::OpExpr:
      return match_operator(root, clause, column, index);
    case ExprKind::ScalarArrayOpExpr:
      if (expr->use_or && matches_column(expr->args[0], column, index) &&
          !overlaps(relids_of(expr->args[1]), index.rel->relids) &&
          collation_matches(index, c, expr->input_collation) &&
          is_search_operator(root, expr->op, index.opfamilies[c])) {
        return plain(clause, column);
      }
      return std::nullopt;
    case ExprKind::RowCompareExpr:
      return match_row_compare(root, clause, column, index);
    case ExprKind::FuncExpr:  // match_funcclause_to_indexcol()
      return expr->args.size() == 2 && matches_column(expr->args[0], column, index)
                 ? derived_index_clause(root, clause, column, index, 0)
                 : std::nullopt;
    case ExprKind::NullTest:
      if (index.search_nulls && matches_column(expr->args.front(), column, index)) {
        return plain(clause, column);
      }
      return std::nullopt;
    case ExprKind::Or:
      return match_or_as_array(root, clause, column, index);
    default:
      return std::nullopt;
  }
}

void match_clauses(PlannerInfo& root, std::span<RestrictInfo* const> clauses, IndexOptInfo& index,
                   IndexClauseSet& set) {
  if (set.columns.size() < static_cast<std::size_t>(index.key_columns)) {
    set.columns.resize(static_cast<std::size_t>(index.key_columns));
  }
  for (auto* clause : clauses) {
    if (!is_securely_promotable(*clause, *index.rel, root)) {
      continue;
    }
    for (int column = 0; column < index.key_columns; ++column) {
      auto& list = set.columns[static_cast<std::size_t>(column)];
      const bool known = std::any_of(list.begin(), list.end(),
                                     [&](const IndexClause& c) { return c.rinfo == clause; });
      if (known) {
        break;
      }
      if (auto match = match_clause_to_column(root, *clause, column, index); match) {
        list.push_back(std::move(*match));
        break;
      }
    }
  }
}

}  // namespace quern::planner_model
