#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <tuple>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// What the statistics of columns say to an index's size, kept for the next index that holds the
/// column: the same columns stand in hundreds of candidates. For one catalog, which must outlive
/// this; several threads may share it.
class ColumnReadings {
 public:
  /// `rows`: of the table. `read` is called for what was not read before.
  [[nodiscard]] IndexColumn of(const Column& column, double rows,
                               const std::function<IndexColumn()>& read);

 private:
  std::mutex mutex_;
  std::map<std::tuple<const Column*, double>, IndexColumn> known_;
};

}  // namespace quern::planner_model
