#include "collector/redact/redact_value.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <xxhash.h>

#include "collector/redact/redact_times.hpp"

namespace quern::collector {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// -12, 3.50, .5: what a shift by a whole number can be written for.
bool is_decimal(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    text.remove_prefix(1);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), is_digit);
  };
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  return text.size() > (point < text.size() ? 1U : 0U) && text.size() <= 30 &&
         digits(text.substr(0, point)) && digits(fraction);
}

bool is_uuid(std::string_view text) {
  return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
         text[23] == '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return c == '-' || std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
}

/// [1,10) of numbers or times; [1,2] is JSON as well, and the same is done to it.
bool is_range(std::string_view text) {
  return text.size() > 2 && (text.front() == '[' || text.front() == '(') &&
         (text.back() == ')' || (text.back() == ']' && text.front() == '(')) &&
         text.find_first_not_of("0123456789.,-+:/ TZ\"[]()") == std::string_view::npos;
}

ValueType guess(std::string_view text) {
  if (is_decimal(text)) {
    return {text.find('.') == std::string_view::npos ? ValueKind::Number : ValueKind::Real};
  }
  if (has_letter(text) && respelled_interval(text)) {
    return {ValueKind::Interval};
  }
  if (is_range(text)) {
    return {ValueKind::Range};
  }
  if (is_iso_time(text)) {
    return {ValueKind::Time};
  }
  if (is_uuid(text) || text.substr(0, 2) == "\\x") {
    return {ValueKind::Hex};
  }
  if (text.size() > 1 && text.front() == '{' && text.back() == '}') {
    const bool object = text.find_first_not_of(" \n\t", 1) != std::string_view::npos &&
                        text.find(':') != std::string_view::npos;
    return object ? ValueType{ValueKind::Json} : ValueType{ValueKind::Guess, true};
  }
  if (text.size() > 1 && text.front() == '[' && text.back() == ']') {
    return {ValueKind::Json};
  }
  return {ValueKind::Text};
}

/// A number as text and the same moved by a whole number, in as many decimals.
std::string plus(std::string_view value, std::int64_t shift) {
  if (!is_decimal(value)) {
    std::string text{value};
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());  // 1_000
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const bool plain = end != text.c_str() && *end == '\0' && number - number == 0;
    return plain ? fmt::format("{}", number + static_cast<double>(shift)) : std::string{value};
  }
  const bool negative = value.front() == '-';
  if (negative || value.front() == '+') {
    value.remove_prefix(1);
  }
  const std::size_t point = std::min(value.find('.'), value.size());
  const std::string fraction{value.substr(std::min(point + 1, value.size()))};
  __extension__ using Wide = __int128;
  Wide all = 0;
  Wide unit = 1;
  for (const char c : std::string{value.substr(0, point)} + fraction) {
    all = all * 10 + (c - '0');
  }
  for (std::size_t i = 0; i < fraction.size(); ++i) {
    unit *= 10;
  }
  all = (negative ? -all : all) + unit * shift;
  const bool below = all < 0;
  std::string digits = fmt::format("{}", below ? -all : all);
  if (fraction.empty()) {
    return (below ? "-" : "") + digits;
  }
  if (digits.size() <= fraction.size()) {
    digits.insert(0, fraction.size() + 1 - digits.size(), '0');
  }
  digits.insert(digits.size() - fraction.size(), ".");
  return (below ? "-" : "") + digits;
}

constexpr std::int64_t kDaysIn28Years = 10'227;
constexpr std::size_t kTelling = 4;  ///< characters from which a number says something

/// More rows by less than a thousandth, as soon as there is room for one.
std::string more_rows(std::string_view value) {
  const bool whole = value.size() >= kTelling && value.size() <= 18 &&
                     std::all_of(value.begin(), value.end(), is_digit);
  if (!whole) {
    return std::string{value};
  }
  const std::int64_t count = std::atoll(std::string{value}.c_str());
  return fmt::format("{}", count + std::max<std::int64_t>(1, count / 2000));
}

/// The first part of an address by a constant, so that order and networks stay.
std::string moved_address(std::string_view value) {
  const std::size_t colon = value.find(':');
  if (colon < 5) {
    const auto first = std::strtoul(std::string{value.substr(0, colon)}.c_str(), nullptr, 16);
    return first >= 0xFF00U ? std::string{value}
                            : fmt::format("{:x}{}", first + 0x100U, value.substr(colon));
  }
  const int first = std::atoi(std::string{value.substr(0, 3)}.c_str());
  const std::size_t dot = value.find('.');
  return dot > 3 || first > 216 ? std::string{value}
                                : fmt::format("{}{}", first + 7, value.substr(dot));
}

