#pragma once

#include <string>

#include "reports/report_document.hpp"

namespace quern::reports {

/// Every proposal in one line of figures and its title; titles are broken, never cut. Columns that
/// no proposal fills, and those that a narrow terminal has no room for, are left out.
[[nodiscard]] std::string proposal_table(const ReportDocument& document, std::size_t columns);

}  // namespace quern::reports
