#pragma once

#include <string>
#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::collector {

/// A snapshot of what a schema file (pg_dump -s, or migrations put together) describes. Objects are
/// numbered from 16384 in file order; psql's meta-commands are skipped; statements that say nothing
/// about planning are counted in the caveats. `statistics_path` (empty: none) is the output of
/// statistics_psql_script(). Throws UserError with file and line for SQL that does not parse.
[[nodiscard]] CatalogSnapshot snapshot_from_schema(const std::string& schema_path,
                                                   const std::string& statistics_path = "");

/// As above, from texts.
[[nodiscard]] CatalogSnapshot snapshot_from_schema_text(std::string_view sql,
                                                        const std::string& file);

/// Fills pages, rows and column statistics by table and column name. Names that the schema does not
/// have are counted in the caveats.
void apply_statistics(CatalogSnapshot& snapshot, std::string_view json, const std::string& file);

/// The psql script that makes a --stats file: the snapshot script itself, of which tables, columns,
/// indexes and settings are then taken by name. Any catalog document will do as well.
[[nodiscard]] std::string statistics_psql_script();

}  // namespace quern::collector
