// Dates and times over constants: date.c, timestamp.c, formatting.c.
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "planner-model/query/simplify_internal.hpp"
#include "planner-model/selectivity/ascii.hpp"
#include "planner-model/selectivity/calendar.hpp"
#include "planner-model/selectivity/time_settings.hpp"

namespace quern::planner_model {

namespace {

constexpr std::int64_t kEpochShift = 946'684'800'000'000;  ///< 1970 to 2000, microseconds
constexpr std::int64_t kSecond = 1'000'000;

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

bool is_moment(const Value& value) {
  return value.form == ValueForm::Timestamp || value.form == ValueForm::Date;
}

std::int64_t moment_of(const Value& value) {
  if (value.form != ValueForm::Date) {
    return value.integer;
  }
  constexpr std::int64_t kFarDays = 1'000'000;
  return value.integer > -kFarDays && value.integer < kFarDays ? value.integer * kMicrosecondsPerDay
                                                               : kTimeInfinity;
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

struct Broken {
  year_month_day date;
  std::int64_t time = 0;  ///< microseconds since midnight
};

Broken broken(std::int64_t microseconds) {
  const auto [day, time] = day_and_time(microseconds);
  return {year_month_day{sys_days{days{day + kEpochDays}}}, time};
}

std::int64_t joined(const year_month_day& date, std::int64_t time) {
  return (sys_days{date}.time_since_epoch().count() - kEpochDays) * kMicrosecondsPerDay + time;
}

/// timestamp_pl_interval(): months first (the day kept within the month), then days, then time.
std::int64_t add_interval_locally(std::int64_t moment, const Value& interval, int sign) {
  if (interval.months != 0) {
    Broken parts = broken(moment);
    auto date = parts.date + std::chrono::months{sign * interval.months};
    if (!date.ok()) {
      date = year_month_day{date.year() / date.month() / std::chrono::last};
    }
    moment = joined(date, parts.time);
  }
  return moment +
         sign * (static_cast<std::int64_t>(interval.days) * kMicrosecondsPerDay + interval.integer);
}

/// timestamptz_pl_interval(): months and days are those of the session's time zone.
std::int64_t add_interval(std::int64_t moment, const Value& interval, int sign, bool with_zone,
                          const TimeSettings& times) {
  if (!with_zone || (interval.months == 0 && interval.days == 0)) {
    return add_interval_locally(moment, interval, sign);
  }
  Value calendar = interval;
  calendar.integer = 0;
  return times.to_moment(add_interval_locally(times.to_local(moment), calendar, sign)) +
         sign * interval.integer;
}

std::optional<Value> moment_value(std::int64_t moment, Oid type) {
  if (!is_ordinary_moment(moment)) {
    return std::nullopt;
  }
  if (type == type_oid::kDate) {
    return make_date(day_and_time(moment).day);
  }
  return make_timestamp(moment, type);
}

/// timestamp_trunc()
std::optional<std::int64_t> truncated(const std::string& unit, std::int64_t moment) {
  const Broken parts = broken(moment);
  const auto to = [&](std::int64_t step) {
    return joined(parts.date, parts.time - parts.time % step);
  };
  const year_month_day& date = parts.date;
  if (unit == "microseconds" || unit == "microsecond") {
    return moment;
  }
  if (unit == "milliseconds" || unit == "millisecond") {
    return to(1000);
  }
  if (unit == "second" || unit == "seconds") {
    return to(kSecond);
  }
  if (unit == "minute" || unit == "minutes") {
    return to(60 * kSecond);
  }
  if (unit == "hour" || unit == "hours") {
    return to(3600 * kSecond);
  }
  if (unit == "day" || unit == "days") {
    return joined(date, 0);
  }
  if (unit == "week" || unit == "weeks") {
    const sys_days start = sys_days{date};
    const unsigned weekday = std::chrono::weekday{start}.iso_encoding();
    return joined(year_month_day{start - days{weekday - 1}}, 0);
  }
  if (unit == "month" || unit == "months") {
    return joined(date.year() / date.month() / day{1}, 0);
  }
  if (unit == "quarter" || unit == "quarters") {
    const unsigned first = (static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1;
    return joined(date.year() / month{first} / day{1}, 0);
  }
  if (unit == "year" || unit == "years") {
    return joined(date.year() / month{1} / day{1}, 0);
  }
  return std::nullopt;
}

/// extract_timestamp(): the whole fields; seconds carry six decimals.
std::optional<std::string> extracted(const std::string& field, std::int64_t moment) {
  const Broken parts = broken(moment);
  const sys_days date{parts.date};
  if (field == "year") {
    return std::to_string(static_cast<int>(parts.date.year()));
  }
  if (field == "month") {
    return std::to_string(static_cast<unsigned>(parts.date.month()));
  }
  if (field == "quarter") {
    return std::to_string((static_cast<unsigned>(parts.date.month()) - 1) / 3 + 1);
  }
  if (field == "day") {
    return std::to_string(static_cast<unsigned>(parts.date.day()));
  }
  if (field == "dow") {
    return std::to_string(std::chrono::weekday{date}.c_encoding());
  }
  if (field == "isodow") {
    return std::to_string(std::chrono::weekday{date}.iso_encoding());
  }
  if (field == "doy") {
    const sys_days first{parts.date.year() / month{1} / day{1}};
    return std::to_string((date - first).count() + 1);
  }
  if (field == "hour") {
    return std::to_string(parts.time / (3600 * kSecond));
  }
  if (field == "minute") {
    return std::to_string(parts.time / (60 * kSecond) % 60);
  }
  const auto decimals = [](std::int64_t microseconds) {
    std::string fraction = std::to_string(kSecond + microseconds % kSecond).substr(1);
    return std::to_string(microseconds / kSecond) + "." + fraction;
  };
  if (field == "second") {
    return decimals(parts.time % (60 * kSecond));
  }
  if (field == "epoch" && moment + kEpochShift >= 0) {
    return decimals(moment + kEpochShift);
  }
  return std::nullopt;
}

namespace {

/// A month's name in English off the front, whole or its first three letters, as its number.
std::optional<std::string> take_month(std::string_view& text, bool is_whole) {
  const std::string small = lowered(text);
  for (std::size_t i = 0; i < kMonthNames.size(); ++i) {
    const std::string name =
        lowered(kMonthNames[i].substr(0, is_whole ? std::string_view::npos : kShortName));
    if (small.starts_with(name)) {
      text.remove_prefix(name.size());
      return fmt::format("{:02}", i + 1);
    }
  }
  return std::nullopt;
}

/// DCH_from_char(), formatting.c, for numbers that the format parts as the text does: the text in
/// ISO order; nothing for other formats.
std::optional<std::string> rewritten_moment(std::string_view text, std::string_view format) {
  struct Field {
    std::string_view pattern;
    std::size_t digits;
    std::string value;
  };

  enum : std::uint8_t {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Micro,
    Milli,
    ShortYear,
    Full,
    Abbreviated
  };

  std::array fields{Field{"yyyy", 4, "0001"}, Field{"mm", 2, "01"}, Field{"dd", 2, "01"},
                    Field{"hh24", 2, "00"},   Field{"mi", 2, "00"}, Field{"ss", 2, "00"},
                    Field{"us", 6, "0"},      Field{"ms", 3, "0"},  Field{"yy", 2, ""},
                    Field{"month", 0, ""},    Field{"mon", 0, ""}};
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; };
  while (!format.empty()) {
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& one) {
      return format.starts_with(one.pattern);
    });
    if (field != fields.end() && field->digits == 0) {
      const auto month = take_month(text, field == &fields[Full]);
      if (!month) {
        return std::nullopt;
      }
      fields[Month].value = *month;
      format.remove_prefix(field->pattern.size());
    } else if (field != fields.end()) {
      const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
      const std::size_t length = std::min(end, field->digits);
      if (length == 0) {
        return std::nullopt;
      }
      field->value = text.substr(0, length);
      text.remove_prefix(length);
      format.remove_prefix(field->pattern.size());
    } else if (!text.empty() && is_part(format.front()) && is_part(text.front())) {
      text.remove_prefix(1);
      format.remove_prefix(1);
    } else {
      return std::nullopt;
    }
  }
  if (const std::string& year = fields[ShortYear].value; !year.empty()) {
    if (year.size() != 2) {
      return std::nullopt;
    }
    fields[Year].value = (year < "70" ? "20" : "19") + year;  // adjust_partial_year_to_2020()
  }
  const std::string& fraction =
      fields[Micro].value == "0" ? fields[Milli].value : fields[Micro].value;
  return fmt::format("{}-{}-{} {}:{}:{}.{}", fields[Year].value, fields[Month].value,
                     fields[Day].value, fields[Hour].value, fields[Minute].value,
                     fields[Second].value, fraction);
}

/// Nothing when months or days are out of range, as the server refuses such intervals.
std::optional<Value> fitting_interval(std::int64_t months, std::int64_t days,
                                      std::int64_t microseconds) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (months < -kMost || months > kMost || days < -kMost || days > kMost ||
      microseconds == std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return make_interval(static_cast<std::int32_t>(months), static_cast<std::int32_t>(days),
                       microseconds);
}

}  // namespace

std::optional<Value> evaluate_interval(std::string_view name, std::span<const Value> args,
                                       Oid result) {
  if (result != type_oid::kInterval || args.empty()) {
    return std::nullopt;
  }
  const auto is_interval = [](const Value& v) { return v.form == ValueForm::Interval; };
  if (args.size() == 1 && name == "interval_um" && is_interval(args[0])) {
    return fitting_interval(-std::int64_t{args[0].months}, -std::int64_t{args[0].days},
                            -std::max(args[0].integer, -std::numeric_limits<std::int64_t>::max()));
  }
  if (args.size() == 2 && is_interval(args[0]) && is_interval(args[1]) &&
      (name == "interval_pl" || name == "interval_mi")) {
    const std::int64_t sign = name == "interval_pl" ? 1 : -1;
    std::int64_t microseconds = 0;
    return __builtin_mul_overflow(args[1].integer, sign, &microseconds) ||
                   __builtin_add_overflow(args[0].integer, microseconds, &microseconds)
               ? std::nullopt
               : fitting_interval(args[0].months + sign * args[1].months,
                                  args[0].days + sign * args[1].days, microseconds);
  }
  if (name == "make_interval" && args.size() == 7) {
    constexpr double kMostMicroseconds = 1e18;
    const double microseconds = std::rint(args[6].number * 1e6);
    if (!(std::abs(microseconds) < kMostMicroseconds)) {
      return std::nullopt;
    }
    return fitting_interval(args[0].integer * 12 + args[1].integer,
                            args[2].integer * 7 + args[3].integer,
                            (args[4].integer * 3600 + args[5].integer * 60) * kSecond +
                                static_cast<std::int64_t>(microseconds));
  }
  const bool difference = name == "timestamp_mi" || name == "timestamptz_mi";
  if (difference && args.size() == 2 && is_ordinary_moment(args[0].integer) &&
      is_ordinary_moment(args[1].integer)) {
    const std::int64_t total = args[0].integer - args[1].integer;
    return make_interval(0, static_cast<std::int32_t>(total / kMicrosecondsPerDay),
                         total % kMicrosecondsPerDay);
  }
  return std::nullopt;
}

std::optional<Value> evaluate_date(std::string_view name, std::span<const Value> args) {
  if (args.size() == 2 && args[0].form == ValueForm::Date) {
    if (name == "date_pli" || name == "date_mii") {
      const std::int64_t shift = args[1].integer;
      return moment_value(
          (args[0].integer + (name == "date_pli" ? shift : -shift)) * kMicrosecondsPerDay,
          type_oid::kDate);
    }
    if (name == "date_mi") {
      return make_integer(args[0].integer - args[1].integer);
    }
  }
  if (name == "make_date" && args.size() == 3) {
    const year_month_day date{year{static_cast<int>(args[0].integer)},
                              month{static_cast<unsigned>(args[1].integer)},
                              day{static_cast<unsigned>(args[2].integer)}};
    if (date.ok() && args[0].integer > 0) {
      return make_date(sys_days{date}.time_since_epoch().count() - kEpochDays);
    }
  }
  return std::nullopt;
}

/// timestamptz_trunc_internal(): a unit below the day keeps the offset of the moment.
std::optional<std::int64_t> truncated_in_zone(const std::string& unit, std::int64_t moment,
                                              const TimeZone& zone) {
  const auto seconds = [](std::int64_t microseconds) {
    return floor_divide(microseconds + kEpochShift, kSecond);
  };
  const std::int64_t east = zone.at(seconds(moment)).east;
  const auto local = truncated(unit, moment + east * kSecond);
  if (!local) {
    return std::nullopt;
  }
  const bool below_day = unit.starts_with("micro") || unit.starts_with("milli") ||
                         unit.starts_with("second") || unit.starts_with("minute") ||
                         unit.starts_with("hour");
  return *local - (below_day ? east : zone.east_of_local(seconds(*local))) * kSecond;
}

/// timestamptz_zone(), timestamp_zone(): a moment's local time there, and back.
std::optional<std::int64_t> in_zone(std::int64_t time, bool is_moment, std::string_view name) {
  const auto abbreviation = zone_abbreviation(lowered(name));
  const bool fixed = abbreviation && abbreviation->zone.empty();
  const auto zone =
      fixed ? std::optional{TimeZone{}} : TimeZone::named(abbreviation ? abbreviation->zone : name);
  if (!zone) {
    return std::nullopt;
  }
  const std::int64_t seconds = floor_divide(time + kEpochShift, kSecond);
  const std::int32_t east = fixed          ? abbreviation->east
                            : is_moment    ? zone->at(seconds).east
                            : abbreviation ? zone->east_of_local(seconds, name)
                                           : zone->east_of_local(seconds);
  return is_moment ? time + east * kSecond : time - east * kSecond;
}

/// Functions of a word and a time.
std::optional<Value> evaluate_by_word(std::string_view name, std::span<const Value> args,
                                      Oid result, const FoldContext& context) {
  const TimeSettings& times = times_of(context.types);
  const std::string unit = lowered(args[0].text);
  const std::int64_t moment = moment_of(args[1]);
  const bool with_zone = args[1].type == type_oid::kTimestampTz;
  if (name == "date_trunc") {
    const auto zone = args.size() == 2 ? std::optional{times.zone} : TimeZone::named(args[2].text);
    const auto start = !with_zone ? truncated(unit, moment)
                       : zone     ? truncated_in_zone(unit, moment, *zone)
                                  : std::nullopt;
    return start ? moment_value(*start, result) : std::nullopt;
  }
  if ((name == "extract" || name == "date_part") && args.size() == 2) {
    const bool is_local = with_zone && unit != "epoch";
    const auto text = extracted(unit, is_local ? times.to_local(moment) : moment);
    return text ? parse_value(*text, result, context.types) : std::nullopt;
  }
  if (name == "timezone" && args.size() == 2) {
    const auto there = in_zone(moment, with_zone, args[0].text);
    return there ? moment_value(*there, result) : std::nullopt;
  }
  return std::nullopt;
}

bool is_clock(std::string_view name) {
  return name == "now" || name == "transaction_timestamp" || name == "statement_timestamp";
}

}  // namespace

