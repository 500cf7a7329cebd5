#pragma once

#include <vector>

#include "advisor/select/problem.hpp"

namespace quern::advisor {

// What sets of candidates cost over the workload, by the planner. Weights are by query; queries are
// planned at once.

/// Reads, of plans made under this very set.
[[nodiscard]] double replanned_reads(const CostModel& model, const std::vector<double>& weights,
                                     const IndexSet& chosen);

/// Reads and writes.
[[nodiscard]] double cost_of(const CostModel& model, const SelectionProblem& problem,
                             const std::vector<double>& weights, const IndexSet& chosen);

/// Reads and writes without each of the set's indexes, in their order.
[[nodiscard]] std::vector<double> costs_without_each(const CostModel& model,
                                                     const SelectionProblem& problem,
                                                     const std::vector<double>& weights,
                                                     const IndexSet& set);

}  // namespace quern::advisor
