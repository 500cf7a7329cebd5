#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner-model/query/table_expressions.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// "RANGE (created_at, lower(name))" -> {"created_at", "lower(name)"}.
[[nodiscard]] std::vector<std::string> partition_keys(const std::string& partition_key);
/// The operator classes that the keys name; empty: the types' own.
[[nodiscard]] std::vector<std::string> partition_key_classes(const std::string& partition_key);

/// FOR VALUES FROM ... TO and FOR VALUES IN, as pg_get_expr() prints them: SQL texts.
struct Bounds {
  std::string from, to;             ///< range; empty: unbounded
  std::vector<std::string> values;  ///< list: one text, comma-separated
  bool is_range = false, is_list = false;
};

[[nodiscard]] Bounds read_bounds(const std::string& text);

/// The items of a comma-separated list of literals.
[[nodiscard]] std::vector<std::string> list_items(const std::string& text);

/// FOR VALUES WITH (modulus 4, remainder 1). Partitions stand in this order.
struct HashBound {
  std::uint64_t modulus = 0;
  std::uint64_t remainder = 0;
  auto operator<=>(const HashBound&) const = default;
};

[[nodiscard]] std::optional<HashBound> hash_bound(const std::string& text);

/// The constant that a bound's text stands for, of the key's type; null when it is none (NULL,
/// MINVALUE). Throws UserError when it can not be bound.
[[nodiscard]] const Value* bound_value(const TableExpressions& expressions, const Table& table,
                                       int range, const std::string& key, const std::string& text);

}  // namespace quern::planner_model
