#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quern::planner_model {

/// `left op right` for jsonb texts and the operators = <> @> <@; `right` is a key for ?. nullopt:
/// not such an operator, or not JSON.
[[nodiscard]] std::optional<bool> evaluate_json_operator(std::string_view op, std::string_view left,
                                                         std::string_view right);

/// jsonb's text form: keys in their order, once each. nullopt: not JSON, or it holds fractions,
/// whose digits would not be kept.
[[nodiscard]] std::optional<std::string> print_jsonb(std::string_view text);

/// What `document ->> key` gives where that is a string, a truth value or a whole number. nullopt:
/// anything else, or NULL.
[[nodiscard]] std::optional<std::string> json_field_text(std::string_view document,
                                                         std::string_view key);

}  // namespace quern::planner_model
