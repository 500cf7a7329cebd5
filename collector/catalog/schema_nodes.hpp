#pragma once

#include <string>
#include <vector>

#include "collector/sql/parse_tree.hpp"

// Reading names and expressions out of parse nodes.
namespace quern::collector {

/// The string of a String node, "" for others.
[[nodiscard]] std::string string_of(const PgQuery__Node* node);

/// The strings of a list of String nodes.
[[nodiscard]] std::vector<std::string> strings_of(PgQuery__Node* const* nodes, std::size_t count);

/// A relation's schema; without one it is "public".
[[nodiscard]] std::string schema_of(const char* name);

/// CREATE EXTENSION ... SCHEMA; without one it is "public".
[[nodiscard]] std::string extension_schema(const PgQuery__CreateExtensionStmt& statement);

/// Schema and name; without a schema it is "public".
[[nodiscard]] std::vector<std::string> split_schema(std::vector<std::string> name);

/// SQL of an expression; "" when it cannot be written.
[[nodiscard]] std::string expression_text(const PgQuery__Node* node);

/// SQL of a SELECT.
[[nodiscard]] std::string select_text(const PgQuery__Node* node);

/// A number or a string of an option (fillfactor = 70, COST 10), as text; "true" without value.
[[nodiscard]] std::string option_text(const PgQuery__Node* node);

}  // namespace quern::collector
