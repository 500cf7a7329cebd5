#pragma once

#include <string>

#include "collector/catalog/snapshot.hpp"

namespace quern::testing {

/// The document without what is another one each time: the clock, and the scans of indexes that
/// reading itself makes.
[[nodiscard]] std::string comparable(CatalogSnapshot snapshot);

/// comparable() of what the psql script prints over `dsn`; files of that name are left in the build
/// folder.
[[nodiscard]] std::string comparable_by_psql(const std::string& dsn, const std::string& name,
                                             bool samples = false);

}  // namespace quern::testing
