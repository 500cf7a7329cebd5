#pragma once

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

/// What ANALYZE is to be expected to collect of an expression over one column once an index or
/// CREATE STATISTICS asks for it (compute_scalar_stats(), PostgreSQL 15,
/// src/backend/commands/analyze.c): the expression at the column's listed values. Nothing where it
/// reads several columns or cannot be evaluated here. `rows`: of the table.
[[nodiscard]] std::optional<ColumnStatistics> derived_statistics(const ColumnStatistics& column,
                                                                 double rows, const ExprPtr& expr,
                                                                 const TypeSystem& types);

/// derived_statistics() of each expression that was asked for. Safe from several threads.
class DerivedStatistics {
 public:
  explicit DerivedStatistics(const TypeSystem& types) : types_{types} {}

  /// Null where there are none. `column` must outlive this; the answer lives as long as this.
  [[nodiscard]] const ParsedStatistics* of(const ColumnStatistics& column, double rows,
                                           const ExprPtr& expr) const;

 private:
  struct Known {
    ExprPtr expr;  ///< with all Vars of range 1
    std::unique_ptr<const ParsedStatistics> statistics;
  };

  const TypeSystem& types_;
  mutable std::mutex mutex_;
  mutable std::map<const ColumnStatistics*, std::vector<Known>> known_;
};

}  // namespace quern::planner_model
