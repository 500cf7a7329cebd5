#pragma once

#include <string>

#include "reports/report_document.hpp"

namespace quern::reports {

/// The self-contained report: the template that was built into the program, with the document as
/// JSON inside. Nothing of the document is ever markup.
[[nodiscard]] std::string render_html(const ReportDocument& document);

/// The document as JSON that may stand inside a script element: no "<" in it.
[[nodiscard]] std::string document_json(const ReportDocument& document);

}  // namespace quern::reports
