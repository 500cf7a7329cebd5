#pragma once

#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::collector {

/// Reads a live database's catalog in one repeatable-read, read-only transaction under statement
/// and lock timeouts. Any user may do it: what is not permitted becomes a caveat. Throws UserError
/// when the server can not be reached, is older than 13, or gives up.
[[nodiscard]] CatalogSnapshot read_catalog(const std::string& dsn);

}  // namespace quern::collector
