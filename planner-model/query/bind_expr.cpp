// Expressions: parse_expr.c, all but operators (bind_a_expr.cpp) and calls (bind_function.cpp).
#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

/// transformCurrentOfExpr(): it goes with the row of the target table, as its ctid does.
ExprPtr current_of(const Scope& scope, const PgQuery__CurrentOfExpr& node) {
  auto ctid = std::make_shared<Expr>();
  ctid->kind = ExprKind::Var;
  ctid->varno = scope.query.result_range;
  ctid->attno = -1;
  ctid->type = type_oid::kTid;
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::CurrentOf;
  expr->type = type_oid::kBool;
  expr->name = node.cursor_name;
  expr->args = {std::move(ctid)};
  return expr;
}

}  // namespace

ExprPtr Analyzer::transform_expr(Scope& scope, const ParseNode* node, ExprUse use) {
  const Swapped<ExprUse> in_place{scope.use, use};
  return transform(scope, node);
}

std::vector<ExprPtr> Analyzer::transform_list(Scope& scope, ParseList nodes) {
  std::vector<ExprPtr> exprs;
  exprs.reserve(nodes.size());
  for (const ParseNode* node : nodes) {
    exprs.push_back(transform(scope, node));
  }
  return exprs;
}

ExprPtr Analyzer::transform(Scope& scope, const ParseNode* node) {
  if (!is_set(node)) {
    throw UserError{"an expression is missing in the statement"};
  }
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return transform_column_ref(scope, *node->column_ref);
    case PG_QUERY__NODE__NODE_PARAM_REF:
      return transform_param(*node->param_ref);
    case PG_QUERY__NODE__NODE_A_CONST:
      return transform_const(*node->a_const);
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      return transform_indirection(scope, *node->a_indirection);
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return transform_array(scope, *node->a_array_expr, 0, 0, -1);
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return transform_type_cast(scope, *node->type_cast);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      return transform_collate(scope, *node->collate_clause);
    case PG_QUERY__NODE__NODE_A_EXPR:
      return transform_a_expr(scope, *node->a_expr);
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
      return transform_bool(scope, *node->bool_expr);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return transform_func_call(scope, *node->func_call);
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
      return transform_grouping(scope, *node->grouping_func);
    case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR:
      return transform(scope, node->named_arg_expr->arg);
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return transform_sublink(scope, *node->sub_link);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      return transform_case(scope, *node->case_expr);
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      return transform_row(scope, *node->row_expr);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return transform_coalesce(scope, *node->coalesce_expr);
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return transform_min_max(scope, *node->min_max_expr);
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return transform_value_function(*node->sqlvalue_function);
    case PG_QUERY__NODE__NODE_NULL_TEST:
      return transform_null_test(scope, *node->null_test);
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
      return transform_boolean_test(scope, *node->boolean_test);
    default:
      return transform_rare(scope, *node);
  }
}

namespace {

/// Nodes of the tree as a walk meets them, counted no further than `limit`.
std::size_t count_nodes(const ExprPtr& expr, std::size_t limit) {
  std::size_t count = 1;
  for (const ExprPtr& child : children(*expr)) {
    if (count >= limit) {
      break;
    }
    count += count_nodes(child, limit - count);
  }
  return count;
}

}  // namespace

void Analyzer::charge_copies(const ExprPtr& expr, std::size_t times) {
  constexpr std::size_t kMaximumCopiedNodes = 1'000'000;
  if (times > 1) {
    copied_nodes_ += (times - 1) * count_nodes(expr, kMaximumCopiedNodes);
    if (copied_nodes_ > kMaximumCopiedNodes) {
      throw UserError{"the statement nests BETWEEN, CASE or IN too deeply to be planned"};
    }
  }
}

