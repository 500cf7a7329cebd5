#include "planner-model/query/expr.hpp"

#include <functional>

#include "planner-model/query/query.hpp"

namespace quern::planner_model {

namespace {

bool equal_lists(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!equal(a[i], b[i])) {
      return false;
    }
  }
  return true;
}

bool equal_orders(const std::vector<AggregateOrder>& a, const std::vector<AggregateOrder>& b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].sort_operator != b[i].sort_operator || a[i].nulls_first != b[i].nulls_first ||
        !equal(a[i].expr, b[i].expr)) {
      return false;
    }
  }
  return true;
}

bool equal_scalars(const Expr& a, const Expr& b) {
  return a.kind == b.kind && a.type == b.type && a.typmod == b.typmod &&
         a.collation == b.collation && a.input_collation == b.input_collation &&
         a.varno == b.varno && a.attno == b.attno && a.levels_up == b.levels_up &&
         a.is_null == b.is_null && a.param_kind == b.param_kind && a.param_id == b.param_id &&
         a.function == b.function && a.op == b.op && a.returns_set == b.returns_set &&
         a.variadic == b.variadic && a.use_or == b.use_or && a.test_is_null == b.test_is_null &&
         a.boolean_test == b.boolean_test && a.case_has_else == b.case_has_else &&
         a.case_has_arg == b.case_has_arg && a.sublink_kind == b.sublink_kind &&
         a.subplan_id == b.subplan_id && a.hashed == b.hashed && a.star == b.star &&
         a.distinct == b.distinct && a.window == b.window;
}

/// Where Expr::name says what the node is. Elsewhere it only repeats an OID or a column number, and
/// whoever makes the node need not fill it.
bool is_told_by_name(ExprKind kind) {
  return kind == ExprKind::MinMaxExpr || kind == ExprKind::FieldSelect ||
         kind == ExprKind::SqlValueFunction || kind == ExprKind::CurrentOf ||
         kind == ExprKind::Opaque;
}

/// Subqueries compare by identity: two texts of the same subquery are not one (the server would
/// compare whole Query trees; nothing but the sharing of sort columns depends on it).
bool equal_details(const Expr& a, const Expr& b) {
  return a.text == b.text && (!is_told_by_name(a.kind) || a.name == b.name) &&
         a.operators == b.operators && a.subquery == b.subquery;
}

std::size_t mix(std::size_t seed, std::size_t value) {
  constexpr std::size_t kGoldenRatio = 0x9e3779b97f4a7c15ULL;
  return seed ^ (value + kGoldenRatio + (seed << 6) + (seed >> 2));
}

}  // namespace

bool equal(const Expr& a, const Expr& b) {
  return &a == &b || (equal_scalars(a, b) && equal_details(a, b) && equal_lists(a.args, b.args) &&
                      equal_lists(a.direct_args, b.direct_args) && equal(a.test, b.test) &&
                      equal(a.filter, b.filter) && equal_orders(a.order_by, b.order_by));
}

std::size_t hash(const Expr& expr) {
  std::size_t seed = static_cast<std::size_t>(expr.kind);
  for (const std::size_t part :
       {static_cast<std::size_t>(expr.type), static_cast<std::size_t>(expr.varno),
        static_cast<std::size_t>(expr.attno), static_cast<std::size_t>(expr.levels_up),
        static_cast<std::size_t>(expr.param_id), static_cast<std::size_t>(expr.function),
        static_cast<std::size_t>(expr.op), static_cast<std::size_t>(expr.is_null),
        std::hash<std::string>{}(expr.text)}) {
    seed = mix(seed, part);
  }
  for (const ExprPtr& child : children(expr)) {
    seed = mix(seed, hash(*child));
  }
  return seed;
}

const ExprPtr& Children::at(std::size_t i) const {
  if (i < expr_->args.size()) {
    return expr_->args[i];
  }
  i -= expr_->args.size();
  if (i < expr_->direct_args.size()) {
    return expr_->direct_args[i];
  }
  i -= expr_->direct_args.size();
  if (expr_->filter) {
    if (i == 0) {
      return expr_->filter;
    }
    --i;
  }
  return i < expr_->order_by.size() ? expr_->order_by[i].expr : expr_->test;
}

}  // namespace quern::planner_model
