#pragma once

#include <cstdint>
#include <string>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/selectivity/time_zone.hpp"

namespace quern::planner_model {

enum class DateStyle : std::uint8_t { Iso, Sql, Postgres, German };
enum class DateOrder : std::uint8_t { MonthDayYear, DayMonthYear, YearMonthDay };
enum class IntervalStyle : std::uint8_t { Postgres, PostgresVerbose, SqlStandard, Iso8601 };

/// By what dates and times are read and shown: DateStyle, IntervalStyle, TimeZone and the clock of
/// the snapshot's database.
struct TimeSettings {
  DateStyle style = DateStyle::Iso;
  DateOrder order = DateOrder::MonthDayYear;
  IntervalStyle interval_style = IntervalStyle::Postgres;
  TimeZone zone = {};
  bool is_plain = true;  ///< ISO, intervals as by default, UTC: values are shown as they are kept
  /// What now() says: the moment of the snapshot, 2000-01-01 when it does not say. Microseconds
  /// since 2000-01-01 UTC.
  std::int64_t now = 0;

  TimeSettings() = default;
  explicit TimeSettings(const CatalogSnapshot& catalog);

  /// Seconds east of Greenwich, at a moment and of a local time in microseconds since 2000-01-01.
  [[nodiscard]] std::int32_t east_at(std::int64_t moment) const;
  [[nodiscard]] std::int32_t east_of_local(std::int64_t local) const;
  [[nodiscard]] std::int64_t to_local(std::int64_t moment) const;
  [[nodiscard]] std::int64_t to_moment(std::int64_t local) const;
};

class TypeSystem;

/// Those of the snapshot whose types these are.
[[nodiscard]] const TimeSettings& times_of(const TypeSystem& types);

}  // namespace quern::planner_model
