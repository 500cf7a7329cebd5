#include "planner-model/writes/conflicting_rows.hpp"

#include <algorithm>

namespace quern::planner_model {

std::optional<double> counted_conflicts(const TableActivity& counted, const WrittenRows& written) {
  constexpr double kEnough = 50;
  const double all = static_cast<double>(counted.inserts) + static_cast<double>(counted.updates);
  if (all < kEnough || written.upserted <= 0) {
    return std::nullopt;
  }
  // (updated + c * upserted) / (inserted + updated + upserted) is the counters' share of updates.
  const double updates = static_cast<double>(counted.updates) / all;
  const double rows = written.inserted + written.updated + written.upserted;
  return std::clamp((updates * rows - written.updated) / written.upserted, 0.0, 1.0);
}

}  // namespace quern::planner_model
