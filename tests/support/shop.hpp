#pragma once

#include <string>

#include "collector/catalog/snapshot.hpp"
#include "collector/workload/workload.hpp"

namespace quern::testing {

/// The sample shop's catalog, read once.
[[nodiscard]] const CatalogSnapshot& shop();

/// A workload written as SQL: each statement under its "-- quern: calls=N".
[[nodiscard]] Workload workload_of(const std::string& sql);

}  // namespace quern::testing
