#pragma once

#include <string>
#include <vector>

#include "collector/collect.hpp"
#include "collector/incremental/collect_state.hpp"

namespace quern::collector {

/// Reads what the files hold beyond what the state knows of: files that grew, were renamed, copied
/// and truncated, or compressed since. Returns what was left for another time and why, in words.
/// Throws UserError when nothing is recognized, now or before.
[[nodiscard]] std::vector<std::string> advance(CollectState& state,
                                               const std::vector<std::string>& inputs,
                                               const CollectOptions& options);

/// All that was collected so far, files in the order of their first messages.
[[nodiscard]] WorkloadPiece collected(const CollectState& state);

}  // namespace quern::collector
