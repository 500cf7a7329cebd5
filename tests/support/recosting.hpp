#pragma once

#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::testing {

/// What it takes to price a planned statement under one more index set, from the statement's
/// alternatives alone (index benefit graphs).
struct Recosting {
  std::size_t statements = 0;
  std::size_t alternatives = 0;  ///< kept, of all statements
  double nanoseconds = 0;        ///< of one statement under one set
  double planning_us = 0;        ///< of the same statement and set, by the whole planner
  std::size_t compared = 0;      ///< random sets, planned again
  std::size_t exact = 0;         ///< equal to 0.1 %
  std::size_t flagged = 0;       ///< not is_exact(): they may differ
  std::size_t differing = 0;     ///< of the flagged
  double worst_flagged = 0;      ///< over the cost
  double worst_unflagged = 0;    ///< of those neither exact nor flagged
  double bytes = 0;              ///< that the alternatives of all statements take
};

/// `statements`: a file of SQL. Random sets of the advisor's own candidates.
[[nodiscard]] Recosting measure_recosting(const CatalogSnapshot& catalog,
                                          const std::string& statements);

}  // namespace quern::testing
