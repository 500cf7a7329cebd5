#include "advisor/calibrate/evidence.hpp"

#include <algorithm>
#include <map>

#include "advisor/calibrate/recorded_plans.hpp"

namespace quern::advisor {

namespace {

/// Milliseconds of one execution, without its waits for locks. Nothing where too few were timed.
std::optional<double> measured(const QueryClass& query) {
  const std::uint64_t timed = query.calls - std::min(query.calls, query.untimed);
  if (query.kind != StatementKind::Select || timed < kFewestMeasured) {
    return std::nullopt;
  }
  const auto worked = std::max<std::int64_t>(0, (query.total - query.lock_wait_time).count());
  return static_cast<double>(worked) / 1000 / static_cast<double>(timed);
}

}  // namespace

double evidence_factor(double measured_ms, const PredictedTime& predicted) {
  double factor = 1;
  if (predicted.high > 0 && measured_ms > predicted.high) {
    factor = measured_ms / predicted.high;
  } else if (predicted.low > 0 && measured_ms < predicted.low) {
    factor = measured_ms / predicted.low;
  }
  return std::clamp(factor, 1 / kMostCorrection, kMostCorrection);
}

void correct_by_evidence(PlannedWorkload& planned, const Workload& workload,
                         const Calibration& calibration, const CatalogSnapshot& catalog) {
  std::map<std::string, const QueryClass*> classes;
  for (const QueryClass& query : workload.classes) {
    classes[query.fingerprint] = &query;
  }
  compare_with_recorded(planned, workload);
  const std::vector<SizedCandidate> none;
  const EstimatedWork estimated{catalog, none};
  for (PlannedClass& query : planned.classes) {
    const auto found = classes.find(query.fingerprint);
    const auto mean = found == classes.end() ? std::nullopt : measured(*found->second);
    if (!mean || query.generic || query.samples.empty() || !query.ran_as_planned) {
      continue;
    }
    Work work;
    for (const std::size_t sample : query.samples) {
      work.add(estimated.of(planned.samples[sample].before.plan, calibration.pages_read),
               planned.samples[sample].share);
    }
    query.evidence_factor = evidence_factor(*mean, predicted_time(calibration, work));
    for (const std::size_t sample : query.samples) {
      planned.samples[sample].weight *= query.evidence_factor;
    }
  }
}

}  // namespace quern::advisor
