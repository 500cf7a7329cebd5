#pragma once

#include <vector>

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

/// C10: one index for two. Candidates of one table with the same predicate and first key:
///
///   (a, b) and (a, c)                     ->  (a, b, c), (a, c, b)
///   (a) INCLUDE (x) and (a) INCLUDE (y)   ->  (a) INCLUDE (x, y)
///   (a, b, c)                             ->  (a, b), (a)
///
/// Index merging as in Chaudhuri and Narasayya, "Index Merging", ICDE 1999, for pairs only.
[[nodiscard]] std::vector<CandidateIndex> merges(const std::vector<CandidateIndex>& candidates,
                                                 std::size_t max_width);

}  // namespace quern::advisor
