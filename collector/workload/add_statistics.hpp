#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/workload/workload.hpp"

namespace quern {

/// What pg_stat_statements counts of a statement.
struct StatementCounts {
  std::uint64_t calls = 0;
  Microseconds total{0}, minimum{0}, maximum{0};
  std::optional<std::uint64_t> rows = {};  ///< of all calls

  void add(const StatementCounts& more);
};

/// A row of pg_stat_statements whose text its reader may not see, or that was dumped without.
struct HiddenStatement {
  std::int64_t query_id = 0;
  StatementCounts counts = {};
  TextPosition where = {};
};

/// Adds what a dump of pg_stat_statements counts beyond the log of the same time: a class in both,
/// by its fingerprint or by a query id that the log tells, has afterwards the larger number of
/// calls and of time, and is not counted twice. The log's samples, times and plans stay; calls that
/// only the dump knows of stand at their mean. Hidden statements whose query id the log does not
/// tell are skipped.
void add_statistics(Workload& log, const Workload& dump,
                    const std::vector<HiddenStatement>& hidden = {});

}  // namespace quern
