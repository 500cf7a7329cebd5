// Coercions between types: src/backend/parser/parse_coerce.c.
#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

/// Pseudotypes that take any value as it is, literals without a type included.
bool takes_anything(Oid type) {
  return type == type_oid::kAny || type == type_oid::kAnyElement ||
         type == type_oid::kAnyNonArray || type == type_oid::kAnyCompatible ||
         type == type_oid::kAnyCompatibleNonArray;
}

bool is_container_pseudotype(Oid type) {
  return type == type_oid::kAnyArray || type == type_oid::kAnyEnum || type == type_oid::kAnyRange ||
         type == type_oid::kAnyMultirange || type == type_oid::kAnyCompatibleArray ||
         type == type_oid::kAnyCompatibleRange || type == type_oid::kAnyCompatibleMultirange;
}

/// hide_coercion_node(): the inner coercion of a cast in two steps is not shown as one.
ExprPtr hidden(const ExprPtr& expr) {
  switch (expr->kind) {
    case ExprKind::FuncExpr:
    case ExprKind::RelabelType:
    case ExprKind::CoerceViaIO:
    case ExprKind::ArrayCoerceExpr:
    case ExprKind::RowExpr: {
      auto copy = std::make_shared<Expr>(*expr);
      copy->form = CoercionForm::ImplicitCast;
      return copy;
    }
    default:
      return expr;
  }
}

}  // namespace

ExprPtr Analyzer::coerce_type(const ExprPtr& expr, Oid target, std::int32_t typmod,
                              CoercionContext context, CoercionForm form) {
  const Oid source = expr->type;
  if (source == target || takes_anything(target) ||
      (target == type_oid::kRecord && types_.is_composite(source))) {
    return expr;
  }
  if (is_container_pseudotype(target) && source != type_oid::kUnknown) {
    const Oid base = types_.base_type(source);
    return base == source ? expr : make_relabel(expr, base, -1, form);
  }
  if (source == type_oid::kUnknown && is_const(expr)) {
    return coerce_unknown_const(*expr, target, typmod, context, form);
  }
  if (source == type_oid::kUnknown && expr->kind == ExprKind::Param) {
    return typed_param(*expr, target);
  }
  if (is_collate(*expr)) {
    const ExprPtr inner = coerce_type(expr->args.front(), target, typmod, context, form);
    return types_.type_collation(target) != 0 ? make_collate(inner, expr->collation) : inner;
  }
  const Coercion coercion = types_.find_coercion(source, target, context);
  if (coercion.path != CoercionPath::None) {
    return coercion_expression(expr, coercion, target, typmod, context, form);
  }
  return make_relabel(expr, target, -1, form);  // between row types and record
}

ExprPtr Analyzer::coerce_unknown_const(const Expr& constant, Oid target, std::int32_t typmod,
                                       CoercionContext context, CoercionForm form) {
  const Oid base = types_.base_type(target);
  if (base != target) {
    typmod = types_.base_typmod(target);
  }
  // Of an interval only, the input function is told the modifier: '3' of INTERVAL MONTH.
  const ExprPtr literal = constant.is_null ? make_null(base, -1, types_.type_collation(base))
                          : base == type_oid::kInterval
                              ? make_interval_literal(constant.text, typmod, types_)
                              : make_literal(constant.text, base, types_);
  if (base == target) {
    return literal;
  }
  const ExprPtr limited = coerce_typmod(literal, base, typmod, context, form, false);
  return make_relabel(limited, target, -1, form);
}

ExprPtr Analyzer::coercion_expression(const ExprPtr& expr, const Coercion& coercion, Oid target,
                                      std::int32_t typmod, CoercionContext context,
                                      CoercionForm form) {
  const Oid base = types_.base_type(target);
  const std::int32_t base_typmod = base == target ? typmod : types_.base_typmod(target);
  auto node = std::make_shared<Expr>();
  node->type = base;
  node->form = form;
  node->args = {expr};
  switch (coercion.path) {
    case CoercionPath::Function: {
      const Function* function = types_.function(coercion.function);
      ensure(function != nullptr, "a cast names a function that exists");
      node->kind = ExprKind::FuncExpr;
      node->function = function->oid;
      node->name = std::string{function->name};
      if (function->arguments.size() >= 2) {
        node->args.push_back(make_int4_const(base_typmod));
        node->typmod = base_typmod;  // exprIsLengthCoercion()
      }
      if (function->arguments.size() >= 3) {
        node->args.push_back(make_bool_const(context == CoercionContext::Explicit));
      }
      break;
    }
    case CoercionPath::ArrayCoerce:
      node->kind = ExprKind::ArrayCoerceExpr;
      node->function = coercion.function;
      node->typmod = base_typmod;
      break;
    case CoercionPath::ViaIO:
      node->kind = ExprKind::CoerceViaIO;
      break;
    case CoercionPath::Relabel:
    case CoercionPath::None:
      return make_relabel(expr, target, -1, form);
  }
  return base == target ? ExprPtr{node}
                        : make_relabel(coerce_typmod(node, base, base_typmod, context, form, false),
                                       target, -1, form);
}

/// coerce_type_typmod()
ExprPtr Analyzer::coerce_typmod(const ExprPtr& expr, Oid target, std::int32_t typmod,
                                CoercionContext context, CoercionForm form, bool hide_input) {
  if (typmod == expr->typmod) {
    return expr;
  }
  if (typmod < 0) {
    // Nothing to do, but the expression is to show that it has no modifier.
    return make_relabel(hide_input ? hidden(expr) : expr, target, typmod, form);
  }
  const Oid element = types_.element_type(target);
  const Oid function = types_.length_coercion(element != 0 ? element : target);
  if (function == 0) {
    return expr;
  }
  const ExprPtr input = hide_input ? hidden(expr) : expr;
  if (element != 0) {
    auto node = std::make_shared<Expr>();
    node->kind = ExprKind::ArrayCoerceExpr;
    node->type = target;
    node->typmod = typmod;
    node->form = form;
    node->args = {input};
    return node;
  }
  const ExprPtr call = coercion_expression(input, Coercion{CoercionPath::Function, function},
                                           target, typmod, context, form);
  auto limited = std::make_shared<Expr>(*call);
  limited->typmod = typmod;
  return limited;
}

