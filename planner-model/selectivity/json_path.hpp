#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern::planner_model {

/// One item of a jsonpath (jsonpath.h); those that follow it in the path hang on `next`.
struct JsonPathItem {
  enum class Kind {
    Null,
    String,
    Number,
    Bool,
    Variable,
    Root,
    Current,
    Last,
    Key,
    AnyKey,
    AnyArray,
    IndexArray,  ///< args: from and to of each, `to` null where there is none
    Any,         ///< text: what stands behind **
    Method,      ///< text: its name
    Filter,
    And,
    Or,
    Not,
    Exists,
    IsUnknown,
    Comparison,  ///< text: the operator
    LikeRegex,   ///< text: the pattern, flags: in their order
    Arithmetic,
    Sign,
  };

  Kind kind = Kind::Null;
  std::string text = {};
  std::string flags = {};
  std::vector<std::shared_ptr<const JsonPathItem>> args = {};
  std::shared_ptr<const JsonPathItem> next = {};
};

struct JsonPath {
  bool lax = true;
  std::shared_ptr<const JsonPathItem> root = {};
};

/// jsonpath_in(); nullopt: not a path, or one with escapes or comments, which are not read here.
[[nodiscard]] std::optional<JsonPath> parse_json_path(std::string_view text);
/// jsonpath_out()
[[nodiscard]] std::string print_json_path(const JsonPath& path);
/// How many keys extract_jsp_query() (jsonb_gin.c) looks up in a GIN index of jsonb_ops, or of
/// jsonb_path_ops; 0: it has to read all. `exists`: for @?, else for @@.
[[nodiscard]] int json_path_keys(const JsonPath& path, bool exists, bool path_ops);

}  // namespace quern::planner_model
