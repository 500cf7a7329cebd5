#pragma once

#include <cstdint>
#include <map>

#include "collector/workload/workload.hpp"

namespace quern {

/// Beyond so many buckets over all classes, a Workload goes over to longer ones: 1 minute, 5
/// minutes, 15 minutes, 1 hour, 6 hours, 1 day, each a multiple of the one before, so that merging
/// gives the same in any order.
inline constexpr std::size_t kMostBuckets = 200'000;

/// The next longer bucket; the same when there is none.
[[nodiscard]] std::int32_t next_bucket_seconds(std::int32_t seconds);
/// The shortest length of the ladder that holds both.
[[nodiscard]] std::int32_t common_bucket_seconds(std::int32_t a, std::int32_t b);

/// Start of the bucket that `at_us` falls into, in seconds since 1970.
[[nodiscard]] std::int64_t bucket_start(std::int64_t at_us, std::int32_t seconds);

[[nodiscard]] std::map<std::int64_t, TimeBucket> coarser(
    const std::map<std::int64_t, TimeBucket>& buckets, std::int32_t seconds);

/// Brings all classes to buckets of at least `seconds`, and to longer ones while they are too many.
void coarsen(Workload& workload, std::int32_t seconds);

}  // namespace quern
