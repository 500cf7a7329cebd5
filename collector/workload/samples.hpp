#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "collector/workload/workload.hpp"

namespace quern {

/// How many executions a class keeps as samples: its slowest, and a uniform choice of all (those
/// with the smallest hashes: the choice is the same whatever the order of the input), and the
/// slowest of each plan shape.
inline constexpr std::size_t kSlowestSamples = 3;
inline constexpr std::size_t kTypicalSamples = 5;

/// `text_hash`: XXH3 of the SQL.
[[nodiscard]] std::uint64_t sample_hash(std::uint64_t text_hash, Microseconds duration,
                                        std::int64_t at_us);
[[nodiscard]] std::uint64_t sample_hash(const SampleExecution& sample);

/// Puts samples into their one order, drops doubles, and those beyond the numbers above. Doing it
/// after each addition or once at the end gives the same.
void keep_best_samples(std::vector<SampleExecution>& samples);

}  // namespace quern