/// XML and DEFAULT, which are carried along, and WHERE CURRENT OF.
ExprPtr Analyzer::transform_rare(Scope& scope, const ParseNode& node) {
  auto expr = std::make_shared<Expr>();
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SET_TO_DEFAULT:
      throw UserError{"DEFAULT is not allowed in this context"};
    case PG_QUERY__NODE__NODE_CURRENT_OF_EXPR:
      return current_of(scope, *node.current_of_expr);
    case PG_QUERY__NODE__NODE_XML_EXPR: {
      const PgQuery__XmlExpr& xml = *node.xml_expr;
      expr->name = "XML expression";
      expr->type = xml.op == PG_QUERY__XML_EXPR_OP__IS_DOCUMENT ? type_oid::kBool : type_oid::kXml;
      expr->args = transform_list(scope, list_of(xml.n_args, xml.args));
      for (const ParseNode* named : list_of(xml.n_named_args, xml.named_args)) {
        if (is(named, PG_QUERY__NODE__NODE_RES_TARGET)) {
          expr->args.push_back(transform(scope, named->res_target->val));
        }
      }
      unmodelled_.push_back(expr->name);
      return expr;
    }
    case PG_QUERY__NODE__NODE_XML_SERIALIZE: {
      const PgQuery__XmlSerialize& xml = *node.xml_serialize;
      expr->name = "XMLSERIALIZE";
      const TypeReference target = resolve_type_name(*xml.type_name);
      expr->type = target.type;
      expr->typmod = target.typmod;
      expr->args = {transform(scope, xml.expr)};
      unmodelled_.push_back(expr->name);
      return expr;
    }
    default:
      throw UserError{"the statement holds an expression that is not supported here"};
  }
}

/// make_const() (parse_node.c)
ExprPtr Analyzer::transform_const(const PgQuery__AConst& constant) {
  if (constant.isnull != 0) {
    return make_null(type_oid::kUnknown);
  }
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      return make_int4_const(constant.ival == nullptr ? 0 : constant.ival->ival);
    case PG_QUERY__A__CONST__VAL_FVAL: {
      const std::string_view text = text_of(constant.fval->fval);
      const bool digits_only =
          text.find_first_not_of("-0123456789") == std::string_view::npos && text.size() <= 20;
      if (digits_only) {
        try {
          return make_literal(text, type_oid::kInt8, types_);
        } catch (const UserError&) {
          return make_literal(text, type_oid::kNumeric, types_);
        }
      }
      return make_literal(text, type_oid::kNumeric, types_);
    }
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
      return make_bool_const(constant.boolval != nullptr && constant.boolval->boolval != 0);
    case PG_QUERY__A__CONST__VAL_SVAL:
      return make_unknown_const(text_of(constant.sval->sval));
    case PG_QUERY__A__CONST__VAL_BSVAL: {
      // The lexer marks the base: b'101', x'1F'.
      return make_literal(text_of(constant.bsval->bsval), type_oid::kBit, types_);
    }
    default:
      return make_int4_const(0);  // an integer 0 is packed as no value at all
  }
}

/// transformParamRef() with variable_paramref_hook (parse_param.c).
ExprPtr Analyzer::transform_param(const PgQuery__ParamRef& param) {
  constexpr int kMaximumParameters = 65535;
  if (param.number < 0 || param.number > kMaximumParameters) {
    throw UserError{fmt::format("there is no parameter ${}", param.number)};
  }
  Expr expr;
  expr.kind = ExprKind::Param;
  expr.param_id = param.number;
  expr.type = type_oid::kUnknown;
  const auto known = parameter_types_.find(param.number);
  if (known != parameter_types_.end() && known->second != type_oid::kUnknown) {
    return typed_param(expr, known->second);
  }
  return std::make_shared<Expr>(std::move(expr));
}

ExprPtr Analyzer::transform_bool(Scope& scope, const PgQuery__BoolExpr& expr) {
  const bool is_and = expr.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR;
  const bool is_or = expr.boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR;
  const std::string_view name = is_and ? "AND" : is_or ? "OR" : "NOT";
  std::vector<ExprPtr> args;
  args.reserve(expr.n_args);
  for (const ParseNode* node : list_of(expr.n_args, expr.args)) {
    args.push_back(coerce_to_boolean(transform(scope, node), name));
  }
  return make_bool_expr(is_and  ? ExprKind::And
                        : is_or ? ExprKind::Or
                                : ExprKind::Not,
                        std::move(args));
}

