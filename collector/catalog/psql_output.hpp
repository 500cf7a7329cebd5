#pragma once

#include <map>
#include <string>
#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::collector {

/// Whether a text begins as the psql script's output does.
[[nodiscard]] bool is_psql_output(std::string_view text);

/// The snapshot of the psql script's output: one JSON value a line, ended by a line that says so.
/// Throws UserError naming the line.
[[nodiscard]] CatalogSnapshot parse_psql_output(std::string_view text, const std::string& file);

/// Puts the sections' JSON texts together. `source` names them in messages.
[[nodiscard]] CatalogSnapshot assemble_snapshot(const std::map<std::string, std::string>& sections,
                                                const std::string& source);

}  // namespace quern::collector
