#pragma once

#include "advisor/advice.hpp"
#include "advisor/explain_choice.hpp"

namespace quern::advisor {

/// Costs this close are one cost: PostgreSQL itself does not tell them apart (STD_FUZZ_FACTOR).
inline constexpr double kFuzz = 1.01;

/// Planner cost that all executions save, as far as measured times confirm it.
[[nodiscard]] double weighted_gain(const QueryEffect& effect);

[[nodiscard]] bool concerns(const PlannedClass& query, Oid table);

/// What was measured and what was estimated, each in a sentence; and the gain in time.
void add_evidence(Proposal& proposal, const ChoiceInput& input, const SizedCandidate& candidate);

/// What makes the estimate less sure. Any of it lowers the confidence.
void judge_confidence(Proposal& proposal, const ChoiceInput& input, const Table& table);

/// The queries that get slower, by name.
void name_hurt(Proposal& proposal);

}  // namespace quern::advisor
