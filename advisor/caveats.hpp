#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "advisor/advice.hpp"
#include "advisor/calibrate/calibration.hpp"
#include "advisor/candidates/find_candidates.hpp"
#include "advisor/explain_choice.hpp"
#include "advisor/price/planned_workload.hpp"
#include "advisor/price/write_profile.hpp"

namespace quern::advisor {

/// What a reader has to know before trusting the advice: what the plans, the writes and the
/// candidates rest on, and what the catalog suggests of itself. `too_large`: candidates that alone
/// exceed the storage budget.
void add_caveats(Advice& advice, const PlannedWorkload& planned, const WriteProfile& profile,
                 const CandidateSet& found, std::size_t too_large, const CatalogSnapshot& catalog,
                 planner_model::Counting counting);

/// What the time limit did not allow.
void add_left_out(Advice& advice, const Choice& choice, const LeftOut& plans);

/// What gains in time rest on, or `why_not`.
void add_calibration(Advice& advice, const std::optional<Calibration>& calibration,
                     const std::string& why_not, const PlannedWorkload& planned);

}  // namespace quern::advisor
