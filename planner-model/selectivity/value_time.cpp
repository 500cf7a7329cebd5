#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "planner-model/selectivity/ascii.hpp"
#include "planner-model/selectivity/calendar.hpp"
#include "planner-model/selectivity/date_time_input.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model::value_text {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;

/// Takes a run of digits off the front.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t longest = 7) {
  std::size_t length = 0;
  std::int64_t number = 0;
  while (length < text.size() && length < longest && is_digit(text[length])) {
    number = number * 10 + (text[length] - '0');
    ++length;
  }
  if (length == 0) {
    return std::nullopt;
  }
  text.remove_prefix(length);
  return number;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool valid_day(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month < 1 || month > 12 || day < 1) {
    return false;
  }
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

/// "2024-01-31" or "20240131" off the front; `text` keeps the rest.
std::optional<std::int64_t> take_date(std::string_view& text, bool before_christ) {
  const auto whole = text;
  auto year = take_number(text);
  std::optional<std::int64_t> month;
  std::optional<std::int64_t> day;
  if (year && (text.starts_with('-') || text.starts_with('/'))) {
    const char separator = text.front();
    text.remove_prefix(1);
    month = take_number(text, 2);
    day = month && take(text, separator) ? take_number(text, 2) : std::nullopt;
    if (whole.find_first_of("-/") < 3) {
      return std::nullopt;  // 1/2/2024: depends on DateStyle
    }
  } else if (whole.size() >= 8 && whole.find_first_not_of("0123456789") >= 8) {
    text = whole;
    year = take_number(text, 4);
    month = take_number(text, 2);
    day = take_number(text, 2);
  }
  if (!year || !month || !day || *year == 0) {
    return std::nullopt;
  }
  const std::int64_t astronomic = before_christ ? 1 - *year : *year;
  if (!valid_day(astronomic, *month, *day)) {
    return std::nullopt;
  }
  return days_from_civil(astronomic, static_cast<unsigned>(*month), static_cast<unsigned>(*day)) -
         kEpochDays;
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 24 || !take(text, ':')) {
    return std::nullopt;
  }
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) {
    return std::nullopt;
  }
  std::int64_t microseconds = *hour * kHour + *minute * kMinute;
  if (take(text, ':')) {
    const auto second = take_number(text, 2);
    if (!second || *second > 60) {
      return std::nullopt;
    }
    microseconds += *second * kSecond;
    if (take(text, '.')) {
      std::int64_t unit = kSecond;
      std::int64_t next = 0;
      while (!text.empty() && is_digit(text.front())) {
        unit /= 10;
        if (unit > 0) {
          microseconds += (text.front() - '0') * unit;
        } else if (next == 0) {
          next = 1;
          microseconds += text.front() >= '5' ? 1 : 0;
        }
        text.remove_prefix(1);
      }
    }
  }
  return microseconds;
}

/// "+01", "-03:30", "Z", "UTC": seconds to subtract to reach UTC.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  text = trim(text);
  const std::string name = lowered(text);
  if (name == "z" || name == "utc" || name == "gmt") {
    text = {};
    return 0;
  }
  const bool east = text.starts_with('+');
  if (!east && !text.starts_with('-')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  if (!hours) {
    return std::nullopt;
  }
  std::int64_t seconds = *hours * 3600;
  for (const std::int64_t unit : {60, 1}) {
    const bool colon = take(text, ':');
    if (colon || (!text.empty() && is_digit(text.front()))) {
      seconds += take_number(text, 2).value_or(0) * unit;
    }
  }
  return east ? seconds : -seconds;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  const std::string tail = lowered(
      text.size() < suffix.size() ? std::string_view{} : text.substr(text.size() - suffix.size()));
  if (tail != suffix) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

/// With zeros in front, `digits` at least.
void append_padded(std::string& text, std::int64_t number, std::size_t digits) {
  if (number < 0) {  // the zeros stand behind the sign
    fmt::format_to(std::back_inserter(text), "{:0{}}", number, digits);
    return;
  }
  std::array<char, 24> printed;
  const char* const end = std::to_chars(printed.begin(), printed.end(), number).ptr;
  const auto length = static_cast<std::size_t>(end - printed.data());
  text.append(digits > length ? digits - length : 0, '0').append(printed.data(), length);
}

std::string print_civil(std::int64_t days) {
  const Civil civil = civil_from_days(days + kEpochDays);
  std::string text;
  append_padded(text, civil.year > 0 ? civil.year : 1 - civil.year, 4);
  text += '-';
  append_padded(text, civil.month, 2);
  text += '-';
  append_padded(text, civil.day, 2);
  return text;
}

bool is_before_christ(std::int64_t days) {
  return civil_from_days(days + kEpochDays).year <= 0;
}

}  // namespace

// http://howardhinnant.github.io/date_algorithms.html
Civil civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

