#pragma once

#include "reports/report_document.hpp"

/// The parts of the document that come from the workload.
namespace quern::reports {

/// "2 h 5 min" with from and until; "unknown" when the source gave no times.
[[nodiscard]] DocumentFact time_covered(const Workload& workload);

/// Parsing, planning and binding take longer than what is executed then: auto_explain's plans do
/// not tell planning time, the protocol's own steps do.
[[nodiscard]] inline bool mostly_planned(const QueryClass& query) {
  return query.parse_and_bind > query.total;
}

/// Fills profile, patterns and skipped.
void add_profile(ReportDocument& document, const Workload& workload, const advisor::Advice& advice);

}  // namespace quern::reports
