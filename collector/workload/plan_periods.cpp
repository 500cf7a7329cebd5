#include "collector/workload/plan_periods.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace quern {

namespace {

struct Bucket {
  const ObservedPlan* plan = nullptr;  ///< that ran most often
  TimeBucket its = {};
  std::uint64_t calls = 0;  ///< of all shapes
};

std::map<std::int64_t, Bucket> buckets_of(const QueryClass& query) {
  std::map<std::int64_t, Bucket> buckets;
  for (const ObservedPlan& plan : query.plans) {
    for (const auto& [start, its] : plan.by_time) {
      Bucket& bucket = buckets[start];
      bucket.calls += its.calls;
      if (bucket.plan == nullptr ||
          std::tie(its.calls, plan.shape) > std::tie(bucket.its.calls, bucket.plan->shape)) {
        bucket.plan = &plan;
        bucket.its = its;
      }
    }
  }
  return buckets;
}

}  // namespace

std::vector<PlanPeriod> plan_periods(const QueryClass& query, std::int32_t bucket_seconds) {
  std::vector<PlanPeriod> periods;
  if (query.plans.size() < 2) {
    return periods;
  }
  for (const auto& [start, bucket] : buckets_of(query)) {
    const bool goes_on = !periods.empty() && (periods.back().shape == bucket.plan->shape ||
                                              periods.size() == kMostPlanPeriods);
    if (!goes_on) {
      periods.push_back({.shape = bucket.plan->shape, .from = start});
    }
    PlanPeriod& period = periods.back();
    const bool same = period.shape == bucket.plan->shape;
    period.until = start + bucket_seconds;
    period.calls += same ? bucket.its.calls : 0;
    period.others += bucket.calls - (same ? bucket.its.calls : 0);
    period.total += same ? bucket.its.total : Microseconds{0};
  }
  if (periods.size() < 2) {
    periods.clear();
  }
  return periods;
}

}  // namespace quern
