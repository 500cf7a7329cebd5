#include "collector/workload/time_counters.hpp"

#include <algorithm>

#include "collector/workload/time_buckets.hpp"

namespace quern::collector {

namespace {

void lengthen_buckets(Aggregated& held) {
  const std::int32_t next = next_bucket_seconds(held.workload.bucket_seconds);
  if (next == held.workload.bucket_seconds) {
    return;
  }
  held.workload.bucket_seconds = next;
  held.buckets = 0;
  for (const auto& c : held.classes) {
    c->query.by_time = coarser(c->query.by_time, next);
    c->bucket = nullptr;
    held.buckets += c->query.by_time.size();
    for (ObservedPlan& plan : c->query.plans) {
      plan.by_time = coarser(plan.by_time, next);
      held.buckets += plan.by_time.size();
    }
  }
}

/// A log goes on with its latest bucket, or begins the next.
TimeBucket& bucket_at(Aggregated& held, std::map<std::int64_t, TimeBucket>& by_time,
                      std::int64_t start) {
  if (!by_time.empty() && by_time.rbegin()->first == start) {
    return by_time.rbegin()->second;
  }
  const std::size_t before = by_time.size();
  const auto place = by_time.try_emplace(by_time.end(), start);
  held.buckets += by_time.size() - before;
  return place->second;
}

}  // namespace

void count_when(Aggregated& held, CountedClass& c, const Execution& e) {
  if (e.at_us == 0) {
    return;
  }
  held.workload.from_us =
      held.workload.from_us == 0 ? e.at_us : std::min(held.workload.from_us, e.at_us);
  held.workload.until_us = std::max(held.workload.until_us, e.at_us);
  const std::int64_t start = bucket_start(e.at_us, held.workload.bucket_seconds);
  if (c.bucket == nullptr || c.bucket_at != start) {
    c.bucket = &bucket_at(held, c.query.by_time, start);
    c.bucket_at = start;
  }
  c.bucket->calls += e.calls;
  c.bucket->total += e.duration * static_cast<std::int64_t>(e.calls);
  if (held.buckets > kMostBuckets) {
    lengthen_buckets(held);
  }
}

void count_when(Aggregated& held, ObservedPlan& plan, const Execution& e) {
  if (e.at_us == 0) {
    return;
  }
  TimeBucket& bucket =
      bucket_at(held, plan.by_time, bucket_start(e.at_us, held.workload.bucket_seconds));
  bucket.calls += std::max<std::uint64_t>(e.calls, 1);
  bucket.total += e.duration;
  if (held.buckets > kMostBuckets) {
    lengthen_buckets(held);
  }
}

}  // namespace quern::collector
