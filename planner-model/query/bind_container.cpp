// Rows, arrays, subscripts and casts: parse_expr.c, parse_node.c.
#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

ExprPtr Analyzer::transform_row(Scope& scope, const PgQuery__RowExpr& row) {
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::RowExpr;
  result->type = type_oid::kRecord;
  result->form = row.row_format == PG_QUERY__COERCION_FORM__COERCE_EXPLICIT_CALL
                     ? CoercionForm::Call
                     : CoercionForm::ImplicitCast;
  result->args = transform_expression_list(scope, list_of(row.n_args, row.args), scope.use, false);
  constexpr std::size_t kMaximumColumns = 1664;  // MaxTupleAttributeNumber
  if (result->args.size() > kMaximumColumns) {
    throw UserError{fmt::format("ROW expressions can have at most {} entries", kMaximumColumns)};
  }
  return result;
}

ExprPtr Analyzer::transform_indirection(Scope& scope, const PgQuery__AIndirection& node) {
  ExprPtr result = transform(scope, node.arg);
  const ParseList steps = list_of(node.n_indirection, node.indirection);
  std::size_t first_subscript = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (is(steps[i], PG_QUERY__NODE__NODE_A_INDICES)) {
      continue;
    }
    if (is(steps[i], PG_QUERY__NODE__NODE_A_STAR)) {
      throw UserError{"row expansion via \"*\" is not supported here"};
    }
    result =
        transform_subscripts(scope, result, steps.subspan(first_subscript, i - first_subscript));
    result = select_field(scope, result, std::string{string_of(steps[i])});
    first_subscript = i + 1;
  }
  return transform_subscripts(scope, result, steps.subspan(first_subscript));
}

/// transformContainerSubscripts(): arrays take integers, jsonb takes integers or text.
ExprPtr Analyzer::transform_subscripts(Scope& scope, ExprPtr container, ParseList subscripts) {
  if (subscripts.empty()) {
    return container;
  }
  const Oid base = types_.base_type(container->type);
  const Oid element = types_.element_type(base);
  const bool is_jsonb = base == type_oid::kJsonb;
  const Type* type = types_.type(base);
  const Oid fixed_element = element == 0 && type != nullptr && !is_jsonb ? type->element : 0;
  if (element == 0 && !is_jsonb && fixed_element == 0) {
    throw UserError{fmt::format("cannot subscript type {} because it does not support subscripting",
                                types_.format_type(container->type))};
  }
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::SubscriptingRef;
  result->args = {base == container->type
                      ? container
                      : make_relabel(container, base, -1, CoercionForm::ImplicitCast)};
  bool is_slice = false;
  for (const ParseNode* node : subscripts) {
    is_slice = is_slice || node->a_indices->is_slice != 0;
  }
  for (const ParseNode* node : subscripts) {
    for (const ParseNode* bound : {node->a_indices->lidx, node->a_indices->uidx}) {
      if (!is_set(bound)) {
        continue;
      }
      const ExprPtr subscript = transform(scope, bound);
      const Oid wanted =
          is_jsonb && subscript->type != type_oid::kInt4 ? type_oid::kText : type_oid::kInt4;
      ExprPtr coerced = coerce_to_target_type(subscript, wanted, -1, CoercionContext::Assignment,
                                              CoercionForm::ImplicitCast);
      if (!coerced) {
        throw UserError{is_jsonb ? "subscript type is not supported"
                                 : "array subscript must have type integer"};
      }
      result->args.push_back(std::move(coerced));
    }
  }
  if (is_slice && is_jsonb) {
    throw UserError{"jsonb subscript does not support slices"};
  }
  result->name = is_slice ? "slice" : "element";
  result->type = is_slice || is_jsonb ? base : element != 0 ? element : fixed_element;
  result->typmod = container->typmod;
  return result;
}

/// transformArrayExpr(): `type` is the array type of a cast around it; 0: found from the elements.
ExprPtr Analyzer::transform_array(Scope& scope, const PgQuery__AArrayExpr& array, Oid type,
                                  Oid element, std::int32_t typmod) {
  std::vector<ExprPtr> elements;
  elements.reserve(array.n_elements);
  bool nested = false;
  for (const ParseNode* node : list_of(array.n_elements, array.elements)) {
    if (is(node, PG_QUERY__NODE__NODE_A_ARRAY_EXPR)) {
      nested = true;
      elements.push_back(transform_array(scope, *node->a_array_expr, type, element, typmod));
    } else {
      elements.push_back(transform(scope, node));
      nested = nested || types_.element_type(elements.back()->type) != 0;
    }
  }
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::ArrayExpr;
  const bool hard = type != 0;
  Oid wanted = nested ? type : element;
  if (!hard) {
    if (elements.empty()) {
      throw UserError{
          "cannot determine type of empty array (explicitly cast to the desired type, for example "
          "ARRAY[]::integer[])"};
    }
    wanted = common_type(elements, "ARRAY");
    type = nested ? wanted : types_.array_type(wanted);
    if (type == 0) {
      throw UserError{
          fmt::format("could not find array type for data type {}", types_.format_type(wanted))};
    }
  }
  for (const ExprPtr& item : elements) {
    ExprPtr coerced = hard ? coerce_to_target_type(item, wanted, typmod, CoercionContext::Explicit,
                                                   CoercionForm::ExplicitCast)
                           : coerce_to_common(item, wanted, "ARRAY");
    if (!coerced) {
      throw UserError{fmt::format("cannot cast type {} to {}", types_.format_type(item->type),
                                  types_.format_type(wanted))};
    }
    result->args.push_back(std::move(coerced));
  }
  result->type = type;
  return result;
}

ExprPtr Analyzer::transform_type_cast(Scope& scope, const PgQuery__TypeCast& cast) {
  const TypeReference target = resolve_type_name(*cast.type_name);
  const Oid base = types_.base_type(target.type);
  const Oid element = types_.element_type(base);
  ExprPtr expr;
  if (element != 0 && is(cast.arg, PG_QUERY__NODE__NODE_A_ARRAY_EXPR)) {
    expr = transform_array(scope, *cast.arg->a_array_expr, base, element,
                           base == target.type ? target.typmod : types_.base_typmod(target.type));
  } else {
    expr = transform(scope, cast.arg);
  }
  ExprPtr result = coerce_to_target_type(expr, target.type, target.typmod,
                                         CoercionContext::Explicit, CoercionForm::ExplicitCast);
  if (!result) {
    throw UserError{fmt::format("cannot cast type {} to {}", types_.format_type(expr->type),
                                types_.format_type(target.type))};
  }
  return result;
}

}  // namespace quern::planner_model
