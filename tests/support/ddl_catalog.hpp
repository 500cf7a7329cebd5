#pragma once

#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::testing {

/// A snapshot made from CREATE TABLE and CREATE INDEX statements, for tests that read as SQL. Knows
/// plain columns, keys, unique constraints, foreign keys and partitioned tables; no statistics:
/// every table has `rows` rows of about a hundred bytes.
[[nodiscard]] CatalogSnapshot catalog_of(std::string_view ddl, double rows = 100000);

}  // namespace quern::testing
