#pragma once

#include <vector>

#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// By candidate: whether another one does all that it does for every query and costs no more in
/// size, maintenance and lost HOT updates (of two alike, the later one). Some best choice has none
/// of these; candidates that no query can use count as well.
[[nodiscard]] std::vector<bool> dominated_candidates(const SelectionProblem& problem);

}  // namespace quern::advisor
