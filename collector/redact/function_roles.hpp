#pragma once

#include <string_view>
#include <vector>

#include "collector/catalog/snapshot.hpp"
#include "collector/redact/redact_value.hpp"
#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// What the constants are that stand as an argument.
struct ArgumentRole {
  ValueType text = {};
  ValueType number{ValueKind::Operand};
};

/// Of each argument of a call. Words of the language (a unit, a format, the name of a setting)
/// stay; functions of the catalog tell their arguments' types.
[[nodiscard]] std::vector<ArgumentRole> argument_roles(const PgQuery__FuncCall& call,
                                                       const CatalogSnapshot& catalog);

/// lower(), round(): what is of the type of its first argument, and keeps its order.
[[nodiscard]] bool passes_type(std::string_view function);

/// A setting of an application's own (app.tenant), whose value is one.
[[nodiscard]] bool is_own_setting(std::string_view name);

/// Of a qualified name.
[[nodiscard]] std::string_view last_name(PgQuery__Node* const* names, std::size_t count);

/// Whether it stands between a list's words.
[[nodiscard]] bool among(std::string_view word, std::initializer_list<std::string_view> words);

}  // namespace quern::collector
