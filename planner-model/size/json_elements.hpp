#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quern::planner_model {

/// A key or scalar of a jsonb document, as gin_extract_jsonb() meets it.
struct JsonElement {
  bool is_key = false;  ///< an object's key
  std::string kind;     ///< "k" keys and strings in arrays, "s" "n" "b" "0" other scalars
  std::string path;     ///< keys on the way, array positions left out
  std::string text;
};

/// Empty for what is no JSON.
[[nodiscard]] std::vector<JsonElement> json_elements(std::string_view text);

}  // namespace quern::planner_model
