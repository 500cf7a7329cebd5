#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "advisor/advice.hpp"
#include "advisor/advise.hpp"
#include "advisor/calibrate/time_effect.hpp"
#include "advisor/price/planner_costs.hpp"
#include "advisor/price/write_prices.hpp"
#include "advisor/select/choose.hpp"
#include "advisor/select/patience.hpp"

namespace quern::advisor {

/// Plans that the time limit did not allow: of these samples without one of the chosen indexes.
/// What they cost is known.
using LeftOut = std::set<std::pair<std::size_t, int>>;

/// Everything that the pipeline found out, to be put into words.
struct ChoiceInput {
  const Workload& workload;
  const CatalogSnapshot& catalog;
  const PlannedWorkload& planned;
  const PlannerCosts& costs;
  const std::vector<SizedCandidate>& candidates;
  const Choice& choice;
  const WriteProfile& profile;
  const WritePrices& writes;
  const std::optional<Calibration>& calibration;
  const Patience& patience;
  EstimatedWork estimated{catalog, candidates};
  LeftOut left_out = {};
};

/// Makes the plans that the functions below ask for, several at once; says in `left_out` which it
/// has no patience for.
void plan_ahead(ChoiceInput& input);

/// One proposal for each chosen index, with the queries that it helps or hurts.
[[nodiscard]] std::vector<Proposal> index_proposals(const ChoiceInput& input);

/// Every planned class before and after the whole chosen set, costliest first.
[[nodiscard]] std::vector<QueryEffect> workload_effects(const ChoiceInput& input);

/// Every candidate with the reason why it was or was not chosen.
[[nodiscard]] std::vector<Candidate> candidate_verdicts(const ChoiceInput& input);

}  // namespace quern::advisor