/// One code point less for each character. Each stays one byte where it was one: the estimates of
/// patterns count bytes. The blank stays, and `!` goes to the place that is free.
char moved(char c) {
  return c == '!' ? '~' : c > ' ' && c < '\x7F' ? static_cast<char>(c - 1) : c;
}

/// The last byte of a character of several moves within its range, or stays.
std::string with_moved_ends(std::string result) {
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto byte = static_cast<unsigned char>(result[i]);
    const bool last =
        i + 1 == result.size() || (static_cast<unsigned char>(result[i + 1]) & 0xC0U) != 0x80U;
    if ((byte & 0xC0U) == 0x80U && last && byte > 0x80U) {
      result[i] = static_cast<char>(byte - 1);
    }
  }
  return result;
}

/// What is a character itself in a regular expression moves. What begins with a backslash, counts
/// ({2,3}) and SIMILAR TO's wildcards stay.
std::string moved_regex(std::string_view text, bool similar) {
  constexpr std::string_view kSpecial = ".*+?[](){}|^$\\";
  std::string result;
  bool counts = false;
  bool choice = false;  // within [a-z], whose dash stays
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    choice = c == '[' || (choice && c != ']');
    const bool escaped = c == '\\' && i + 1 < text.size();
    counts = c == '{' || (counts && c != '}');
    if (escaped && std::isalnum(static_cast<unsigned char>(text[i + 1])) != 0) {
      result.append(text.substr(i++, 2));
    } else if (!escaped && (counts || kSpecial.find(c) != std::string_view::npos ||
                            (choice && c == '-') || (similar && (c == '%' || c == '_')))) {
      result += c;
    } else {
      const char now = moved(escaped ? text[++i] : c);
      const bool special =
          kSpecial.find(now) != std::string_view::npos || (similar && (now == '%' || now == '_'));
      result.append(special ? "\\" : "") += now;
    }
  }
  return with_moved_ends(std::move(result));
}

std::string moved_text(std::string_view text, bool pattern) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!pattern) {
      result += moved(c);
      continue;
    }
    if (c == '%' || c == '_') {
      result += c;
      continue;
    }
    const char meant = c == '\\' && i + 1 < text.size() ? text[++i] : c;
    const char now = moved(meant);
    if (now == '%' || now == '_' || now == '\\') {
      result += '\\';
    }
    result += now;
  }
  return with_moved_ends(std::move(result));
}

/// Half of the number that the digits are: dashes and a leading \x stay where they are. Bytes that
/// are written as text move as text.
std::string halved(std::string_view text) {
  const bool hex = text.substr(0, 2) == "\\x" ||
                   text.find_first_not_of("0123456789abcdefABCDEF-:") == std::string_view::npos;
  if (!hex) {
    return moved_text(text, false);
  }
  std::string result{text};
  unsigned carried = 0;
  for (std::size_t i = text.substr(0, 2) == "\\x" ? 2 : 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (std::isxdigit(c) == 0) {
      continue;
    }
    const auto digit = static_cast<unsigned>(
        is_digit(text[i]) ? c - '0' : static_cast<unsigned>(std::tolower(c)) - 'a' + 10U);
    result[i] = "0123456789abcdef"[(carried * 16 + digit) / 2];
    carried = digit % 2;
  }
  return result;
}

std::string quoted_element(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' || c == '\\' ? "\\" : "";
    result += c;
  }
  return result + '"';
}

}  // namespace

ValueMapping::ValueMapping(std::string_view key) {
  const std::uint64_t hash = XXH3_64bits(key.data(), key.size());
  // Beyond most keys, and room for as many below integer's end.
  shift_ = 1'000'000'000 + static_cast<std::int64_t>((hash >> 8U) % 100'000'000);
  // Within numeric(10,2), and what leaves double precision enough digits.
  real_shift_ = 10'000'000 + static_cast<std::int64_t>((hash >> 16U) % 1'000'000);
  // Small enough for smallint, and for the digits of real.
  small_shift_ = 1000 + static_cast<std::int64_t>(hash % 7000);
  // Years that stay within 1901 to 2099 for those of today.
  years_ = -28 * (1 + static_cast<int>((hash >> 32U) % 4));
}

std::string ValueMapping::map(std::string_view value, ValueType type) const {
  if (type.kind == ValueKind::Guess && !type.array && !type.pattern && !type.regex) {
    type = guess(value);
  }
  if (type.array && value.size() > 1 && value.front() == '{' && value.back() == '}') {
    return array(value, type.kind);
  }
  if (type.kind == ValueKind::Guess) {
    type.kind = guess(value).kind;
  }
  return scalar(value, type);
}

