// What evaluating expressions costs. Source: cost_qual_eval_walker(), costsize.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/cost/cost.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

/// MIN_ARRAY_SIZE_FOR_HASHED_SAOP, clauses.c.
constexpr int kMinimumHashedArray = 9;

double function_cost(Oid function, const PlannerInfo& root) {
  const auto* definition = root.global->types->function(function);
  return (definition != nullptr ? definition->cost : 1.0) * root.global->cost.cpu_operator_cost;
}

double operator_cost(Oid op, const PlannerInfo& root) {
  const auto* definition = root.global->types->op(op);
  return definition != nullptr ? function_cost(definition->function, root)
                               : root.global->cost.cpu_operator_cost;
}

/// convert_saop_to_hashed_saop(), clauses.c.
bool is_hashed_array(const Expr& expr, const PlannerInfo& root) {
  const auto& array = expr.args[1];
  if (array->kind != ExprKind::Const || array->is_null ||
      estimate_array_length(array) < kMinimumHashedArray ||
      !root.global->cost.server.hashes_in_lists()) {
    return false;
  }
  Oid equality = expr.op;
  if (!expr.use_or) {
    if (!root.global->cost.server.hashes_not_in_lists()) {
      return false;
    }
    equality = root.global->types->negator(expr.op);
  }
  const auto* op = root.global->types->op(equality);
  return op != nullptr && op->hashes && op->left == op->right &&
         root.global->types->is_hashable(equality, expr.args[0]->type);
}

/// A call that the server has made a constant of when it comes to costs (evaluate_function(),
/// clauses.c), also one whose value this model does not know.
bool is_folded_call(const Expr& expr, const PlannerInfo& root);

bool is_folded(const Expr& expr, const PlannerInfo& root) {
  const bool is_array = expr.kind == ExprKind::ArrayExpr || expr.kind == ExprKind::RelabelType;
  return expr.kind == ExprKind::Const || is_folded_call(expr, root) ||
         (is_array && std::all_of(expr.args.begin(), expr.args.end(),
                                  [&](const ExprPtr& arg) { return is_folded(*arg, root); }));
}

bool is_folded_call(const Expr& expr, const PlannerInfo& root) {
  if ((expr.kind != ExprKind::FuncExpr && expr.kind != ExprKind::OpExpr) || expr.args.empty() ||
      std::any_of(expr.args.begin(), expr.args.end(), [](const ExprPtr& arg) {
        return arg->kind == ExprKind::Var || arg->kind == ExprKind::Param;
      })) {
    return false;
  }
  const auto& types = *root.global->types;
  const auto* op = expr.kind == ExprKind::OpExpr ? types.op(expr.op) : nullptr;
  const Function* function = types.function(op != nullptr ? op->function : expr.function);
  return function != nullptr && function->volatility == 'i' && !function->returns_set &&
         expr.type != type_oid::kRecord &&
         std::all_of(expr.args.begin(), expr.args.end(),
                     [&](const ExprPtr& arg) { return is_folded(*arg, root); });
}

/// Of ArrayCoerceExpr.elemexpr: a function, an output and an input function, or nothing.
double element_cast_cost(const Expr& cast, const PlannerInfo& root) {
  if (cast.function != 0) {
    return function_cost(cast.function, root);
  }
  const auto& types = *root.global->types;
  const Oid source = types.element_type(cast.args.front()->type);
  const auto each =
      types.find_coercion(source, types.element_type(cast.type), CoercionContext::Explicit);
  return each.path == CoercionPath::ViaIO ? 2 * root.global->cost.cpu_operator_cost : 0;
}

void add(const ExprPtr& expr, PlannerInfo& root, QualCost& total) {
  if (!expr || is_folded_call(*expr, root)) {
    return;
  }
  const double cpu_operator = root.global->cost.cpu_operator_cost;
  switch (expr->kind) {
    case ExprKind::FuncExpr:
      total.per_tuple += function_cost(expr->function, root);
      break;
    case ExprKind::OpExpr:
    case ExprKind::DistinctExpr:
    case ExprKind::NullIfExpr:
      total.per_tuple += operator_cost(expr->op, root);
      break;
    case ExprKind::ScalarArrayOpExpr: {
      const double one = operator_cost(expr->op, root);
      const double length = estimate_array_length(root, expr->args[1]);
      if (is_hashed_array(*expr, root)) {
        // Hash functions of the built-in types all cost one operator.
        total.startup += length * cpu_operator;
        total.per_tuple += cpu_operator + one;
      } else {
        total.per_tuple += one * length * 0.5;
      }
      break;
    }
    case ExprKind::Aggref:
    case ExprKind::WindowFunc:
      return;  // computed below, like columns
    case ExprKind::GroupingFunc:
      total.per_tuple += cpu_operator;
      return;
    case ExprKind::CoerceViaIO:
      total.per_tuple += 2 * cpu_operator;  // input and output function
      break;
    case ExprKind::ArrayCoerceExpr:
      // For each element, and once more: cost_qual_eval_walker() goes into the node as well.
      total.per_tuple +=
          element_cast_cost(*expr, root) * (1 + estimate_array_length(root, expr->args.front()));
      break;
    case ExprKind::RowCompareExpr:
      for (const Oid op : expr->operators) {
        total.per_tuple += operator_cost(op, root);
      }
      break;
    case ExprKind::MinMaxExpr:
    case ExprKind::SqlValueFunction:
      total.per_tuple += cpu_operator;
      break;
    case ExprKind::CurrentOf:
      total.startup += kDisableCost;  // but in a TID scan
      break;
    case ExprKind::SubPlan:
      total.startup += expr->subplan_startup;
      total.per_tuple += expr->subplan_per_call;
      return;
    case ExprKind::Opaque:
      if (expr->name == "NextValueExpr") {
        total.per_tuple += cpu_operator;
      }
      break;
    default:
      break;
  }
  for (const auto& child : children(*expr)) {
    add(child, root, total);
  }
}

}  // namespace

QualCost expr_cost(const ExprPtr& expr, PlannerInfo& root) {
  QualCost cost;
  add(expr, root, cost);
  return cost;
}

QualCost clause_cost(RestrictInfo& clause, PlannerInfo& root) {
  if (!clause.eval_cost) {
    QualCost cost = expr_cost(clause.clause, root);
    if (clause.pseudoconstant) {
      cost.startup += cost.per_tuple;  // evaluated once
      cost.per_tuple = 0;
    }
    clause.eval_cost = cost;
  }
  return *clause.eval_cost;
}

QualCost clauses_cost(const std::vector<RestrictInfo*>& clauses, PlannerInfo& root) {
  QualCost cost;
  for (auto* clause : clauses) {
    cost += clause_cost(*clause, root);
  }
  return cost;
}

QualCost exprs_cost(const std::vector<ExprPtr>& exprs, PlannerInfo& root) {
  QualCost cost;
  for (const auto& expr : exprs) {
    cost += expr_cost(expr, root);
  }
  return cost;
}

}  // namespace quern::planner_model
