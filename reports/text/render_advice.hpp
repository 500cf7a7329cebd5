#pragma once

#include <string>

#include "reports/report_document.hpp"

namespace quern::reports {

/// For a terminal, 100 columns, the answer first: summary, ranked proposals with their DDL, then
/// what was left out.
[[nodiscard]] std::string render_text(const ReportDocument& document);

}  // namespace quern::reports
