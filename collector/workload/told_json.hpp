#pragma once

#include <cstdint>

#include <nlohmann/json_fwd.hpp>

#include "collector/workload/workload.hpp"

namespace quern {

/// What a Workload document says besides what it holds, for its readers: it is told from the rest,
/// and is not read back.

/// What stands out in a plan.
[[nodiscard]] nlohmann::json findings_json(const ObservedPlan& plan);
/// Of a class whose plan has flipped, when it ran by which; else an empty list.
[[nodiscard]] nlohmann::json plan_periods_json(const QueryClass& query,
                                               std::int32_t bucket_seconds);
/// What is written to each table and column.
[[nodiscard]] nlohmann::json writes_json(const Workload& workload);

}  // namespace quern
