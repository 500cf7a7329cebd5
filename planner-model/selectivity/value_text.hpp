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
[[nodiscard]] std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day);
[[nodiscard]] std::optional<std::int64_t> read_date(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> read_timestamp(std::string_view text, bool with_zone);

struct TimeOfDay {
  std::int64_t microseconds = 0;
  std::int32_t zone_seconds_west = 0;
};

[[nodiscard]] std::optional<TimeOfDay> read_time(std::string_view text);

struct IntervalParts {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t microseconds = 0;
};

// --- value_interval.cpp
/// `typmod`: of the type it is read as, which says what a number without a unit counts.
[[nodiscard]] std::optional<IntervalParts> read_interval(std::string_view text,
                                                         std::int32_t typmod = -1);
/// Without the fields and the fraction that the type leaves out.
[[nodiscard]] IntervalParts limit_interval(IntervalParts interval, std::int32_t typmod);

// --- value_time.cpp
[[nodiscard]] std::string print_date(std::int64_t days);
[[nodiscard]] std::string print_timestamp(std::int64_t microseconds, bool with_zone);
[[nodiscard]] std::string print_time(std::int64_t microseconds);
[[nodiscard]] std::string print_interval(const IntervalParts& interval);

// --- value_binary.cpp
[[nodiscard]] std::optional<std::string> read_bytea(std::string_view text);
[[nodiscard]] std::string print_bytea(std::string_view bytes);
[[nodiscard]] std::optional<std::string> read_uuid(std::string_view text);
[[nodiscard]] std::string print_uuid(std::string_view bytes);
[[nodiscard]] std::optional<std::string> read_mac(std::string_view text, std::size_t length);

struct NetworkAddress {
  std::string bytes;  ///< family (2: IPv4, 3: IPv6), then the address
  std::int32_t bits = 0;
};

[[nodiscard]] std::optional<NetworkAddress> read_network(std::string_view text, bool is_cidr);
[[nodiscard]] std::string print_network(const NetworkAddress& address, bool is_cidr);

}  // namespace quern::planner_model::value_text
