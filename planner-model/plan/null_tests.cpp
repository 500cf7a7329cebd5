#include "planner-model/plan/null_tests.hpp"

#include <algorithm>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// expr_is_nonnullable(): a column declared NOT NULL that no outer join below has made null.
bool is_nonnullable(const PlannerInfo& root, const ExprPtr& expr, Relids nullable) {
  if (expr->kind != ExprKind::Var || expr->levels_up != 0 ||
      overlaps(singleton(expr->varno), nullable)) {
    return false;
  }
  const auto* rel = root.base[static_cast<std::size_t>(expr->varno)];
  if (rel == nullptr || rel->table == nullptr || expr->attno == 0) {
    return false;
  }
  return expr->attno < 0 ||
         std::any_of(rel->table->columns.begin(), rel->table->columns.end(),
                     [&](const Column& c) { return c.number == expr->attno && c.not_null; });
}

NullTestOutcome outcome(const PlannerInfo& root, const ExprPtr& expr, Relids nullable) {
  if (expr->kind == ExprKind::NullTest) {
    if (!is_nonnullable(root, expr->args.front(), nullable)) {
      return NullTestOutcome::Unknown;
    }
    return expr->test_is_null ? NullTestOutcome::AlwaysFalse : NullTestOutcome::AlwaysTrue;
  }
  if (expr->kind == ExprKind::Or) {
    bool all_false = true;
    for (const auto& arm : expr->args) {
      const auto one =
          arm->kind == ExprKind::And ? NullTestOutcome::Unknown : outcome(root, arm, nullable);
      if (one == NullTestOutcome::AlwaysTrue) {
        return one;
      }
      all_false = all_false && one == NullTestOutcome::AlwaysFalse;
    }
    return all_false ? NullTestOutcome::AlwaysFalse : NullTestOutcome::Unknown;
  }
  return NullTestOutcome::Unknown;
}

}  // namespace

NullTestOutcome null_test_outcome(const PlannerInfo& root, const RestrictInfo& clause) {
  if (!root.global->cost.server.decides_null_tests()) {
    return NullTestOutcome::Unknown;
  }
  // Children of plain inheritance have NOT NULL of their own.
  const Relids relids = clause.required_relids;
  if (is_singleton(relids)) {
    const auto* rel = root.base[static_cast<std::size_t>(lowest(relids))];
    if (rel != nullptr && rel->is_append && rel->table != nullptr && rel->table->kind != 'p') {
      return NullTestOutcome::Unknown;
    }
  }
  return outcome(root, clause.clause, clause.nullable_relids);
}

}  // namespace quern::planner_model
