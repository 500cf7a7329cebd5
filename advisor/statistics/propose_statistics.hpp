#pragma once

#include <vector>

#include "advisor/advice.hpp"
#include "advisor/candidates/candidate_index.hpp"
#include "advisor/price/planned_workload.hpp"

namespace quern::advisor {

/// Estimates this many times too high or too low call for statistics that the server does not have.
inline constexpr double kMisestimate = 10;

/// CREATE STATISTICS where executed plans found other row counts than the server expected, by
/// kMisestimate or more:
///
/// | rule | statistics | where |
/// |---|---|---|
/// | S01 expression | on the expression alone | a filter or grouping by an expression that has none
/// | | S02 columns together | dependencies, mcv | a filter on several columns of one table | | S03
/// groups | ndistinct | a grouping by several columns of one table |
///
/// Rows below a LIMIT are looked at only where there were more than expected. What exists already
/// is not proposed, nor what ANALYZE collects for the expression of an index in `created`. Without
/// a price: what better estimates lead to is known once they are collected.
[[nodiscard]] std::vector<Proposal> propose_statistics(const Workload& workload,
                                                       const PlannedWorkload& planned,
                                                       const CatalogSnapshot& catalog,
                                                       const std::vector<IndexDefinition>& created);

}  // namespace quern::advisor
