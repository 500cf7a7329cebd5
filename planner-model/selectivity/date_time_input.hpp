#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "planner-model/selectivity/time_settings.hpp"

// Input of dates and times: date_in(), time_in(), timetz_in() (date.c), timestamp_in(),
// timestamptz_in() (timestamp.c). Nothing: not valid input.

namespace quern::planner_model::value_text {

/// What a text says of a day and a time of day.
struct DecodedTime {
  enum class Kind : std::uint8_t { Moment, Late, Early, Epoch } kind = Kind::Moment;
  std::int64_t days = 0;          ///< since 2000-01-01
  std::int64_t microseconds = 0;  ///< since midnight
  std::int32_t east = 0;          ///< seconds, of the zone named, or of the session's
};

/// ParseDateTime(), DecodeDateTime() (datetime.c): every form that the server takes.
[[nodiscard]] std::optional<DecodedTime> decode_date_time(std::string_view text,
                                                          const TimeSettings& settings);
/// DecodeTimeOnly()
[[nodiscard]] std::optional<DecodedTime> decode_time(std::string_view text,
                                                     const TimeSettings& settings);

/// Days since 2000-01-01.
[[nodiscard]] std::optional<std::int64_t> read_date(std::string_view text,
                                                    const TimeSettings& settings);
/// Microseconds since 2000-01-01, UTC `with_zone`.
[[nodiscard]] std::optional<std::int64_t> read_timestamp(std::string_view text, bool with_zone,
                                                         const TimeSettings& settings);

struct TimeOfDay {
  std::int64_t microseconds = 0;
  std::int32_t zone_seconds_west = 0;
};

[[nodiscard]] std::optional<TimeOfDay> read_time(std::string_view text,
                                                 const TimeSettings& settings);

}  // namespace quern::planner_model::value_text
