// Containment and existence of jsonb values, for the estimators that try an operator on the common
// values and the histogram. Source: JsonbDeepContains() (jsonb_util.c), jsonb_op.c.
#include "planner-model/selectivity/value_json.hpp"

#include <algorithm>
#include <utility>
#include <vector>

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

constexpr int kDeepest = 100;

/// JsonbToCString(); false: numbers that may be written otherwise, or too deep.
bool print(const Json& value, int depth, std::string& out) {
  const auto list = [&](char open, char close, const auto& items, const auto& item) {
    out += open;
    bool first = true;
    for (const auto& entry : items) {
      out += first ? "" : ", ";
      first = false;
      if (!item(entry)) {
        return false;
      }
    }
    out += close;
    return true;
  };
  if (depth > kDeepest || value.is_number_float()) {
    return false;
  }
  if (value.is_array()) {
    return list('[', ']', value,
                [&](const Json& element) { return print(element, depth + 1, out); });
  }
  if (!value.is_object()) {
    out += value.dump();
    return true;
  }
  std::vector<const std::string*> keys;
  for (const auto& item : value.items()) {
    keys.push_back(&item.key());
  }
  // lengthCompareJsonbStringValue()
  std::sort(keys.begin(), keys.end(), [](const std::string* a, const std::string* b) {
    return std::pair{a->size(), std::string_view{*a}} < std::pair{b->size(), std::string_view{*b}};
  });
  return list('{', '}', keys, [&](const std::string* key) {
    out += Json(*key).dump() + ": ";
    return print(value.at(*key), depth + 1, out);
  });
}

}  // namespace

std::optional<std::string> print_jsonb(std::string_view text) {
  const Json value = Json::parse(text, nullptr, false);
  std::string printed;
  return !value.is_discarded() && print(value, 0, printed) ? std::optional{std::move(printed)}
                                                           : std::nullopt;
}

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
