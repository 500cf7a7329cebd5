// Intervals and times of day over constants, beside sums: timestamp.c, date.c.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "planner-model/query/listed_functions.hpp"
#include "planner-model/selectivity/calendar.hpp"
#include "planner-model/selectivity/time_settings.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDaysPerMonth = 30;
constexpr double kSecondsPerDay = 86'400;

struct Parts {
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t microseconds = 0;
};

Parts parts_of(const Value& interval) {
  return {interval.months, interval.days, interval.integer};
}

bool fits_int(double number) {
  return number > std::numeric_limits<std::int32_t>::min() &&
         number < std::numeric_limits<std::int32_t>::max();
}

std::optional<Value> interval_of(const Parts& parts) {
  return fits_int(static_cast<double>(parts.months)) && fits_int(static_cast<double>(parts.days))
             ? std::optional{make_interval(static_cast<std::int32_t>(parts.months),
                                           static_cast<std::int32_t>(parts.days),
                                           parts.microseconds)}
             : std::nullopt;
}

/// TSROUND(): to microseconds.
double rounded(double seconds) {
  return std::rint(seconds * 1e6) / 1e6;
}

/// interval_mul(), interval_div(): what is left of months goes to days, and of days to the time.
template <typename Scale>
std::optional<Value> scaled(const Value& interval, const Scale& scale) {
  const double months = scale(interval.months);
  const double days = scale(interval.days);
  if (!fits_int(months) || !fits_int(days)) {
    return std::nullopt;
  }
  Parts parts{static_cast<std::int32_t>(months), static_cast<std::int32_t>(days), 0};
  const double days_of_month =
      rounded((months - static_cast<double>(parts.months)) * kDaysPerMonth);
  double seconds = rounded((days - static_cast<double>(parts.days) + days_of_month -
                            static_cast<double>(static_cast<std::int32_t>(days_of_month))) *
                           kSecondsPerDay);
  if (std::abs(seconds) >= kSecondsPerDay) {
    const auto more = static_cast<std::int32_t>(seconds / kSecondsPerDay);
    parts.days += more;
    seconds -= more * kSecondsPerDay;
  }
  parts.days += static_cast<std::int32_t>(days_of_month);
  const double microseconds =
      std::rint(scale(static_cast<double>(interval.integer)) + seconds * kSecond);
  constexpr double kMost = 9e18;
  if (!(std::abs(microseconds) < kMost)) {
    return std::nullopt;
  }
  parts.microseconds = static_cast<std::int64_t>(microseconds);
  return interval_of(parts);
}

std::optional<Value> times(Arguments args, Oid, const FoldContext&) {
  const bool is_first = args[0].form == ValueForm::Interval;
  const double factor = args[is_first ? 1 : 0].number;
  return scaled(args[is_first ? 0 : 1], [&](double part) { return part * factor; });
}

std::optional<Value> divided(Arguments args, Oid, const FoldContext&) {
  const double divisor = args[1].number;
  return divisor == 0 ? std::nullopt : scaled(args[0], [&](double part) { return part / divisor; });
}

/// The time and the days, the days and the months have the same sign.
void agree_in_sign(std::int64_t& larger, std::int64_t& smaller, std::int64_t unit) {
  if (larger > 0 && smaller < 0) {
    smaller += unit;
    --larger;
  } else if (larger < 0 && smaller > 0) {
    smaller -= unit;
    ++larger;
  }
}

/// Whole units of the smaller go to the larger.
void carry(std::int64_t& larger, std::int64_t& smaller, std::int64_t unit) {
  larger += smaller / unit;
  smaller %= unit;
}

std::optional<Value> justify_hours(Arguments args, Oid, const FoldContext&) {
  Parts parts = parts_of(args[0]);
  carry(parts.days, parts.microseconds, kMicrosecondsPerDay);
  agree_in_sign(parts.days, parts.microseconds, kMicrosecondsPerDay);
  return interval_of(parts);
}

std::optional<Value> justify_days(Arguments args, Oid, const FoldContext&) {
  Parts parts = parts_of(args[0]);
  carry(parts.months, parts.days, kDaysPerMonth);
  agree_in_sign(parts.months, parts.days, kDaysPerMonth);
  return interval_of(parts);
}

std::optional<Value> justify_interval(Arguments args, Oid, const FoldContext&) {
  Parts parts = parts_of(args[0]);
  if ((parts.days > 0 && parts.microseconds > 0) || (parts.days < 0 && parts.microseconds < 0)) {
    carry(parts.months, parts.days, kDaysPerMonth);
  }
  carry(parts.days, parts.microseconds, kMicrosecondsPerDay);
  carry(parts.months, parts.days, kDaysPerMonth);
  if (parts.months > 0 && (parts.days < 0 || (parts.days == 0 && parts.microseconds < 0))) {
    parts.days += kDaysPerMonth;
    --parts.months;
  } else if (parts.months < 0 && (parts.days > 0 || (parts.days == 0 && parts.microseconds > 0))) {
    parts.days -= kDaysPerMonth;
    ++parts.months;
  }
  agree_in_sign(parts.days, parts.microseconds, kMicrosecondsPerDay);
  return interval_of(parts);
}

struct LocalMoment {
  value_text::Civil date;
  std::int64_t time = 0;  ///< microseconds since midnight
};

LocalMoment local_moment(std::int64_t microseconds) {
  const auto [day, time] = day_and_time(microseconds);
  return {value_text::civil_from_days(day + kEpochDays), time};
}

std::int64_t days_in(const value_text::Civil& date) {
  const bool is_last = date.month == 12;
  return value_text::days_from_civil(is_last ? date.year + 1 : date.year,
                                     is_last ? 1 : date.month + 1, 1) -
         value_text::days_from_civil(date.year, date.month, 1);
}

