#pragma once

#include <string>

#include "advisor/check/check.hpp"

namespace quern::reports {

/// The verdict as a pull request comment: one line that decides, a table of findings, and the
/// queries that get slower or faster, folded away.
[[nodiscard]] std::string render_check_markdown(
    const advisor::CheckResult& result, advisor::Severity threshold = advisor::Severity::Warning);

}  // namespace quern::reports
