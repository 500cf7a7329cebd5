#pragma once

#include <optional>
#include <vector>

#include "advisor/advice.hpp"
#include "advisor/advise.hpp"
#include "advisor/calibrate/time_effect.hpp"
#include "advisor/price/planner_costs.hpp"
#include "advisor/price/write_prices.hpp"
#include "advisor/select/choose.hpp"

namespace quern::advisor {

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
  EstimatedWork estimated{catalog, candidates};
};

/// Makes the plans that the functions below ask for, several at once.
void plan_ahead(const ChoiceInput& input);

/// One proposal for each chosen index, with the queries that it helps or hurts.
[[nodiscard]] std::vector<Proposal> index_proposals(const ChoiceInput& input);

/// Every planned class before and after the whole chosen set, costliest first.
[[nodiscard]] std::vector<QueryEffect> workload_effects(const ChoiceInput& input);

/// Every candidate with the reason why it was or was not chosen.
[[nodiscard]] std::vector<Candidate> candidate_verdicts(const ChoiceInput& input);

}  // namespace quern::advisor
