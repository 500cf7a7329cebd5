#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::collector {

/// What CREATE EXTENSION puts into a database: types, functions, operators, casts, operator classes
/// and tables, as a server of version 15 has them, numbered from 16384 up; their schema is called
/// "extension_schema". `extensions` are the ones that it requires, whose types its own objects may
/// name (no two extensions share a number). Nothing for an extension that is not recorded.
[[nodiscard]] std::optional<CatalogSnapshot> extension_objects(std::string_view name);

/// Its JSON, with members at their default left out; empty: not recorded.
[[nodiscard]] std::string_view extension_document(std::string_view name);

/// CREATE EXTENSION IF NOT EXISTS name SCHEMA schema CASCADE: its objects are numbered from
/// `next_number` on, which is moved behind them, and its schema is put at the end of the search
/// path. False when it is not recorded: then it is there by name alone.
bool add_extension(CatalogSnapshot& catalog, const std::string& name, const std::string& schema,
                   Oid& next_number);

}  // namespace quern::collector
