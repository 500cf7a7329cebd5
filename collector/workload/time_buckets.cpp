#include "collector/workload/time_buckets.hpp"

#include <algorithm>
#include <array>

namespace quern {

namespace {

constexpr std::array<std::int32_t, 6> kLadder = {60, 300, 900, 3600, 21600, 86400};

std::size_t bucket_count(const Workload& workload) {
  std::size_t count = 0;
  for (const QueryClass& c : workload.classes) {
    count += c.by_time.size();
    for (const ObservedPlan& plan : c.plans) {
      count += plan.by_time.size();
    }
  }
  return count;
}

}  // namespace

std::int32_t next_bucket_seconds(std::int32_t seconds) {
  for (const std::int32_t step : kLadder) {
    if (step > seconds && step % seconds == 0) {
      return step;
    }
  }
  return seconds;
}

std::int32_t common_bucket_seconds(std::int32_t a, std::int32_t b) {
  std::int32_t seconds = std::max(a, b);
  while (seconds % a != 0 || seconds % b != 0) {
    const std::int32_t next = next_bucket_seconds(seconds);
    if (next == seconds) {
      return kLadder.back();
    }
    seconds = next;
  }
  return seconds;
}

std::int64_t bucket_start(std::int64_t at_us, std::int32_t seconds) {
  constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
  std::int64_t at = at_us / kMicrosecondsPerSecond;
  if (at_us < 0 && at_us % kMicrosecondsPerSecond != 0) {
    --at;
  }
  const std::int64_t into = at % seconds;
  return at - (into < 0 ? into + seconds : into);
}

std::map<std::int64_t, TimeBucket> coarser(const std::map<std::int64_t, TimeBucket>& buckets,
                                           std::int32_t seconds) {
  std::map<std::int64_t, TimeBucket> result;
  for (const auto& [start, bucket] : buckets) {
    TimeBucket& into = result[bucket_start(start * 1'000'000, seconds)];
    into.calls += bucket.calls;
    into.total += bucket.total;
  }
  return result;
}

void coarsen(Workload& workload, std::int32_t seconds) {
  for (;;) {
    if (workload.bucket_seconds != seconds) {
      for (QueryClass& c : workload.classes) {
        c.by_time = coarser(c.by_time, seconds);
        for (ObservedPlan& plan : c.plans) {
          plan.by_time = coarser(plan.by_time, seconds);
        }
      }
      workload.bucket_seconds = seconds;
    }
    const std::int32_t next = next_bucket_seconds(seconds);
    if (bucket_count(workload) <= kMostBuckets || next == seconds) {
      return;
    }
    seconds = next;
  }
}

}  // namespace quern
