// Functions of whole numbers and of decimals over constants, beside arithmetic: int.c, int8.c,
// numeric.c.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>
#include <numeric>
#include <string>

#include "planner-model/query/listed_functions.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {

namespace {

/// As many bits as the type has.
std::int64_t narrowed(std::int64_t number, Oid type) {
  return type == type_oid::kInt2   ? static_cast<std::int16_t>(number)
         : type == type_oid::kInt4 ? static_cast<std::int32_t>(number)
                                   : number;
}

template <typename Operation>
std::optional<Value> bitwise(Arguments args, Oid result, Operation operation) {
  const auto left = static_cast<std::uint64_t>(args[0].integer);
  const auto right = static_cast<std::uint64_t>(args.back().integer);
  return make_integer(narrowed(static_cast<std::int64_t>(operation(left, right)), result), result);
}

std::optional<Value> bits_and(Arguments args, Oid result, const FoldContext&) {
  return bitwise(args, result, std::bit_and<>{});
}

std::optional<Value> bits_or(Arguments args, Oid result, const FoldContext&) {
  return bitwise(args, result, std::bit_or<>{});
}

std::optional<Value> bits_xor(Arguments args, Oid result, const FoldContext&) {
  return bitwise(args, result, std::bit_xor<>{});
}

std::optional<Value> bits_not(Arguments args, Oid result, const FoldContext&) {
  return bitwise(args, result, [](std::uint64_t bits, std::uint64_t) { return ~bits; });
}

/// By how far C says what a shift gives. int2 is shifted as an int.
bool may_shift(Arguments args, Oid result) {
  return args[1].integer >= 0 && args[1].integer < (result == type_oid::kInt8 ? 64 : 32);
}

std::optional<Value> shifted_left(Arguments args, Oid result, const FoldContext&) {
  return may_shift(args, result)
             ? bitwise(args, result, [](auto bits, auto by) { return bits << by; })
             : std::nullopt;
}

std::optional<Value> shifted_right(Arguments args, Oid result, const FoldContext&) {
  return may_shift(args, result)
             ? std::optional{make_integer(args[0].integer >> args[1].integer, result)}
             : std::nullopt;
}

/// The least number of a type has no positive counterpart.
bool may_negate(Arguments args) {
  return std::none_of(args.begin(), args.end(), [](const Value& value) {
    return value.integer == std::numeric_limits<std::int64_t>::min() ||
           value.integer == std::numeric_limits<std::int32_t>::min();
  });
}

std::optional<Value> common_divisor(Arguments args, Oid result, const FoldContext&) {
  return may_negate(args)
             ? std::optional{make_integer(std::gcd(args[0].integer, args[1].integer), result)}
             : std::nullopt;
}

std::optional<Value> common_multiple(Arguments args, Oid result, const FoldContext&) {
  const std::int64_t divisor = may_negate(args) ? std::gcd(args[0].integer, args[1].integer) : 0;
  if (divisor == 0) {
    return may_negate(args) ? std::optional{make_integer(0, result)} : std::nullopt;
  }
  std::int64_t multiple = 0;
  if (__builtin_mul_overflow(args[0].integer / divisor, args[1].integer, &multiple) ||
      multiple == std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  multiple = std::abs(multiple);
  return narrowed(multiple, result) == multiple ? std::optional{make_integer(multiple, result)}
                                                : std::nullopt;
}

bool is_number(const Value& decimal) {
  return decimal.text.find_first_of("NI") == std::string::npos;  // NaN, Infinity
}

std::optional<Value> sign(Arguments args, Oid result, const FoldContext& context) {
  const std::string& text = args[0].text;
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  return is_number(args[0]) ? parse_value(is_zero          ? "0"
                                          : text[0] == '-' ? "-1"
                                                           : "1",
                                          result, context.types)
                            : std::nullopt;
}

/// numeric_trunc(): so many digits behind the point, or zeros before it.
std::optional<Value> truncated(Arguments args, Oid result, const FoldContext& context) {
  constexpr std::int64_t kMostDigits = 100;
  const std::int64_t digits = args.size() > 1 ? args[1].integer : 0;
  if (!is_number(args[0]) || digits < -kMostDigits || digits > kMostDigits) {
    return std::nullopt;
  }
  std::string text = args[0].text;
  const std::size_t point = std::min(text.find('.'), text.size());
  if (digits >= 0) {
    return point == text.size() || text.size() - point - 1 <= static_cast<std::size_t>(digits)
               ? cast_value(args[0], result, context.types,
                            4 + ((76 << 16) | static_cast<std::int32_t>(digits)), true)
               : parse_value(text.substr(0, point + (digits > 0 ? 1 : 0) +
                                                static_cast<std::size_t>(digits)),
                             result, context.types);
  }
  text.resize(point);
  const auto first = static_cast<std::size_t>(text.starts_with('-') ? 1 : 0);
  for (std::size_t i = text.size(), zeros = 0;
       i > first && zeros < static_cast<std::size_t>(-digits); --i, ++zeros) {
    text[i - 1] = '0';
  }
  return parse_value(text, result, context.types);
}

std::optional<Value> scale(Arguments args, Oid, const FoldContext&) {
  const std::string& text = args[0].text;
  const std::size_t point = std::min(text.find('.'), text.size() - 1);
  return is_number(args[0])
             ? std::optional{make_integer(static_cast<std::int64_t>(text.size() - point - 1))}
             : std::nullopt;
}

}  // namespace

const FunctionList& number_functions() {
  static const FunctionList list{
      {"int2and", "ii", bits_and},
      {"int4and", "ii", bits_and},
      {"int8and", "ii", bits_and},
      {"int2or", "ii", bits_or},
      {"int4or", "ii", bits_or},
      {"int8or", "ii", bits_or},
      {"int2xor", "ii", bits_xor},
      {"int4xor", "ii", bits_xor},
      {"int8xor", "ii", bits_xor},
      {"int2not", "i", bits_not},
      {"int4not", "i", bits_not},
      {"int8not", "i", bits_not},
      {"int2shl", "ii", shifted_left},
      {"int4shl", "ii", shifted_left},
      {"int8shl", "ii", shifted_left},
      {"int2shr", "ii", shifted_right},
      {"int4shr", "ii", shifted_right},
      {"int8shr", "ii", shifted_right},
      {"gcd", "ii", common_divisor},
      {"lcm", "ii", common_multiple},
      {"sign", "n", sign},
      {"trunc", "n", truncated},
      {"trunc", "ni", truncated},
      {"scale", "n", scale},
  };
  return list;
}

}  // namespace quern::planner_model
