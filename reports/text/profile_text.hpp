#pragma once

#include <cstdint>
#include <string>

#include "collector/workload/workload.hpp"

namespace quern::reports {

struct ProfileOptions {
  int top = 10;
  std::string sort = "total";  ///< total, calls, mean, max, p95, errors, temp, locks, parse
  bool full_sql = false;
  bool plans = false;   ///< what the logged plans of each class tell, and when which one ran
  bool writes = false;  ///< what is written to each table and column
  std::size_t columns = 100;
  // Only classes of which all of these hold; empty: any.
  std::string kind = {};  ///< select, insert, update, delete, merge, utility, other
  std::string user = {}, database = {}, application = {};
  std::string containing = {};  ///< in the SQL or at the start of the fingerprint, in any case
  std::uint64_t least_calls = 0;
};

/// The workload for a terminal: what it spans, its top classes, N+1 patterns, chatty
/// transactions, what the server did besides, and what was skipped.
[[nodiscard]] std::string profile_text(const Workload& workload, const ProfileOptions& options);

}  // namespace quern::reports
