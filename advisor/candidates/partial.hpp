#pragma once

#include <vector>

#include "advisor/candidates/rules.hpp"

namespace quern::advisor {

/// C07: the candidates over only those rows that a recurring condition keeps: IS NULL, a boolean,
/// or one of a few values (an enum's state) that stands in the statement's own text; each alone,
/// and all that the statement has (a state that is not deleted). Such a condition needs no key
/// column, and rows that leave it leave the index.
[[nodiscard]] std::vector<CandidateIndex> partial(const RuleInput& input,
                                                  const std::vector<CandidateIndex>& whole);

}  // namespace quern::advisor
