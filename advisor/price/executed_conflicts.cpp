#include "advisor/price/executed_conflicts.hpp"

#include "collector/plans/explain_formats.hpp"
#include "collector/plans/node_times.hpp"

namespace quern::advisor {

std::optional<double> executed_conflicts(const QueryClass& query) {
  double inserted = 0;
  double conflicting = 0;
  for (const ObservedPlan& plan : query.plans) {
    const auto document = collector::read_explain_json(plan.example);
    const collector::PlanValue* top = document ? document->find("Plan") : nullptr;
    if (top != nullptr && top->find("Conflicting Tuples") != nullptr) {
      const auto calls = static_cast<double>(plan.calls);
      inserted += calls * collector::number_in(*top, "Tuples Inserted");
      conflicting += calls * collector::number_in(*top, "Conflicting Tuples");
    }
  }
  const double rows = inserted + conflicting;
  return rows > 0 ? std::optional{conflicting / rows} : std::nullopt;
}

}  // namespace quern::advisor
