#pragma once

#include "planner-model/query/expr.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

enum class FoldStable : bool { No, Yes };

/// eval_const_expressions() (clauses.c): folds immutable calls over constants (casts of literals,
/// arithmetic, date and interval arithmetic, boolean logic, CASE, COALESCE, NULL strictness,
/// constant arrays) and simplifies AND/OR/NOT. With FoldStable::Yes also now(), CURRENT_DATE, text
/// to timestamptz and other stable calls, as estimate_expression_value() does; `now_us` is the
/// clock then (microseconds since 1970 UTC). What cannot be evaluated here stays as it is.
[[nodiscard]] ExprPtr simplify(const ExprPtr& expr, const TypeSystem& types,
                               FoldStable stable = FoldStable::No, std::int64_t now_us = 0);

/// negate_clause() (prepqual.c): NOT pushed down through AND, OR, negators and null tests.
[[nodiscard]] ExprPtr negate(const ExprPtr& expr, const TypeSystem& types);

/// canonicalize_qual() (prepqual.c): flattens AND/OR and extracts common OR factors.
[[nodiscard]] ExprPtr canonicalize(const ExprPtr& expr);

/// The top-level AND list; empty for null or constant TRUE.
[[nodiscard]] std::vector<ExprPtr> conjuncts(const ExprPtr& expr);

[[nodiscard]] ExprPtr make_and(std::vector<ExprPtr> clauses);  ///< null for none
[[nodiscard]] ExprPtr make_or(std::vector<ExprPtr> clauses);

}  // namespace quern::planner_model
