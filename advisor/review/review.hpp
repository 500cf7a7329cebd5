#pragma once

#include <string>
#include <vector>

#include "planner-model/whatif/planner.hpp"

#include "advisor/advice.hpp"
#include "advisor/advise.hpp"
#include "advisor/price/planner_costs.hpp"
#include "advisor/price/write_prices.hpp"

namespace quern::advisor {

/// What the reviewers see: everything priced, and the set that will be built.
struct ReviewInput {
  const CatalogSnapshot& catalog;
  const PlannedWorkload& workload;
  const PlannerCosts& costs;
  const std::vector<SizedCandidate>& candidates;
  const IndexSet& chosen;
  const WritePrices& writes;
  const AdviceOptions& options;
  Cost charge;  ///< what a new index must earn
};

struct Reviewed {
  Proposal drop;
  std::string replacement = {};  ///< the chosen index that it rests on; empty: stands alone
};

/// Existing indexes that should not be: duplicates and prefixes of another index (of a chosen one
/// as well: then created before the other is dropped), unused, and invalid ones. Indexes that
/// enforce something are never proposed, but where another enforces the same. Before any is, every
/// query is planned again without it, and no query that gets slower goes unnamed.
[[nodiscard]] std::vector<Reviewed> review_indexes(const ReviewInput& input);

/// Foreign keys whose referencing columns lead this index, and no other valid one but those `gone`.
[[nodiscard]] std::vector<std::string> foreign_keys_served_alone(
    const Index& index, const CatalogSnapshot& catalog, const std::vector<const Index*>& gone);

}  // namespace quern::advisor
