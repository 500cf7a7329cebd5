#pragma once

#include <string>

#include "reports/report_document.hpp"
#include "reports/text/wrap.hpp"

namespace quern::reports {

struct AdviceTextOptions {
  std::size_t columns = kColumns;
  std::size_t details = 5;  ///< proposals shown with statements, evidence and queries
};

/// For a terminal, the answer first: summary, all proposals ranked in one table, the first ones in
/// detail, what holds for all of them, then what was left out.
[[nodiscard]] std::string render_text(const ReportDocument& document,
                                      const AdviceTextOptions& options = {});

}  // namespace quern::reports
