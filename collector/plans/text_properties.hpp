#pragma once

#include <string_view>

#include "collector/plans/plan_value.hpp"

namespace quern::collector {

/// A line below a node, as the JSON format has it: `Filter: (a > 1)`, `Buffers: shared hit=3`,
/// `Sort Method: quicksort  Memory: 25kB`.
void add_text_property(std::string_view line, PlanValue& node);

}  // namespace quern::collector
