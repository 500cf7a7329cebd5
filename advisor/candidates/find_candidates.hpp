#pragma once

#include <functional>
#include <string>
#include <vector>

#include "planner-model/whatif/planner.hpp"

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

/// What one query class asks of the tables.
struct QueryUses {
  std::string fingerprint;
  double weight = 0;  ///< calls times cost of one execution: what can be saved at most
  bool foreign_key_check = false;
  std::vector<planner_model::TableUse> uses = {};
};

/// Whether an expression may be a key at all: not one with aggregates or mutable functions (M22).
using MayBeKey = std::function<bool(Oid table, const std::string& expression)>;

struct CandidateLimits {
  std::size_t max_width = 4;  ///< key columns
  std::size_t per_table = 60;
  std::size_t total = 1500;
  MayBeKey may_be_key = {};  ///< empty: all may
};

struct CandidateSet {
  std::vector<CandidateIndex> candidates = {};  ///< by table name, then definition
  std::size_t left_out = 0;                     ///< beyond the limits, least workload first
};

/// Four steps: apply the numbered rules to every class, merge across classes, leave out what
/// exists, limit and name. Same result for any order of `queries`.
[[nodiscard]] CandidateSet find_candidates(const std::vector<QueryUses>& queries,
                                           const CatalogSnapshot& catalog,
                                           const CandidateLimits& limits);

}  // namespace quern::advisor
