#pragma once

#include <optional>
#include <string_view>

namespace quern::planner_model {

/// `left op right` for jsonb texts and the operators = <> @> <@; `right` is a key for ?. nullopt:
/// not such an operator, or not JSON.
[[nodiscard]] std::optional<bool> evaluate_json_operator(std::string_view op, std::string_view left,
                                                         std::string_view right);

}  // namespace quern::planner_model