namespace {

/// "2024-01-31 12:34:56.789+01": what the server prints in ISO style, the form of statistics and of
/// most constants. Nothing for any other.
std::optional<DecodedTime> read_iso(std::string_view text, bool& says_zone) {
  const bool before_christ = take_suffix(text, "bc");
  text = trim(text);
  DecodedTime answer;
  const auto days = take_date(text, before_christ);
  if (!days) {
    return std::nullopt;
  }
  answer.days = *days;
  if (!take(text, 'T')) {
    (void)take(text, 't');
  }
  text = trim(text);
  if (!text.empty() && is_digit(text.front())) {
    const auto clock = take_clock(text);
    if (!clock || *clock > kMicrosecondsPerDay) {
      return std::nullopt;
    }
    answer.microseconds = *clock;
  }
  says_zone = !text.empty();
  if (says_zone) {
    const auto zone = take_zone(text);
    if (!zone || !trim(text).empty()) {
      return std::nullopt;
    }
    answer.east = static_cast<std::int32_t>(*zone);
  }
  return answer;
}

std::optional<DecodedTime> read_day_and_time(std::string_view text, bool with_zone,
                                             const TimeSettings& settings) {
  text = trim(text);
  bool says_zone = false;
  auto answer = read_iso(text, says_zone);
  if (!answer) {
    return decode_date_time(text, settings);
  }
  if (with_zone && !says_zone) {
    answer->east =
        settings.east_of_local(answer->days * kMicrosecondsPerDay + answer->microseconds);
  }
  return answer;
}

/// infinity, -infinity and epoch, in units of which a day has so many; nothing: it is no such word.
std::optional<std::int64_t> moment_of_word(DecodedTime::Kind kind, std::int64_t units_a_day) {
  switch (kind) {
    case DecodedTime::Kind::Late:
      return kTimeInfinity;
    case DecodedTime::Kind::Early:
      return kTimeMinusInfinity;
    case DecodedTime::Kind::Epoch:
      return -kEpochDays * units_a_day;
    case DecodedTime::Kind::Moment:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> read_timestamp(std::string_view text, bool with_zone,
                                           const TimeSettings& settings) {
  constexpr std::int64_t kFirst = -211'813'488'000'000'000;  // MIN_TIMESTAMP: 4714-11-24 BC
  constexpr std::int64_t kEnd = 9'223'371'331'200'000'000;   // END_TIMESTAMP: 294277-01-01
  constexpr std::int64_t kMostDays = 106'751'990;
  const auto read = read_day_and_time(text, with_zone, settings);
  if (!read) {
    return std::nullopt;
  }
  if (const auto word = moment_of_word(read->kind, kMicrosecondsPerDay)) {
    return word;
  }
  if (std::abs(read->days) > kMostDays) {
    return std::nullopt;
  }
  // Without time zone the server ignores the offset.
  const std::int64_t time = read->days * kMicrosecondsPerDay + read->microseconds -
                            (with_zone ? read->east * kSecond : 0);
  return time < kFirst || time >= kEnd ? std::nullopt : std::optional{time};
}

std::optional<std::int64_t> read_date(std::string_view text, const TimeSettings& settings) {
  constexpr std::int64_t kFirstDay = -2'451'545;    // 4714-11-24 BC
  constexpr std::int64_t kLastDay = 2'145'031'948;  // 5874897-12-31
  const auto read = read_day_and_time(text, false, settings);
  if (!read) {
    return std::nullopt;
  }
  if (const auto word = moment_of_word(read->kind, 1)) {
    return word;
  }
  return read->days < kFirstDay || read->days > kLastDay ? std::nullopt : std::optional{read->days};
}

std::optional<TimeOfDay> read_time(std::string_view text, const TimeSettings& settings) {
  const auto read = decode_time(trim(text), settings);
  return read ? std::optional{TimeOfDay{.microseconds = read->microseconds,
                                        .zone_seconds_west = -read->east}}
              : std::nullopt;
}

std::string print_time(std::int64_t microseconds) {
  std::string text;
  append_padded(text, microseconds / kHour, 2);
  text += ':';
  append_padded(text, microseconds / kMinute % 60, 2);
  text += ':';
  append_padded(text, microseconds / kSecond % 60, 2);
  if (const std::int64_t fraction = microseconds % kSecond; fraction != 0) {
    text += '.';
    append_padded(text, fraction, 6);
    while (text.back() == '0') {
      text.pop_back();
    }
  }
  return text;
}

std::string print_zone(std::int32_t seconds_east) {
  const std::int32_t seconds = std::abs(seconds_east);
  std::string text{seconds_east < 0 ? '-' : '+'};
  append_padded(text, seconds / 3600, 2);
  if (seconds % 3600 != 0) {
    text += ':';
    append_padded(text, seconds / 60 % 60, 2);
  }
  if (seconds % 60 != 0) {
    text += ':';
    append_padded(text, seconds % 60, 2);
  }
  return text;
}

std::string print_date(std::int64_t days) {
  if (days == kTimeInfinity || days == kTimeMinusInfinity) {
    return days > 0 ? "infinity" : "-infinity";
  }
  return print_civil(days) + (is_before_christ(days) ? " BC" : "");
}

std::string print_timestamp(std::int64_t microseconds, bool with_zone) {
  if (microseconds == kTimeInfinity || microseconds == kTimeMinusInfinity) {
    return microseconds > 0 ? "infinity" : "-infinity";
  }
  const auto [days, time] = day_and_time(microseconds);
  return print_civil(days) + " " + print_time(time) + (with_zone ? "+00" : "") +
         (is_before_christ(days) ? " BC" : "");
}

std::string print_interval(const IntervalParts& interval) {
  std::string text;
  bool previous_negative = false;
  const auto add = [&](std::int64_t amount, std::string_view unit) {
    if (amount == 0) {
      return;
    }
    text += fmt::format("{}{}{} {}{}", text.empty() ? "" : " ",
                        previous_negative && amount > 0 ? "+" : "", amount, unit,
                        amount == 1 ? "" : "s");
    previous_negative = amount < 0;
  };
  add(interval.months / 12, "year");
  add(interval.months % 12, "mon");
  add(interval.days, "day");
  if (interval.microseconds != 0 || text.empty()) {
    const bool negative = interval.microseconds < 0;
    text += text.empty() ? "" : " ";
    text += negative ? "-" : previous_negative ? "+" : "";
    // The one without a positive counterpart loses its last microsecond.
    const std::int64_t microseconds =
        std::max(interval.microseconds, -std::numeric_limits<std::int64_t>::max());
    text += print_time(negative ? -microseconds : microseconds);
  }
  return text;
}

}  // namespace quern::planner_model::value_text
