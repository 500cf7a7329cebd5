#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern::planner_model::value_text {

struct ArrayText {
  std::vector<std::optional<std::string>> elements;  ///< row by row; nullopt: NULL
  int dimensions = 0;
};

/// Reads {1,NULL,"a b"}; array_in() (arrayfuncs.c).
[[nodiscard]] std::optional<ArrayText> read_array(std::string_view text);

/// One-dimensional array_out().
[[nodiscard]] std::string print_array(const std::vector<std::optional<std::string>>& elements);

}  // namespace quern::planner_model::value_text
