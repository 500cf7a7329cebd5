#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "planner-model/selectivity/value.hpp"

// What functions and texts of moments share. Moments are microseconds since 2000-01-01.
namespace quern::planner_model {

inline constexpr std::int64_t kEpochDays = 10'957;  ///< 2000-01-01 counted from 1970-01-01

inline constexpr std::array<std::string_view, 12> kMonthNames{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::array<std::string_view, 7> kWeekdayNames{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
inline constexpr std::size_t kShortName = 3;  ///< letters of Jan and Sun

struct DayAndTime {
  std::int64_t day = 0;   ///< since 2000-01-01
  std::int64_t time = 0;  ///< microseconds since midnight
};

[[nodiscard]] constexpr DayAndTime day_and_time(std::int64_t moment) {
  const std::int64_t rest = moment % kMicrosecondsPerDay;
  const std::int64_t time = rest < 0 ? rest + kMicrosecondsPerDay : rest;
  return {moment / kMicrosecondsPerDay - (rest < 0 ? 1 : 0), time};
}

/// Infinities and what is so far away that no sum of it is certain to be a moment: some 2,850 years
/// from 2000 on either side are ordinary.
[[nodiscard]] constexpr bool is_ordinary_moment(std::int64_t moment) {
  constexpr std::int64_t kLimit = 90'000'000'000'000'000;
  return moment > -kLimit && moment < kLimit;
}

}  // namespace quern::planner_model
