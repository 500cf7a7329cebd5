#pragma once

#include <functional>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// Visits every expression of a query, and of the queries nested in it, with the nesting depth (0:
/// the query itself). `change` answers a replacement or null to keep; it sees an expression before
/// its children and, when it answers null, its children are visited.
using ChangeExpr = std::function<ExprPtr(const ExprPtr& expr, int depth)>;

[[nodiscard]] ExprPtr change_expr(const ExprPtr& expr, const ChangeExpr& change, int depth = 0);
void change_query(Query& query, const ChangeExpr& change, int depth = 0);
/// Only the expressions of this level, with the queries of their sublinks.
void change_own_expressions(Query& query, const ChangeExpr& change, int depth = 0);
void change_join_tree(JoinTree& tree, const ChangeExpr& change, int depth);

/// Adds `by` to levels_up of Vars that point `from` levels up or further
/// (IncrementVarSublevelsUp()).
[[nodiscard]] ExprPtr shift_levels(const ExprPtr& expr, int by, int from = 0);
void shift_levels(Query& query, int by, int from);

/// Whether the query holds a Var that points exactly `level` levels above it.
[[nodiscard]] bool has_vars_of_level(const Query& query, int level);
[[nodiscard]] bool has_vars_of_level(const ExprPtr& expr, int level);
/// contain_volatile_functions() of all that the query computes, subqueries included (clauses.cpp).
[[nodiscard]] bool contains_volatile(const Query& query, const PlannerInfo& root);

/// Relids hold no more: throws UserError.
void refuse_too_many_ranges(std::size_t ranges);
/// Moves the ranges of a join tree (OffsetVarNodes()).
void offset_ranges(JoinTree& tree, int offset);
/// The same for a whole query that goes into another's range table: its expressions, its join tree,
/// its appended relations. Refuses more ranges than Relids hold.
void offset_ranges(Query& query, int offset);
/// Moves the range of every Var of the query's own level, wherever it stands below it.
[[nodiscard]] ChangeExpr offsetting(int offset);
[[nodiscard]] Relids ranges_of(const JoinTree& tree);

}  // namespace quern::planner_model
