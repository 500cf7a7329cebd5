#include "advisor/calibrate/calibration.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "collector/base/failure.hpp"

namespace quern::advisor {

namespace {

/// More plans make the intervals no narrower than the server's own moods.
constexpr std::size_t kMostPlans = 500;
constexpr std::uint64_t kManyCalls = 10;
constexpr double kTwoSided95 = 1.96;

/// What a statement takes that does next to nothing: a low decile of the classes' fastest
/// executions, which is below what the log's slowest statements would tell.
double statement_overhead(const Workload& workload) {
  std::vector<double> fastest;
  for (const QueryClass& query : workload.classes) {
    if (query.kind == StatementKind::Select && query.calls - query.untimed >= kManyCalls) {
      fastest.push_back(static_cast<double>(query.minimum.count()) / 1000);
    }
  }
  if (fastest.empty()) {
    return 0;
  }
  std::sort(fastest.begin(), fastest.end());
  return fastest[fastest.size() / 10];
}

/// An interval as wide as a gain and its opposite together tells nothing: `saves 775 ms, or loses
/// five hours`.
void require_fit(const Calibration& calibration) {
  constexpr double kWidest = 10;
  const double factor = std::exp(kTwoSided95 * calibration.scatter);
  if (factor > kWidest) {
    throw UserError{fmt::format(
        "the {} executed plans are explained within a factor of {:.0f} only (95 %), which tells no "
        "times; let auto_explain log more plans, of statements of all kinds, with log_analyze, "
        "log_timing and log_buffers on, in a quiet hour",
        calibration.plans, factor)};
  }
}

}  // namespace

PredictedTime predicted_time(const Calibration& calibration, const Work& work) {
  PredictedTime time{calibration.statement_ms, calibration.statement_ms, calibration.statement_ms};
  for (std::size_t k = 0; k < kComponents; ++k) {
    const Coefficient& coefficient = calibration.coefficients[k];
    time.milliseconds += coefficient.milliseconds * work.amounts[k];
    time.low += coefficient.low * work.amounts[k];
    time.high += coefficient.high * work.amounts[k];
  }
  if (time.milliseconds <= 0) {
    return time;
  }
  // Two independent errors of a ratio: the coefficients', and the plan's own.
  const auto widened = [&](double bound) {
    const double own = kTwoSided95 * calibration.scatter;
    return std::hypot(std::log(std::max(1e-9, bound) / time.milliseconds), own);
  };
  time.low = time.milliseconds * std::exp(-widened(time.low));
  time.high = time.milliseconds * std::exp(widened(time.high));
  return time;
}

Calibration calibrate(const Workload& workload, const PlannerSettings& settings) {
  std::vector<ExecutedPlan> plans;
  for (const QueryClass& query : workload.classes) {
    for (const ObservedPlan& plan : query.plans) {
      if (plans.size() < kMostPlans && !plan.example.empty()) {
        plans.push_back(executed_work(plan.example));
        if (plans.back().nodes.empty()) {
          plans.pop_back();
        }
      }
    }
  }
  Calibration calibration = fit(plans, settings);
  require_fit(calibration);
  calibration.statement_ms = statement_overhead(workload);
  return calibration;
}

}  // namespace quern::advisor
