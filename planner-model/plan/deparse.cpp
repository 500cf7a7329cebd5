#include "planner-model/plan/deparse.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "collector/sql/quote.hpp"

#include "planner-model/plan/deparse_sql_syntax.hpp"
#include "planner-model/selectivity/session_text.hpp"
#include "planner-model/selectivity/time_settings.hpp"

// Source: get_rule_expr() and its helpers, PostgreSQL 15, src/backend/utils/adt/ruleutils.c,
// without pretty-printing.
namespace quern::planner_model {
namespace {

enum class Implicit : bool { Hide, Show };
/// Whether a constant carries its ::type: get_const_expr()'s showtype.
enum class Label : std::uint8_t { Never, IfNeeded };

std::string_view boolean_test_words(BooleanTestKind kind) {
  switch (kind) {
    case BooleanTestKind::IsTrue:
      return " IS TRUE";
    case BooleanTestKind::IsNotTrue:
      return " IS NOT TRUE";
    case BooleanTestKind::IsFalse:
      return " IS FALSE";
    case BooleanTestKind::IsNotFalse:
      return " IS NOT FALSE";
    case BooleanTestKind::IsUnknown:
      return " IS UNKNOWN";
    case BooleanTestKind::IsNotUnknown:
      break;
  }
  return " IS NOT UNKNOWN";
}

bool is_implicit_cast(const Expr& expr) {
  if (expr.form != CoercionForm::ImplicitCast || expr.args.empty()) {
    return false;
  }
  return expr.kind == ExprKind::FuncExpr || expr.kind == ExprKind::RelabelType ||
         expr.kind == ExprKind::CoerceViaIO || expr.kind == ExprKind::ArrayCoerceExpr;
}

const ExprPtr& strip_implicit(const ExprPtr& expr) {
  return is_implicit_cast(*expr) ? strip_implicit(expr->args.front()) : expr;
}

class Deparser {
 public:
  explicit Deparser(const DeparseContext& context) : context_{context} {}

  std::string text(const ExprPtr& expr, Implicit implicit) {
    if (!expr) {
      return {};
    }
    if (is_computed_below(expr)) {
      // get_special_variable(): what stands behind a reference to the node below.
      DeparseContext below = context_;
      below.computed_below = std::exchange(below.computed_deeper, {});
      return "(" + Deparser{below}.plain(*expr, Implicit::Show) + ")";
    }
    return plain(*expr, implicit);
  }

 private:
  [[nodiscard]] const TypeSystem& types() const { return *context_.types; }

  [[nodiscard]] bool is_computed_below(const ExprPtr& expr) const {
    if (expr->kind == ExprKind::Var || expr->kind == ExprKind::Const) {
      return false;
    }
    return std::any_of(context_.computed_below.begin(), context_.computed_below.end(),
                       [&](const ExprPtr& below) { return equal(below, expr); });
  }

