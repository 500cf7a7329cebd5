// numeric arithmetic on 128-bit integers: enough for some thirty digits (numeric.c, in outline).
#include <algorithm>
#include <limits>

#include "planner-model/query/simplify_internal.hpp"

namespace quern::planner_model {

namespace {

__extension__ using Wide = __int128;

struct Decimal {
  Wide digits = 0;  ///< value times 10^scale
  int scale = 0;
};

constexpr int kMaximumDigits = 36;

std::optional<Decimal> read(const std::string& text) {
  Decimal number;
  bool negative = false;
  bool fraction = false;
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 0 && (c == '-' || c == '+')) {
      negative = c == '-';
    } else if (c == '.' && !fraction) {
      fraction = true;
    } else if (c >= '0' && c <= '9') {
      if (++count > kMaximumDigits) {
        return std::nullopt;
      }
      number.digits = number.digits * 10 + (c - '0');
      number.scale += fraction ? 1 : 0;
    } else {
      return std::nullopt;  // NaN, infinity, exponents
    }
  }
  if (negative) {
    number.digits = -number.digits;
  }
  return count > 0 ? std::optional<Decimal>{number} : std::nullopt;
}

std::string print(Decimal number) {
  const bool negative = number.digits < 0;
  Wide rest = negative ? -number.digits : number.digits;
  std::string text;
  for (int i = 0; rest > 0 || i <= number.scale; ++i) {
    if (i == number.scale && i > 0) {
      text += '.';
    }
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (negative) {
    text += '-';
  }
  std::reverse(text.begin(), text.end());
  return text;
}

bool scale_up(Decimal& number, int scale) {
  for (; number.scale < scale; ++number.scale) {
    if (__builtin_mul_overflow(number.digits, Wide{10}, &number.digits)) {
      return false;
    }
  }
  return true;
}

/// Weight and leading digit in base 10000, as NumericVar holds them.
void base_10000(const Decimal& number, int& weight, int& first) {
  Wide rest = number.digits < 0 ? -number.digits : number.digits;
  int shift = (4 - number.scale % 4) % 4;
  for (; shift > 0; --shift) {
    rest *= 10;
  }
  weight = -((number.scale + 3) / 4) - 1;
  first = 0;
  while (rest > 0) {
    first = static_cast<int>(rest % 10000);
    rest /= 10000;
    ++weight;
  }
}

/// select_div_scale()
int division_scale(const Decimal& left, const Decimal& right) {
  constexpr int kMinimumSignificantDigits = 16;
  constexpr int kDigitsPerPlace = 4;
  int left_weight = 0;
  int left_first = 0;
  int right_weight = 0;
  int right_first = 0;
  base_10000(left, left_weight, left_first);
  base_10000(right, right_weight, right_first);
  int weight = left_weight - right_weight;
  if (left_first <= right_first) {
    --weight;
  }
  const int scale = kMinimumSignificantDigits - weight * kDigitsPerPlace;
  return std::clamp(std::max({scale, left.scale, right.scale}), 0, 1000);
}

std::optional<Decimal> divide(Decimal left, const Decimal& right) {
  if (right.digits == 0) {
    return std::nullopt;
  }
  const int scale = division_scale(left, right);
  if (!scale_up(left, scale + right.scale)) {
    return std::nullopt;
  }
  Decimal quotient{left.digits / right.digits, left.scale - right.scale};
  Wide remainder = left.digits % right.digits;
  remainder = remainder < 0 ? -remainder : remainder;
  const Wide divisor = right.digits < 0 ? -right.digits : right.digits;
  if (remainder >= divisor - remainder) {
    quotient.digits += (left.digits < 0) == (right.digits < 0) ? 1 : -1;
  }
  for (; quotient.scale > scale; --quotient.scale) {
    quotient.digits /= 10;
  }
  return quotient;
}

}  // namespace

std::optional<std::string> decimal_arithmetic(char op, const std::string& left_text,
                                              const std::string& right_text) {
  auto left = read(left_text);
  auto right = read(right_text);
  if (!left || !right) {
    return std::nullopt;
  }
  Decimal result;
  switch (op) {
    case '+':
    case '-': {
      const int scale = std::max(left->scale, right->scale);
      if (!scale_up(*left, scale) || !scale_up(*right, scale)) {
        return std::nullopt;
      }
      result = {op == '+' ? left->digits + right->digits : left->digits - right->digits, scale};
      break;
    }
    case '*':
      if (__builtin_mul_overflow(left->digits, right->digits, &result.digits)) {
        return std::nullopt;
      }
      result.scale = left->scale + right->scale;
      break;
    case '%': {
      const int scale = std::max(left->scale, right->scale);
      if (right->digits == 0 || !scale_up(*left, scale) || !scale_up(*right, scale)) {
        return std::nullopt;
      }
      result = {left->digits % right->digits, scale};
      break;
    }
    case '/': {
      const auto quotient = divide(*left, *right);
      if (!quotient) {
        return std::nullopt;
      }
      result = *quotient;
      break;
    }
    default:
      return std::nullopt;
  }
  return print(result);
}

}  // namespace quern::planner_model
