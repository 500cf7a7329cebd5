#include "collector/plans/observed_findings.hpp"

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

std::vector<PlanFinding> findings_of(const ObservedPlan& plan) {
  const auto document = read_explain_json(plan.example);
  constexpr double kMicrosecondsPerMs = 1000;
  return document ? plan_findings(*document, static_cast<double>(plan.example_duration.count()) /
                                                 kMicrosecondsPerMs)
                  : std::vector<PlanFinding>{};
}

}  // namespace quern::collector
