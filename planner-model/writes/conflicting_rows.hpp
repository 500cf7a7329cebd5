#pragma once

#include <optional>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// Of the rows of INSERT ... ON CONFLICT DO UPDATE, where nothing tells how many update one that is
/// there.
inline constexpr double kUnknownConflicts = 0.5;

/// Rows that a mix of statements writes to one table.
struct WrittenRows {
  double upserted = 1;  ///< by INSERT ... ON CONFLICT DO UPDATE
  double inserted = 0;  ///< by other statements
  double updated = 0;
};

/// The share of the upserted rows that updated one, as the table's counters tell it when all of
/// their writes were of this mix. Nothing: too few counted to say.
[[nodiscard]] std::optional<double> counted_conflicts(const TableActivity& counted,
                                                      const WrittenRows& written);

}  // namespace quern::planner_model
