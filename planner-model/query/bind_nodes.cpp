#include "planner-model/query/bind_nodes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planner-model/selectivity/session_text.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

namespace {

constexpr std::string_view kCollate = "COLLATE";

ExprPtr value_const(Value value) {
  auto constant = std::make_shared<Expr>();
  constant->kind = ExprKind::Const;
  constant->type = value.type;
  constant->text = value.text;
  constant->value = std::make_shared<const Value>(std::move(value));
  return constant;
}

/// The words of the type's input function.
std::string input_error(std::string_view text, Oid type, const TypeSystem& types) {
  if (types.is_enum(type)) {
    return fmt::format("invalid input value for enum {}: \"{}\"", types.format_type(type), text);
  }
  const bool is_time = type == type_oid::kDate || type == type_oid::kTimestamp ||
                       type == type_oid::kTimestampTz || type == type_oid::kTime;
  if (is_time && !text.empty() &&
      text.find_first_not_of("0123456789-:. +") == std::string_view::npos) {
    return fmt::format("date/time field value out of range: \"{}\"", text);
  }
  return fmt::format("invalid input syntax for type {}: \"{}\"", types.format_type(type), text);
}

std::shared_ptr<Expr> new_var(int varno, int attno, Oid type, std::int32_t typmod, Oid collation) {
  auto var = std::make_shared<Expr>();
  var->kind = ExprKind::Var;
  var->varno = varno;
  var->attno = attno;
  var->type = type;
  var->typmod = typmod;
  var->collation = collation;
  return var;
}

}  // namespace

ExprPtr make_var(int varno, int attno, const RangeColumn& column, int levels_up) {
  auto var = new_var(varno, attno, column.type, column.typmod, column.collation);
  var->levels_up = levels_up;
  var->name = column.name;
  return var;
}

ExprPtr make_var(int varno, const Column& column) {
  auto var = new_var(varno, column.number, column.type, column.type_modifier, column.collation);
  var->name = column.name;
  return var;
}

ExprPtr make_null(Oid type, std::int32_t typmod, Oid collation) {
  auto constant = std::make_shared<Expr>();
  constant->kind = ExprKind::Const;
  constant->type = type;
  constant->typmod = typmod;
  constant->collation = collation;
  constant->is_null = true;
  return constant;
}

bool is_on(const Table& view, std::string_view option) {
  const auto found = view.options.find(std::string{option});
  return found != view.options.end() && (found->second == "true" || found->second == "on" ||
                                         found->second == "yes" || found->second == "1");
}

ExprPtr make_bool_const(bool value) {
  return value_const(make_bool(value));
}

ExprPtr make_int4_const(std::int32_t value) {
  return value_const(make_integer(value));
}

ExprPtr make_unknown_const(std::string_view text) {
  auto constant = std::make_shared<Expr>();
  constant->kind = ExprKind::Const;
  constant->type = type_oid::kUnknown;
  constant->text = text;
  return constant;
}

ExprPtr make_literal(std::string_view text, Oid type, const TypeSystem& types) {
  std::optional<Value> value = parse_value(text, type, types);
  if (!value) {
    throw UserError{input_error(text, type, types)};
  }
  value->type = type;
  auto constant = std::make_shared<Expr>(*value_const(std::move(*value)));
  constant->collation = types.type_collation(type);
  return constant;
}

ExprPtr make_interval_literal(std::string_view text, std::int32_t typmod, const TypeSystem& types) {
  std::optional<Value> value = parse_interval(text, typmod, types);
  if (!value) {
    throw UserError{input_error(text, type_oid::kInterval, types)};
  }
  auto constant = std::make_shared<Expr>(*value_const(std::move(*value)));
  constant->typmod = typmod;
  return constant;
}

ExprPtr make_bool_expr(ExprKind kind, std::vector<ExprPtr> args) {
  auto expr = std::make_shared<Expr>();
  expr->kind = kind;
  expr->type = type_oid::kBool;
  expr->args = std::move(args);
  return expr;
}

ExprPtr make_relabel(const ExprPtr& expr, Oid type, std::int32_t typmod, CoercionForm form) {
  auto relabel = std::make_shared<Expr>();
  relabel->kind = ExprKind::RelabelType;
  relabel->type = type;
  relabel->typmod = typmod;
  relabel->form = form;
  relabel->args = {expr};
  return relabel;
}

