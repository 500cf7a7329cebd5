#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quern::collector {

/// 2025-05-30 and what may follow.
[[nodiscard]] bool is_iso_time(std::string_view text);

/// A date or timestamp by years, a multiple of 28: of other forms than ISO (17/03/2024, 20240317,
/// March 17, 2024) the four digits that are a year. Words that mean a moment (infinity, today)
/// stay; nothing when no year is found.
[[nodiscard]] std::optional<std::string> moved_time(std::string_view value, int years);

/// Half past nine becomes 04:45:00: a time of day keeps its place, and stays one.
[[nodiscard]] std::string halved_time_of_day(std::string_view value);

/// '7 days 02:00' as '7d 2h', the same to PostgreSQL; nothing when a word is no unit.
[[nodiscard]] std::optional<std::string> respelled_interval(std::string_view text);

}  // namespace quern::collector
