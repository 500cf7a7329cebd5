#pragma once

#include <cstdint>

#include <nlohmann/json_fwd.hpp>

#include "collector/workload/workload.hpp"

namespace quern {

/// What a Workload document says besides what it holds, for its readers: it is told from the rest,
/// and is not read back.

/// To the JSON of a class: `findings` of each plan, and `plan_periods` where its plan has flipped.
void add_told(nlohmann::json& object, const QueryClass& query, std::int32_t bucket_seconds);
/// What is written to each table and column.
[[nodiscard]] nlohmann::json writes_json(const Workload& workload);

}  // namespace quern
