#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "advisor/check/check.hpp"

/// What the renderers of `check` say alike.
namespace quern::reports {

struct CheckRule {
  std::string_view id;
  std::string_view title;  ///< one line, no full stop
};

/// Every rule of `check`, by id.
[[nodiscard]] const std::vector<CheckRule>& check_rules();

/// Empty for a rule that is not in the table.
[[nodiscard]] std::string_view check_rule_title(std::string_view id);

struct CheckVerdict {
  bool failed = false;
  std::string counts;  ///< "4 errors, 3 warnings and 1 note"; "no findings"
};

/// Failed: a finding is at or above `threshold`.
[[nodiscard]] CheckVerdict verdict_of(const advisor::CheckResult& result,
                                      advisor::Severity threshold);

}  // namespace quern::reports
