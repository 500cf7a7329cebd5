#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::collector {

/// Reads a live database's catalog in one repeatable-read, read-only transaction under statement
/// and lock timeouts. Any user may do it: what is not permitted becomes a caveat. Throws UserError
/// when the server can not be reached, is older than 13, or gives up.
///
/// `sampling`: columns whose keys the statistics do not tell are sampled as well
/// (sample_queries()), table by table in transactions of their own, until that time is over; what
/// is left out is a caveat.
[[nodiscard]] CatalogSnapshot read_catalog(
    const std::string& dsn, std::optional<std::chrono::seconds> sampling = std::nullopt);

}  // namespace quern::collector
