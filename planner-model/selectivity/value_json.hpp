#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace quern::planner_model {

/// `left op right` for jsonb texts and the operators = <> @> <@; `right` is a key for ?. nullopt:
/// not such an operator, or not JSON.
[[nodiscard]] std::optional<bool> evaluate_json_operator(std::string_view op, std::string_view left,
                                                         std::string_view right);

/// jsonb's text form: keys in their order, once each. nullopt: not JSON, or it holds fractions,
/// whose digits would not be kept.
[[nodiscard]] std::optional<std::string> print_jsonb(std::string_view text);

/// A text as JSON writes it, in quotes.
[[nodiscard]] std::string json_quoted(std::string_view text);

/// One step into a document: a member of an object by its key, or an element of an array by its
/// number, from the end where that is negative.
using JsonStep = std::variant<std::string, std::int64_t>;

/// What `document #> steps` gives, in jsonb's text form.
struct JsonFound {
  bool known = false;                    ///< false: not JSON, or not in a form that is known here
  std::optional<std::string> text = {};  ///< none: NULL
};

[[nodiscard]] JsonFound json_at(std::string_view document, const std::vector<JsonStep>& steps);

/// A jsonb value as `->>` gives it: strings without quotes, null as NULL.
[[nodiscard]] std::optional<std::string> json_as_text(const std::string& jsonb);

}  // namespace quern::planner_model
