#pragma once

#include <string>

#include "collector/workload/workload.hpp"

namespace quern {

/// The one order of a finished Workload: classes by total time (descending), calls, fingerprint;
/// plans by calls, then shape; patterns by calls; and what follows from counts (preceded_by).
void put_in_order(Workload& workload);

/// Of two texts for the same class the shorter, then the lesser, is kept.
[[nodiscard]] bool preferred_text(const std::string& a, const std::string& b);

}  // namespace quern
