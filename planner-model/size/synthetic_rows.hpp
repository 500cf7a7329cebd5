#pragma once

#include <functional>
#include <string>
#include <vector>

#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {

/// Rows like those of a column, in the table's order, NULLs left out: its most common values and
/// others like its histogram's bounds, each as often as they come.
struct SyntheticRows {
  std::vector<std::string> values = {};
  std::vector<std::size_t> rows = {};  ///< one value each
  double scale = 1;                    ///< rows that one of these stands for
};

/// Pages that equal values fill follow each other alike: of many such common values some, with all
/// of their rows, so that about `most` of `rows` rows are left; else the values as they are.
[[nodiscard]] ColumnValues whole_values(const ColumnValues& values, double rows, double most);

/// The correlation with the table's order within a stretch of a column's values that is such a part
/// of them: the same spread around the order is wider beside it.
[[nodiscard]] double correlation_within(double correlation, double part);

/// At most `most` of `rows` rows; `key` gives bytes that sort as the type's values do. `of`: all
/// values of the column where `values` are a stretch of them. Deterministic.
[[nodiscard]] SyntheticRows synthetic_rows(
    const ColumnValues& values, double rows, std::size_t most, double correlation,
    const std::function<std::string(const std::string&)>& key, const ColumnValues* of = nullptr);

}  // namespace quern::planner_model
