#pragma once

#include <string>

#include "collector/workload/workload.hpp"

namespace quern::reports {

struct ProfileOptions {
  int top = 10;
  std::string sort = "total";  ///< total, calls, mean, max
  bool full_sql = false;
  std::size_t columns = 100;
};

/// The workload for a terminal: what it spans, its top classes, N+1 patterns, what
/// the server did besides, and what was skipped.
[[nodiscard]] std::string profile_text(const Workload& workload, const ProfileOptions& options);

}  // namespace quern::reports
