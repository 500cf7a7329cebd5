#pragma once

#include "collector/workload/workload.hpp"

#include "reports/report_document.hpp"

namespace quern::reports {

/// Adds the tables of what the workload tells besides its classes, those that are not empty.
void add_evidence(ReportDocument& document, const Workload& workload);

}  // namespace quern::reports
