#include "collector/redact/redact_value.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <xxhash.h>

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

/// 2025-05-30 and what may follow.
bool is_time(std::string_view text) {
  return text.size() >= 10 && std::all_of(text.begin(), text.begin() + 4, is_digit) &&
         text[4] == '-' && is_digit(text[5]) && is_digit(text[6]) && text[7] == '-' &&
         is_digit(text[8]) && is_digit(text[9]) && text.find("BC") == std::string_view::npos;
}

bool is_uuid(std::string_view text) {
  return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
         text[23] == '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return c == '-' || std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

ValueType guess(std::string_view text) {
  if (is_decimal(text)) {
    return {ValueKind::Number};
  }
  if (is_time(text)) {
    return {ValueKind::Time};
  }
  if (is_uuid(text)) {
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

/// One code point less for each character. Each stays one byte where it was one: the estimates of
/// patterns count bytes. The blank stays, and `!` goes to the place that is free.
char moved(char c) {
  return c == '!' ? '~' : c > ' ' && c < '\x7F' ? static_cast<char>(c - 1) : c;
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
  // The last byte of a character of several moves within its range, or stays.
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

/// Half of the number that the digits are: dashes and a leading \x stay where they are.
std::string halved(std::string_view text) {
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
  // Small enough for smallint; years that stay within 1901 to 2099 for those of today.
  shift_ = 1000 + static_cast<std::int64_t>(hash % 7000);
  years_ = -28 * (1 + static_cast<int>((hash >> 32U) % 4));
}

std::string ValueMapping::map(std::string_view value, ValueType type) const {
  if (type.kind == ValueKind::Guess && !type.array && !type.pattern) {
    type = guess(value);
  }
  if (type.array && value.size() > 1 && value.front() == '{' && value.back() == '}') {
    return array(value, type.kind);
  }
  return scalar(value, type.kind == ValueKind::Guess ? guess(value).kind : type.kind, type.pattern);
}

std::string ValueMapping::scalar(std::string_view value, ValueKind kind, bool pattern) const {
  switch (kind) {
    case ValueKind::Number:
      return number(value);
    case ValueKind::Time:
      return time(value);
    case ValueKind::Hex:
      return halved(value);
    case ValueKind::Json:
      return json(value);
    case ValueKind::Network: {
      const int first = std::atoi(std::string{value.substr(0, 3)}.c_str());
      const std::size_t dot = value.find('.');
      return dot > 3 || first > 216 ? std::string{value}
                                    : fmt::format("{}{}", first + 7, value.substr(dot));
    }
    case ValueKind::Text:
      return moved_text(value, pattern);
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

std::string ValueMapping::number(std::string_view value) const {
  if (!is_decimal(value)) {
    const std::string text{value};
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const bool plain = end != text.c_str() && *end == '\0' && number - number == 0;
    return plain ? fmt::format("{}", number + static_cast<double>(shift_)) : text;
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
  all = (negative ? -all : all) + unit * shift_;
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

std::string ValueMapping::time(std::string_view value) const {
  if (!is_time(value)) {
    return std::string{value};  // infinity, now, epoch
  }
  const int year = std::atoi(std::string{value.substr(0, 4)}.c_str()) + years_;
  if (year < 1) {
    return std::string{value};
  }
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  std::string result = fmt::format("{:04}{}", year, value.substr(4));
  if (!leap && result.compare(4, 6, "-02-29") == 0) {
    result[9] = '8';
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
      return from.get<std::int64_t>() + shift_;
    }
    return from.is_number() ? Json(from.get<double>() + static_cast<double>(shift_)) : from;
  };
  constexpr auto kReplace = Json::error_handler_t::replace;
  return visit(visit, parsed).dump(-1, ' ', false, kReplace);
}

}  // namespace quern::collector