ExprPtr make_collate(const ExprPtr& expr, Oid collation) {
  auto relabel = std::make_shared<Expr>(
      *make_relabel(expr, expr->type, expr->typmod, CoercionForm::ImplicitCast));
  relabel->name = kCollate;
  relabel->collation = collation;
  return relabel;
}

bool is_collate(const Expr& expr) {
  return expr.kind == ExprKind::RelabelType && expr.name == kCollate;
}

ExprPtr strip_implicit_coercions(const ExprPtr& expr) {
  ExprPtr bare = expr;
  while ((bare->kind == ExprKind::FuncExpr || bare->kind == ExprKind::RelabelType ||
          bare->kind == ExprKind::CoerceViaIO || bare->kind == ExprKind::ArrayCoerceExpr) &&
         bare->form == CoercionForm::ImplicitCast && !is_collate(*bare) && !bare->args.empty()) {
    bare = bare->args.front();
  }
  return bare;
}

ExprPtr raised(const ExprPtr& expr, int levels) {
  if (levels == 0) {
    return expr;
  }
  if (expr->kind == ExprKind::Var) {
    auto copy = std::make_shared<Expr>(*expr);
    copy->levels_up += levels;
    return copy;
  }
  return map_children(expr, [&](const ExprPtr& child) { return raised(child, levels); });
}

namespace {

void lower(std::optional<int>& lowest, int level) {
  lowest = lowest ? std::min(*lowest, level) : level;
}

void lowest_in_query(const Query& query, int depth, std::optional<int>& lowest);

void lowest_in_expr(const ExprPtr& expr, int depth, std::optional<int>& lowest) {
  if (!expr) {
    return;
  }
  if ((expr->kind == ExprKind::Var || expr->kind == ExprKind::Aggref ||
       expr->kind == ExprKind::GroupingFunc) &&
      expr->levels_up >= depth) {
    lower(lowest, expr->levels_up - depth);
  }
  for (const ExprPtr& child : children(*expr)) {
    lowest_in_expr(child, depth, lowest);
  }
  if (expr->subquery) {
    lowest_in_query(*expr->subquery, depth + 1, lowest);
  }
}

void lowest_in_tree(const JoinTree& tree, int depth, std::optional<int>& lowest) {
  lowest_in_expr(tree.quals, depth, lowest);
  for (const JoinTree& child : tree.children) {
    lowest_in_tree(child, depth, lowest);
  }
}

void lowest_in_query(const Query& query, int depth, std::optional<int>& lowest) {
  for (const TargetEntry& target : query.targets) {
    lowest_in_expr(target.expr, depth, lowest);
  }
  lowest_in_tree(query.join_tree, depth, lowest);
  lowest_in_expr(query.having, depth, lowest);
  lowest_in_expr(query.limit, depth, lowest);
  lowest_in_expr(query.offset, depth, lowest);
  for (const RangeTableEntry& entry : query.range_table) {
    if (entry.subquery) {
      lowest_in_query(*entry.subquery, depth + 1, lowest);
    }
    for (const ExprPtr& function : entry.functions) {
      lowest_in_expr(function, depth, lowest);
    }
    for (const auto& row : entry.values) {
      for (const ExprPtr& value : row) {
        lowest_in_expr(value, depth, lowest);
      }
    }
  }
  for (const CommonTableExpression& cte : query.ctes) {
    if (cte.query) {
      lowest_in_query(*cte.query, depth + 1, lowest);
    }
  }
}

}  // namespace

std::optional<int> lowest_level(const ExprPtr& expr) {
  std::optional<int> lowest;
  lowest_in_expr(expr, 0, lowest);
  return lowest;
}

bool contains_local_vars(const ExprPtr& expr) {
  const std::optional<int> lowest = lowest_level(expr);
  return lowest && *lowest == 0;
}

bool contains_window_function(const ExprPtr& expr) {
  return any_of(expr, [](const Expr& e) { return e.kind == ExprKind::WindowFunc; });
}

bool returns_set(const ExprPtr& expr) {
  return any_of(expr, [](const Expr& e) { return e.returns_set; });
}

RangeColumn column_of_expr(std::string name, const Expr& expr) {
  return RangeColumn{std::move(name), expr.type, expr.typmod, expr.collation};
}

}  // namespace quern::planner_model
