#pragma once

#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// Why the statistics cannot carry the size that index_size() gives, in a phrase; empty: they can.
[[nodiscard]] std::string size_uncertainty(const Index& index, const Table& table,
                                           const CatalogSnapshot& catalog);

}  // namespace quern::planner_model
