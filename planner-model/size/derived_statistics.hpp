#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/expr.hpp"
#include "planner-model/query/type_system.hpp"
#include "planner-model/selectivity/statistics.hpp"

namespace quern::planner_model {

/// The statistics of a table's column by its number; null: none.
using StatisticsOfColumn = std::function<const ColumnStatistics*(int attno)>;

/// What ANALYZE is to be expected to collect of an expression over a table's columns once an index
/// or CREATE STATISTICS asks for it (compute_scalar_stats(), PostgreSQL 15,
/// src/backend/commands/analyze.c): the expression at the listed values of its column, or at rows
/// made up of several columns' values as if they knew nothing of each other. Nothing where it
/// cannot be evaluated here. `rows`: of the table.
[[nodiscard]] std::optional<ColumnStatistics> derived_statistics(const ExprPtr& expr,
                                                                 const StatisticsOfColumn& columns,
                                                                 double rows,
                                                                 const TypeSystem& types);

/// derived_statistics() of each expression that was asked for. Safe from several threads.
class DerivedStatistics {
 public:
  explicit DerivedStatistics(const TypeSystem& types) : types_{types} {}

  /// Null where there are none. The columns' statistics must outlive this; the answer lives as long
  /// as this.
  [[nodiscard]] const ParsedStatistics* of(const ExprPtr& expr, const StatisticsOfColumn& columns,
                                           double rows) const;

 private:
  struct Known {
    ExprPtr expr;  ///< with all Vars of range 1
    std::unique_ptr<const ParsedStatistics> statistics;
  };

  const TypeSystem& types_;
  mutable std::mutex mutex_;
  mutable std::map<const ColumnStatistics*, std::vector<Known>> known_;  ///< by the first column
};

}  // namespace quern::planner_model
