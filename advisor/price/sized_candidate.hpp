#pragma once

#include <string>
#include <vector>

#include "planner-model/whatif/planner.hpp"

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

/// A candidate that the planner can imagine: one hypothetical index, or one on each leaf partition.
struct SizedCandidate {
  CandidateIndex index;
  std::string ddl;  ///< CREATE INDEX on the table itself
  std::vector<planner_model::HypotheticalIndex> parts = {};
  Bytes size;
};

struct UnsizedCandidate {
  std::string ddl;
  std::string rule;
  std::string reason;  ///< the planner's words: "access method gin is not modelled"
};

struct SizedCandidates {
  std::vector<SizedCandidate> sized = {};
  std::vector<UnsizedCandidate> unsized = {};
};

[[nodiscard]] SizedCandidates size_candidates(const std::vector<CandidateIndex>& candidates,
                                              const planner_model::Planner& planner);

/// Gives the chosen candidates the names that they would have if there were no others.
void rename_chosen(std::vector<SizedCandidate>& candidates, const std::vector<int>& chosen,
                   const planner_model::Planner& planner);

}  // namespace quern::advisor
