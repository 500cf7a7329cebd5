#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern::planner_model {

/// A POSIX TZ string, "CET-1CEST,M3.5.0,M10.5.0/3": what holds beyond a zone's listed transitions.
struct PosixZone {
  /// When the year's clocks change: Mm.w.d (`week` 1 to 5), or a day of the year.
  struct Change {
    enum class Form : std::uint8_t { Weekday, JulianDay, Day } form = Form::Weekday;
    int month = 0, week = 0, day = 0;
    std::int32_t time = 7200;  ///< local seconds after midnight
  };

  std::string standard_name = {}, summer_name = {};
  std::int32_t standard_east = 0, summer_east = 0;  ///< seconds east of Greenwich
  bool has_summer = false;
  Change to_summer = {}, to_standard = {};

  [[nodiscard]] static std::optional<PosixZone> parse(std::string_view text);
};

/// A zone of the system's tz database (TZif files, RFC 8536), or one written as a POSIX TZ string,
/// read as the server reads it (pgtz.c, localtime.c). Times are seconds since 1970.
class TimeZone {
 public:
  struct Offset {
    std::int32_t east = 0;  ///< seconds east of Greenwich
    std::string abbreviation = {};
  };

  TimeZone() = default;  ///< UTC

  /// pg_tzset(): names in any case. Nothing where there is no such zone.
  [[nodiscard]] static std::optional<TimeZone> named(std::string_view name);

  [[nodiscard]] Offset at(std::int64_t moment) const;
  /// DetermineTimeZoneOffset(): what a local time is east of Greenwich; of a time that does not
  /// exist the offset before the change counts, of one that comes twice the later.
  [[nodiscard]] std::int32_t east_of_local(std::int64_t local) const;
  /// DetermineTimeZoneAbbrevOffset(): what the zone last meant, or first will, by an abbreviation;
  /// where it never does, its offset.
  [[nodiscard]] std::int32_t east_of_local(std::int64_t local, std::string_view abbreviation) const;
  /// pg_get_timezone_offset(): of a zone that never changes.
  [[nodiscard]] std::optional<std::int32_t> fixed() const;

 private:
  struct Kind {
    std::int32_t east = 0;
    std::string abbreviation = "UTC";
  };

  struct Transition {
    std::int64_t at = 0;
    Kind to = {};
  };

  [[nodiscard]] static std::optional<TimeZone> read(std::string_view file);
  [[nodiscard]] Kind kind_at(std::int64_t moment) const;
  [[nodiscard]] std::optional<std::int64_t> next_change(std::int64_t moment) const;
  /// Those that the rule makes in the years around a moment, in order.
  [[nodiscard]] std::vector<Transition> ruled(std::int64_t moment) const;
  [[nodiscard]] bool is_ruled(std::int64_t moment) const;

  Kind first_ = {};  ///< before the first transition
  std::vector<Transition> transitions_ = {};
  std::optional<PosixZone> rule_ = {};  ///< after the last one
};

/// What an abbreviation such as "pst" stands for: an offset, or a zone that knows.
struct ZoneAbbreviation {
  std::int32_t east = 0;
  std::string_view zone = {};
};

/// In lower case. Nothing when it is no abbreviation.
[[nodiscard]] std::optional<ZoneAbbreviation> zone_abbreviation(std::string_view lowered);

}  // namespace quern::planner_model