  std::string plain(const Expr& expr, Implicit implicit) {
    switch (expr.kind) {
      case ExprKind::Var:
        return variable(expr);
      case ExprKind::Const:
        return constant(expr, Label::IfNeeded);
      case ExprKind::Param:
        return "$" + std::to_string(expr.param_id);
      case ExprKind::FuncExpr:
        return function(expr, implicit);
      case ExprKind::OpExpr:
        return operation(expr);
      case ExprKind::DistinctExpr:
        return "(" + shown(expr.args[0]) + " IS DISTINCT FROM " + shown(expr.args[1]) + ")";
      case ExprKind::NullIfExpr:
        return "NULLIF(" + list(expr.args) + ")";
      case ExprKind::ScalarArrayOpExpr:
        return "(" + shown(expr.args[0]) + " " + operator_name(expr.op, expr.name) +
               (expr.use_or ? " ANY (" : " ALL (") + shown(expr.args[1]) + "))";
      case ExprKind::And:
        return boolean(expr, " AND ");
      case ExprKind::Or:
        return boolean(expr, " OR ");
      case ExprKind::Not:
        return "(NOT " + hidden(expr.args[0]) + ")";
      case ExprKind::NullTest:
        return "(" + shown(expr.args[0]) + (expr.test_is_null ? " IS NULL)" : " IS NOT NULL)");
      case ExprKind::BooleanTest:
        return "(" + hidden(expr.args[0]) + std::string{boolean_test_words(expr.boolean_test)} +
               ")";
      case ExprKind::CaseExpr:
        return case_expression(expr);
      case ExprKind::CoalesceExpr:
        return "COALESCE(" + list(expr.args) + ")";
      case ExprKind::MinMaxExpr:
        return expr.name + "(" + list(expr.args) + ")";
      case ExprKind::ArrayExpr:
        return "ARRAY[" + list(expr.args) + "]" +
               (expr.args.empty() ? "::" + types().format_type(expr.type) : std::string{});
      case ExprKind::RowExpr:
        return row(expr);
      case ExprKind::RowCompareExpr:
        return row_comparison(expr);
      case ExprKind::RelabelType:
      case ExprKind::CoerceViaIO:
      case ExprKind::ArrayCoerceExpr:
        return cast(expr, implicit);
      case ExprKind::FieldSelect:
        return field(expr);
      case ExprKind::SubscriptingRef:
        return subscripts(expr, implicit);
      case ExprKind::SqlValueFunction:
        return sql_value(expr);
      case ExprKind::SubPlan:
        return context_.subplan_text ? context_.subplan_text(expr, context_)
                                     : std::string{"(SubPlan)"};
      case ExprKind::SubLink:
        return "(SubLink)";
      case ExprKind::Aggref:
        return aggregate(expr);
      case ExprKind::WindowFunc:
        return window_function(expr);
      case ExprKind::GroupingFunc:
        return "GROUPING(" + list(expr.args) + ")";
      case ExprKind::SetToDefault:
        return "DEFAULT";
      case ExprKind::CurrentOf:
        return "CURRENT OF " + quote_identifier(expr.name);
      case ExprKind::Opaque:
        break;
    }
    return expr.name;
  }

  std::string shown(const ExprPtr& expr) { return text(expr, Implicit::Show); }

  std::string hidden(const ExprPtr& expr) { return text(expr, Implicit::Hide); }

  std::string list(const std::vector<ExprPtr>& items, Implicit implicit = Implicit::Show) {
    std::string result;
    for (std::size_t i = 0; i < items.size(); ++i) {
      result += (i == 0 ? "" : ", ") + text(items[i], implicit);
    }
    return result;
  }

  [[nodiscard]] std::string variable(const Expr& expr) const {
    const std::string name =
        expr.attno == 0 ? "*" : quote_identifier(context_.column_name(expr.varno, expr.attno));
    if (expr.attno != 0 && (!context_.prefix_columns || expr.varno == context_.bare_range)) {
      return name;
    }
    const std::string range = context_.range_name(expr.varno);
    return range.empty() ? name : quote_identifier(range) + "." + name;
  }

  // get_const_expr()
  [[nodiscard]] std::string constant(const Expr& expr, Label label) const {
    if (expr.is_null) {
      return label == Label::Never ? "NULL" : "NULL" + type_label(expr) + collation_label(expr);
    }
    std::string literal;
    bool needs_label = true;
    switch (expr.type) {
      case type_oid::kInt4:
        needs_label = expr.text.starts_with('-');
        literal = needs_label ? "'" + expr.text + "'" : expr.text;
        break;
      case type_oid::kNumeric: {
        const bool reads_as_numeric = !expr.text.empty() &&
                                      std::isdigit(static_cast<unsigned char>(expr.text[0])) != 0 &&
                                      expr.text.find_first_of("eE.") != std::string::npos;
        needs_label = !reads_as_numeric || expr.typmod >= 0;
        literal = reads_as_numeric ? expr.text : "'" + expr.text + "'";
        break;
      }
      case type_oid::kBool:
        needs_label = false;
        literal = expr.text == "t" || expr.text == "true" ? "true" : "false";
        break;
      case type_oid::kUnknown:
        needs_label = false;
        literal = quote_literal(expr.text);
        break;
      default:
        literal = quote_literal(constant_text(expr));
    }
    if (label == Label::Never) {
      return literal;
    }
    return literal + (needs_label ? type_label(expr) : std::string{}) + collation_label(expr);
  }

