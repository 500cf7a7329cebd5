#include "planner-model/size/column_readings.hpp"

namespace quern::planner_model {

IndexColumn ColumnReadings::of(const Column& column, double rows,
                               const std::function<IndexColumn()>& read) {
  const std::tuple key{&column, rows};
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = known_.find(key); found != known_.end()) {
      return found->second;
    }
  }
  IndexColumn answer = read();
  const std::lock_guard lock{mutex_};
  return known_.emplace(key, std::move(answer)).first->second;
}

}  // namespace quern::planner_model
