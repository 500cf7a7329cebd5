#pragma once

#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// Greedy by net benefit a byte, adding one index or a pair that only helps together, as long as
/// the objective falls; then removals and swaps until none helps. The baseline that the integer
/// program must not be worse than, and the answer when the solver finds none in time. No bound of
/// its own: `bound` is the sum of the floors.
[[nodiscard]] Selection select_greedy(const SelectionProblem& problem);

/// Removals and swaps for a smaller or cheaper index until none lowers the objective.
[[nodiscard]] IndexSet improved(const SelectionProblem& problem, IndexSet chosen);

/// What no choice can undercut: every query at its floor, no writes.
[[nodiscard]] double trivial_bound(const SelectionProblem& problem);

}  // namespace quern::advisor