  // In the session's styles of dates and times.
  [[nodiscard]] std::string constant_text(const Expr& expr) const {
    if (times_of(types()).is_plain) {
      return expr.text;
    }
    return session_text(expr.value ? *expr.value : read_value(expr.text, expr.type, types()),
                        types());
  }

  [[nodiscard]] std::string type_label(const Expr& expr) const {
    return "::" + types().format_type(expr.type, expr.typmod);
  }

  [[nodiscard]] std::string collation_label(const Expr& expr) const {
    if (expr.collation == 0 || expr.collation == types().type_collation(expr.type)) {
      return {};
    }
    return collate_clause(expr.collation);
  }

  [[nodiscard]] std::string collate_clause(Oid collation) const {
    const Collation* found = types().collation(collation);
    return " COLLATE " + (found ? quote_identifier(found->name) : std::string{"\"default\""});
  }

  [[nodiscard]] bool visible(std::string_view schema) const {
    const auto& path = types().catalog().search_path;
    return schema.empty() || schema == "pg_catalog" ||
           std::find(path.begin(), path.end(), schema) != path.end();
  }

  // generate_operator_name(): the schema shows when the search path does not reach it.
  [[nodiscard]] std::string operator_name(Oid oid, const std::string& name) const {
    const Operator* op = types().op(oid);
    const std::string bare = name.empty() && op ? std::string{op->name} : name;
    if (op && !visible(op->schema)) {
      return "OPERATOR(" + quote_identifier(op->schema) + "." + bare + ")";
    }
    return bare;
  }

  [[nodiscard]] std::string function_name(const Expr& expr) const {
    const Function* function = types().function(expr.function);
    const std::string bare =
        quote_identifier(function ? function->name : std::string_view{expr.name});
    return function && !visible(function->schema) ? quote_identifier(function->schema) + "." + bare
                                                  : bare;
  }

  // get_oper_expr()
  std::string operation(const Expr& expr) {
    const std::string name = operator_name(expr.op, expr.name);
    if (expr.args.size() == 1) {
      return "(" + name + " " + shown(expr.args[0]) + ")";
    }
    return "(" + shown(expr.args[0]) + " " + name + " " + shown(expr.args[1]) + ")";
  }

  std::string boolean(const Expr& expr, std::string_view word) {
    std::string result = "(";
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      result.append(i == 0 ? std::string_view{} : word).append(hidden(expr.args[i]));
    }
    return result + ")";
  }

  // get_func_expr()
  std::string function(const Expr& expr, Implicit implicit) {
    if (expr.form == CoercionForm::ImplicitCast || expr.form == CoercionForm::ExplicitCast) {
      return cast(expr, implicit);
    }
    if (expr.form == CoercionForm::SqlSyntax) {
      const Function* called = types().function(expr.function);
      if (auto written = sql_syntax(expr, called ? called->name : expr.name,
                                    [this](const ExprPtr& arg) { return hidden(arg); })) {
        return *written;
      }
    }
    std::string result = function_name(expr) + "(";
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      result += i == 0 ? "" : ", ";
      result += expr.variadic && i + 1 == expr.args.size() ? "VARIADIC " : "";
      result += shown(expr.args[i]);
    }
    return result + ")";
  }

  std::string cast(const Expr& expr, Implicit implicit) {
    if (expr.form == CoercionForm::ImplicitCast && implicit == Implicit::Hide) {
      return hidden(expr.args[0]);
    }
    return coercion(expr.args[0], expr.type, cast_typmod(expr));
  }

  /// The modifier that a cast shows; of functions only length coercions have one, as their second
  /// argument. Source: exprIsLengthCoercion(), src/backend/nodes/nodeFuncs.c.
  static std::int32_t cast_typmod(const Expr& expr) {
    if (expr.kind == ExprKind::CoerceViaIO) {
      return -1;
    }
    if (expr.kind != ExprKind::FuncExpr) {
      return expr.typmod;
    }
    if (expr.args.size() < 2 || expr.args.size() > 3) {
      return -1;
    }
    const Expr& modifier = *expr.args[1];
    if (modifier.kind != ExprKind::Const || modifier.type != type_oid::kInt4 || modifier.is_null) {
      return -1;
    }
    return static_cast<std::int32_t>(std::strtol(modifier.text.c_str(), nullptr, 10));
  }

