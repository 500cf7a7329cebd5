#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "planner-model/selectivity/value.hpp"

// Text forms of single types: what the server's input functions take and its output functions
// print.

namespace quern::planner_model::value_text {

[[nodiscard]] std::string_view trim(std::string_view text);

// --- value_number.cpp
[[nodiscard]] std::optional<std::int64_t> read_integer(std::string_view text);
[[nodiscard]] std::optional<double> read_double(std::string_view text);
/// "1.2e3" as "1200", "+007.50" as "7.50"; NaN and Infinity in the server's spelling.
[[nodiscard]] std::optional<std::string> canonical_decimal(std::string_view text);
/// Order of two canonical decimals; NaN is greatest.
[[nodiscard]] std::strong_ordering compare_decimals(std::string_view a, std::string_view b);
/// Half away from zero, to `scale` digits (padded with zeros); negative scales round tens.
[[nodiscard]] std::string round_decimal(std::string_view canonical, int scale);
/// Shortest text that reads back the same, laid out as the server does.
[[nodiscard]] std::string print_float(double number, bool is_single);

// --- value_time.cpp
struct Civil {
  std::int64_t year;  ///< 0: 1 BC
  unsigned month;
  unsigned day;
};

/// The proleptic Gregorian day, counted from 1970-01-01.
[[nodiscard]] Civil civil_from_days(std::int64_t days);
[[nodiscard]] std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day);

struct IntervalParts {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t microseconds = 0;
};

// --- value_interval.cpp
/// `typmod`: of the type it is read as, which says what a number without a unit counts.
[[nodiscard]] std::optional<IntervalParts> read_interval(std::string_view text,
                                                         std::int32_t typmod = -1,
                                                         bool is_sql_standard = false);
/// Without the fields and the fraction that the type leaves out.
[[nodiscard]] IntervalParts limit_interval(IntervalParts interval, std::int32_t typmod);

// --- value_time.cpp
[[nodiscard]] std::string print_date(std::int64_t days);
[[nodiscard]] std::string print_timestamp(std::int64_t microseconds, bool with_zone);
[[nodiscard]] std::string print_time(std::int64_t microseconds);
/// EncodeTimezone(): "+01", "-03:30".
[[nodiscard]] std::string print_zone(std::int32_t seconds_east);
[[nodiscard]] std::string print_interval(const IntervalParts& interval);

// --- value_geometry.cpp
/// A point, lseg, path, box, polygon, line or circle as the server prints it; nullopt: it has no
/// such text, or a form that is not known here.
[[nodiscard]] std::optional<std::string> print_geometry(std::string_view text, std::uint32_t type);

// --- value_binary.cpp
[[nodiscard]] std::optional<std::string> read_bytea(std::string_view text);
[[nodiscard]] std::string print_bytea(std::string_view bytes);
[[nodiscard]] std::optional<std::string> read_uuid(std::string_view text);
[[nodiscard]] std::string print_uuid(std::string_view bytes);
[[nodiscard]] std::optional<std::string> read_mac(std::string_view text, std::size_t length);
[[nodiscard]] std::string print_mac(std::string_view bytes);

struct NetworkAddress {
  std::string bytes;  ///< family (2: IPv4, 3: IPv6), then the address
  std::int32_t bits = 0;
};

[[nodiscard]] std::optional<NetworkAddress> read_network(std::string_view text, bool is_cidr);
[[nodiscard]] std::string print_network(const NetworkAddress& address, bool is_cidr);

}  // namespace quern::planner_model::value_text
