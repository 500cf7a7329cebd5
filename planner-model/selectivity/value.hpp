#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// How a value is held. Opaque: only its text is known, and equality of text is all that can be
/// said.
enum class ValueForm : std::uint8_t {
  Opaque,
  Integer,    ///< bool, int2/4/8, oid, "char", money, xid, pg_lsn: `integer`
  Floating,   ///< float4, float8: `number`
  Numeric,    ///< `bytes` is a comparable decimal, `number` the nearest double
  Text,       ///< text, varchar, bpchar (trailing blanks dropped), name: `bytes`
  Bytes,      ///< bytea, uuid, macaddr: `bytes`
  Date,       ///< `integer` days since 2000-01-01
  Time,       ///< `integer` microseconds since midnight; timetz: UTC, `days` zone seconds
  Timestamp,  ///< with or without zone: `integer` microseconds since 2000-01-01 UTC
  Interval,   ///< `months`, `days`, `integer` microseconds
  Network,    ///< inet, cidr: `bytes` = family, address; `days` = bits of the mask
  Enum,       ///< `integer` position of the label
  Array,      ///< `elements`
  Bits        ///< bit, varbit: `text` of zeros and ones
};

/// One non-null constant of a known type, read from the server's text output (or from a literal).
struct Value {
  Oid type = 0;  ///< domains reduced to their base
  ValueForm form = ValueForm::Opaque;
  std::string text = {};  ///< the server's output form
  std::int64_t integer = 0;
  double number = 0;
  std::int32_t days = 0;
  std::int32_t months = 0;
  std::string bytes = {};
  std::vector<std::optional<Value>> elements = {};
  int dimensions = 0;  ///< of an array; 0: empty

  [[nodiscard]] const std::string& output_text() const { return text; }
};

using ValuePtr = std::shared_ptr<const Value>;

inline constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;
/// 'infinity' and '-infinity' of dates and timestamps.
inline constexpr std::int64_t kTimeInfinity = INT64_MAX;
inline constexpr std::int64_t kTimeMinusInfinity = INT64_MIN;

/// Reads `text` as the type's input function would; `text` of the answer is the canonical output.
/// nullopt: not valid input for the type. Types unknown here give Opaque values.
/// Timestamps with time zone without an offset are read as UTC.
[[nodiscard]] std::optional<Value> parse_value(std::string_view text, Oid type,
                                               const TypeSystem& types);

/// parse_value() of an interval with a type modifier, as INTERVAL YEAR TO MONTH has.
[[nodiscard]] std::optional<Value> parse_interval(std::string_view text, std::int32_t typmod);

/// As parse_value(), but bad input gives an Opaque value: for statistics.
[[nodiscard]] Value read_value(std::string_view text, Oid type, const TypeSystem& types);

/// The btree order of the type's default operator class, across compatible types (int4 with int8,
/// date with timestamp). nullopt when the order is not known.
[[nodiscard]] std::optional<std::strong_ordering> compare(const Value& a, const Value& b,
                                                          Oid collation, const TypeSystem& types);

/// Equality by the type's = operator; opaque values compare by text.
[[nodiscard]] bool equal_values(const Value& a, const Value& b);

/// convert_to_scalar() (selfuncs.c): where `value` and the bounds stand on a line. nullopt: the
/// type has no such line.
struct ScalarPosition {
  double value = 0;
  double low = 0;
  double high = 0;
};

[[nodiscard]] std::optional<ScalarPosition> convert_to_scalar(const Value& value, const Value& low,
                                                              const Value& high, Oid collation,
                                                              const TypeSystem& types);

/// The value as another type, as an explicit or implicit cast gives it. nullopt: no such cast, or
/// the value is out of its range. `typmod` applies (varchar(n) truncates only when explicit,
/// numeric rounds, timestamp(p) rounds).
[[nodiscard]] std::optional<Value> cast_value(const Value& value, Oid target,
                                              const TypeSystem& types, std::int32_t typmod = -1,
                                              bool is_explicit = true);

/// What `left op right` gives, for comparison operators of btree families, their negators, and LIKE
/// and regular-expression operators. Looked up once, asked of a column's every common value.
class OperatorEvaluator {
 public:
  OperatorEvaluator(const Operator& op, Oid collation, const TypeSystem& types);

  /// nullopt: not known how to evaluate.
  [[nodiscard]] std::optional<bool> operator()(const Value& left, const Value& right) const;

 private:
  const Operator& op_;
  const TypeSystem& types_;
  Oid collation_;
  bool is_pattern_ = false;
  bool negated_ = false;              ///< the operator's negator is what is known
  std::optional<int> strategy_ = {};  ///< of a btree family; none: not known
};

/// Makers of canonical values.
[[nodiscard]] Value make_bool(bool flag);
[[nodiscard]] Value make_integer(std::int64_t number, Oid type = type_oid::kInt4);
[[nodiscard]] Value make_float(double number, Oid type = type_oid::kFloat8);
[[nodiscard]] Value make_text(std::string_view text, Oid type = type_oid::kText);
[[nodiscard]] Value make_date(std::int64_t days);
[[nodiscard]] Value make_timestamp(std::int64_t microseconds, Oid type = type_oid::kTimestamp);
[[nodiscard]] Value make_interval(std::int32_t months, std::int32_t days,
                                  std::int64_t microseconds);
[[nodiscard]] Value make_array(Oid array_type, std::vector<std::optional<Value>> elements);

}  // namespace quern::planner_model
