// Boolean logic: clauses.c and prepqual.c.
#include <algorithm>

#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/simplify_internal.hpp"

namespace quern::planner_model {

namespace {

bool is_true(const ExprPtr& expr) {
  return expr->kind == ExprKind::Const && !expr->is_null && expr->text == "t";
}

bool is_false(const ExprPtr& expr) {
  return expr->kind == ExprKind::Const && !expr->is_null && expr->text == "f";
}

void flatten(ExprKind kind, const ExprPtr& expr, std::vector<ExprPtr>& out) {
  if (expr->kind != kind) {
    out.push_back(expr);
    return;
  }
  for (const ExprPtr& arg : expr->args) {
    flatten(kind, arg, out);
  }
}

std::vector<ExprPtr> flattened(ExprKind kind, const std::vector<ExprPtr>& args) {
  std::vector<ExprPtr> out;
  for (const ExprPtr& arg : args) {
    flatten(kind, arg, out);
  }
  return out;
}

BooleanTestKind opposite(BooleanTestKind kind) {
  switch (kind) {
    case BooleanTestKind::IsTrue:
      return BooleanTestKind::IsNotTrue;
    case BooleanTestKind::IsNotTrue:
      return BooleanTestKind::IsTrue;
    case BooleanTestKind::IsFalse:
      return BooleanTestKind::IsNotFalse;
    case BooleanTestKind::IsNotFalse:
      return BooleanTestKind::IsFalse;
    case BooleanTestKind::IsUnknown:
      return BooleanTestKind::IsNotUnknown;
    case BooleanTestKind::IsNotUnknown:
      return BooleanTestKind::IsUnknown;
  }
  return kind;
}

/// The expression with the negating operator, or null when there is none.
ExprPtr with_negator(const Expr& expr, const TypeSystem& types) {
  const Oid negator = types.negator(expr.op);
  const Operator* op = negator == 0 ? nullptr : types.op(negator);
  if (op == nullptr) {
    return nullptr;
  }
  auto copy = std::make_shared<Expr>(expr);
  copy->op = op->oid;
  copy->function = op->function;
  copy->name = std::string{op->name};
  if (expr.kind == ExprKind::ScalarArrayOpExpr) {
    copy->use_or = !expr.use_or;
  }
  return copy;
}

bool holds(const std::vector<ExprPtr>& list, const ExprPtr& wanted) {
  return std::any_of(list.begin(), list.end(),
                     [&](const ExprPtr& item) { return equal(item, wanted); });
}

/// process_duplicate_ors(): (A AND B) OR (A AND C) into A AND (B OR C).
ExprPtr extract_common(const std::vector<ExprPtr>& arms) {
  if (arms.size() == 1) {
    return arms.front();
  }
  const auto factors = [](const ExprPtr& arm) {
    return arm->kind == ExprKind::And ? arm->args : std::vector<ExprPtr>{arm};
  };
  // The arm with the fewest factors bounds what can be common.
  std::vector<ExprPtr> reference;
  for (const ExprPtr& arm : arms) {
    std::vector<ExprPtr> own = factors(arm);
    if (reference.empty() || own.size() < reference.size()) {
      reference = std::move(own);
    }
  }
  std::vector<ExprPtr> winners;
  for (const ExprPtr& candidate : reference) {
    const bool everywhere = std::all_of(arms.begin(), arms.end(), [&](const ExprPtr& arm) {
      return arm->kind == ExprKind::And ? holds(arm->args, candidate) : equal(arm, candidate);
    });
    if (everywhere && !holds(winners, candidate)) {
      winners.push_back(candidate);
    }
  }
  if (winners.empty()) {
    return make_or(arms);
  }
  std::vector<ExprPtr> rest;
  for (const ExprPtr& arm : arms) {
    std::vector<ExprPtr> own;
    for (const ExprPtr& factor : factors(arm)) {
      if (!holds(winners, factor)) {
        own.push_back(factor);
      }
    }
    if (own.empty()) {  // A OR (A AND B) is A
      rest.clear();
      break;
    }
    rest.push_back(make_and(std::move(own)));
  }
  if (!rest.empty()) {
    winners.push_back(make_or(flattened(ExprKind::Or, rest)));
  }
  return make_and(flattened(ExprKind::And, winners));
}

/// find_duplicate_ors() for a qualification, where NULL counts as FALSE.
ExprPtr find_duplicate_ors(const ExprPtr& expr) {
  if (expr->kind == ExprKind::Or) {
    std::vector<ExprPtr> arms;
    for (const ExprPtr& arg : expr->args) {
      ExprPtr arm = find_duplicate_ors(arg);
      if (arm->kind == ExprKind::Const) {
        if (is_true(arm)) {
          return arm;
        }
        continue;  // FALSE and NULL drop out
      }
      arms.push_back(std::move(arm));
    }
    arms = flattened(ExprKind::Or, arms);
    return arms.empty() ? make_bool_const(false) : extract_common(arms);
  }
  if (expr->kind == ExprKind::And) {
    std::vector<ExprPtr> factors;
    for (const ExprPtr& arg : expr->args) {
      ExprPtr factor = find_duplicate_ors(arg);
      if (factor->kind == ExprKind::Const) {
        if (!is_true(factor)) {
          return make_bool_const(false);
        }
        continue;
      }
      factors.push_back(std::move(factor));
    }
    factors = flattened(ExprKind::And, factors);
    return factors.empty() ? make_bool_const(true) : make_and(std::move(factors));
  }
  return expr;
}

}  // namespace

ExprPtr make_and(std::vector<ExprPtr> clauses) {
  if (clauses.empty()) {
    return nullptr;
  }
  return clauses.size() == 1 ? clauses.front() : make_bool_expr(ExprKind::And, std::move(clauses));
}

ExprPtr make_or(std::vector<ExprPtr> clauses) {
  if (clauses.empty()) {
    return nullptr;
  }
  return clauses.size() == 1 ? clauses.front() : make_bool_expr(ExprKind::Or, std::move(clauses));
}

ExprPtr simplify_and_or(const Expr& expr, std::vector<ExprPtr> args) {
  const bool is_and = expr.kind == ExprKind::And;
  std::vector<ExprPtr> kept;
  bool have_null = false;
  for (ExprPtr& arg : flattened(expr.kind, args)) {
    if (arg->kind != ExprKind::Const) {
      kept.push_back(std::move(arg));
    } else if (arg->is_null) {
      have_null = true;
    } else if (is_and ? is_false(arg) : is_true(arg)) {
      return make_bool_const(!is_and);
    }
  }
  if (have_null) {
    if (kept.empty()) {
      return make_null(type_oid::kBool);
    }
    kept.push_back(make_null(type_oid::kBool));
  }
  if (kept.empty()) {
    return make_bool_const(is_and);
  }
  return is_and ? make_and(std::move(kept)) : make_or(std::move(kept));
}

ExprPtr negate(const ExprPtr& expr, const TypeSystem& types) {
  switch (expr->kind) {
    case ExprKind::Const:
      return expr->is_null ? make_null(type_oid::kBool) : make_bool_const(!is_true(expr));
    case ExprKind::OpExpr:
    case ExprKind::ScalarArrayOpExpr:
      if (ExprPtr negated = with_negator(*expr, types)) {
        return negated;
      }
      break;
    case ExprKind::And:
    case ExprKind::Or: {
      std::vector<ExprPtr> args;
      for (const ExprPtr& arg : expr->args) {
        args.push_back(negate(arg, types));
      }
      const ExprKind other = expr->kind == ExprKind::And ? ExprKind::Or : ExprKind::And;
      return make_bool_expr(other, flattened(other, args));
    }
    case ExprKind::Not:
      return expr->args.front();
    case ExprKind::NullTest:
      if (expr->args.front()->type != type_oid::kRecord) {
        auto copy = std::make_shared<Expr>(*expr);
        copy->test_is_null = !expr->test_is_null;
        return copy;
      }
      break;
    case ExprKind::BooleanTest: {
      auto copy = std::make_shared<Expr>(*expr);
      copy->boolean_test = opposite(expr->boolean_test);
      return copy;
    }
    default:
      break;
  }
  return make_bool_expr(ExprKind::Not, {expr});
}

ExprPtr canonicalize(const ExprPtr& expr) {
  return expr ? find_duplicate_ors(expr) : nullptr;
}

std::vector<ExprPtr> conjuncts(const ExprPtr& expr) {
  std::vector<ExprPtr> list;
  if (expr && !is_true(expr)) {
    flatten(ExprKind::And, expr, list);
  }
  return list;
}

}  // namespace quern::planner_model
