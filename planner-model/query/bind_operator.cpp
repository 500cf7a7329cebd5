// Operators: parse_oper.c and the comparisons of parse_expr.c.
#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

std::shared_ptr<Expr> operator_node(ExprKind kind, const Operator& op) {
  auto node = std::make_shared<Expr>();
  node->kind = kind;
  node->op = op.oid;
  node->function = op.function;
  node->name = std::string{op.name};
  return node;
}

}  // namespace

/// op_error(), and LookupOperName()'s for names that do not exist at all.
void Analyzer::operator_error(const QualifiedName& name, Resolution resolution, Oid left,
                              Oid right) {
  const std::string shown =
      fmt::format("{}{}{}", left == 0 ? "" : types_.format_type(left) + " ", name.name,
                  right == 0 ? "" : " " + types_.format_type(right));
  throw UserError{resolution == Resolution::Ambiguous
                      ? fmt::format("operator is not unique: {}", shown)
                      : fmt::format("operator does not exist: {}", shown)};
}

ExprPtr Analyzer::make_op(const QualifiedName& name, ExprPtr left, ExprPtr right) {
  ensure(right != nullptr, "the grammar knows no postfix operators");
  const Oid left_type = left ? left->type : 0;
  const ResolvedOperator found =
      left ? types_.resolve_binary_operator(name.name, left_type, right->type, name.schema)
           : types_.resolve_prefix_operator(name.name, right->type, name.schema);
  if (found.resolution != Resolution::Found) {
    operator_error(name, found.resolution, left_type, right->type);
  }
  auto node = operator_node(ExprKind::OpExpr, *found.op);
  node->type = found.result;
  const Function* function = types_.function(found.op->function);
  node->returns_set = function != nullptr && function->returns_set;
  if (left) {
    node->args.push_back(implicit(left, found.left));
  }
  node->args.push_back(implicit(right, found.right));
  return node;
}

ExprPtr Analyzer::make_scalar_array_op(const QualifiedName& name, ExprPtr left, ExprPtr right,
                                       bool use_or) {
  Oid element = type_oid::kUnknown;
  if (right->type != type_oid::kUnknown) {
    element = types_.element_type(types_.base_type(right->type));
    if (element == 0) {
      throw UserError{"op ANY/ALL (array) requires array on right side"};
    }
  }
  const ResolvedOperator found =
      types_.resolve_binary_operator(name.name, left->type, element, name.schema);
  if (found.resolution != Resolution::Found) {
    operator_error(name, found.resolution, left->type, element);
  }
  if (found.result != type_oid::kBool) {
    throw UserError{"op ANY/ALL (array) requires operator to yield boolean"};
  }
  const Oid array = types_.array_type(found.right);
  if (array == 0 && right->type == type_oid::kUnknown) {
    throw UserError{
        fmt::format("could not find array type for data type {}", types_.format_type(found.right))};
  }
  auto node = operator_node(ExprKind::ScalarArrayOpExpr, *found.op);
  node->type = type_oid::kBool;
  node->use_or = use_or;
  node->args = {implicit(left, found.left), array == 0 ? right : implicit(right, array)};
  return node;
}

ExprPtr Analyzer::make_distinct_op(ExprPtr left, ExprPtr right) {
  const ExprPtr equality = make_op({{}, "="}, std::move(left), std::move(right));
  if (equality->type != type_oid::kBool) {
    throw UserError{"IS DISTINCT FROM requires = operator to yield boolean"};
  }
  auto node = std::make_shared<Expr>(*equality);
  node->kind = ExprKind::DistinctExpr;
  return node;
}

/// make_row_comparison_op()
ExprPtr Analyzer::make_row_comparison(const QualifiedName& name, const std::vector<ExprPtr>& left,
                                      const std::vector<ExprPtr>& right) {
  if (left.size() != right.size()) {
    throw UserError{"unequal number of entries in row expressions"};
  }
  if (left.empty()) {
    throw UserError{"cannot compare rows of zero length"};
  }
  std::vector<ExprPtr> pairs;
  for (std::size_t i = 0; i < left.size(); ++i) {
    pairs.push_back(make_op(name, left[i], right[i]));
    if (pairs.back()->type != type_oid::kBool) {
      throw UserError{fmt::format("row comparison operator must yield type boolean, not type {}",
                                  types_.format_type(pairs.back()->type))};
    }
  }
  if (pairs.size() == 1) {
    return pairs.front();
  }
  if (name.name == "=") {
    return make_bool_expr(ExprKind::And, std::move(pairs));
  }
  if (name.name == "<>") {
    return make_bool_expr(ExprKind::Or, std::move(pairs));
  }
  auto node = std::make_shared<Expr>();
  node->kind = ExprKind::RowCompareExpr;
  node->type = type_oid::kBool;
  node->name = name.name;
  for (const ExprPtr& pair : pairs) {
    if (types_.memberships(pair->op).empty()) {
      throw UserError{fmt::format(
          "could not determine interpretation of row comparison operator {}", name.name)};
    }
    node->operators.push_back(pair->op);
    node->args.push_back(pair->args[0]);
  }
  for (const ExprPtr& pair : pairs) {
    node->args.push_back(pair->args[1]);
  }
  return node;
}

}  // namespace quern::planner_model
