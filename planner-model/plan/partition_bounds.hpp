#pragma once

#include <string>
#include <vector>

namespace quern::planner_model {

/// "RANGE (created_at)" -> "created_at". Empty for several columns or none.
[[nodiscard]] std::string single_key(const std::string& partition_key);

/// FOR VALUES FROM ... TO and FOR VALUES IN, as pg_get_expr() prints them: SQL texts.
struct Bounds {
  std::string from, to;             ///< range; empty: unbounded
  std::vector<std::string> values;  ///< list: one text, comma-separated
  bool is_range = false, is_list = false;
};

[[nodiscard]] Bounds read_bounds(const std::string& text);

/// The items of a comma-separated list of literals.
[[nodiscard]] std::vector<std::string> list_items(const std::string& text);

}  // namespace quern::planner_model
