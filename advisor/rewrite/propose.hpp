#pragma once

#include <vector>

#include "collector/workload/workload.hpp"

#include "planner-model/whatif/planner.hpp"

#include "advisor/advice.hpp"
#include "advisor/advise.hpp"

namespace quern::advisor {

/// Applies the table of rewrite rules (rules.hpp) to every class of the workload and prices what
/// fits: original and replacement are planned with the sample's own values.
///
/// A rewrite that the model shows to be no cheaper is left out; a finding about correctness stays.
/// A statement that the model cannot plan keeps its rewrite with an unknown benefit, low confidence
/// and its measured time as the only figure. Ordered by benefit, then measured time, then id;
/// `share_of_workload` is left to the caller, who knows the whole.
[[nodiscard]] std::vector<Proposal> propose_rewrites(const Workload& workload,
                                                     const CatalogSnapshot& catalog,
                                                     const planner_model::Planner& planner,
                                                     const AdviceOptions& options);

}  // namespace quern::advisor
