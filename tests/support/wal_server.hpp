#pragma once

#include <iosfwd>

#include "tests/support/wal_facts.hpp"
#include "tests/support/wal_oracle.hpp"

namespace quern::testing {

/// Makes the run's tables on the throwaway server, one after the other, writes to them, and tells
/// what WAL and what time that took.
[[nodiscard]] WrittenTables write_tables(const WalRun& run, std::ostream& progress);

}  // namespace quern::testing
