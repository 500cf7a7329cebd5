#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

/// A time as read from text, with how much of the text it took.
struct ReadTime {
  std::int64_t at_us = 0;  ///< microseconds since 1970-01-01 UTC
  std::size_t length = 0;  ///< bytes read, zone included
  bool zone_known = true;  ///< false: an abbreviation that is not in our table, read as UTC
};

/// `2026-11-21 01:53:27[.725][ UTC| CET| +0100| -03|+05:30|Z]`, also with T between date and time.
/// The zone may be missing (UTC). Nothing when the text does not start like that.
[[nodiscard]] std::optional<ReadTime> read_time(std::string_view text);

/// For flags: as read_time() over the whole text, or a date alone. Nothing when it is neither.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

/// 2026-11-21T01:53:27Z, with six decimals when they are not all zero.
[[nodiscard]] std::string time_text(std::int64_t at_us);

}  // namespace quern
