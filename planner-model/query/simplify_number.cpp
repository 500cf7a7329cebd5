// Arithmetic over constants: int.c, int8.c, float.c, numeric.c.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>

#include "planner-model/query/simplify_internal.hpp"

namespace quern::planner_model {

namespace {

bool is_integer(Oid type) {
  return type == type_oid::kInt2 || type == type_oid::kInt4 || type == type_oid::kInt8;
}

bool fits(std::int64_t number, Oid type) {
  switch (type) {
    case type_oid::kInt2:
      return number >= std::numeric_limits<std::int16_t>::min() &&
             number <= std::numeric_limits<std::int16_t>::max();
    case type_oid::kInt4:
      return number >= std::numeric_limits<std::int32_t>::min() &&
             number <= std::numeric_limits<std::int32_t>::max();
    default:
      return true;
  }
}

/// The sign in the names of pg_proc: int4pl, int84mi, numeric_mul, float8div.
char operation_of(std::string_view name) {
  const auto ends = [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix;
  };
  if (name == "numeric_add" || ends("pl")) {
    return '+';
  }
  if (name == "numeric_sub" || ends("mi")) {
    return '-';
  }
  if (ends("mul")) {
    return '*';
  }
  if (ends("div")) {
    return '/';
  }
  if (ends("mod")) {
    return '%';
  }
  return name == "mod" ? '%' : '\0';
}

std::optional<Value> integer_arithmetic(char op, std::int64_t a, std::int64_t b, Oid result) {
  std::int64_t number = 0;
  bool overflow = false;
  switch (op) {
    case '+':
      overflow = __builtin_add_overflow(a, b, &number);
      break;
    case '-':
      overflow = __builtin_sub_overflow(a, b, &number);
      break;
    case '*':
      overflow = __builtin_mul_overflow(a, b, &number);
      break;
    case '/':
    case '%':
      if (b == 0 || (a == std::numeric_limits<std::int64_t>::min() && b == -1)) {
        return std::nullopt;
      }
      number = op == '/' ? a / b : a % b;
      break;
    default:
      return std::nullopt;
  }
  return overflow || !fits(number, result) ? std::nullopt
                                           : std::optional<Value>{make_integer(number, result)};
}

std::optional<Value> float_arithmetic(char op, double a, double b, Oid result) {
  double number = 0;
  switch (op) {
    case '+':
      number = a + b;
      break;
    case '-':
      number = a - b;
      break;
    case '*':
      number = a * b;
      break;
    case '/':
      if (b == 0) {
        return std::nullopt;
      }
      number = a / b;
      break;
    default:
      return std::nullopt;
  }
  if (!std::isfinite(number)) {
    return std::nullopt;
  }
  return make_float(result == type_oid::kFloat4 ? static_cast<float>(number) : number, result);
}

std::optional<Value> unary(std::string_view name, const Value& value, Oid result,
                           const TypeSystem& types) {
  const auto ends = [&](std::string_view suffix) {
    return name.size() >= suffix.size() && name.substr(name.size() - suffix.size()) == suffix;
  };
  const bool negation = ends("um") || name == "numeric_uminus";
  const bool absolute = name == "abs" || (ends("abs") && name != "tsvector_abs");
  const bool identity = ends("up") && name != "to_group";
  if (!negation && !absolute && !identity) {
    return std::nullopt;
  }
  if (is_integer(result)) {
    if (value.integer == std::numeric_limits<std::int64_t>::min()) {
      return std::nullopt;
    }
    const bool flip = negation || (absolute && value.integer < 0);
    const std::int64_t number = flip ? -value.integer : value.integer;
    return fits(number, result) ? std::optional<Value>{make_integer(number, result)} : std::nullopt;
  }
  if (result == type_oid::kFloat8 || result == type_oid::kFloat4) {
    const bool flip = negation || (absolute && value.number < 0);
    return make_float(flip ? -value.number : value.number, result);
  }
  if (result == type_oid::kNumeric) {
    std::string text = value.text;
    const bool is_negative = !text.empty() && text[0] == '-';
    if (is_negative && (negation || absolute)) {
      text.erase(0, 1);
    } else if (negation && text.find_first_of("123456789") != std::string::npos) {
      text.insert(0, "-");
    }
    return parse_value(text, type_oid::kNumeric, types);
  }
  return std::nullopt;
}

bool is_number(const Value& value) {
  return is_integer(value.type) || value.type == type_oid::kNumeric ||
         value.type == type_oid::kFloat4 || value.type == type_oid::kFloat8;
}

double as_double(const Value& value) {
  return value.form == ValueForm::Integer ? static_cast<double>(value.integer) : value.number;
}

}  // namespace

std::optional<Value> evaluate_number(const Function& function, std::span<const Value> args,
                                     Oid result, const TypeSystem& types) {
  if (!std::all_of(args.begin(), args.end(), is_number)) {
    return std::nullopt;
  }
  if (args.size() == 1) {
    if (function.name == "floor" || function.name == "ceil" || function.name == "ceiling") {
      const double number = as_double(args[0]);
      const double rounded = function.name == "floor" ? std::floor(number) : std::ceil(number);
      constexpr double kExact = 9e15;
      if (result == type_oid::kFloat8) {
        return make_float(rounded, result);
      }
      return std::abs(number) < kExact
                 ? parse_value(std::to_string(static_cast<std::int64_t>(rounded)), result, types)
                 : std::nullopt;
    }
    if (function.name == "round" && result == type_oid::kNumeric) {
      return cast_value(args[0], result, types, 4 + (38 << 16), true);
    }
    return unary(function.name, args[0], result, types);
  }
  if (args.size() != 2) {
    return std::nullopt;
  }
  if (function.name == "round" && result == type_oid::kNumeric && args[1].integer >= 0 &&
      args[1].integer <= 30) {
    // numeric(38, n)
    return cast_value(args[0], result, types,
                      4 + ((38 << 16) | static_cast<std::int32_t>(args[1].integer)), true);
  }
  const char op = operation_of(function.name);
  if (op == '\0') {
    return std::nullopt;
  }
  if (is_integer(result) && is_integer(args[0].type) && is_integer(args[1].type)) {
    return integer_arithmetic(op, args[0].integer, args[1].integer, result);
  }
  if (result == type_oid::kFloat8 || result == type_oid::kFloat4) {
    return float_arithmetic(op, as_double(args[0]), as_double(args[1]), result);
  }
  if (result == type_oid::kNumeric) {
    if (const auto text = decimal_arithmetic(op, args[0].text, args[1].text)) {
      return parse_value(*text, type_oid::kNumeric, types);
    }
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
