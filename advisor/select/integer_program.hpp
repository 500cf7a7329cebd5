#pragma once

#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// Which price a query has where its benefit graph was cut off.
enum class Floors : bool {
  Ignored,  ///< only alternatives that a plan has shown: for choosing
  Allowed   ///< also the least that unknown plans may cost: for a bound that holds
};

/// How much a search weighs before it branches.
enum class Effort : bool {
  Full,  ///< for programs that may be hard
  Light  ///< no trial branches and no cuts: for where a good start is known
};

/// When a search may end, at a proven optimum or before, and how it gets there.
struct SearchEnd {
  double time_limit_seconds = 60;
  double gap = 0;       ///< share of the objective: an answer proven to be this near is good enough
  IndexSet start = {};  ///< a choice to begin with, if it is better than select_greedy()'s
  Effort effort = Effort::Full;
};

/// The bound of the linear relaxation, with floors: quick, and often near enough.
[[nodiscard]] double relaxed_bound(const SelectionProblem& problem);

/// Solves the selection exactly by COIN-OR CBC, single-threaded. CoPhy (Dash, Polyzotis, Ailamaki,
/// PVLDB 4(6), 2011) over the alternatives of the benefit graphs:
///
///   min  Σ_q w_q Σ_k cost_qk y_qk + Σ_a (maintenance_a + charge) z_a + lost HOT updates
///   s.t. Σ_k y_qk = 1;  Σ_{k: a ∈ needs_qk} y_qk <= z_a;  Σ size_a z_a <= budget;  Σ z_a <= limit
///
/// Only z is integral: with z fixed each query takes its cheapest open alternative. One row per
/// (query, candidate) links them, which is tighter than one per alternative. What is unknown of a
/// query (Floors::Allowed) is alternatives y that exclude candidates (Σ y + z_a <= 1) and need one
/// of each set without which it would cost more (Σ y <= Σ z_a). For updates that are HOT until
/// an index on their columns is built, h >= z_a for each such index, and the product of h and z_b
/// for the entries of the others is linearized: v_b >= h + z_b - 1.
///
/// With floors, `chosen` is what would be best were unknown plans as cheap as they may be; without,
/// it is not worse than select_greedy() by more than the gap. Where the time limit ended the
/// search, `bound` and `optimal` say so.
[[nodiscard]] Selection select_by_integer_program(const SelectionProblem& problem, Floors floors,
                                                  const SearchEnd& end);

}  // namespace quern::advisor
