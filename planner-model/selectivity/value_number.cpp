#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "planner-model/selectivity/ascii.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model::value_text {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\r\v\f";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<std::int64_t> read_integer(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

namespace {

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return to_lower(x) == y; });
}

/// 1, -1: infinities; 2: NaN; 0: an ordinary number.
int special_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  if (equals_ignoring_case(text, "infinity") || equals_ignoring_case(text, "inf")) {
    return negative ? -1 : 1;
  }
  return equals_ignoring_case(text, "nan") ? 2 : 0;
}

struct Decimal {
  bool negative = false;
  std::string_view whole;  ///< without leading zeros
  std::string_view fraction;
};

Decimal split(std::string_view canonical) {
  Decimal parts;
  parts.negative = canonical.starts_with('-');
  if (parts.negative) {
    canonical.remove_prefix(1);
  }
  const auto point = canonical.find('.');
  parts.whole = canonical.substr(0, point);
  parts.whole.remove_prefix(std::min(parts.whole.find_first_not_of('0'), parts.whole.size()));
  if (point != std::string_view::npos) {
    parts.fraction = canonical.substr(point + 1);
  }
  return parts;
}

bool is_zero(const Decimal& number) {
  return number.whole.empty() && number.fraction.find_first_not_of('0') == std::string_view::npos;
}

std::strong_ordering compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) {
    return a.whole.size() <=> b.whole.size();
  }
  if (const auto order = a.whole.compare(b.whole) <=> 0; order != 0) {
    return order;
  }
  const std::size_t digits = std::max(a.fraction.size(), b.fraction.size());
  for (std::size_t i = 0; i < digits; ++i) {
    const char x = i < a.fraction.size() ? a.fraction[i] : '0';
    const char y = i < b.fraction.size() ? b.fraction[i] : '0';
    if (x != y) {
      return x <=> y;
    }
  }
  return std::strong_ordering::equal;
}

}  // namespace

std::optional<double> read_double(std::string_view text) {
  text = trim(text);
  switch (special_number(text)) {
    case 1:
      return std::numeric_limits<double>::infinity();
    case -1:
      return -std::numeric_limits<double>::infinity();
    case 2:
      return std::numeric_limits<double>::quiet_NaN();
    default:
      break;
  }
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  if (error == std::errc::result_out_of_range) {
    return text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
  }
  return error == std::errc{} ? std::optional{number} : std::nullopt;
}

std::optional<std::string> canonical_decimal(std::string_view text) {
  constexpr std::int64_t kMaximumExponent = 20000;
  text = trim(text);
  switch (special_number(text)) {
    case 1:
      return "Infinity";
    case -1:
      return "-Infinity";
    case 2:
      return "NaN";
    default:
      break;
  }
  bool negative = false;
  if (text.starts_with('-') || text.starts_with('+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::int64_t exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    const auto read = read_integer(text.substr(e + 1));
    if (!read || std::abs(*read) > kMaximumExponent) {
      return std::nullopt;
    }
    exponent = *read;
    text = text.substr(0, e);
  }
  const auto point = text.find('.');
  std::string digits{text.substr(0, point)};
  std::int64_t scale = 0;
  if (point != std::string_view::npos) {
    digits += text.substr(point + 1);
    scale = static_cast<std::int64_t>(text.size() - point) - 1;
  }
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  scale -= exponent;
  if (scale < 0) {
    digits.append(static_cast<std::size_t>(-scale), '0');
    scale = 0;
  }
  if (digits.size() <= static_cast<std::size_t>(scale)) {
    digits.insert(0, static_cast<std::size_t>(scale) - digits.size() + 1, '0');
  }
  const std::size_t whole = digits.size() - static_cast<std::size_t>(scale);
  std::size_t skip = 0;
  while (skip + 1 < whole && digits[skip] == '0') {
    ++skip;
  }
  std::string answer = digits.substr(skip, whole - skip);
  if (scale > 0) {
    answer += "." + digits.substr(whole);
  }
  if (negative && answer.find_first_not_of("0.") != std::string::npos) {
    answer.insert(answer.begin(), '-');
  }
  return answer;
}

std::strong_ordering compare_decimals(std::string_view a, std::string_view b) {
  const auto rank = [](std::string_view text) {
    const int special = special_number(text);
    return special == 2 ? 3 : special == 1 ? 2 : special == -1 ? 0 : 1;
  };
  if (rank(a) != 1 || rank(b) != 1) {
    return rank(a) <=> rank(b);
  }
  const Decimal x = split(a);
  const Decimal y = split(b);
  const int sign_x = is_zero(x) ? 0 : x.negative ? -1 : 1;
  const int sign_y = is_zero(y) ? 0 : y.negative ? -1 : 1;
  if (sign_x != sign_y || sign_x == 0) {
    return sign_x <=> sign_y;
  }
  return sign_x > 0 ? compare_magnitudes(x, y) : compare_magnitudes(y, x);
}

std::string round_decimal(std::string_view canonical, int scale) {
  if (special_number(canonical) != 0) {
    return std::string{canonical};
  }
  const Decimal parts = split(canonical);
  std::string digits = "0" + std::string{parts.whole} + std::string{parts.fraction};
  const auto whole = static_cast<std::int64_t>(parts.whole.size()) + 1;
  const std::int64_t keep = whole + scale;
  if (keep <= 0) {
    return "0";
  }
  const bool round_up = keep < static_cast<std::int64_t>(digits.size()) &&
                        digits[static_cast<std::size_t>(keep)] >= '5';
  digits.resize(static_cast<std::size_t>(keep), '0');
  if (round_up) {
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
      if (*digit != '9') {
        ++*digit;
        break;
      }
      *digit = '0';
    }
  }
  if (scale < 0) {
    digits.append(static_cast<std::size_t>(-scale), '0');
  }
  std::string text = parts.negative ? "-" : "";
  text += digits.substr(0, static_cast<std::size_t>(whole));
  if (scale > 0) {
    text += "." + digits.substr(static_cast<std::size_t>(whole));
  }
  return canonical_decimal(text).value_or("0");
}

std::string print_float(double number, bool is_single) {
  if (std::isnan(number)) {
    return "NaN";
  }
  if (std::isinf(number)) {
    return number > 0 ? "Infinity" : "-Infinity";
  }
  char buffer[64];
  const auto end =
      is_single
          ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(number),
                          std::chars_format::scientific)
          : std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific);
  const std::string scientific{buffer, end.ptr};
  const auto e = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(e + 1));
  // src/common/d2s.c and f2s.c: fixed notation from 1e-4 up to the type's decimal precision.
  const int limit = is_single ? 6 : 15;
  if (exponent < -4 || exponent >= limit) {
    return scientific;
  }
  return canonical_decimal(scientific).value_or(scientific);
}

}  // namespace quern::planner_model::value_text
