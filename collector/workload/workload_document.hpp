#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "collector/workload/workload.hpp"

namespace quern {

/// The Workload as JSON ("format": "quern-workload"): keys sorted, one class a line, equal
/// workloads give equal bytes. Times are in microseconds (`_us`).
[[nodiscard]] std::string write_workload(const Workload& workload, std::size_t threads = 1);

/// `name` is for messages. Throws UserError for what is no Workload document, was cut, or comes
/// from a newer version.
[[nodiscard]] Workload read_workload(std::string_view json, const std::string& name);

/// Reads a file, compressed or not, or "-".
[[nodiscard]] Workload load_workload(const std::string& path);

}  // namespace quern
