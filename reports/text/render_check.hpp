#pragma once

#include <string>

#include "advisor/check/check.hpp"

#include "reports/text/wrap.hpp"

namespace quern::reports {

/// `file:line: severity rule: message`, as compilers print it, so that editors jump to the line;
/// then what the migration does to the workload, and the verdict.
[[nodiscard]] std::string render_check_text(
    const advisor::CheckResult& result, advisor::Severity threshold = advisor::Severity::Warning,
    std::size_t columns = kColumns);

}  // namespace quern::reports
