#pragma once

// Small conveniences over libpg_query's structs, for the binder's files only.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/sql/parse_tree.hpp"

namespace quern::planner_model {

using ParseNode = PgQuery__Node;
using ParseList = std::span<PgQuery__Node* const>;

[[nodiscard]] inline ParseList list_of(std::size_t count, PgQuery__Node** items) {
  return ParseList{items, count};
}

/// Absent strings are empty ones in the library's tree; null pointers are possible after changes.
[[nodiscard]] inline std::string_view text_of(const char* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

[[nodiscard]] inline bool is_set(const ParseNode* node) {
  return node != nullptr && node->node_case != PG_QUERY__NODE__NODE__NOT_SET;
}

[[nodiscard]] inline bool is(const ParseNode* node, PgQuery__Node__NodeCase kind) {
  return node != nullptr && node->node_case == kind;
}

/// The text of a String node; empty for anything else.
[[nodiscard]] inline std::string_view string_of(const ParseNode* node) {
  return is(node, PG_QUERY__NODE__NODE_STRING) ? text_of(node->string->sval) : std::string_view{};
}

/// The strings are the parse tree's.
[[nodiscard]] inline std::vector<std::string_view> strings_of(ParseList nodes) {
  std::vector<std::string_view> all;
  all.reserve(nodes.size());
  for (const ParseNode* node : nodes) {
    all.push_back(string_of(node));
  }
  return all;
}

/// schema.name split; a catalog in front is dropped.
struct QualifiedName {
  std::string schema = {};
  std::string name = {};
};

[[nodiscard]] inline QualifiedName qualified_name(ParseList nodes) {
  QualifiedName result;
  if (!nodes.empty()) {
    result.name = string_of(nodes.back());
  }
  if (nodes.size() > 1) {
    result.schema = string_of(nodes[nodes.size() - 2]);
  }
  return result;
}

/// A text that is equal for raw trees that differ in source locations only.
[[nodiscard]] std::string location_free_text(const ProtobufCMessage& message);

/// True when the raw tree names the relation `name` without a schema (as a reference to a WITH
/// query would).
[[nodiscard]] bool mentions_relation(const ProtobufCMessage& message, std::string_view name);

/// The server's FigureColname(): empty when nothing can be guessed.
[[nodiscard]] std::string guess_column_name(const ParseNode* node);

}  // namespace quern::planner_model
