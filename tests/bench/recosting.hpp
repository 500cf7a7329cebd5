#pragma once

#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::bench {

/// What it takes to price a planned statement under one more index set, from the statement's
/// alternatives alone (index benefit graphs).
struct Recosting {
  std::size_t statements = 0;
  std::size_t alternatives = 0;  ///< kept, of all statements
  double nanoseconds = 0;        ///< of one statement under one set
  double planning_us = 0;        ///< of the same statement and set, by the whole planner
  std::size_t compared = 0;      ///< random sets, planned again
  std::size_t exact = 0;         ///< equal to 0.1 %
  std::size_t flagged = 0;       ///< of the rest: the set is one that the graph calls unknown
  /// Of those neither exact nor flagged, over the cost. An index can make a plan dearer: paths that
  /// cost 1 % more are as good to add_path() (STD_FUZZ_FACTOR, pathnode.c), a level.
  double worst_unflagged = 0;
  double bytes = 0;  ///< that the alternatives of all statements take
};

/// `statements`: a file of SQL. Random sets of the advisor's own candidates.
[[nodiscard]] Recosting measure_recosting(const CatalogSnapshot& catalog,
                                          const std::string& statements);

}  // namespace quern::bench
