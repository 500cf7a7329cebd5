#pragma once

#include <array>
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

/// read_time() for the times of one log: most lines are of the same minute and zone as the one
/// before.
class TimeReader {
 public:
  [[nodiscard]] std::optional<ReadTime> read(std::string_view text);

 private:
  void remember(std::string_view text, const ReadTime& time);
  [[nodiscard]] bool zone_at(std::string_view text, std::size_t at) const;

  static constexpr std::size_t kMinute = 17;  ///< `2026-11-21 01:53:`
  static constexpr std::size_t kSeconds = 6;  ///< `27.725`

  std::array<char, kMinute> minute_text_ = {};
  std::int64_t minute_us_ = 0;  ///< its start, the zone's offset counted
  std::string zone_ = {};       ///< what follows the seconds, with characters that end it
  std::uint64_t zone_bytes_ = 0, zone_mask_ = 0;  ///< its first eight bytes, where it has no more
  std::size_t zone_length_ = 0;
  bool known_ = false;
  bool zone_known_ = true;
};

/// For flags: as read_time() over the whole text, or a date alone. Nothing when it is neither.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

/// 2026-11-21T01:53:27Z, with six decimals when they are not all zero.
[[nodiscard]] std::string time_text(std::int64_t at_us);

}  // namespace quern
