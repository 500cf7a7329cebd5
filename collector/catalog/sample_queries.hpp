#pragma once

#include <string>
#include <vector>

namespace quern::collector {

/// One row a column and operator class, by table: the table's name, and a query whose one JSON
/// value is a part of the section "samples" (ColumnSample). Bounded: a thousand pages, 30,000 rows
/// and 4 MB of the column, read through their row addresses under the lock of any SELECT, and
/// nothing but counts of them comes back. To be run under sample_settings(), where a failure does
/// no harm.
[[nodiscard]] const std::string& sample_queries();
[[nodiscard]] const std::vector<std::string>& sample_settings();

/// One row a reason: why columns that could be sampled are not, and how many.
[[nodiscard]] const std::string& unsampled_query();

/// Stretches of pages are read by ranges of row addresses, which earlier servers have no scan for.
inline constexpr int kOldestSampledServer = 140000;

}  // namespace quern::collector