ExprPtr Analyzer::coerce_to_target_type(const ExprPtr& expr, Oid target, std::int32_t typmod,
                                        CoercionContext context, CoercionForm form) {
  if (!types_.can_coerce(expr->type, target, context)) {
    return nullptr;
  }
  if (is_collate(*expr)) {
    const ExprPtr inner = coerce_to_target_type(expr->args.front(), target, typmod, context, form);
    return inner && types_.type_collation(target) != 0 ? make_collate(inner, expr->collation)
                                                       : inner;
  }
  const ExprPtr result = coerce_type(expr, target, typmod, context, form);
  return coerce_typmod(result, target, typmod, context, form, result != expr && !is_const(result));
}

ExprPtr Analyzer::coerce_to_boolean(const ExprPtr& expr, std::string_view construct) {
  ExprPtr result = expr;
  if (expr->type != type_oid::kBool) {
    result = coerce_to_target_type(expr, type_oid::kBool, -1, CoercionContext::Assignment,
                                   CoercionForm::ImplicitCast);
    if (!result) {
      throw UserError{fmt::format("argument of {} must be type boolean, not type {}", construct,
                                  types_.format_type(expr->type))};
    }
  }
  if (result->returns_set) {
    throw UserError{fmt::format("argument of {} must not return a set", construct)};
  }
  return result;
}

ExprPtr Analyzer::coerce_to_specific(const ExprPtr& expr, Oid type, std::string_view construct) {
  ExprPtr result = expr;
  if (expr->type != type) {
    result = coerce_to_target_type(expr, type, -1, CoercionContext::Assignment,
                                   CoercionForm::ImplicitCast);
    if (!result) {
      throw UserError{fmt::format("argument of {} must be type {}, not type {}", construct,
                                  types_.format_type(type), types_.format_type(expr->type))};
    }
  }
  return result;
}

ExprPtr Analyzer::coerce_to_common(const ExprPtr& expr, Oid type, std::string_view context) {
  if (expr->type == type) {
    return expr;
  }
  if (!types_.can_coerce(expr->type, type, CoercionContext::Implicit)) {
    throw UserError{fmt::format("{} could not convert type {} to {}", context,
                                types_.format_type(expr->type), types_.format_type(type))};
  }
  return implicit(expr, type);
}

ExprPtr Analyzer::implicit(const ExprPtr& expr, Oid type) {
  return coerce_type(expr, type, -1, CoercionContext::Implicit, CoercionForm::ImplicitCast);
}

Oid Analyzer::common_type(const std::vector<ExprPtr>& exprs, std::string_view context) {
  std::vector<Oid> inputs;
  inputs.reserve(exprs.size());
  for (const ExprPtr& expr : exprs) {
    inputs.push_back(expr->type);
  }
  if (const std::optional<Oid> type = types_.select_common_type(inputs)) {
    return *type;
  }
  Oid first = 0;
  Oid second = 0;
  for (const Oid type : inputs) {
    if (type == type_oid::kUnknown) {
      continue;
    }
    if (first == 0) {
      first = type;
    } else if (type != first) {
      second = type;
      if (types_.category(type) != types_.category(first)) {
        break;
      }
    }
  }
  throw UserError{fmt::format("{} types {} and {} cannot be matched", context,
                              types_.format_type(first), types_.format_type(second))};
}

/// select_common_typmod() over every `step`-th expression; a CASE's ELSE at the end counts too.
std::int32_t Analyzer::common_typmod(const std::vector<ExprPtr>& exprs, std::size_t first,
                                     std::size_t step) const {
  if (exprs.empty()) {
    return -1;
  }
  const std::int32_t typmod = exprs.back()->typmod;
  for (std::size_t i = first; i < exprs.size(); i += step) {
    if (exprs[i]->typmod != typmod) {
      return -1;
    }
  }
  return typmod;
}

ExprPtr Analyzer::typed_param(const Expr& param, Oid type) {
  const Oid known = parameter_types_.try_emplace(param.param_id, type).first->second;
  if (known == type_oid::kUnknown) {
    parameter_types_[param.param_id] = type;
  } else if (known != type && types_.can_coerce(known, type, CoercionContext::Explicit)) {
    // The client may have declared types that the text alone does not tell: no error here.
    return implicit(typed_param(param, known), type);
  }
  const auto index = static_cast<std::size_t>(param.param_id) - 1;
  const Oid base = types_.base_type(type);
  if (index < parameters_.size()) {
    const std::optional<std::string>& text = parameters_[index];
    return text ? parameter_value(param.param_id, *text, base)
                : make_null(base, -1, types_.type_collation(base));
  }
  auto typed = std::make_shared<Expr>(param);
  typed->type = type;
  typed->collation = types_.type_collation(type);
  return typed;
}

ExprPtr Analyzer::parameter_value(int parameter, const std::string& text, Oid type) const {
  try {
    return make_literal(text, type, types_);
  } catch (const UserError& error) {
    throw ParameterMisfit{error.what(), parameter};
  }
}

/// resolveTargetListUnknowns() for one expression.
ExprPtr Analyzer::resolve_unknown(const ExprPtr& expr) {
  return expr->type == type_oid::kUnknown ? implicit(expr, type_oid::kText) : expr;
}

}  // namespace quern::planner_model
