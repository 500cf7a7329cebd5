#pragma once

#include <vector>

#include "planner-model/whatif/planner.hpp"

#include "advisor/advise.hpp"
#include "advisor/candidates/find_candidates.hpp"
#include "advisor/price/sized_candidate.hpp"
#include "advisor/price/write_prices.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

inline constexpr const char* kAskedRule = "asked for";

/// Throws UserError when a name under `keep` is no index of the catalog: a slip of the pen would
/// let an index be dropped.
void check_names(const AdviceOptions& options, const CatalogSnapshot& catalog);

/// Whether `never` names this table.
[[nodiscard]] bool never_touched(const AdviceOptions& options, const Table& table);

/// Leaves out the candidates that `never` names, and credits those of `must_have` to the user, who
/// need not have been the first to think of them; adds those that no rule proposed. Throws
/// UserError for a must-have that is no plain index, exists already or is also under `never`.
/// Returns a caveat for each name of `never` that nothing has.
[[nodiscard]] std::vector<std::string> obey(const AdviceOptions& options,
                                            const planner_model::Planner& planner,
                                            CandidateSet& candidates);

/// Leaves out the candidates that alone take more than the storage budget: planning with what can
/// not be chosen hides what can. Returns how many.
std::size_t leave_out_too_large(const AdviceOptions& options,
                                std::vector<SizedCandidate>& candidates);

/// The selection with every limit of the options. Throws UserError when the indexes that must be
/// there break one.
[[nodiscard]] SelectionProblem limited_problem(const std::vector<SizedCandidate>& candidates,
                                               const WritePrices& prices, const Workload& workload,
                                               const AdviceOptions& options,
                                               const CatalogSnapshot& catalog);

}  // namespace quern::advisor
