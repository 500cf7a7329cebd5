// Which clauses an index can use. Source: indxpath.c (match_clause_to_indexcol()) and
// like_support.c, PostgreSQL 15.
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

namespace {

bool collation_matches(const IndexOptInfo& index, std::size_t c, Oid input) {
  return index.collations[c] == 0 || index.collations[c] == input;
}

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

ExprPtr text_constant(std::string_view text, Oid type, Oid collation) {
  auto constant = std::make_shared<Expr>();
  constant->kind = ExprKind::Const;
  constant->type = type;
  constant->collation = collation;
  constant->text = std::string{text};
  constant->value = std::make_shared<Value>(make_text(text, type));
  return constant;
}

/// match_pattern_prefix(): LIKE 'abc%' gives lossy range conditions on a C-ordered index.
std::optional<IndexClause> match_pattern(PlannerInfo& root, RestrictInfo& clause, int column,
                                         IndexOptInfo& index) {
  const auto& types = *root.global->types;
  const auto c = static_cast<std::size_t>(column);
  const auto& expr = clause.clause;
  const auto* op = types.op(expr->op);
  bool negate = false;
  const auto kind = op != nullptr ? pattern_kind(*op, negate) : std::nullopt;
  if (!kind || negate || expr->args[1]->kind != ExprKind::Const || expr->args[1]->is_null ||
      index.method != AccessMethod::Btree || expr->args[0]->type == type_oid::kBytea) {
    return std::nullopt;
  }
  const auto* opclass = types.operator_class(index.index->keys[c].operator_class);
  const std::string_view class_name = opclass != nullptr ? opclass->name : std::string_view{};
  const bool pattern_class = class_name == "text_pattern_ops" ||
                             class_name == "varchar_pattern_ops" ||
                             class_name == "bpchar_pattern_ops";
  const auto prefix =
      fixed_prefix(*kind, expr->args[1]->text, types.collation_is_c(expr->input_collation));
  if (prefix.status == PrefixStatus::None) {
    return std::nullopt;
  }
  const Oid family = index.opfamilies[c];
  const Oid type = index.input_types[c];
  const ExprPtr left = expr->args[0];
  const auto member = [&](int strategy) {
    return types.operator_for(family, type, type, strategy);
  };
  const auto qual = [&](int strategy, std::string_view bound) -> RestrictInfo* {
    const Oid found = member(strategy);
    return found == 0 ? nullptr
                      : make_restrictinfo(
                            root,
                            make_op(found, left, text_constant(bound, type, index.collations[c]),
                                    index.collations[c], root),
                            true, false, false, clause.required_relids, 0, 0);
  };
  IndexClause result;
  result.rinfo = &clause;
  result.lossy = true;
  result.column = column;
  if (prefix.status == PrefixStatus::Exact) {
    if (!pattern_class && !collation_matches(index, c, expr->input_collation)) {
      return std::nullopt;
    }
    if (auto* equality = qual(btree_strategy::kEqual, prefix.prefix); equality != nullptr) {
      result.quals = {equality};
      return result;
    }
    return std::nullopt;
  }
  if (!pattern_class && !types.collation_is_c(index.collations[c])) {
    return std::nullopt;
  }
  auto* from = qual(btree_strategy::kGreaterEqual, prefix.prefix);
  if (from == nullptr) {
    return std::nullopt;
  }
  result.quals = {from};
  if (const auto above = greater_string(prefix.prefix, false); above) {
    if (auto* to = qual(btree_strategy::kLess, *above); to != nullptr) {
      result.quals.push_back(to);
    }
  }
  return result;
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
    return match_pattern(root, clause, column, index);
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

/// match_rowcompare_to_indexcol() and expand_indexqual_rowcompare().
std::optional<IndexClause> match_row_compare(PlannerInfo& root, RestrictInfo& clause, int column,
                                             IndexOptInfo& index) {
  const auto& types = *root.global->types;
  const auto& expr = clause.clause;
  const auto half = expr->args.size() / 2;
  const auto c = static_cast<std::size_t>(column);
  if (index.method != AccessMethod::Btree || half == 0 || expr->operators.size() != half) {
    return std::nullopt;
  }
  const auto strategy = types.strategy(expr->operators.front(), index.opfamilies[c]);
  if (!strategy || *strategy == btree_strategy::kEqual ||
      !matches_column(expr->args[0], column, index) ||
      relids_of(expr->args[half]) == index.rel->relids) {
    return std::nullopt;
  }
  // How many leading pairs continue along the index's columns.
  std::size_t matched = 1;
  while (matched < half) {
    const auto next = c + matched;
    if (next >= static_cast<std::size_t>(index.key_columns) ||
        !matches_column(expr->args[matched], static_cast<int>(next), index) ||
        types.strategy(expr->operators[matched], index.opfamilies[next]) != strategy ||
        index.descending[next] != index.descending[c]) {
      break;
    }
    ++matched;
  }
  IndexClause result;
  result.rinfo = &clause;
  result.column = column;
  if (matched == half) {
    result.quals = {&clause};
    return result;
  }
  result.lossy = true;
  // Only the first columns can be used, and then a strict comparison must include equality.
  const bool less = *strategy == btree_strategy::kLess || *strategy == btree_strategy::kLessEqual;
  const Oid op =
      types.operator_for(index.opfamilies[c], index.input_types[c], index.input_types[c],
                         less ? btree_strategy::kLessEqual : btree_strategy::kGreaterEqual);
  if (op == 0) {
    return std::nullopt;
  }
  result.quals = {make_restrictinfo(
      root, make_op(op, expr->args[0], expr->args[half], expr->args[0]->collation, root), true,
      false, false, clause.required_relids, 0, 0)};
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

void match_clauses(PlannerInfo& root, const std::vector<RestrictInfo*>& clauses,
                   IndexOptInfo& index, IndexClauseSet& set) {
  if (set.columns.size() < static_cast<std::size_t>(index.key_columns)) {
    set.columns.resize(static_cast<std::size_t>(index.key_columns));
  }
  for (auto* clause : clauses) {
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
