#pragma once

#include <string>

#include "advisor/check/check.hpp"

namespace quern::reports {

/// The verdict as a pull request comment.
[[nodiscard]] std::string render_check_markdown(const advisor::CheckResult& result);

}  // namespace quern::reports
