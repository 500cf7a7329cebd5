#pragma once

#include <vector>

#include "advisor/advice.hpp"
#include "advisor/explain_choice.hpp"

namespace quern::advisor {

/// A saving that falls below this share of itself depends on what was changed.
inline constexpr double kKept = 0.5;
/// A recorded execution that gets dearer by more than this share is named.
inline constexpr double kTolerated = 0.01;

/// What each chosen index saves where an assumption is otherwise: rows of the tables' own
/// conditions 2 and 10 times as many and as few (planner_model::Assumptions), random_page_cost 1.1,
/// 2, 4 and 8, and each recorded execution by itself. Both plans, with the index and without, are
/// planned again under the assumption. Looked at are the queries that make up most of the gain. The
/// milder steps are planned only where the extremes matter. A proposal whose saving depends on one
/// of these says so and is less sure.
///
/// `proposals` in the order of the chosen indexes. No more plans than a small share of the whole
/// advice's: the greatest gains come first, and what is left out says so.
void add_robustness(std::vector<Proposal>& proposals, const ChoiceInput& input);

}  // namespace quern::advisor
