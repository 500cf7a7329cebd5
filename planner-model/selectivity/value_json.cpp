// Containment and existence of jsonb values, for the estimators that try an operator on the common
// values and the histogram. Source: JsonbDeepContains() (jsonb_util.c), jsonb_op.c.
#include "planner-model/selectivity/value_json.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace quern::planner_model {
namespace {

using Json = nlohmann::json;

bool contains(const Json& outer, const Json& inner) {
  if (outer.is_object() && inner.is_object()) {
    return std::all_of(inner.items().begin(), inner.items().end(), [&](const auto& item) {
      const auto found = outer.find(item.key());
      return found != outer.end() && contains(*found, item.value());
    });
  }
  if (outer.is_array() && inner.is_array()) {
    return std::all_of(inner.begin(), inner.end(), [&](const Json& wanted) {
      return std::any_of(outer.begin(), outer.end(), [&](const Json& element) {
        return wanted.is_structured() == element.is_structured() && contains(element, wanted);
      });
    });
  }
  return !outer.is_structured() && !inner.is_structured() && outer == inner;
}

/// At the top an array also contains a bare scalar.
bool contains_at_top(const Json& outer, const Json& inner) {
  if (outer.is_array() && !inner.is_structured()) {
    return std::find(outer.begin(), outer.end(), inner) != outer.end();
  }
  return contains(outer, inner);
}

bool has_key(const Json& value, std::string_view key) {
  if (value.is_object()) {
    return value.contains(std::string{key});
  }
  const auto is_key = [&](const Json& element) {
    return element.is_string() && element.get_ref<const std::string&>() == key;
  };
  return value.is_array() ? std::any_of(value.begin(), value.end(), is_key) : is_key(value);
}

}  // namespace

std::optional<bool> evaluate_json_operator(std::string_view op, std::string_view left,
                                           std::string_view right) {
  const Json a = Json::parse(left, nullptr, false);
  if (a.is_discarded()) {
    return std::nullopt;
  }
  if (op == "?") {
    return has_key(a, right);
  }
  const Json b = Json::parse(right, nullptr, false);
  if (b.is_discarded()) {
    return std::nullopt;
  }
  if (op == "@>") {
    return contains_at_top(a, b);
  }
  if (op == "<@") {
    return contains_at_top(b, a);
  }
  if (op == "=" || op == "<>") {
    return (a == b) == (op == "=");
  }
  return std::nullopt;
}

std::optional<std::string> json_field_text(std::string_view document, std::string_view key) {
  const Json value = Json::parse(document, nullptr, false);
  const auto found = value.is_object() ? value.find(std::string{key}) : value.end();
  if (found == value.end()) {
    return std::nullopt;
  }
  if (found->is_string()) {
    return found->get<std::string>();
  }
  const bool as_written = found->is_boolean() || found->is_number_integer();
  return as_written ? std::optional{found->dump()} : std::nullopt;
}

}  // namespace quern::planner_model
