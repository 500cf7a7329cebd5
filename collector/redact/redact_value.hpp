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
  Real,      ///< numbers that are small by type, or whose fractions count: moved less
  Operand,   ///< a number that is compared with no column: mapped from four digits on
  RowCount,  ///< LIMIT, OFFSET: changed by less than a thousandth, from four digits on
  Time,      ///< date and timestamps
  Epoch,     ///< seconds since 1970, moved as times are
  TimeOfDay,
  Interval,  ///< the same duration in other words: it counts from now
  Hex,       ///< uuid, bytea
  Json,
  Network,
};

struct ValueType {
  ValueKind kind = ValueKind::Guess;
  bool array = false;
  bool pattern = false;  ///< of LIKE: % and _ and \ stay
  bool operator==(const ValueType&) const = default;
};

/// One mapping of values for workload and statistics: equal values stay equal, lesser stay lesser,
/// and distances stay in proportion, so that the planner's estimates stay. Integers below a billion
/// become integers above it, so that no mapped value is another one's original. It hides values
/// from readers; it is no encryption: whoever knows that texts are moved by a letter, numbers by a
/// constant and times by years can undo it.
class ValueMapping {
 public:
  /// Numbers and times are moved by what `key` gives; the same key maps documents alike.
  explicit ValueMapping(std::string_view key);

  [[nodiscard]] std::string map(std::string_view value, ValueType type) const;

 private:
  [[nodiscard]] std::string scalar(std::string_view value, ValueKind kind, bool pattern) const;
  [[nodiscard]] std::string array(std::string_view value, ValueKind kind) const;
  [[nodiscard]] std::string time(std::string_view value) const;
  [[nodiscard]] std::string json(std::string_view value) const;

  std::int64_t shift_ = 0;        ///< added to integers
  std::int64_t small_shift_ = 0;  ///< added to other numbers
  int years_ = 0;  ///< added to times: a multiple of 28, which keeps weekdays and leap years
};

}  // namespace quern::collector
