#pragma once

#include <cstdint>

#include "collector/base/units.hpp"

namespace quern::collector {

class Aggregator;

/// Executions of one class in a row, in one session. Classes go by their fingerprint as a number;
/// 0: none.
struct ClassRun {
  std::uint64_t id = 0;
  std::uint64_t before = 0;  ///< the class of the execution before the first
  std::uint64_t length = 0;
  std::uint64_t first_values = 0;  ///< hash of SQL and parameters
  std::uint64_t last_values = 0;
  bool values_vary = false;
  Microseconds total{0};
};

/// The runs of a session's executions, of which the first and the last may go on in the pieces of
/// the log before and after; those between are told to the aggregator. Joining is associative.
struct ClassRuns {
  ClassRun first = {};  ///< only where there are several
  ClassRun last = {};
  bool several = false;

  void add(const ClassRun& one, Aggregator& aggregator);
  /// `later` comes next.
  void join(const ClassRuns& later, Aggregator& aggregator);
  /// No more comes, before or after.
  void end(Aggregator& aggregator);

  [[nodiscard]] bool empty() const { return last.id == 0; }
};

}  // namespace quern::collector