ExprPtr Analyzer::transform_case(Scope& scope, const PgQuery__CaseExpr& expr) {
  ExprPtr arg;
  if (is_set(expr.arg)) {
    arg = transform(scope, expr.arg);
    if (arg->type == type_oid::kUnknown) {
      arg = implicit(arg, type_oid::kText);
    }
  }
  if (arg) {
    charge_copies(arg, expr.n_args);
  }
  std::vector<ExprPtr> conditions;
  std::vector<ExprPtr> results{is_set(expr.defresult) ? transform(scope, expr.defresult)
                                                      : make_null(type_oid::kUnknown)};
  for (const ParseNode* node : list_of(expr.n_args, expr.args)) {
    ensure(is(node, PG_QUERY__NODE__NODE_CASE_WHEN), "CASE holds WHENs");
    ExprPtr condition = transform(scope, node->case_when->expr);
    if (arg) {
      condition = make_op({{}, "="}, arg, std::move(condition));
    }
    conditions.push_back(coerce_to_boolean(condition, "CASE/WHEN"));
    results.push_back(transform(scope, node->case_when->result));
  }
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::CaseExpr;
  result->type = common_type(results, "CASE");
  result->case_has_arg = arg != nullptr;
  result->case_has_else = is_set(expr.defresult);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    result->args.push_back(conditions[i]);
    result->args.push_back(coerce_to_common(results[i + 1], result->type, "CASE/WHEN"));
  }
  if (result->case_has_else) {
    result->args.push_back(coerce_to_common(results[0], result->type, "CASE/ELSE"));
  }
  // A missing ELSE is a NULL of no type modifier, which agrees with none (exprTypmod()).
  result->typmod = result->case_has_else ? common_typmod(result->args, 1, 2) : -1;
  return result;
}

ExprPtr Analyzer::transform_coalesce(Scope& scope, const PgQuery__CoalesceExpr& expr) {
  const std::vector<ExprPtr> args = transform_list(scope, list_of(expr.n_args, expr.args));
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::CoalesceExpr;
  result->type = common_type(args, "COALESCE");
  for (const ExprPtr& arg : args) {
    result->args.push_back(coerce_to_common(arg, result->type, "COALESCE"));
  }
  result->typmod = common_typmod(result->args, 0, 1);
  return result;
}

ExprPtr Analyzer::transform_min_max(Scope& scope, const PgQuery__MinMaxExpr& expr) {
  const std::string name = expr.op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? "GREATEST" : "LEAST";
  const std::vector<ExprPtr> args = transform_list(scope, list_of(expr.n_args, expr.args));
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::MinMaxExpr;
  result->name = name;
  result->type = common_type(args, name);
  for (const ExprPtr& arg : args) {
    result->args.push_back(coerce_to_common(arg, result->type, name));
  }
  result->typmod = common_typmod(result->args, 0, 1);
  return result;
}

ExprPtr Analyzer::transform_null_test(Scope& scope, const PgQuery__NullTest& test) {
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::NullTest;
  result->type = type_oid::kBool;
  result->test_is_null = test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL;
  result->args = {transform(scope, test.arg)};
  return result;
}

ExprPtr Analyzer::transform_boolean_test(Scope& scope, const PgQuery__BooleanTest& test) {
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::BooleanTest;
  result->type = type_oid::kBool;
  std::string_view name;
  switch (test.booltesttype) {
    case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_TRUE:
      result->boolean_test = BooleanTestKind::IsNotTrue;
      name = "IS NOT TRUE";
      break;
    case PG_QUERY__BOOL_TEST_TYPE__IS_FALSE:
      result->boolean_test = BooleanTestKind::IsFalse;
      name = "IS FALSE";
      break;
    case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE:
      result->boolean_test = BooleanTestKind::IsNotFalse;
      name = "IS NOT FALSE";
      break;
    case PG_QUERY__BOOL_TEST_TYPE__IS_UNKNOWN:
      result->boolean_test = BooleanTestKind::IsUnknown;
      name = "IS UNKNOWN";
      break;
    case PG_QUERY__BOOL_TEST_TYPE__IS_NOT_UNKNOWN:
      result->boolean_test = BooleanTestKind::IsNotUnknown;
      name = "IS NOT UNKNOWN";
      break;
    default:
      result->boolean_test = BooleanTestKind::IsTrue;
      name = "IS TRUE";
  }
  result->args = {coerce_to_boolean(transform(scope, test.arg), name)};
  return result;
}

Oid Analyzer::find_collation(ParseList names) {
  const QualifiedName name = qualified_name(names);
  for (const Collation& collation : builtin_catalog().collations) {
    if (collation.name == name.name) {
      return collation.oid;
    }
  }
  // Others depend on the server's installation; the database's default stands in for their order.
  unmodelled_.push_back(fmt::format("collation \"{}\"", name.name));
  return kDefaultCollation;
}

ExprPtr Analyzer::transform_collate(Scope& scope, const PgQuery__CollateClause& clause) {
  const ExprPtr arg = transform(scope, clause.arg);
  if (arg->type != type_oid::kUnknown && types_.type_collation(arg->type) == 0) {
    throw UserError{
        fmt::format("collations are not supported by type {}", types_.format_type(arg->type))};
  }
  return make_collate(arg, find_collation(list_of(clause.n_collname, clause.collname)));
}

}  // namespace quern::planner_model
