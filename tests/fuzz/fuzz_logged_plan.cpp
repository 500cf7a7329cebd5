#include <cstdint>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/plans/auto_explain.hpp"
#include "collector/plans/explain_formats.hpp"
#include "collector/plans/insights.hpp"

using namespace quern;
using namespace quern::collector;

/// A plan in any of the four formats: one document, which reads back (its numbers perhaps with
/// fewer digits, but those then stay) and whose findings can be told.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static LoggedPlanReader reader;
  const auto plan = reader.read({reinterpret_cast<const char*>(data), size});
  if (!plan || plan->source.empty()) {
    return 0;
  }
  const std::string document = plan_document(*plan);
  if (const auto tree = read_explain_json(document)) {
    for (const PlanFinding& finding : plan_findings(*tree)) {
      ensure(finding.share >= 0, "a share of the time");
      ensure(!insight_name(finding.insight).empty(), "a name");
    }
    const std::string rounded = plan_json(*tree);
    const auto again = read_explain_json(rounded);
    ensure(again && again->find("Plan") != nullptr, "a plan document reads back");
    ensure(plan_json(*again) == rounded, "as it was written");
  }
  return 0;
}
