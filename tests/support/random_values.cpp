#include "tests/support/random_values.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace quern::testing {

namespace {

struct Kind {
  const char* type;
  const char* expression;  ///< of {0}, a bigint
};

// Indexed by ValueKind.
constexpr std::array<Kind, kValueKinds> kKinds = {{
    {"integer", "({0})::integer"},
    {"bigint", "({0}) * 10"},
    {"smallint", "(({0}) % 30000)::smallint"},
    {"numeric(12,2)", "(({0}) * 0.25)::numeric(12,2)"},
    {"double precision", "({0}) * 1.5::double precision"},
    {"text", "chr(97 + (({0}) % 26)::integer) || 'x' || ({0}) || ' name'"},
    {"character varying(40)", "chr(97 + (({0}) % 26)::integer) || 'x' || ({0}) || ' name'"},
    {"character(8)", "'c' || ({0})"},
    {"date", "date '2021-01-01' + ({0})::integer"},
    {"timestamp without time zone",
     "timestamp '2021-01-01 00:00:00' + ({0}) * interval '30 minutes'"},
    {"timestamp with time zone",
     "timestamptz '2021-01-01 00:00:00+00' + ({0}) * interval '30 minutes'"},
    {"boolean", "(({0}) % 7 = 0)"},
    {"mood", "(enum_range(NULL::mood))[1 + ({0}) % 5]"},
    {"uuid", "('00000000-0000-4000-8000-' || lpad(to_hex({0}), 12, '0'))::uuid"},
    {"jsonb",
     "jsonb_build_object('kind', ({0}) % 7, 'name', 'n' || ({0}), 'tags', "
     "jsonb_build_array(({0}) % 3, ({0}) % 5))"},
    {"integer[]", "ARRAY[({0}) % 11, ({0}) % 7, ({0}) % 50]::integer[]"},
    {"text[]", "ARRAY['t' || ({0}) % 11, 'u' || ({0}) % 4]"},
}};

constexpr std::array<const char*, 5> kMoods = {"sad", "low", "ok", "good", "happy"};

std::string day(std::int64_t k) {
  // Days from 2021-01-01, by the civil calendar.
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int year = 2021;
  const auto leap = [&] { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; };
  while (k < 0) {
    --year;
    k += leap() ? 366 : 365;
  }
  while (k >= (leap() ? 366 : 365)) {
    k -= leap() ? 366 : 365;
    ++year;
  }
  for (std::size_t month = 0; month < kDays.size(); ++month) {
    const int days = kDays[month] + (month == 1 && leap() ? 1 : 0);
    if (k < days) {
      return fmt::format("{:04}-{:02}-{:02}", year, month + 1, k + 1);
    }
    k -= days;
  }
  return "2021-01-01";
}

std::string moment(std::int64_t k) {
  const std::int64_t days = k >= 0 ? k / 48 : (k - 47) / 48;
  const std::int64_t half_hours = k - days * 48;
  return fmt::format("{} {:02}:{:02}:00", day(days), half_hours / 2, half_hours % 2 * 30);
}

}  // namespace

std::string type_name(ValueKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].type;
}

bool is_number(ValueKind kind) {
  return kind <= ValueKind::Double;
}

bool is_text(ValueKind kind) {
  return kind == ValueKind::Text || kind == ValueKind::Varchar || kind == ValueKind::Char;
}

bool is_time(ValueKind kind) {
  return kind == ValueKind::Date || kind == ValueKind::Timestamp || kind == ValueKind::TimestampTz;
}

bool is_array(ValueKind kind) {
  return kind == ValueKind::IntegerArray || kind == ValueKind::TextArray;
}

bool is_scalar(ValueKind kind) {
  return kind != ValueKind::Jsonb && !is_array(kind);
}

std::string value_expression(ValueKind kind, std::string_view k) {
  return fmt::format(fmt::runtime(kKinds[static_cast<std::size_t>(kind)].expression), k);
}

std::string text_value(std::int64_t k) {
  const std::int64_t n = std::max<std::int64_t>(k, 0);
  return fmt::format("{}x{} name", static_cast<char>('a' + n % 26), n);
}

std::string literal(ValueKind kind, std::int64_t k) {
  const std::int64_t n = std::max<std::int64_t>(k, 0);
  switch (kind) {
    case ValueKind::Integer:
      return std::to_string(k);
    case ValueKind::BigInt:
      return std::to_string(k * 10);
    case ValueKind::SmallInt:
      return std::to_string(n % 30000);
    case ValueKind::Numeric:
      return fmt::format("{:.2f}", static_cast<double>(k) * 0.25);
    case ValueKind::Double:
      return fmt::format("{:.1f}", static_cast<double>(k) * 1.5);
    case ValueKind::Text:
    case ValueKind::Varchar:
      return "'" + text_value(n) + "'";
    case ValueKind::Char:
      return fmt::format("'c{}'", n);
    case ValueKind::Date:
      return "'" + day(k) + "'";
    case ValueKind::Timestamp:
      return "'" + moment(k) + "'";
    case ValueKind::TimestampTz:
      return "'" + moment(k) + "+00'";
    case ValueKind::Boolean:
      return n % 7 == 0 ? "true" : "false";
    case ValueKind::Enum:
      return fmt::format("'{}'", kMoods[static_cast<std::size_t>(n % 5)]);
    case ValueKind::Uuid:
      return fmt::format("'00000000-0000-4000-8000-{:012x}'", n);
    case ValueKind::Jsonb:
      return fmt::format(R"('{{"kind": {}}}')", n % 7);
    case ValueKind::IntegerArray:
      return fmt::format("'{{{},{}}}'", n % 11, n % 7);
    case ValueKind::TextArray:
      return fmt::format("'{{t{}}}'", n % 11);
  }
  return "NULL";
}

}  // namespace quern::testing
