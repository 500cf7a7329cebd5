#pragma once

#include <nlohmann/json_fwd.hpp>

#include "collector/logs/log_ends.hpp"

namespace quern::collector {

[[nodiscard]] nlohmann::json ends_json(const LogEnds& ends);
/// Throws nlohmann::json::exception or UserError on what does not fit.
[[nodiscard]] LogEnds ends_of(const nlohmann::json& object);

}  // namespace quern::collector
