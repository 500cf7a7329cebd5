#pragma once

#include <string_view>

#include "collector/plans/plan_value.hpp"

namespace quern::collector {

/// True for a line with which what stands below the tree in the text format begins: triggers, JIT,
/// settings, times.
[[nodiscard]] bool begins_trailer(std::string_view line);

/// Adds these lines to a plan document, whose `Plan` is there already, as the JSON format has them.
void add_text_trailer(std::string_view text, PlanValue& document);

}  // namespace quern::collector
