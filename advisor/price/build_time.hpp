#pragma once

#include "advisor/price/sized_candidate.hpp"

namespace quern::advisor {

/// How long CREATE INDEX CONCURRENTLY takes at best, from memory on an idle core: two scans of the
/// table, and some 20 MB of index sorted and written a second. Disks make it up to
/// kSlowestBuild times that. Rules of thumb, not fitted to the server.
[[nodiscard]] double build_seconds(const SizedCandidate& candidate, const CatalogSnapshot& catalog);

inline constexpr double kSlowestBuild = 3;

}  // namespace quern::advisor
