#pragma once

#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// All that selection needs to know of one query, found with few planner calls.
///
/// The index benefit graph of Schnaitter, Polyzotis and Getoor, "Index Interactions in Physical
/// Design Tuning", PVLDB 2(1), 2009: the root holds all relevant candidates; a node whose plan uses
/// {a, b} has the children "without a" and "without b". The cost under any set X is that of the
/// first node on the way down whose used indexes X has, so that the distinct (used, cost) pairs are
/// complete: min over them equals planning under X.
///
///   {a, b, c} uses a, cost 10  ->  {b, c} uses b, cost 30  ->  {c} uses none, cost 100
///   alternatives: {} 100, {b} 30, {a} 10
///
/// Breadth first, at most `max_plans` planner calls. Where it is cut off, single candidates are
/// still priced and `floor` is lowered to what the missing part could at best give.
[[nodiscard]] SelectionQuery explore(const CostModel& model, std::size_t query, double weight,
                                     int max_plans);

/// Prices one more set; returns whether the alternatives did not know that it is this cheap.
bool learn(SelectionQuery& query, const PlannedCost& planned, const IndexSet& under);

}  // namespace quern::advisor