/// timestamp_age(): years, months and days by the calendar, from the earlier moment's month on.
std::optional<Value> age(Arguments args, Oid, const FoldContext& context) {
  const auto& settings = times_of(context.types);
  const auto moment = [&](const Value& value) {
    return value.type == type_oid::kTimestampTz ? settings.to_local(value.integer) : value.integer;
  };
  if (!is_ordinary_moment(args[0].integer) || !is_ordinary_moment(args[1].integer)) {
    return std::nullopt;
  }
  const bool is_negative = args[0].integer < args[1].integer;
  const LocalMoment earlier = local_moment(moment(args[is_negative ? 0 : 1]));
  const LocalMoment later = local_moment(moment(args[is_negative ? 1 : 0]));
  std::int64_t time = later.time - earlier.time;
  std::int64_t days = std::int64_t{later.date.day} - std::int64_t{earlier.date.day};
  std::int64_t months = (later.date.year - earlier.date.year) * 12 +
                        std::int64_t{later.date.month} - std::int64_t{earlier.date.month};
  if (time < 0) {
    time += kMicrosecondsPerDay;
    --days;
  }
  while (days < 0) {
    days += days_in(earlier.date);
    --months;
  }
  const std::int64_t sign = is_negative ? -1 : 1;
  return interval_of({sign * months, sign * days, sign * time});
}

std::optional<Value> time_of(std::int64_t microseconds, const FoldContext& context) {
  return parse_value(value_text::print_time(microseconds), type_oid::kTime, context.types);
}

std::optional<Value> time_plus(Arguments args, Oid, const FoldContext& context) {
  const bool is_first = args[0].form == ValueForm::Interval;
  return time_of(day_and_time(args[is_first ? 1 : 0].integer +
                              args[is_first ? 0 : 1].integer % kMicrosecondsPerDay)
                     .time,
                 context);
}

std::optional<Value> time_minus(Arguments args, Oid, const FoldContext& context) {
  return time_of(day_and_time(args[0].integer - args[1].integer % kMicrosecondsPerDay).time,
                 context);
}

std::optional<Value> time_difference(Arguments args, Oid, const FoldContext&) {
  return make_interval(0, 0, args[0].integer - args[1].integer);
}

std::optional<Value> make_time(Arguments args, Oid, const FoldContext& context) {
  const std::int64_t hour = args[0].integer;
  const std::int64_t minute = args[1].integer;
  const double second = args[2].number;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || !(second >= 0 && second < 60)) {
    return std::nullopt;
  }
  return time_of(
      (hour * 60 + minute) * 60 * kSecond + static_cast<std::int64_t>(std::rint(second * kSecond)),
      context);
}

/// A day that no calendar shows, as infinity, is left to the server.
bool is_ordinary(std::int64_t days) {
  constexpr std::int64_t kFar = 1'000'000;
  return days > -kFar && days < kFar;
}

std::optional<Value> moment_of(Arguments args, Oid result, const FoldContext&) {
  const bool is_first = args[0].form == ValueForm::Date;
  const std::int64_t day = args[is_first ? 0 : 1].integer;
  return is_ordinary(day) && result == type_oid::kTimestamp
             ? std::optional{make_timestamp(
                   day * kMicrosecondsPerDay + args[is_first ? 1 : 0].integer, result)}
             : std::nullopt;
}

std::optional<Value> is_finite_moment(Arguments args, Oid, const FoldContext&) {
  return make_bool(args[0].integer != kTimeInfinity && args[0].integer != kTimeMinusInfinity);
}

std::optional<Value> is_finite_interval(Arguments, Oid, const FoldContext&) {
  return make_bool(true);
}

/// date_bin(stride, moment, origin), towards the past. A moment on a bin's edge before the origin
/// has moved between minor versions.
std::optional<Value> date_bin(Arguments args, Oid result, const FoldContext&) {
  std::int64_t stride = 0;
  if (!is_ordinary_moment(args[1].integer) || !is_ordinary_moment(args[2].integer) ||
      args[0].months != 0 ||
      __builtin_mul_overflow(std::int64_t{args[0].days}, kMicrosecondsPerDay, &stride) ||
      __builtin_add_overflow(stride, args[0].integer, &stride) || stride <= 0) {
    return std::nullopt;
  }
  const std::int64_t since = args[1].integer - args[2].integer;
  const std::int64_t rest = since % stride;
  if (since < 0 && rest == 0) {
    return std::nullopt;
  }
  std::int64_t bin = 0;
  return __builtin_sub_overflow(args[1].integer - rest, rest < 0 ? stride : 0, &bin)
             ? std::nullopt
             : std::optional{make_timestamp(bin, result)};
}

}  // namespace

const FunctionList& interval_functions() {
  static const FunctionList list{
      {"interval_mul", "vf", times},
      {"mul_d_interval", "fv", times},
      {"interval_div", "vf", divided},
      {"justify_hours", "v", justify_hours},
      {"justify_days", "v", justify_days},
      {"justify_interval", "v", justify_interval},
      {"age", "ss", age},
      {"time_pl_interval", "cv", time_plus},
      {"interval_pl_time", "vc", time_plus},
      {"time_mi_interval", "cv", time_minus},
      {"time_mi_time", "cc", time_difference},
      {"make_time", "iif", make_time},
      {"datetime_pl", "dc", moment_of},
      {"timedate_pl", "cd", moment_of},
      {"isfinite", "s", is_finite_moment},
      {"isfinite", "d", is_finite_moment},
      {"isfinite", "v", is_finite_interval},
      {"date_bin", "vss", date_bin},
  };
  return list;
}

}  // namespace quern::planner_model
