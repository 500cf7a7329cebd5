#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/plans/plan_value.hpp"

namespace quern::collector {

/// What psql (aligned, expanded, with borders, in ASCII or Unicode), pgAdmin and DBeaver put around
/// EXPLAIN's lines, taken off.
[[nodiscard]] std::string without_frame(std::string_view text);

/// A plan as somebody keeps it: EXPLAIN's output in any of its formats, with or without a frame. An
/// object with `Plan`; nothing when there is none.
[[nodiscard]] std::optional<PlanValue> read_explain_output(std::string_view text);

}  // namespace quern::collector
