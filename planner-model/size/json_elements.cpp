#include "planner-model/size/json_elements.hpp"

#include <nlohmann/json.hpp>

namespace quern::planner_model {
namespace {

using Json = nlohmann::json;

void walk(const Json& value, const std::string& path, bool in_array,
          std::vector<JsonElement>& elements, int depth) {
  constexpr int kDeepest = 200;
  if (depth > kDeepest) {
    return;
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      elements.push_back({.is_key = true, .kind = "k", .path = path, .text = key});
      walk(member, path + "/" + key, false, elements, depth + 1);
    }
  } else if (value.is_array()) {
    for (const Json& member : value) {
      walk(member, path + "/[]", true, elements, depth + 1);
    }
  } else if (value.is_string()) {
    elements.push_back(
        {.kind = in_array ? "k" : "s", .path = path, .text = value.get<std::string>()});
  } else if (value.is_null()) {
    elements.push_back({.kind = "0", .path = path, .text = ""});
  } else if (value.is_boolean()) {
    elements.push_back({.kind = "b", .path = path, .text = value.get<bool>() ? "t" : "f"});
  } else {
    elements.push_back({.kind = "n", .path = path, .text = value.dump()});
  }
}

}  // namespace

std::vector<JsonElement> json_elements(std::string_view text) {
  std::vector<JsonElement> elements;
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_discarded()) {
    walk(document, "", false, elements, 0);
  }
  return elements;
}

}  // namespace quern::planner_model
