#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern::testing {

/// The kinds of column that the random generator makes. A value is the image of a whole number k,
/// so that data (made by the server) and literals (made here) agree.
enum class ValueKind : std::uint8_t {
  Integer,
  BigInt,
  SmallInt,
  Numeric,
  Double,
  Text,
  Varchar,
  Char,
  Date,
  Timestamp,
  TimestampTz,
  Boolean,
  Enum,
  Uuid,
  Jsonb,
  IntegerArray,
  TextArray
};

constexpr std::size_t kValueKinds = 17;

[[nodiscard]] std::string type_name(ValueKind kind);
[[nodiscard]] bool is_number(ValueKind kind);
[[nodiscard]] bool is_text(ValueKind kind);
[[nodiscard]] bool is_time(ValueKind kind);
[[nodiscard]] bool is_array(ValueKind kind);
/// Has a B-tree order that statements use: all but jsonb and arrays.
[[nodiscard]] bool is_scalar(ValueKind kind);

/// SQL that computes the value of the bigint expression `k`.
[[nodiscard]] std::string value_expression(ValueKind kind, std::string_view k);

/// The value of k as a SQL constant: quoted and of unknown type where a person would write it so.
[[nodiscard]] std::string literal(ValueKind kind, std::int64_t k);

/// The first letters that all texts of k share, without quotes.
[[nodiscard]] std::string text_value(std::int64_t k);

}  // namespace quern::testing
