#pragma once

#include <string>

#include "advisor/check/check.hpp"

namespace quern::reports {

/// `file:line: severity rule: message`, as compilers print it, so that editors jump to the line;
/// then what the migration does to the workload.
[[nodiscard]] std::string render_check_text(const advisor::CheckResult& result);

}  // namespace quern::reports
