#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/failure.hpp"

#include "planner-model/query/query.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

// Makers of expression nodes (nodes/makefuncs.c) and small questions about them.

[[nodiscard]] ExprPtr make_var(int varno, int attno, const RangeColumn& column, int levels_up = 0);
[[nodiscard]] ExprPtr make_var(int varno, const Column& column);
[[nodiscard]] ExprPtr make_null(Oid type, std::int32_t typmod = -1, Oid collation = 0);
[[nodiscard]] ExprPtr make_bool_const(bool value);
[[nodiscard]] ExprPtr make_int4_const(std::int32_t value);
[[nodiscard]] ExprPtr make_unknown_const(std::string_view text);
/// Reads `text` as the type's input function does; throws UserError with its words.
[[nodiscard]] ExprPtr make_literal(std::string_view text, Oid type, const TypeSystem& types);
[[nodiscard]] ExprPtr make_interval_literal(std::string_view text, std::int32_t typmod,
                                            const TypeSystem& types);
[[nodiscard]] ExprPtr make_bool_expr(ExprKind kind, std::vector<ExprPtr> args);
[[nodiscard]] ExprPtr make_relabel(const ExprPtr& expr, Oid type, std::int32_t typmod,
                                   CoercionForm form);
/// COLLATE, as the relabelling that planning makes of it; marked so that it counts as explicit.
[[nodiscard]] ExprPtr make_collate(const ExprPtr& expr, Oid collation);

[[nodiscard]] inline bool has_sublink(const ExprPtr& expr) {
  return any_of(expr, [](const Expr& e) { return e.kind == ExprKind::SubLink; });
}

/// An option of a view that is on (parse_bool(), as far as options are stored).
[[nodiscard]] bool is_on(const Table& view, std::string_view option);

[[nodiscard]] inline bool is_const(const ExprPtr& expr) {
  return expr->kind == ExprKind::Const;
}

[[nodiscard]] inline bool is_null_const(const ExprPtr& expr) {
  return is_const(expr) && expr->is_null;
}

[[nodiscard]] bool is_collate(const Expr& expr);
/// strip_implicit_coercions() (nodeFuncs.c).
[[nodiscard]] ExprPtr strip_implicit_coercions(const ExprPtr& expr);
/// Copy of a Var tree seen from `levels` query levels further in.
[[nodiscard]] ExprPtr raised(const ExprPtr& expr, int levels);

/// Smallest levels_up of a Var or aggregate in `expr`, subqueries included; nullopt: none.
[[nodiscard]] std::optional<int> lowest_level(const ExprPtr& expr);
[[nodiscard]] bool contains_local_vars(const ExprPtr& expr);
[[nodiscard]] bool contains_window_function(const ExprPtr& expr);
[[nodiscard]] bool returns_set(const ExprPtr& expr);

[[nodiscard]] RangeColumn column_of_expr(std::string name, const Expr& expr);

/// parse_collate.c over one finished expression: a tree in which every node's collation and input
/// collation are set. Throws UserError when a needed one cannot be decided.
[[nodiscard]] ExprPtr assign_collations(const ExprPtr& expr, const TypeSystem& types);
/// The collation that values of several expressions share (select_common_collation()).
[[nodiscard]] Oid common_collation(const std::vector<ExprPtr>& exprs, const TypeSystem& types);
/// assign_collations() over every expression of a query but its subqueries.
void assign_query_collations(Query& query, const TypeSystem& types);

}  // namespace quern::planner_model
