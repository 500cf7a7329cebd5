#pragma once

#include <string>

#include "advisor/advice.hpp"
#include "advisor/check/check.hpp"

namespace quern::reports {

/// The Advice document ("format": "quern-advice"; reports/schemas/advice.schema.json): everything
/// in advisor/advice.hpp, unrounded, keys sorted, one final newline.
[[nodiscard]] std::string advice_json(const advisor::Advice& advice);

/// The verdict of `check` ("format": "quern-check").
[[nodiscard]] std::string check_json(const advisor::CheckResult& result);

}  // namespace quern::reports
