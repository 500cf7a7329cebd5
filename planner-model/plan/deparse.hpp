#pragma once

#include <functional>
#include <string>
#include <vector>

#include "planner-model/query/expr.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// How names are printed. The callbacks answer for global range-table indexes.
struct DeparseContext {
  const TypeSystem* types = nullptr;
  /// EXPLAIN's name of a range-table entry ("o", "orders_1").
  std::function<std::string(int varno)> range_name;
  /// Name of a column of it ("id", "ctid", "*" for whole rows).
  std::function<std::string(int varno, int attno)> column_name;
  bool prefix_columns = false;  ///< o.id rather than id: more than one entry in the range table
  int bare_range = 0;           ///< columns of this entry have no prefix: it is what a scan scans
  /// "(SubPlan 2)", "(hashed SubPlan 2)", "EXISTS(SubPlan 2)" and so on.
  std::function<std::string(const Expr& subplan, const DeparseContext& context)> subplan_text;
  /// Name of a window, from 1; empty: it is not told.
  std::function<std::string(int window)> window_name = {};
  /// Expressions that a lower plan node has already computed: printed in parentheses unless
  /// columns, as ruleutils.c does for OUTER_VAR references.
  std::vector<ExprPtr> computed_below = {};
  /// What of those the lower node has from one lower still.
  std::vector<ExprPtr> computed_deeper = {};
};

/// Prints as deparse_expression() (ruleutils.c, not pretty): (a = 5), ((b)::text ~~ 'x%'::text).
[[nodiscard]] std::string deparse(const ExprPtr& expr, const DeparseContext& context);

/// As deparse(), with implicit casts at the top shown, as EXPLAIN prints Group Key, Presorted Key
/// and the like: (status)::text.
[[nodiscard]] std::string deparse_key(const ExprPtr& expr, const DeparseContext& context);

/// "a", "b DESC NULLS LAST", "c COLLATE \"C\"": an item of EXPLAIN's Sort Key.
[[nodiscard]] std::string deparse_sort_key(const ExprPtr& expr, Oid sort_operator, bool nulls_first,
                                           Oid collation, const DeparseContext& context);

}  // namespace quern::planner_model
