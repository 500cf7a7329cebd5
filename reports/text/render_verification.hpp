#pragma once

#include <string>

#include "advisor/verify/verify.hpp"

#include "reports/text/wrap.hpp"

namespace quern::reports {

/// The table of `verify`: predicted and server's costs before and after, with --real also blocks
/// and times; then the sums and what was refused.
[[nodiscard]] std::string render_verification(const advisor::Verification& verification,
                                              std::size_t columns = kColumns);

}  // namespace quern::reports