  // get_coercion_expr()
  std::string coercion(const ExprPtr& arg, Oid type, std::int32_t typmod) {
    const bool bare = arg->kind == ExprKind::Const && arg->type == type && arg->typmod == -1;
    const std::string inner = bare ? constant(*arg, Label::Never) : "(" + hidden(arg) + ")";
    return inner + "::" + types().format_type(type, typmod);
  }

  std::string case_expression(const Expr& expr) {
    const std::size_t pairs = expr.args.size() / 2;
    const bool has_arg = expr.case_has_arg && pairs > 0 && compares_one_value(expr, pairs);
    std::string result = "CASE";
    if (has_arg) {
      result += " " + shown(strip_implicit(expr.args[0]->args[0]));
    }
    for (std::size_t i = 0; i < pairs; ++i) {
      const ExprPtr& when = expr.args[2 * i];
      result += " WHEN " + hidden(has_arg ? when->args[1] : when);
      result += " THEN " + shown(expr.args[2 * i + 1]);
    }
    result += " ELSE ";
    // Without ELSE the parser puts a NULL of the result's type.
    result += expr.args.size() % 2 == 1 ? shown(expr.args.back()) : "NULL" + type_label(expr);
    return result + " END";
  }

  /// CASE x WHEN a ...: the comparisons are still the ones that the parser made.
  static bool compares_one_value(const Expr& expr, std::size_t pairs) {
    for (std::size_t i = 0; i < pairs; ++i) {
      const ExprPtr& when = expr.args[2 * i];
      if (when->kind != ExprKind::OpExpr || when->args.size() != 2 ||
          !equal(strip_implicit(when->args[0]), strip_implicit(expr.args[0]->args[0]))) {
        return false;
      }
    }
    return true;
  }

  /// Whole rows inside ROW() show their type: get_rule_expr_toplevel().
  std::string row_items(const std::vector<ExprPtr>& items, std::size_t from, std::size_t to) {
    std::string result;
    for (std::size_t i = from; i < to; ++i) {
      result += i == from ? "" : ", ";
      result += shown(items[i]);
      if (items[i]->kind == ExprKind::Var && items[i]->attno == 0) {
        result += type_label(*items[i]);
      }
    }
    return result;
  }

  std::string row(const Expr& expr) {
    return "ROW(" + row_items(expr.args, 0, expr.args.size()) + ")" +
           (expr.form == CoercionForm::ExplicitCast ? "::" + types().format_type(expr.type)
                                                    : std::string{});
  }

  std::string row_comparison(const Expr& expr) {
    const std::size_t half = expr.args.size() / 2;
    const Oid op = expr.operators.empty() ? expr.op : expr.operators.front();
    return "(ROW(" + row_items(expr.args, 0, half) + ") " +
           operator_name(op, types().op(op) ? std::string{} : expr.name) + " ROW(" +
           row_items(expr.args, half, expr.args.size()) + "))";
  }

  std::string field(const Expr& expr) {
    const ExprPtr& row = expr.args[0];
    const bool bare = row->kind == ExprKind::SubscriptingRef || row->kind == ExprKind::FieldSelect;
    const std::string inner = shown(row);
    return (bare ? inner : "(" + inner + ")") + "." + quote_identifier(expr.name);
  }

