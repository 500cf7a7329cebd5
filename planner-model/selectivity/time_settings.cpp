// DateStyle, IntervalStyle and TimeZone: check_datestyle(), check_timezone() (variable.c).
#include "planner-model/selectivity/time_settings.hpp"

#include <algorithm>
#include <cctype>

#include "planner-model/selectivity/date_time_input.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kEpochSeconds = 946'684'800;  ///< 1970 to 2000

std::int64_t seconds_since_1970(std::int64_t microseconds) {
  return microseconds / kSecond - (microseconds % kSecond < 0 ? 1 : 0) + kEpochSeconds;
}

std::string setting(const CatalogSnapshot& catalog, const std::string& name) {
  const auto found = catalog.settings.find(name);
  std::string value = found == catalog.settings.end() ? "" : found->second;
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return value;
}

}  // namespace

TimeSettings::TimeSettings(const CatalogSnapshot& catalog) {
  const std::string shown = setting(catalog, "DateStyle");
  const auto says = [&](std::string_view word) { return shown.find(word) != std::string::npos; };
  style = says("sql")        ? DateStyle::Sql
          : says("postgres") ? DateStyle::Postgres
          : says("german")   ? DateStyle::German
                             : DateStyle::Iso;
  order = says("dmy")   ? DateOrder::DayMonthYear
          : says("ymd") ? DateOrder::YearMonthDay
                        : DateOrder::MonthDayYear;
  const std::string intervals = setting(catalog, "IntervalStyle");
  interval_style = intervals == "postgres_verbose" ? IntervalStyle::PostgresVerbose
                   : intervals == "sql_standard"   ? IntervalStyle::SqlStandard
                   : intervals == "iso_8601"       ? IntervalStyle::Iso8601
                                                   : IntervalStyle::Postgres;
  if (!catalog.taken_at.empty()) {  // says its zone
    now = value_text::read_timestamp(catalog.taken_at, true, *this).value_or(0);
  }
  const auto named = catalog.settings.find("TimeZone");
  zone =
      TimeZone::named(named == catalog.settings.end() ? "UTC" : named->second).value_or(TimeZone{});
  is_plain =
      style == DateStyle::Iso && interval_style == IntervalStyle::Postgres && zone.fixed() == 0;
}

std::int32_t TimeSettings::east_at(std::int64_t moment) const {
  return zone.at(seconds_since_1970(moment)).east;
}

std::int32_t TimeSettings::east_of_local(std::int64_t local) const {
  return zone.east_of_local(seconds_since_1970(local));
}

std::int64_t TimeSettings::to_local(std::int64_t moment) const {
  return moment + east_at(moment) * kSecond;
}

std::int64_t TimeSettings::to_moment(std::int64_t local) const {
  return local - east_of_local(local) * kSecond;
}

}  // namespace quern::planner_model
