#pragma once

#include <string>

#include "advisor/check/check.hpp"

namespace quern::reports {

/// SARIF 2.1.0 (OASIS): one run, one result a finding, for code hosts that annotate the changed
/// line.
[[nodiscard]] std::string render_sarif(const advisor::CheckResult& result);

}  // namespace quern::reports