  std::string subscripts(const Expr& expr, Implicit implicit) {
    const ExprPtr& container = expr.args[0];
    const bool bare = container->kind == ExprKind::Var || container->kind == ExprKind::FieldSelect;
    std::string result = text(container, implicit);
    if (!bare) {
      result = "(" + result + ")";
    }
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
      result += "[" + hidden(expr.args[i]) + "]";
    }
    return result;
  }

  static std::string sql_value(const Expr& expr) {
    static constexpr auto kWithPrecision = std::to_array<std::string_view>(
        {"CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"});
    if (expr.typmod >= 0 && std::find(kWithPrecision.begin(), kWithPrecision.end(), expr.name) !=
                                kWithPrecision.end()) {
      return fmt::format("{}({})", expr.name, expr.typmod);
    }
    return expr.name;
  }

  // get_agg_expr()
  std::string aggregate(const Expr& expr) {
    std::string result = function_name(expr) + (expr.distinct ? "(DISTINCT " : "(");
    const Aggregate* definition = types().aggregate(expr.function);
    if (definition && definition->kind != 'n') {
      result += list(expr.direct_args) + ") WITHIN GROUP (ORDER BY " + order_by(expr);
    } else {
      result += expr.star ? "*" : aggregate_arguments(expr);
      if (!expr.order_by.empty()) {
        result += " ORDER BY " + order_by(expr);
      }
    }
    return result + filter(expr) + ")";
  }

  std::string aggregate_arguments(const Expr& expr) {
    std::string result;
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      result += i == 0 ? "" : ", ";
      result += expr.variadic && i + 1 == expr.args.size() ? "VARIADIC " : "";
      result += shown(expr.args[i]);
    }
    return result;
  }

  std::string filter(const Expr& expr) {
    return expr.filter ? ") FILTER (WHERE " + hidden(expr.filter) : std::string{};
  }

  // get_rule_orderby()
  std::string order_by(const Expr& expr) {
    std::string result;
    for (const AggregateOrder& item : expr.order_by) {
      result += result.empty() ? "" : ", ";
      // get_rule_sortgroupclause(): so that SQL92 does not read a number or a name.
      const bool enclosed = item.expr->kind == ExprKind::FuncExpr ||
                            item.expr->kind == ExprKind::Aggref ||
                            item.expr->kind == ExprKind::WindowFunc;
      result += enclosed ? "(" + shown(item.expr) + ")" : shown(item.expr);
      const Ordering ordering = types().ordering(item.expr->type);
      if (item.sort_operator == ordering.greater) {
        result += item.nulls_first ? " DESC" : " DESC NULLS LAST";
        continue;
      }
      if (item.sort_operator != ordering.less && item.sort_operator != 0) {
        result += " USING " + operator_name(item.sort_operator, {});
        result += item.nulls_first ? " NULLS FIRST" : " NULLS LAST";
        continue;
      }
      result += item.nulls_first ? " NULLS FIRST" : "";
    }
    return result;
  }

  // get_windowfunc_expr(): before version 18 EXPLAIN has no window clause at hand.
  std::string window_function(const Expr& expr) {
    const std::string name = context_.window_name ? context_.window_name(expr.window) : "";
    return function_name(expr) + "(" + (expr.star ? "*" : list(expr.args)) + filter(expr) +
           ") OVER " + (name.empty() ? "(?)" : quote_identifier(name));
  }

 public:
  // show_sortorder_options(), src/backend/commands/explain.c
  std::string sort_key(const ExprPtr& expr, Oid sort_operator, bool nulls_first, Oid collation) {
    std::string result = shown(expr);
    if (collation != 0 && collation != types().type_collation(expr->type)) {
      result += collate_clause(collation);
    }
    const Ordering ordering = types().ordering(expr->type);
    bool descending = false;
    if (sort_operator == ordering.greater) {
      result += " DESC";
      descending = true;
    } else if (sort_operator != ordering.less && sort_operator != 0) {
      const Operator* op = types().op(sort_operator);
      result += " USING " + std::string{op ? op->name : "???"};
      descending = op && op->name.find('>') != std::string_view::npos;
    }
    if (nulls_first != descending) {
      result += nulls_first ? " NULLS FIRST" : " NULLS LAST";
    }
    return result;
  }

 private:
  const DeparseContext& context_;
};

}  // namespace

std::string deparse(const ExprPtr& expr, const DeparseContext& context) {
  return Deparser{context}.text(expr, Implicit::Hide);
}

std::string deparse_key(const ExprPtr& expr, const DeparseContext& context) {
  return Deparser{context}.text(expr, Implicit::Show);
}

std::string deparse_sort_key(const ExprPtr& expr, Oid sort_operator, bool nulls_first,
                             Oid collation, const DeparseContext& context) {
  return Deparser{context}.sort_key(expr, sort_operator, nulls_first, collation);
}

}  // namespace quern::planner_model
