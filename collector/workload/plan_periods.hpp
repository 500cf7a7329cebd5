#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/workload/workload.hpp"

namespace quern {

/// A stretch of time in which most logged plans of a class had one shape.
struct PlanPeriod {
  std::string shape;
  std::int64_t from = 0;     ///< start of its first time bucket, seconds since 1970 UTC
  std::int64_t until = 0;    ///< end of its last one
  std::uint64_t calls = 0;   ///< of this shape
  std::uint64_t others = 0;  ///< of other shapes in the same buckets
  Microseconds total{0};     ///< of this shape's calls
  bool operator==(const PlanPeriod&) const = default;
};

inline constexpr std::size_t kMostPlanPeriods = 64;

/// When which plan shape ran, in order: the plan has flipped between two of them. Empty where one
/// shape ran all the time. The last period holds all that comes after kMostPlanPeriods.
[[nodiscard]] std::vector<PlanPeriod> plan_periods(const QueryClass& query,
                                                   std::int32_t bucket_seconds);

}  // namespace quern
