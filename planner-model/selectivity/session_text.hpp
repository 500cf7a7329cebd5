#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// What the type's output function prints in the session's DateStyle, IntervalStyle and TimeZone;
/// Value::text is ISO, in UTC.
[[nodiscard]] std::string session_text(const Value& value, const TypeSystem& types);

/// parse_value() of an interval with a type modifier, in the session's IntervalStyle.
[[nodiscard]] std::optional<Value> parse_interval(std::string_view text, std::int32_t typmod,
                                                  const TypeSystem& types);

}  // namespace quern::planner_model
