// to_char() of moments: DCH_to_char() (formatting.c). Patterns that a locale or an ordinal's ending
// shows in (TM, TH) are left to the server.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "planner-model/query/listed_functions.hpp"
#include "planner-model/selectivity/ascii.hpp"
#include "planner-model/selectivity/calendar.hpp"
#include "planner-model/selectivity/time_settings.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {

namespace {

constexpr std::int64_t kSecond = 1'000'000;

struct Moment {
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
  std::int64_t day_of_year = 0;
  std::int64_t weekday = 0;  ///< 0: Sunday
  std::int64_t iso_year = 0;
  std::int64_t iso_week = 0;
  std::int64_t microseconds = 0;  ///< since midnight

  [[nodiscard]] std::int64_t hour() const { return microseconds / (3600 * kSecond); }
};

/// date2isoweek(): the week that has the year's first Thursday is its first.
void set_iso_week(Moment& moment, std::int64_t days) {
  const std::int64_t thursday = days - (moment.weekday + 6) % 7 + 3;
  moment.iso_year = value_text::civil_from_days(thursday).year;
  moment.iso_week = (thursday - value_text::days_from_civil(moment.iso_year, 1, 1)) / 7 + 1;
}

Moment moment_at(std::int64_t microseconds) {
  const auto [day, time] = day_and_time(microseconds);
  const std::int64_t days = day + kEpochDays;
  const auto date = value_text::civil_from_days(days);
  constexpr std::int64_t kThursday = 4;  // 1970-01-01
  Moment moment{.year = date.year,
                .month = date.month,
                .day = date.day,
                .day_of_year = days - value_text::days_from_civil(date.year, 1, 1) + 1,
                .weekday = ((days + kThursday) % 7 + 7) % 7,
                .microseconds = time};
  set_iso_week(moment, days);
  return moment;
}

/// In the case in which the pattern is written; to nine letters where it is a whole word.
std::string named(std::string_view word, std::string_view pattern, bool fill) {
  constexpr int kLongestName = 9;
  const bool whole =
      pattern.size() > kShortName || pattern == "DAY" || pattern == "Day" || pattern == "day";
  const std::string_view part = whole ? word : word.substr(0, kShortName);
  const std::string text = is_letter(pattern[1]) && pattern[1] < 'a' ? in_capitals(part)
                           : pattern[0] >= 'a'                       ? lowered(part)
                                                                     : std::string{part};
  return whole && fill ? fmt::format("{:<{}}", text, kLongestName) : text;
}

std::string number(std::int64_t value, int width, bool fill) {
  return fill ? fmt::format("{:0{}}", value, width) : fmt::format("{}", value);
}

struct Pattern {
  std::string_view name;  ///< in capitals; small letters mean the same
  std::string (*print)(const Moment& moment, std::string_view written, bool fill);
};

using Words = std::string_view;

/// Those that begin with others stand before them.
const std::array kPatterns{
    Pattern{"YYYY", [](const Moment& m, Words, bool fill) { return number(m.year, 4, fill); }},
    Pattern{"YYY",
            [](const Moment& m, Words, bool fill) { return number(m.year % 1000, 3, fill); }},
    Pattern{"YY", [](const Moment& m, Words, bool fill) { return number(m.year % 100, 2, fill); }},
    Pattern{"Y", [](const Moment& m, Words, bool fill) { return number(m.year % 10, 1, fill); }},
    Pattern{"IYYY", [](const Moment& m, Words, bool fill) { return number(m.iso_year, 4, fill); }},
    Pattern{"IW", [](const Moment& m, Words, bool fill) { return number(m.iso_week, 2, fill); }},
    Pattern{"ID", [](const Moment& m, Words,
                     bool fill) { return number(m.weekday == 0 ? 7 : m.weekday, 1, fill); }},
    Pattern{"Q", [](const Moment& m, Words,
                    bool fill) { return number((m.month - 1) / 3 + 1, 1, fill); }},
    Pattern{"MONTH",
            [](const Moment& m, Words written, bool fill) {
              return named(kMonthNames[static_cast<std::size_t>(m.month - 1)], written, fill);
            }},
    Pattern{"MON",
            [](const Moment& m, Words written, bool fill) {
              return named(kMonthNames[static_cast<std::size_t>(m.month - 1)], written, fill);
            }},
    Pattern{"MM", [](const Moment& m, Words, bool fill) { return number(m.month, 2, fill); }},
    Pattern{"MI", [](const Moment& m, Words,
                     bool fill) { return number(m.microseconds / (60 * kSecond) % 60, 2, fill); }},
    Pattern{"MS", [](const Moment& m, Words,
                     bool) { return number(m.microseconds % kSecond / 1000, 3, true); }},
    Pattern{"US",
            [](const Moment& m, Words, bool) { return number(m.microseconds % kSecond, 6, true); }},
    Pattern{"DAY",
            [](const Moment& m, Words written, bool fill) {
              return named(kWeekdayNames[static_cast<std::size_t>(m.weekday)], written, fill);
            }},
    Pattern{"DDD",
            [](const Moment& m, Words, bool fill) { return number(m.day_of_year, 3, fill); }},
    Pattern{"DD", [](const Moment& m, Words, bool fill) { return number(m.day, 2, fill); }},
    Pattern{"DY",
            [](const Moment& m, Words written, bool fill) {
              return named(kWeekdayNames[static_cast<std::size_t>(m.weekday)], written, fill);
            }},
    Pattern{"D", [](const Moment& m, Words, bool fill) { return number(m.weekday + 1, 1, fill); }},
    Pattern{"HH24", [](const Moment& m, Words, bool fill) { return number(m.hour(), 2, fill); }},
    Pattern{"HH12", [](const Moment& m, Words,
                       bool fill) { return number((m.hour() + 11) % 12 + 1, 2, fill); }},
    Pattern{"HH", [](const Moment& m, Words,
                     bool fill) { return number((m.hour() + 11) % 12 + 1, 2, fill); }},
    Pattern{"SSSS", [](const Moment& m, Words,
                       bool) { return number(m.microseconds / kSecond, 1, false); }},
    Pattern{"SS", [](const Moment& m, Words,
                     bool fill) { return number(m.microseconds / kSecond % 60, 2, fill); }},
    Pattern{"AM",
            [](const Moment& m, Words written, bool) {
              const std::string_view half = m.hour() >= 12 ? "PM" : "AM";
              return written[0] >= 'a' ? lowered(half) : std::string{half};
            }},
    Pattern{"PM",
            [](const Moment& m, Words written, bool) {
              const std::string_view half = m.hour() >= 12 ? "PM" : "AM";
              return written[0] >= 'a' ? lowered(half) : std::string{half};
            }},
    Pattern{"WW", [](const Moment& m, Words,
                     bool fill) { return number((m.day_of_year - 1) / 7 + 1, 2, fill); }},
};

bool is_name(std::string_view pattern) {
  return pattern == "MONTH" || pattern == "MON" || pattern == "DAY" || pattern == "DY";
}

/// In capitals, in small letters, or as a name is written.
bool is_written(std::string_view format, std::string_view pattern) {
  const std::string_view part = format.substr(0, pattern.size());
  return part == pattern || part == lowered(pattern) ||
         (is_name(pattern) && part == std::string{pattern.front()} + lowered(pattern.substr(1)));
}

std::optional<std::string> printed(const Moment& moment, std::string_view format) {
  std::string text;
  bool fill = true;
  while (!format.empty()) {
    if (is_written(format, "FM")) {
      fill = false;
      format.remove_prefix(2);
      continue;
    }
    const auto pattern = std::find_if(kPatterns.begin(), kPatterns.end(), [&](const Pattern& one) {
      return is_written(format, one.name);
    });
    if (pattern != kPatterns.end()) {
      text += pattern->print(moment, format.substr(0, pattern->name.size()), fill);
      format.remove_prefix(pattern->name.size());
      if (is_written(format, "TH") || is_written(format, "SP")) {
        return std::nullopt;
      }
      fill = true;
    } else if (const auto end = format.front() == '"' ? format.find('"', 1) : 0; end > 0) {
      if (end == std::string_view::npos) {
        return std::nullopt;
      }
      text += format.substr(1, end - 1);
      format.remove_prefix(end + 1);
    } else if (is_letter(format.front()) || format.front() == '\\' || !fill) {
      return std::nullopt;
    } else {
      text += format.front();
      format.remove_prefix(1);
    }
  }
  return text;
}

std::optional<Value> to_char(Arguments args, Oid result, const FoldContext& context) {
  const std::int64_t moment = args[0].integer;
  if (!is_ordinary_moment(moment)) {
    return std::nullopt;
  }
  const bool is_local = args[0].type == type_oid::kTimestamp;
  const Moment parts = moment_at(is_local ? moment : times_of(context.types).to_local(moment));
  const auto text = parts.year > 0 ? printed(parts, args[1].text) : std::nullopt;
  return text ? std::optional{make_text(*text, result)} : std::nullopt;
}

}  // namespace

const FunctionList& format_functions() {
  static const FunctionList list{{"to_char", "st", to_char}};
  return list;
}

}  // namespace quern::planner_model
