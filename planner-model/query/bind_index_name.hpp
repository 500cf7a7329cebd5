#pragma once

#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// The name of an index over these columns that has none: ChooseIndexName() (indexcmds.c), free in
/// the table's schema.
[[nodiscard]] std::string choose_index_name(const CatalogSnapshot& catalog, const Table& table,
                                            const std::vector<std::string>& columns);

/// ChooseIndexColumnNames(): `wanted`, with a number when the index has such a column already.
[[nodiscard]] std::string unique_index_column(const std::vector<std::string>& taken,
                                              std::string wanted);

/// Identifiers are cut at 63 bytes, never within a character.
[[nodiscard]] std::string clip_identifier(const std::string& name);

}  // namespace quern::planner_model
