#include "tests/support/query_printer.hpp"

#include <fmt/format.h>

namespace quern::testing {

using namespace planner_model;

namespace {

std::string list(const std::vector<ExprPtr>& exprs, std::string_view separator,
                 const TypeSystem& types) {
  std::string text;
  for (const ExprPtr& expr : exprs) {
    text += (text.empty() ? std::string{} : std::string{separator}) + print(expr, types);
  }
  return text;
}

std::string type_name(const Expr& expr, const TypeSystem& types) {
  return types.format_type(expr.type);
}

std::string cast(const Expr& expr, std::string_view how, const TypeSystem& types) {
  return fmt::format("{}{}({})", how, expr.form == CoercionForm::ExplicitCast ? "!" : "",
                     print(expr.args.front(), types) + " as " + type_name(expr, types));
}

std::string print_aggregate(const Expr& expr, const TypeSystem& types) {
  std::string inner = expr.star ? "*" : list(expr.args, ", ", types);
  if (expr.distinct) {
    inner = "distinct " + inner;
  }
  for (const AggregateOrder& item : expr.order_by) {
    inner += " order by " + print(item.expr, types);
  }
  std::string text = fmt::format("{}({})", expr.name, inner);
  if (!expr.direct_args.empty()) {
    text += fmt::format(" direct({})", list(expr.direct_args, ", ", types));
  }
  if (expr.filter) {
    text += " filter " + print(expr.filter, types);
  }
  return expr.kind == ExprKind::WindowFunc ? text + fmt::format(" over {}", expr.window) : text;
}

std::string print_sublink(const Expr& expr, const TypeSystem& types) {
  static constexpr std::string_view kNames[] = {"exists", "all", "any", "row", "scalar", "array"};
  std::string text{kNames[static_cast<std::size_t>(expr.sublink_kind)]};
  if (expr.test) {
    text += fmt::format(" {} {}", print(expr.test, types), expr.name);
  }
  return fmt::format("{}[{}]", text, print(*expr.subquery, types));
}

std::string print_tree(const JoinTree& tree, const TypeSystem& types) {
  static constexpr std::string_view kJoins[] = {"join", "left", "full", "right", "semi", "anti"};
  if (tree.kind == JoinTree::Kind::Range) {
    return std::to_string(tree.range);
  }
  std::string text;
  for (const JoinTree& child : tree.children) {
    const bool join = tree.kind == JoinTree::Kind::Join;
    const std::string separator =
        join ? fmt::format(" {} ", kJoins[static_cast<std::size_t>(tree.join)]) : ", ";
    text += (text.empty() ? std::string{} : separator) + print_tree(child, types);
  }
  if (tree.kind == JoinTree::Kind::Join) {
    return tree.quals ? fmt::format("({} on {})", text, print(tree.quals, types))
                      : fmt::format("({})", text);
  }
  return tree.quals ? fmt::format("{} where {}", text, print(tree.quals, types)) : text;
}

std::string print_range(const RangeTableEntry& range, const TypeSystem& types) {
  switch (range.kind) {
    case RangeKind::Relation:
      return range.table->name + (range.alias == range.table->name ? "" : " " + range.alias);
    case RangeKind::Subquery:
      return fmt::format("[{}] {}", print(*range.subquery, types),
                         range.view == nullptr ? range.alias : range.view->name);
    case RangeKind::Function:
      return list(range.functions, ", ", types) + " " + range.alias;
    case RangeKind::Values:
      return fmt::format("values {}", range.values.size());
    case RangeKind::Cte:
      return fmt::format("cte {}^{}{}", range.cte, range.cte_levels_up,
                         range.cte_self_reference ? " self" : "");
    case RangeKind::Result:
      return "result";
  }
  return {};
}

std::string print_sort(const std::vector<SortGroupClause>& clauses, const Query& query,
                       const TypeSystem& types) {
  std::string text;
  for (const SortGroupClause& clause : clauses) {
    for (const TargetEntry& target : query.targets) {
      if (target.sort_group_ref == clause.ref) {
        text += fmt::format("{}{}{}", text.empty() ? "" : ", ", print(target.expr, types),
                            clause.descending ? " desc" : "");
      }
    }
  }
  return text;
}

}  // namespace

std::string print(const ExprPtr& expr, const TypeSystem& types) {
  switch (expr->kind) {
    case ExprKind::Var:
      return fmt::format("{}{}.{}", expr->levels_up > 0 ? std::string(1, '^') : "", expr->varno,
                         expr->attno);
    case ExprKind::Const:
      return expr->is_null ? "null:" + type_name(*expr, types)
                           : fmt::format("'{}':{}", expr->text, type_name(*expr, types));
    case ExprKind::Param:
      return fmt::format("${}:{}", expr->param_id, type_name(*expr, types));
    case ExprKind::OpExpr:
      return expr->args.size() == 1
                 ? fmt::format("({}{})", expr->name, list(expr->args, "", types))
                 : fmt::format("({})", list(expr->args, " " + expr->name + " ", types));
    case ExprKind::DistinctExpr:
      return fmt::format("({})", list(expr->args, " distinct ", types));
    case ExprKind::NullIfExpr:
      return fmt::format("nullif({})", list(expr->args, ", ", types));
    case ExprKind::ScalarArrayOpExpr:
      return fmt::format("({} {} {} {})", print(expr->args[0], types), expr->name,
                         expr->use_or ? "any" : "all", print(expr->args[1], types));
    case ExprKind::And:
      return fmt::format("and({})", list(expr->args, ", ", types));
    case ExprKind::Or:
      return fmt::format("or({})", list(expr->args, ", ", types));
    case ExprKind::Not:
      return fmt::format("not({})", list(expr->args, ", ", types));
    case ExprKind::NullTest:
      return fmt::format("({} is {}null)", print(expr->args[0], types),
                         expr->test_is_null ? "" : "not ");
    case ExprKind::BooleanTest:
      return fmt::format("test{}({})", static_cast<int>(expr->boolean_test),
                         print(expr->args[0], types));
    case ExprKind::CaseExpr:
      return fmt::format("case({})", list(expr->args, ", ", types));
    case ExprKind::CoalesceExpr:
      return fmt::format("coalesce({})", list(expr->args, ", ", types));
    case ExprKind::ArrayExpr:
      return fmt::format("array[{}]", list(expr->args, ", ", types));
    case ExprKind::RowExpr:
      return fmt::format("row({})", list(expr->args, ", ", types));
    case ExprKind::RelabelType:
      return cast(*expr, "relabel", types);
    case ExprKind::CoerceViaIO:
      return cast(*expr, "io", types);
    case ExprKind::ArrayCoerceExpr:
      return cast(*expr, "arraycoerce", types);
    case ExprKind::Aggref:
    case ExprKind::WindowFunc:
      return print_aggregate(*expr, types);
    case ExprKind::SubLink:
      return print_sublink(*expr, types);
    default:
      return fmt::format("{}({})", expr->name, list(expr->args, ", ", types));
  }
}

std::string print(const Query& query, const TypeSystem& types) {
  std::string text;
  for (const TargetEntry& target : query.targets) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", print(target.expr, types),
                        target.junk ? " junk" : "");
  }
  for (std::size_t i = 0; i < query.range_table.size(); ++i) {
    text += fmt::format(" | {}={}", i + 1, print_range(query.range_table[i], types));
  }
  if (!query.join_tree.children.empty() || query.join_tree.quals) {
    text += " from " + print_tree(query.join_tree, types);
  }
  if (!query.group_by.empty()) {
    text += " group by " + print_sort(query.group_by, query, types);
  }
  if (query.having) {
    text += " having " + print(query.having, types);
  }
  if (!query.distinct.empty()) {
    text += " distinct " + print_sort(query.distinct, query, types);
  }
  if (!query.order_by.empty()) {
    text += " order by " + print_sort(query.order_by, query, types);
  }
  if (query.limit) {
    text += " limit " + print(query.limit, types);
  }
  return text;
}

}  // namespace quern::testing
