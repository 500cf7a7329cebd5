#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "advisor/select/patience.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// The best choice found for one limit.
struct ParetoChoice {
  double spent = 0;  ///< bytes, or planner units of writes added
  double cost = 0;   ///< reads and writes; of the curve over writes, reads alone
  IndexSet chosen = {};
  bool knee = false;  ///< past it each unit spent brings less than on average
};

/// At most so many programs are solved for both curves.
inline constexpr std::size_t kCurvePoints = 12;

/// Reads and writes of a set, by the planner.
using CostOfSet = std::function<double(const IndexSet&)>;

/// Points that there is no patience for are left out.
struct CurveLimits {
  const Patience& patience;
  double seconds_each;  ///< of the clock, for a program
};

/// What each share of the chosen set's storage would bring, from the least choice allowed to the
/// chosen one: falling costs at rising storage.
[[nodiscard]] std::vector<ParetoChoice> storage_curve(SelectionProblem problem,
                                                      const IndexSet& chosen, const CostOfSet& cost,
                                                      const CurveLimits& limits);

/// What the reads would cost if only a share of the chosen set's write cost were allowed. Empty
/// when the chosen set adds none.
[[nodiscard]] std::vector<ParetoChoice> write_curve(SelectionProblem problem,
                                                    const IndexSet& chosen, const CostOfSet& cost,
                                                    const CurveLimits& limits);

/// Marks the point farthest below the line from the first to the last (Satopää, Albrecht, Irwin,
/// Raghavan, "Finding a Kneedle in a Haystack", 2011). No knee on fewer than three points.
void mark_knee(std::vector<ParetoChoice>& curve);

}  // namespace quern::advisor
