#pragma once

#include <string>
#include <vector>

#include "advisor/check/check.hpp"

namespace quern::reports {

/// JUnit XML as CI servers read it: a suite a migration file, a test case a finding; a finding at
/// or above `threshold` fails, one below it passes with its text as output. A file without findings
/// is one passing case.
[[nodiscard]] std::string render_junit(const advisor::CheckResult& result,
                                       const std::vector<std::string>& files,
                                       advisor::Severity threshold);

/// Valid XML 1.0 character data and attribute values.
[[nodiscard]] std::string xml_text(const std::string& text);

}  // namespace quern::reports
