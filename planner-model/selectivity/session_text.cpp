// Dates, times and intervals as a session shows them: EncodeDateOnly(), EncodeDateTime(),
// EncodeInterval() (datetime.c).
#include "planner-model/selectivity/session_text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "planner-model/selectivity/calendar.hpp"
#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/selectivity/time_settings.hpp"
#include "planner-model/selectivity/value.hpp"
#include "planner-model/selectivity/value_array.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {
namespace {

using namespace value_text;

constexpr std::int64_t kSecond = 1'000'000;

bool is_infinite(std::int64_t time) {
  return time == kTimeInfinity || time == kTimeMinusInfinity;
}

struct ShownDay {
  std::string year, month, day;
  std::string_view month_name;
  bool before_christ = false;
};

ShownDay shown_day(std::int64_t days) {
  const Civil civil = civil_from_days(days + kEpochDays);
  const bool before_christ = civil.year <= 0;
  return {.year = fmt::format("{:04}", before_christ ? 1 - civil.year : civil.year),
          .month = fmt::format("{:02}", civil.month),
          .day = fmt::format("{:02}", civil.day),
          .month_name = kMonthNames.at(civil.month - 1).substr(0, kShortName),
          .before_christ = before_christ};
}

/// EncodeDateOnly(), without the era.
std::string date_text(const ShownDay& day, const TimeSettings& times) {
  const bool day_first = times.order == DateOrder::DayMonthYear;
  const std::string& first = day_first ? day.day : day.month;
  const std::string& second = day_first ? day.month : day.day;
  switch (times.style) {
    case DateStyle::Sql:
      return first + "/" + second + "/" + day.year;
    case DateStyle::German:
      return day.day + "." + day.month + "." + day.year;
    case DateStyle::Postgres:
      return first + "-" + second + "-" + day.year;
    case DateStyle::Iso:
      break;
  }
  return day.year + "-" + day.month + "-" + day.day;
}

std::string date_text(std::int64_t days, const TimeSettings& times) {
  if (is_infinite(days)) {
    return print_date(days);
  }
  const ShownDay day = shown_day(days);
  return date_text(day, times) + (day.before_christ ? " BC" : "");
}

/// EncodeDateTime()
std::string timestamp_text(std::int64_t moment, bool with_zone, const TimeSettings& times) {
  if (is_infinite(moment)) {
    return print_timestamp(moment, with_zone);
  }
  constexpr std::int64_t kEpochSeconds = 946'684'800;
  const std::int64_t seconds = moment / kSecond - (moment % kSecond < 0 ? 1 : 0) + kEpochSeconds;
  const TimeZone::Offset zone = with_zone ? times.zone.at(seconds) : TimeZone::Offset{};
  const std::int64_t local = moment + zone.east * kSecond;
  const auto [days, since_midnight] = day_and_time(local);
  const ShownDay day = shown_day(days);
  const std::string time = print_time(since_midnight);
  const std::string era = day.before_christ ? " BC" : "";
  if (times.style == DateStyle::Iso) {
    return date_text(day, times) + " " + time + (with_zone ? print_zone(zone.east) : "") + era;
  }
  // Zones without an abbreviation have one that says the offset, such as "+03".
  const std::string zone_name = with_zone ? " " + zone.abbreviation : "";
  if (times.style != DateStyle::Postgres) {
    return date_text(day, times) + " " + time + zone_name + era;
  }
  constexpr std::int64_t kSaturday = 6;  // 2000-01-01
  const auto weekday = static_cast<std::size_t>(((days % 7) + 7 + kSaturday) % 7);
  const std::string month{day.month_name};
  const bool day_first = times.order == DateOrder::DayMonthYear;
  return fmt::format("{} {} {} {} {}{}{}", kWeekdayNames.at(weekday).substr(0, kShortName),
                     day_first ? day.day : month, day_first ? month : day.day, time, day.year,
                     zone_name, era);
}

/// The fields of an interval as they are shown one by one; all of a time have its sign.
struct IntervalFields {
  std::int64_t years, months, days, hours, minutes, microseconds;  ///< the last below a minute
};

std::string seconds_text(std::int64_t microseconds, bool padded) {
  const std::int64_t size = std::abs(microseconds);
  std::string text = fmt::format("{:0{}}", size / kSecond, padded ? 2 : 1);
  if (size % kSecond != 0) {
    text += fmt::format(".{:06}", size % kSecond);
    text.resize(text.find_last_not_of('0') + 1);
  }
  return text;
}

std::string verbose_text(const IntervalFields& fields) {
  std::string text = "@";
  bool is_zero = true;
  bool before = false;
  const auto add = [&](std::int64_t value, std::string_view unit) {
    if (value == 0) {
      return;
    }
    if (is_zero) {
      before = value < 0;
    }
    value = before ? -value : value;
    text += fmt::format(" {} {}{}", value, unit, value == 1 ? "" : "s");
    is_zero = false;
  };
  add(fields.years, "year");
  add(fields.months, "mon");
  add(fields.days, "day");
  add(fields.hours, "hour");
  add(fields.minutes, "min");
  if (fields.microseconds != 0) {
    const bool negative = fields.microseconds < 0;
    before = is_zero ? negative : before;
    text += negative == before ? " " : " -";
    text += seconds_text(fields.microseconds, false);
    text += std::abs(fields.microseconds) == kSecond ? " sec" : " secs";
    is_zero = false;
  }
  return text + (is_zero ? " 0" : "") + (before ? " ago" : "");
}

std::string iso_interval_text(const IntervalFields& fields) {
  std::string text = "P";
  const auto add = [&](std::int64_t value, char unit) {
    text += value == 0 ? "" : fmt::format("{}{}", value, unit);
  };
  add(fields.years, 'Y');
  add(fields.months, 'M');
  add(fields.days, 'D');
  if (fields.hours != 0 || fields.minutes != 0 || fields.microseconds != 0) {
    text += 'T';
  }
  add(fields.hours, 'H');
  add(fields.minutes, 'M');
  if (fields.microseconds != 0) {
    text += fields.microseconds < 0 ? "-" : "";
    text += seconds_text(fields.microseconds, false) + "S";
  }
  return text == "P" ? "PT0S" : text;
}

std::string sql_interval_text(const IntervalFields& fields) {
  const auto any = [&](auto&& test) {
    return test(fields.years) || test(fields.months) || test(fields.days) || test(fields.hours) ||
           test(fields.minutes) || test(fields.microseconds);
  };
  const bool negative = any([](std::int64_t field) { return field < 0; });
  const bool positive = any([](std::int64_t field) { return field > 0; });
  const bool has_months = fields.years != 0 || fields.months != 0;
  const bool has_time = fields.hours != 0 || fields.minutes != 0 || fields.microseconds != 0;
  if (!negative && !positive) {
    return "0";
  }
  const std::string clock =
      fmt::format("{}:{:02}:{}", std::abs(fields.hours), std::abs(fields.minutes),
                  seconds_text(fields.microseconds, true));
  if ((negative && positive) || (has_months && (has_time || fields.days != 0))) {
    const auto sign = [](bool is_negative) { return is_negative ? '-' : '+'; };
    return fmt::format(
        "{}{}-{} {}{} {}{}", sign(fields.years < 0 || fields.months < 0), std::abs(fields.years),
        std::abs(fields.months), sign(fields.days < 0), std::abs(fields.days),
        sign(fields.hours < 0 || fields.minutes < 0 || fields.microseconds < 0), clock);
  }
  const std::string_view sign = negative ? "-" : "";
  if (has_months) {
    return fmt::format("{}{}-{}", sign, std::abs(fields.years), std::abs(fields.months));
  }
  return fields.days != 0 ? fmt::format("{}{} {}", sign, std::abs(fields.days), clock)
                          : fmt::format("{}{}", sign, clock);
}

std::string interval_text(const Value& value, const TimeSettings& times) {
  constexpr std::int64_t kMinute = 60 * kSecond;
  const IntervalFields fields{.years = value.months / 12,
                              .months = value.months % 12,
                              .days = value.days,
                              .hours = value.integer / (60 * kMinute),
                              .minutes = value.integer / kMinute % 60,
                              .microseconds = value.integer % kMinute};
  switch (times.interval_style) {
    case IntervalStyle::PostgresVerbose:
      return verbose_text(fields);
    case IntervalStyle::Iso8601:
      return iso_interval_text(fields);
    case IntervalStyle::SqlStandard:
      return sql_interval_text(fields);
    case IntervalStyle::Postgres:
      break;
  }
  return value.text;
}

std::string array_text(const Value& value, const TypeSystem& types) {
  if (value.dimensions > 1) {
    return value.text;
  }
  std::vector<std::optional<std::string>> texts;
  for (const auto& element : value.elements) {
    texts.push_back(element ? std::optional{session_text(*element, types)} : std::nullopt);
  }
  return print_array(texts);
}

std::string range_text(const Value& value, const TypeSystem& types) {
  auto range = parse_range(value.text, value.type, types);
  if (!range) {
    return value.text;
  }
  for (RangeBound* bound : {&range->lower, &range->upper}) {
    if (bound->value) {
      bound->value->text = session_text(*bound->value, types);
    }
  }
  return print_range(*range);
}

}  // namespace

std::string session_text(const Value& value, const TypeSystem& types) {
  const TimeSettings& times = times_of(types);
  if (times.is_plain) {
    return value.text;
  }
  switch (value.form) {
    case ValueForm::Date:
      return date_text(value.integer, times);
    case ValueForm::Timestamp:
      return timestamp_text(value.integer, value.type == type_oid::kTimestampTz, times);
    case ValueForm::Interval:
      return interval_text(value, times);
    case ValueForm::Array:
      return array_text(value, types);
    default:
      return types.is_range(value.type) ? range_text(value, types) : value.text;
  }
}

}  // namespace quern::planner_model
