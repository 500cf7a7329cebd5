#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quern::collector {

/// What a value is, as far as hiding it without changing its place among the others goes.
enum class ValueKind : std::uint8_t {
  Keep,   ///< says nothing of a customer: booleans, units, positions
  Guess,  ///< by what it looks like
  Text,
  Number,    ///< integer, bigint: moved beyond what is usual
  Real,      ///< numeric, double precision: moved less, since their fractions count
  Small,     ///< smallint, real: moved least
  Operand,   ///< a number that is compared with no column: mapped from four digits on
  RowCount,  ///< LIMIT, OFFSET: changed by less than a thousandth, from four digits on
  Time,      ///< date and timestamps
  Year,      ///< moved as times are
  Epoch,     ///< seconds since 1970, moved as times are
  TimeOfDay,
  Interval,  ///< the same duration in other words: it counts from now
  Hex,       ///< uuid, bytea, macaddr
  Bits,
  Range,     ///< its bounds, by what they look like
  Geometry,  ///< each of its numbers
  Json,
  Network,
};

struct ValueType {
  ValueKind kind = ValueKind::Guess;
  bool array = false;
  bool pattern = false;  ///< of LIKE: % and _ and \ stay
  bool regex = false;    ///< a regular expression: what is no character itself stays
  bool operator==(const ValueType&) const = default;
};

/// One mapping of values for workload and statistics: equal values stay equal, lesser stay lesser,
/// and distances stay in proportion, so that the planner's estimates stay. Integers below a billion
/// become integers above it, so that no mapped value is another one's original; so do numerics
/// below ten million. It hides values
/// from readers; it is no encryption: whoever knows that texts are moved by a letter, numbers by a
/// constant and times by years can undo it.
class ValueMapping {
 public:
  /// Numbers and times are moved by what `key` gives; the same key maps documents alike.
  explicit ValueMapping(std::string_view key);

  [[nodiscard]] std::string map(std::string_view value, ValueType type) const;

 private:
  [[nodiscard]] std::string scalar(std::string_view value, ValueType type) const;
  [[nodiscard]] std::string array(std::string_view value, ValueKind kind) const;
  [[nodiscard]] std::string number(std::string_view value, std::int64_t shift) const;
  [[nodiscard]] std::string time(std::string_view value) const;
  [[nodiscard]] std::string parts(std::string_view value, ValueKind kind) const;
  [[nodiscard]] std::string json(std::string_view value) const;

  std::int64_t shift_ = 0;        ///< added to integers
  std::int64_t real_shift_ = 0;   ///< added to numeric and double precision
  std::int64_t small_shift_ = 0;  ///< added to smallint and real
  int years_ = 0;  ///< added to times: a multiple of 28, which keeps weekdays and leap years
};

}  // namespace quern::collector
