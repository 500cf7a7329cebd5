#pragma once

#include <string>
#include <vector>

#include "advisor/advice.hpp"

namespace quern::advisor {

/// One step of the migration: complete statements, each to be sent on its own outside a
/// transaction.
struct MigrationStep {
  std::string id;      ///< "create-orders_placed_at_idx", "drop-orders_placed_at_old"
  std::string title;   ///< one line
  bool drops = false;  ///< to be run after the created indexes have been seen in use
  std::vector<std::string> up = {};
  std::vector<std::string> down = {};
  /// Queries that print the statements by which the rest of an interrupted run goes away, in order:
  /// nothing when the step was completed or never begun.
  std::vector<std::string> clean_up = {};
  std::vector<std::string> notes = {};  ///< forecast and warnings
};

/// The proposals' statements in the order in which they are to be run: statistics, all that creates
/// an index, by rank, then all that drops. A replacement is both, so that there is never no index
/// (M19).
[[nodiscard]] std::vector<MigrationStep> migration_plan(const Advice& advice);

}  // namespace quern::advisor
