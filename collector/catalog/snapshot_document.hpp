#pragma once

#include <string>
#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::collector {

/// The JSON document "quern-catalog" of a snapshot: keys sorted, members at their default left out,
/// vectors in a fixed order, so that equal snapshots are equal bytes.
[[nodiscard]] std::string write_snapshot(const CatalogSnapshot& snapshot);

/// Reads the document, or the output of the psql script (see snapshot_queries.hpp). `file` is for
/// messages. Throws UserError: not JSON, cut short, another format, made by a newer version, or a
/// member of the wrong type.
[[nodiscard]] CatalogSnapshot parse_snapshot(std::string_view text, const std::string& file);

/// parse_snapshot() of a file, plain or compressed (gzip, zstd, xz ...); "-" is standard input.
[[nodiscard]] CatalogSnapshot read_snapshot(const std::string& path);

/// 16 hex digits that are equal for equal snapshots: names the catalog that an advice was made
/// from.
[[nodiscard]] std::string identity(const CatalogSnapshot& snapshot);

/// Puts every vector into its documented order. Readers call it; then equality is equality of
/// bytes.
void sort_snapshot(CatalogSnapshot& snapshot);

}  // namespace quern::collector
