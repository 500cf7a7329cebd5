#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/workload/workload.hpp"

#include "advisor/calibrate/executed_work.hpp"
#include "advisor/calibrate/work.hpp"

namespace quern::advisor {

/// What one unit of a component takes, in milliseconds, with its 95 % interval.
struct Coefficient {
  double milliseconds = 0;
  double low = 0;
  double high = 0;
  double amount = 0;      ///< seen in the executed plans, on all nodes
  std::size_t nodes = 0;  ///< that had any
  /// Too few nodes had it: its price is the planner's, at the rate of those that were seen.
  bool assumed = false;
  bool operator==(const Coefficient&) const = default;
};

/// Planner costs by name (seq_page_cost ...), for the components that a log does not show.
using PlannerSettings = std::map<std::string, std::string>;

struct Calibration {
  static constexpr int kFormatVersion = 1;

  std::array<Coefficient, kComponents> coefficients = {};
  std::size_t plans = 0;
  std::size_t nodes = 0;
  double r_squared = 0;     ///< of the nodes' times
  double median_error = 0;  ///< of a plan's time, as a share
  double scatter = 0;       ///< standard deviation of ln(predicted / measured), by plan
  double statement_ms = 0;  ///< what any statement takes before it does any work
  double pages_read = 0;    ///< share of the pages that were not in shared buffers
  bool operator==(const Calibration&) const = default;
};

/// Milliseconds of a plan with its 95 % interval, that of a single statement's mean.
struct PredictedTime {
  double milliseconds = 0;
  double low = 0;
  double high = 0;
};

[[nodiscard]] PredictedTime predicted_time(const Calibration& calibration, const Work& work);

/// Fewer executed plans tell nothing.
inline constexpr std::size_t kFewestPlans = 8;

/// Fits the coefficients to the nodes of executed plans: non-negative least squares over relative
/// errors, where nodes far off count less (Huber); intervals by bootstrap over the plans, always
/// with the same random numbers. Throws UserError, with the reason and what to do, when the plans
/// are too few or can not tell two components apart.
[[nodiscard]] Calibration fit(const std::vector<ExecutedPlan>& plans,
                              const PlannerSettings& settings);

/// From the plans that auto_explain logged, with ANALYZE and BUFFERS. Throws UserError as fit(),
/// and when the fit leaves the plans' times open by more than a factor of ten.
[[nodiscard]] Calibration calibrate(const Workload& workload, const PlannerSettings& settings);

}  // namespace quern::advisor
