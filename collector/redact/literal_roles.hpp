#pragma once

#include <map>
#include <optional>
#include <string>

#include "collector/catalog/snapshot.hpp"
#include "collector/redact/redact_value.hpp"
#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// What a literal of a statement is, told from where it stands.
struct LiteralRoles {
  struct Literal {
    ValueType type = {};
    bool text = false;       ///< a string, else a number
    std::string value = {};  ///< as the grammar read it, of strings
  };

  std::map<std::size_t, Literal> by_offset = {};  ///< into the statements' text
  std::map<int, ValueType> parameters = {};
};

[[nodiscard]] LiteralRoles literal_roles(const ParseTree& tree, const CatalogSnapshot& catalog);

/// What values of a query's WHERE clause are, when any expression stands in its place.
[[nodiscard]] std::optional<ValueType> type_of_condition(const ParseTree& tree,
                                                         const CatalogSnapshot& catalog);

}  // namespace quern::collector
