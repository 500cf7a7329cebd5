#pragma once

#include <vector>

#include "advisor/candidates/rules.hpp"

namespace quern::advisor {

/// C06: the candidates with the statement's other columns as INCLUDE, so that the table need not be
/// visited. Trade-off: at most kMostIncluded columns and kWidestIncluded bytes; a wider index-only
/// scan may be cheaper and is not seen.
[[nodiscard]] std::vector<CandidateIndex> covering(const RuleInput& input,
                                                   const std::vector<CandidateIndex>& plain);

}  // namespace quern::advisor
