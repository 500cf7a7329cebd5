#pragma once

#include "collector/catalog/snapshot.hpp"
#include "collector/redact/redact_value.hpp"
#include "collector/workload/workload.hpp"

namespace quern::collector {

/// The workload with its literals mapped: statements, samples, parameters and plans. `catalog`
/// tells their types; an empty one will do. Names, counts and durations stay.
[[nodiscard]] Workload redacted(Workload workload, const CatalogSnapshot& catalog,
                                const ValueMapping& mapping);

/// The same for statistics, enum labels, and the SQL that a catalog holds. Its own times move as
/// the values do, so that now() stays where it was among them.
[[nodiscard]] CatalogSnapshot redacted(const CatalogSnapshot& catalog, const ValueMapping& mapping);

}  // namespace quern::collector
