// How many rows a set-returning function gives. Source: clauses.c (expression_returns_set_rows) and
// the support functions of unnest() and generate_series(), PostgreSQL 15.
#include "planner-model/plan/function_rows.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

double function_rows(PlannerInfo& root, const ExprPtr& function) {
  if (function->kind == ExprKind::FuncExpr && function->returns_set) {
    const auto* definition = root.global->types->function(function->function);
    if (definition == nullptr) {
      return 1000;
    }
    if (definition->name == "unnest" && function->args.size() == 1) {
      return estimate_array_length(root, function->args.front());
    }
    if (definition->name == "generate_series" && function->args.size() >= 2) {
      const auto value = [](const ExprPtr& e) -> std::optional<double> {
        if (e->kind == ExprKind::Const && e->value &&
            (e->type == type_oid::kInt4 || e->type == type_oid::kInt8)) {
          return static_cast<double>(e->value->integer);
        }
        return std::nullopt;
      };
      const auto from = value(function->args[0]);
      const auto to = value(function->args[1]);
      const auto step =
          function->args.size() > 2 ? value(function->args[2]) : std::optional<double>{1.0};
      if (from && to && step && *step != 0) {
        return std::max(0.0, std::floor((*to - *from + *step) / *step));
      }
    }
    return definition->rows > 0 ? definition->rows : 1000;
  }
  return 1;
}

}  // namespace quern::planner_model
