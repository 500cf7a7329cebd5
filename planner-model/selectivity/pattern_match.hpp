#pragma once

#include <string_view>

#include "planner-model/selectivity/restriction.hpp"

namespace quern::planner_model {

/// Whether pattern_matches() knows what the pattern means: not for regular expressions with back
/// references, lookahead or repetitions too large to write out.
[[nodiscard]] bool pattern_is_understood(PatternKind kind, std::string_view pattern);

}  // namespace quern::planner_model
