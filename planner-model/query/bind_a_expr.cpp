// A_Expr and SubLink: parse_expr.c.
#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

bool is_row(const ExprPtr& expr) {
  return expr->kind == ExprKind::RowExpr;
}

ExprPtr negated(ExprPtr expr) {
  return make_bool_expr(ExprKind::Not, {std::move(expr)});
}

ExprPtr combine(std::vector<ExprPtr> clauses, ExprKind kind) {
  return clauses.size() == 1 ? clauses.front() : make_bool_expr(kind, std::move(clauses));
}

QualifiedName operator_name(const PgQuery__AExpr& expr) {
  return qualified_name(list_of(expr.n_name, expr.name));
}

}  // namespace

ExprPtr Analyzer::transform_a_expr(Scope& scope, const PgQuery__AExpr& expr) {
  switch (expr.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL: {
      ExprPtr left = transform(scope, expr.lexpr);
      ExprPtr right = transform(scope, expr.rexpr);
      return make_scalar_array_op(operator_name(expr), std::move(left), std::move(right),
                                  expr.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY);
    }
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
      return transform_distinct(scope, expr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
      return transform_null_if(scope, expr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
      return transform_in(scope, expr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return transform_between(scope, expr);
    default:  // plain operators; LIKE, ILIKE and SIMILAR TO carry theirs by name
      return transform_op(scope, expr);
  }
}

ExprPtr Analyzer::transform_op(Scope& scope, const PgQuery__AExpr& expr) {
  const QualifiedName name = operator_name(expr);
  if (is(expr.lexpr, PG_QUERY__NODE__NODE_ROW_EXPR) &&
      is(expr.rexpr, PG_QUERY__NODE__NODE_SUB_LINK) &&
      expr.rexpr->sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK) {
    // "row op subselect" is the grammar's ROWCOMPARE written the other way round.
    PgQuery__SubLink link = *expr.rexpr->sub_link;
    link.sub_link_type = PG_QUERY__SUB_LINK_TYPE__ROWCOMPARE_SUBLINK;
    link.testexpr = expr.lexpr;
    link.n_oper_name = expr.n_name;
    link.oper_name = expr.name;
    return transform_sublink(scope, link);
  }
  ExprPtr left = is_set(expr.lexpr) ? transform(scope, expr.lexpr) : nullptr;
  ExprPtr right = transform(scope, expr.rexpr);
  if (left && is_row(left) && is_row(right)) {
    return make_row_comparison(name, left->args, right->args);
  }
  return make_op(name, std::move(left), std::move(right));
}

ExprPtr Analyzer::transform_distinct(Scope& scope, const PgQuery__AExpr& expr) {
  const bool not_distinct = expr.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT;
  const ExprPtr left = transform(scope, expr.lexpr);
  const ExprPtr right = transform(scope, expr.rexpr);
  if (is_null_const(left) || is_null_const(right)) {
    auto test = std::make_shared<Expr>();
    test->kind = ExprKind::NullTest;
    test->type = type_oid::kBool;
    test->test_is_null = not_distinct;
    test->args = {is_null_const(right) ? left : right};
    return test;
  }
  ExprPtr result;
  if (is_row(left) && is_row(right)) {
    if (left->args.size() != right->args.size()) {
      throw UserError{"unequal number of entries in row expressions"};
    }
    std::vector<ExprPtr> pairs;
    for (std::size_t i = 0; i < left->args.size(); ++i) {
      pairs.push_back(make_distinct_op(left->args[i], right->args[i]));
    }
    result = pairs.empty() ? make_bool_const(false) : combine(std::move(pairs), ExprKind::Or);
  } else {
    result = make_distinct_op(left, right);
  }
  return not_distinct ? negated(result) : result;
}

ExprPtr Analyzer::transform_null_if(Scope& scope, const PgQuery__AExpr& expr) {
  ExprPtr left = transform(scope, expr.lexpr);
  ExprPtr right = transform(scope, expr.rexpr);
  const ExprPtr equality = make_op(operator_name(expr), std::move(left), std::move(right));
  if (equality->type != type_oid::kBool) {
    throw UserError{"NULLIF requires = operator to yield boolean"};
  }
  auto result = std::make_shared<Expr>(*equality);
  result->kind = ExprKind::NullIfExpr;
  result->type = result->args[0]->type;
  return result;
}

/// The items without columns as one array; null when they have no common array type.
ExprPtr Analyzer::in_array(const QualifiedName& op, const ExprPtr& left,
                           const std::vector<ExprPtr>& items, bool use_or) {
  std::vector<Oid> inputs{left->type};
  for (const ExprPtr& item : items) {
    inputs.push_back(item->type);
  }
  const std::optional<Oid> scalar = types_.select_common_type(inputs);
  if (!scalar || *scalar == type_oid::kRecord) {
    return nullptr;
  }
  for (const Oid input : inputs) {
    if (!types_.can_coerce(input, *scalar, CoercionContext::Implicit)) {
      return nullptr;
    }
  }
  const Oid array_type = types_.array_type(*scalar);
  if (array_type == 0) {
    return nullptr;
  }
  auto array = std::make_shared<Expr>();
  array->kind = ExprKind::ArrayExpr;
  array->type = array_type;
  array->args.reserve(items.size());
  for (const ExprPtr& item : items) {
    array->args.push_back(coerce_to_common(item, *scalar, "IN"));
  }
  return make_scalar_array_op(op, left, array, use_or);
}

ExprPtr Analyzer::transform_in(Scope& scope, const PgQuery__AExpr& expr) {
  const QualifiedName op = operator_name(expr);
  const bool use_or = op.name != "<>";
  const ExprPtr left = transform(scope, expr.lexpr);
  ensure(is(expr.rexpr, PG_QUERY__NODE__NODE_LIST), "IN has a list on its right");
  std::vector<ExprPtr> with_columns;
  std::vector<ExprPtr> others;
  for (const ParseNode* node : list_of(expr.rexpr->list->n_items, expr.rexpr->list->items)) {
    ExprPtr item = transform(scope, node);
    (contains_local_vars(item) ? with_columns : others).push_back(std::move(item));
  }
  std::vector<ExprPtr> clauses;
  if (others.size() > 1) {
    if (ExprPtr any = in_array(op, left, others, use_or)) {
      clauses.push_back(std::move(any));
      others.clear();
    }
  }
  others.insert(others.end(), with_columns.begin(), with_columns.end());
  charge_copies(left, others.size());
  for (const ExprPtr& item : others) {
    ExprPtr clause = is_row(left) && is_row(item) ? make_row_comparison(op, left->args, item->args)
                                                  : make_op(op, left, item);
    clauses.push_back(coerce_to_boolean(clause, "IN"));
  }
  return combine(std::move(clauses), use_or ? ExprKind::Or : ExprKind::And);
}

ExprPtr Analyzer::transform_between(Scope& scope, const PgQuery__AExpr& expr) {
  const ExprPtr value = transform(scope, expr.lexpr);
  ensure(is(expr.rexpr, PG_QUERY__NODE__NODE_LIST) && expr.rexpr->list->n_items == 2,
         "BETWEEN has two bounds");
  const ExprPtr low = transform(scope, expr.rexpr->list->items[0]);
  const ExprPtr high = transform(scope, expr.rexpr->list->items[1]);
  const bool symmetric = expr.kind == PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM ||
                         expr.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM;
  charge_copies(value, symmetric ? 4 : 2);
  charge_copies(low, symmetric ? 2 : 1);
  charge_copies(high, symmetric ? 2 : 1);
  const auto comparison = [&](std::string_view name, const ExprPtr& bound) {
    return is_row(value) && is_row(bound)
               ? make_row_comparison({{}, std::string{name}}, value->args, bound->args)
               : make_op({{}, std::string{name}}, value, bound);
  };
  const auto inside = [&](const ExprPtr& from, const ExprPtr& to) {
    return make_bool_expr(ExprKind::And, {comparison(">=", from), comparison("<=", to)});
  };
  const auto outside = [&](const ExprPtr& from, const ExprPtr& to) {
    return make_bool_expr(ExprKind::Or, {comparison("<", from), comparison(">", to)});
  };
  switch (expr.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
      return outside(low, high);
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
      return make_bool_expr(ExprKind::Or, {inside(low, high), inside(high, low)});
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return make_bool_expr(ExprKind::And, {outside(low, high), outside(high, low)});
    default:
      return inside(low, high);
  }
}

namespace {

/// PARAM_SUBLINK nodes for the output columns of a sub-SELECT.
std::vector<ExprPtr> output_params(const Query& query) {
  std::vector<ExprPtr> params;
  for (std::size_t i = 0; i < query.targets.size(); ++i) {
    const TargetEntry& target = query.targets[i];
    if (target.junk) {
      continue;
    }
    auto param = std::make_shared<Expr>();
    param->kind = ExprKind::Param;
    param->param_kind = ParamKind::Sublink;
    param->param_id = static_cast<int>(i) + 1;
    param->type = target.expr->type;
    param->typmod = target.expr->typmod;
    param->collation = target.expr->collation;
    params.push_back(std::move(param));
  }
  return params;
}

/// Takes make_row_comparison()'s answer apart: one operator, left and right a column.
void take_comparison(const ExprPtr& comparison, Expr& link, std::vector<ExprPtr>& left) {
  if (comparison->kind == ExprKind::And || comparison->kind == ExprKind::Or) {
    for (const ExprPtr& pair : comparison->args) {
      take_comparison(pair, link, left);
    }
    return;
  }
  if (comparison->kind == ExprKind::RowCompareExpr) {
    const std::size_t count = comparison->operators.size();
    link.operators = comparison->operators;
    for (std::size_t i = 0; i < count; ++i) {
      left.push_back(comparison->args[i]);
      link.sublink_right.push_back(comparison->args[count + i]);
    }
    return;
  }
  link.operators.push_back(comparison->op);
  left.push_back(comparison->args[0]);
  link.sublink_right.push_back(comparison->args[1]);
}

}  // namespace

ExprPtr Analyzer::transform_sublink(Scope& scope, const PgQuery__SubLink& node) {
  if (scope.use == ExprUse::IndexExpression || scope.use == ExprUse::IndexPredicate) {
    throw UserError{fmt::format("cannot use subquery in {}", name_of(scope.use))};
  }
  if (!is(node.subselect, PG_QUERY__NODE__NODE_SELECT_STMT)) {
    throw UserError{"a subquery in an expression must be a SELECT"};
  }
  scope.query.has_sublinks = true;
  auto subquery = std::make_shared<Query>(transform_select(*node.subselect->select_stmt, &scope));
  auto link = std::make_shared<Expr>();
  link->kind = ExprKind::SubLink;
  link->type = type_oid::kBool;
  link->subquery = subquery;
  const std::vector<ExprPtr> outputs = output_params(*subquery);
  const auto one_column = [&] {
    if (outputs.size() != 1) {
      throw UserError{"subquery must return only one column"};
    }
  };
  switch (node.sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
      link->sublink_kind = SubLinkKind::Exists;
      return link;
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK:
      one_column();
      link->sublink_kind = SubLinkKind::Scalar;
      link->type = outputs[0]->type;
      link->typmod = outputs[0]->typmod;
      link->collation = outputs[0]->collation;
      return link;
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK:
      one_column();
      link->sublink_kind = SubLinkKind::Array;
      link->type = types_.element_type(outputs[0]->type) != 0 ? outputs[0]->type
                                                              : types_.array_type(outputs[0]->type);
      link->collation = outputs[0]->collation;
      if (link->type == 0) {
        throw UserError{fmt::format("could not find array type for data type {}",
                                    types_.format_type(outputs[0]->type))};
      }
      return link;
    case PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK:
      link->sublink_kind = SubLinkKind::All;
      break;
    case PG_QUERY__SUB_LINK_TYPE__ROWCOMPARE_SUBLINK:
      link->sublink_kind = SubLinkKind::RowCompare;
      break;
    default:
      link->sublink_kind = SubLinkKind::Any;
  }
  const ExprPtr test = transform(scope, node.testexpr);
  const std::vector<ExprPtr> left = is_row(test) ? test->args : std::vector<ExprPtr>{test};
  if (left.size() != outputs.size()) {
    throw UserError{left.size() < outputs.size() ? "subquery has too many columns"
                                                 : "subquery has too few columns"};
  }
  const QualifiedName op = node.n_oper_name == 0
                               ? QualifiedName{{}, "="}
                               : qualified_name(list_of(node.n_oper_name, node.oper_name));
  std::vector<ExprPtr> coerced_left;
  take_comparison(make_row_comparison(op, left, outputs), *link, coerced_left);
  link->name = op.name;
  if (coerced_left.size() == 1) {
    link->test = coerced_left[0];
  } else {
    auto row = std::make_shared<Expr>(*test);
    row->args = std::move(coerced_left);
    link->test = std::move(row);
  }
  return link;
}

}  // namespace quern::planner_model
