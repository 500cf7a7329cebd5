#pragma once

#include <string_view>

#include "planner-model/whatif/plan_node.hpp"

namespace quern::testing {

/// The plan in a server's EXPLAIN (FORMAT JSON). Throws what nlohmann-json throws.
[[nodiscard]] planner_model::PlanNode read_plan(std::string_view explain_json);

}  // namespace quern::testing
