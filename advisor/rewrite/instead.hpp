#pragma once

#include <vector>

#include "advisor/advice.hpp"

namespace quern::advisor {

/// Warns at each index to create that nobody needs once queries are rewritten: every query that
/// reads it has a proven rewrite among the proposals, which costs no more without any new index
/// than the query does with this one.
void name_rewrites_instead(std::vector<Proposal>& proposals);

}  // namespace quern::advisor
