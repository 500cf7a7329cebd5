#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/expr.hpp"
#include "planner-model/query/table_expressions.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// Values of a column that come equally often and are equally wide.
struct ValueClass {
  double share = 0;   ///< of the rows, all these values together
  double values = 1;  ///< how many they are
  double size = 0;    ///< stored bytes of one
  bool is_null = false;
};

struct ColumnValues;

/// One key or included column of an index, as its size sees it.
struct IndexColumn {
  Oid type = 0;  ///< 0: not known
  Oid collation = 0;
  std::int16_t number = 0;  ///< attnum; 0: an expression
  bool is_key = true;
  double width = 4;        ///< average stored bytes, length word included
  double type_width = 4;   ///< the planner's default for its type (get_typavgwidth())
  int alignment = 4;       ///< 1, 2, 4 or 8; short varlenas stand unaligned
  int long_alignment = 4;  ///< of those that are not short
  bool varies = false;     ///< a varlena
  const ColumnStatistics* statistics = nullptr;
  /// Of the column's keys; null: the table was not sampled.
  const std::vector<ColumnSample>* samples = nullptr;
  /// Rows of the table that the values below are of: all, or those that the predicate keeps as far
  /// as it speaks of this column.
  double table_rows = 0;
  double all_rows = 0;  ///< of the table, which the statistics are of
  /// Equal values stand in runs along the table: one such column changes where another does not.
  bool in_runs = false;
  /// The rows of one value stand within such a share of the table, as far as the correlation tells:
  /// of values that rise along it with some spread.
  double window = 1;
  /// Every value comes so often: a pair of rows a document, not rows by chance.
  std::optional<double> rows_each = {};
  /// How its values are spread over those rows; shares add up to 1.
  std::vector<ValueClass> classes = {};
  /// The same with their texts; null: not known.
  std::shared_ptr<const ColumnValues> values = nullptr;

  [[nodiscard]] double null_share() const;
  [[nodiscard]] double mean_size() const;  ///< of those not NULL
  [[nodiscard]] double distinct() const;   ///< NULL counts as one
};

class ColumnReadings;

/// What an index's size needs to read definitions with; `expressions` null: expression columns are
/// taken for unknown ones; `readings` null: each column is read anew.
struct SizeContext {
  SizeContext(const TypeSystem& all_types, const TableExpressions* bound = nullptr,
              ColumnReadings* kept = nullptr)
      : types{all_types}, expressions{bound}, readings{kept} {}

  const TypeSystem& types;
  const TableExpressions* expressions;
  ColumnReadings* readings;
};

/// `rows`: of the table. A partial index's columns are those of the rows that its predicate keeps,
/// as far as the statistics of one column tell.
[[nodiscard]] std::vector<IndexColumn> index_columns(const Index& index, const Table& table,
                                                     const SizeContext& context, double rows);

/// An integer storage parameter of the index (fillfactor, pages_per_range), or the default.
[[nodiscard]] int index_option(const Index& index, const char* name, int otherwise);

[[nodiscard]] constexpr double align_up(double bytes, int alignment) {
  const auto whole = static_cast<long long>(bytes + 0.999999);
  return static_cast<double>((whole + alignment - 1) / alignment * alignment);
}

}  // namespace quern::planner_model
