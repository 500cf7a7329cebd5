#pragma once

#include <optional>
#include <string>

#include "advisor/advice.hpp"
#include "advisor/calibrate/calibration.hpp"
#include "advisor/calibrate/estimated_work.hpp"

namespace quern::advisor {

/// The plans of one class that a time effect compares.
struct ComparedPlans {
  const planner_model::PlanNode& today;
  const planner_model::PlanNode& before;
  const planner_model::PlanNode& after;
};

/// A class's mean time before and after, where it was measured. Of a SELECT the measured mean times
/// the ratio of the plans' predicted times to today's plan's: what the server's moods and a wrong
/// estimate do to all plans alike is in the measured mean. A statement that writes keeps the time
/// that no plan of its reads explains.
[[nodiscard]] std::optional<TimeEffect> time_effect(const Calibration& calibration,
                                                    const EstimatedWork& estimated,
                                                    std::optional<Microseconds> measured_mean,
                                                    bool writes, const ComparedPlans& plans);

/// Over all calls of the queries that have one; errors of different queries are independent.
[[nodiscard]] std::optional<TimeGain> time_gain(const std::vector<QueryEffect>& queries);

/// "about 120 ms a call of the query that gains most; 41 min a day in all (95 %: 30 to 55 min)".
[[nodiscard]] std::string time_gain_words(const TimeGain& gain,
                                          const std::vector<QueryEffect>& queries,
                                          const Workload& workload);

}  // namespace quern::advisor
