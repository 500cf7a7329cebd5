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
/// What could be cheapest comes first. Where `plans` planner calls are not enough, the sets that
/// are left stand in `unknown` with what they cost at least, and single candidates
/// are still priced.
struct ExploreLimits {
  int plans = 128;
  /// Plans that could undercut a known one by no more than this are not made; the difference is
  /// kept in `slack`.
  double tolerance = 0;
  /// Of all planner calls together; half of them may go to the graph. Where they do not suffice,
  /// some single candidates are not priced and some bounds stay wide.
  int calls = 1 << 30;
};

[[nodiscard]] SelectionQuery explore(const CostModel& model, std::size_t query, double weight,
                                     const ExploreLimits& limits);

/// What planning under `under` says of the unknown sets: none that it holds is cheaper. Returns
/// whether that was not known. `relevant` are the query's candidates.
bool refute(SelectionQuery& query, const IndexSet& relevant, const PlannedCost& planned,
            const IndexSet& under);

/// Prices one more set; returns whether the alternatives did not know that it is this cheap.
bool learn(SelectionQuery& query, const PlannedCost& planned, const IndexSet& under);

}  // namespace quern::advisor
