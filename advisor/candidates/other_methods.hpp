#pragma once

#include <vector>

#include "advisor/candidates/rules.hpp"

namespace quern::advisor {

/// One-column indexes that are not btrees, from the operator classes that answer each clause. The
/// planner prices them beside the btrees; here is left out only what can not win.
[[nodiscard]] std::vector<CandidateIndex> other_methods(const RuleInput& input);

}  // namespace quern::advisor
