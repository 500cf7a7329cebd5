#pragma once

#include <cstddef>
#include <string>

#include "collector/plans/plan_value.hpp"

namespace quern::reports {

/// One plan document: each node with its own time, and what it tells.
[[nodiscard]] std::string plan_text(const collector::PlanValue& document, std::size_t columns);

}  // namespace quern::reports
