#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace quern::collector {

/// Parts of the section "samples", one table after the other, each in a read-only transaction of
/// its own so that none holds back VACUUM for long. When `most` is over no further table is begun.
/// What is left out is counted in `caveats`.
[[nodiscard]] std::vector<std::string> read_samples(const std::string& dsn,
                                                    std::chrono::seconds most,
                                                    std::vector<std::string>& caveats);

}  // namespace quern::collector