std::optional<Value> evaluate_time(const Function& function, std::span<const Value> args,
                                   Oid result, const FoldContext& context) {
  const std::string_view name = function.name;
  if (args.empty()) {
    return is_clock(name) && context.stable == FoldStable::Yes
               ? moment_value(context.now_us - kEpochShift, type_oid::kTimestampTz)
               : std::nullopt;
  }
  if (auto interval = evaluate_interval(name, args, result)) {
    return interval;
  }
  if (auto date = evaluate_date(name, args)) {
    return date;
  }
  const TimeSettings& times = times_of(context.types);
  if (args.size() == 2 && is_moment(args[0]) && args[1].form == ValueForm::Interval) {
    const std::int64_t moment = moment_of(args[0]);
    const bool plus = name.find("_pl_interval") != std::string_view::npos;
    const bool minus = name.find("_mi_interval") != std::string_view::npos;
    if ((plus || minus) && is_ordinary_moment(moment)) {
      const bool with_zone = args[0].type == type_oid::kTimestampTz;
      return moment_value(add_interval(moment, args[1], plus ? 1 : -1, with_zone, times), result);
    }
  }
  if (name == "to_timestamp" && args.size() == 1 && args[0].form == ValueForm::Floating &&
      std::abs(args[0].number) < 1e11) {
    return moment_value(static_cast<std::int64_t>(std::rint(args[0].number * 1e6)) - kEpochShift,
                        result);
  }
  if ((name == "to_date" || name == "to_timestamp") && args.size() == 2 &&
      context.stable == FoldStable::Yes) {
    const auto text = rewritten_moment(args[0].text, lowered(args[1].text));
    constexpr std::size_t kDate = std::string_view{"2024-01-31"}.size();
    return text ? parse_value(
                      std::string_view{*text}.substr(0, name == "to_date" ? kDate : SIZE_MAX),
                      result, context.types)
                : std::nullopt;
  }
  return args.size() >= 2 && is_moment(args[1]) && args[0].form == ValueForm::Text &&
                 is_ordinary_moment(moment_of(args[1]))
             ? evaluate_by_word(name, args, result, context)
             : std::nullopt;
}

}  // namespace quern::planner_model
