#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// A column's values with their texts, as its statistics tell: most common values, NULL, and the
/// rest, of which the histogram's bounds are examples.
struct ColumnValues {
  struct Entry {
    double share = 0;   ///< of the rows, all the values that this one stands for
    double values = 1;  ///< how many those are
    bool is_null = false;
    std::optional<std::string> text = {};  ///< none: not one value in particular
    bool from_histogram = false;
  };

  Oid type = 0;
  std::vector<Entry> entries = {};
};

/// Do the values rise or fall along the table?
[[nodiscard]] bool in_table_order(const ColumnStatistics& statistics);

[[nodiscard]] ColumnValues column_values(const ColumnStatistics& statistics, Oid type, double rows);

/// Those of an index's column, in the rows that its predicate keeps as far as it speaks of this
/// column; no entries where nothing is known of them.
[[nodiscard]] ColumnValues indexed_values(const IndexColumn& column);

/// The one column that `expr` reads; 0: none or several.
[[nodiscard]] int only_column(const ExprPtr& expr);

/// `expr` over one column with its value put in (none: NULL), folded: a Const where it can be
/// evaluated.
[[nodiscard]] ExprPtr value_at(const ExprPtr& expr, const std::optional<std::string>& text,
                               const TypeSystem& types);

/// The same with values of several columns: `text_of` gives that of a Var.
[[nodiscard]] ExprPtr value_at(
    const ExprPtr& expr, const std::function<std::optional<std::string>(const Expr& var)>& text_of,
    const TypeSystem& types);

/// How many values there are when `draws` random ones gave `seen` different ones; `most` where
/// nearly all differ.
[[nodiscard]] double values_behind(double seen, double draws, double most);

/// The values of an expression over one column, evaluated at the column's known values and at
/// points between histogram bounds. Empty when this model cannot evaluate it.
[[nodiscard]] ColumnValues expression_values(const ColumnValues& column, const ExprPtr& expr,
                                             const TypeSystem& types);

/// Those values under which the condition holds; `kept` is their share of the rows. Nothing when it
/// cannot be evaluated.
[[nodiscard]] std::optional<ColumnValues> restricted_values(const ColumnValues& column,
                                                            const ExprPtr& condition,
                                                            const TypeSystem& types, double& kept);

}  // namespace quern::planner_model
