#include "advisor/select/pareto.hpp"

#include <array>

#include "advisor/select/integer_program.hpp"

namespace quern::advisor {

namespace {

/// Points of the curve may be dearer than the best by this share.
constexpr double kTolerance = 0.01;

/// Limits, as shares of what the unlimited choice spends beyond the least.
constexpr std::array kShares{0.05, 0.1, 0.2, 0.35, 0.5, 0.75};
static_assert(2 * kShares.size() == kCurvePoints);

struct Axis {
  std::function<double(const SelectionProblem&, const IndexSet&)> spent;
  double SelectionProblem::*limit;
  CostOfSet cost;
};

void add_point(std::vector<ParetoChoice>& curve, const SelectionProblem& problem, const Axis& axis,
               const IndexSet& chosen) {
  ParetoChoice point{axis.spent(problem, chosen), axis.cost(chosen), chosen};
  if (curve.empty() || (point.cost < curve.back().cost && point.spent > curve.back().spent)) {
    curve.push_back(std::move(point));
  }
}

std::vector<ParetoChoice> curve_over(SelectionProblem problem, const Axis& axis,
                                     const IndexSet& chosen, const CurveLimits& limits) {
  std::vector<ParetoChoice> curve;
  const double least = axis.spent(problem, problem.must_have);
  const double most = axis.spent(problem, chosen);
  add_point(curve, problem, axis, problem.must_have);
  for (const double share : kShares) {
    if (limits.patience.over()) {
      break;
    }
    problem.*axis.limit = least + share * (most - least);
    const Selection selection =
        select_by_integer_program(problem, Floors::Ignored,
                                  {.time_limit_seconds = limits.seconds_each,
                                   .gap = kTolerance,
                                   .start = curve.back().chosen,
                                   .effort = Effort::Light});
    if (feasible(problem, selection.chosen)) {
      add_point(curve, problem, axis, selection.chosen);
    }
  }
  add_point(curve, problem, axis, chosen);
  mark_knee(curve);
  return curve;
}

}  // namespace

std::vector<ParetoChoice> storage_curve(SelectionProblem problem, const IndexSet& chosen,
                                        const CostOfSet& cost, const CurveLimits& limits) {
  return curve_over(std::move(problem), {bytes_of, &SelectionProblem::budget, cost}, chosen,
                    limits);
}

std::vector<ParetoChoice> write_curve(SelectionProblem problem, const IndexSet& chosen,
                                      const CostOfSet& cost, const CurveLimits& limits) {
  if (write_cost(problem, chosen) <= write_cost(problem, problem.must_have)) {
    return {};
  }
  const auto reads = [&](const IndexSet& set) { return cost(set) - write_cost(problem, set); };
  return curve_over(problem, {write_cost, &SelectionProblem::max_write_cost, reads}, chosen,
                    limits);
}

void mark_knee(std::vector<ParetoChoice>& curve) {
  if (curve.size() < 3) {
    return;
  }
  const double width = curve.back().spent - curve.front().spent;
  const double height = curve.front().cost - curve.back().cost;
  ParetoChoice* knee = nullptr;
  double farthest = 0;
  for (ParetoChoice& point : curve) {
    const double below =
        (curve.front().cost - point.cost) / height - (point.spent - curve.front().spent) / width;
    if (below > farthest) {
      farthest = below;
      knee = &point;
    }
  }
  if (knee != nullptr) {
    knee->knee = true;
  }
}

}  // namespace quern::advisor
