#pragma once

#include "collector/workload/workload.hpp"

#include "advisor/calibrate/calibration.hpp"
#include "advisor/calibrate/estimated_work.hpp"
#include "advisor/price/planned_workload.hpp"

namespace quern::advisor {

/// No evidence counts more than so many times, or less than one in so many.
inline constexpr double kMostCorrection = 10;

/// How a measured time disagrees with a predicted one beyond the prediction's 95 % interval: over
/// its nearer end. 1 inside.
[[nodiscard]] double evidence_factor(double measured_ms, const PredictedTime& predicted);

/// Default selectivities, values without statistics and a LIMIT over a guess make a plan look cheap
/// or dear, and then its measured time says otherwise. The weight of such a class's samples is
/// multiplied by evidence_factor(), so that the objective counts what was measured. SELECTs with at
/// least kFewestMeasured timed executions; time spent waiting for locks is left out. Not where
/// recorded plans read the tables in other ways than today's: the catalog has other indexes then,
/// and the times say nothing of them.
void correct_by_evidence(PlannedWorkload& planned, const Workload& workload,
                         const Calibration& calibration, const CatalogSnapshot& catalog);

inline constexpr std::uint64_t kFewestMeasured = 3;

}  // namespace quern::advisor