/// Sums of money have a sign and commas ($12,345.67); what is no number at all moves as text.
std::string ValueMapping::number(std::string_view value, std::int64_t shift) const {
  std::string moved = plus(value, shift);
  if (moved != value || value == "NaN" || value == "Infinity" || value == "-Infinity") {
    return moved;
  }
  std::string digits{value};
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  const std::size_t from = std::min(digits.find_first_of("0123456789"), digits.size());
  moved = plus(std::string_view{digits}.substr(from), shift);
  return moved == digits.substr(from) ? moved_text(value, false) : digits.substr(0, from) + moved;
}

std::string ValueMapping::scalar(std::string_view value, ValueType type) const {
  switch (type.kind) {
    case ValueKind::Number:
      return number(value, shift_);
    case ValueKind::Real:
      return number(value, real_shift_);
    case ValueKind::Small:
      return number(value, small_shift_);
    case ValueKind::Operand:
      return value.size() < kTelling ? std::string{value} : number(value, shift_);
    case ValueKind::Year:
      return plus(value, years_);
    case ValueKind::RowCount:
      return more_rows(value);
    case ValueKind::Time:
      return time(value);
    case ValueKind::Epoch:
      return plus(value, std::int64_t{years_} / 28 * kDaysIn28Years * 86'400);
    case ValueKind::TimeOfDay:
      return halved_time_of_day(value);
    case ValueKind::Interval:
      return respelled_interval(value).value_or(std::string{value});
    case ValueKind::Hex:
      return halved(value);
    case ValueKind::Bits:
      return value.empty() ? std::string{} : "0" + std::string{value.substr(0, value.size() - 1)};
    case ValueKind::Range:
    case ValueKind::Geometry:
      return parts(value, type.kind);
    case ValueKind::Json:
      return json(value);
    case ValueKind::Network:
      return moved_address(value);
    case ValueKind::Text:
      return type.regex ? moved_regex(value, type.pattern) : moved_text(value, type.pattern);
    default:
      return std::string{value};
  }
}

/// '{a,"b c",NULL,{d}}', each element mapped and quoted.
std::string ValueMapping::array(std::string_view value, ValueKind kind) const {
  std::string result;
  for (std::size_t i = 0; i < value.size();) {
    const char c = value[i];
    if (c == '{' || c == '}' || c == ',' || c == ' ') {
      result += c;
      ++i;
      continue;
    }
    std::string element;
    const bool quoted = c == '"';
    for (i += quoted ? 1 : 0; i < value.size(); ++i) {
      const char at = value[i];
      if (quoted ? at == '"' : at == ',' || at == '}') {
        break;
      }
      element += at == '\\' && i + 1 < value.size() ? value[++i] : at;
    }
    i += quoted ? 1 : 0;
    const bool null = !quoted && (element == "NULL" || element == "null");
    result += null ? element : quoted_element(map(element, {kind}));
  }
  return result;
}

std::string ValueMapping::time(std::string_view value) const {
  if (auto moved = moved_time(value, years_)) {
    return *std::move(moved);
  }
  return respelled_interval(value).value_or(moved_text(value, false));
}

/// What stands between brackets and commas, each by itself.
std::string ValueMapping::parts(std::string_view value, ValueKind kind) const {
  constexpr std::string_view kBetween = "[](){}<>,\" ";
  std::string result;
  for (std::size_t i = 0; i < value.size();) {
    if (kBetween.find(value[i]) != std::string_view::npos) {
      result += value[i++];
      continue;
    }
    // The blank within a timestamp is its own.
    const std::string_view ends =
        kind == ValueKind::Range ? kBetween.substr(0, kBetween.size() - 1) : kBetween;
    const std::size_t end = std::min(value.find_first_of(ends, i), value.size());
    const std::string_view part = value.substr(i, end - i);
    result += kind == ValueKind::Geometry ? number(part, real_shift_) : map(part, {});
    i = end;
  }
  return result;
}

std::string ValueMapping::json(std::string_view value) const {
  using Json = nlohmann::ordered_json;
  const Json parsed = Json::parse(value, nullptr, false);
  if (parsed.is_discarded()) {
    return moved_text(value, false);
  }
  const auto visit = [&](const auto& self, const Json& from) -> Json {
    if (from.is_object()) {
      Json to = Json::object();
      for (const auto& [key, item] : from.items()) {
        to[moved_text(key, false)] = self(self, item);
      }
      return to;
    }
    if (from.is_array()) {
      Json to = Json::array();
      for (const Json& item : from) {
        to.push_back(self(self, item));
      }
      return to;
    }
    if (from.is_string()) {
      return moved_text(from.get<std::string>(), false);
    }
    if (from.is_number_integer()) {
      return Json::parse(plus(from.dump(), shift_), nullptr, false);
    }
    return from.is_number() ? Json(from.get<double>() + static_cast<double>(real_shift_)) : from;
  };
  constexpr auto kReplace = Json::error_handler_t::replace;
  return visit(visit, parsed).dump(-1, ' ', false, kReplace);
}

}  // namespace quern::collector
