#include "collector/redact/redact_value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

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

/// PostgreSQL's words for units (datetktbl and deltatktbl in datetime.c) and their abbreviations.
std::string_view unit_abbreviation(std::string_view word) {
  struct Unit {
    std::string_view abbreviation;
    std::array<std::string_view, 4> words;
  };

  static constexpr std::array<Unit, 9> kUnits = {{
      {"us", {"microsecond", "microseconds", "usec", "usecs"}},
      {"ms", {"millisecond", "milliseconds", "msec", "msecs"}},
      {"s", {"second", "seconds", "sec", "secs"}},
      {"m", {"minute", "minutes", "min", "mins"}},
      {"h", {"hour", "hours", "hr", "hrs"}},
      {"d", {"day", "days", "d", "d"}},
      {"w", {"week", "weeks", "w", "w"}},
      {"mon", {"month", "months", "mons", "mon"}},
      {"y", {"year", "years", "yr", "yrs"}},
  }};
  for (const Unit& unit : kUnits) {
    if (word == unit.abbreviation ||
        std::find(unit.words.begin(), unit.words.end(), word) != unit.words.end()) {
      return unit.abbreviation;
    }
  }
  return {};
}

/// '7 days 02:00' as '7d 02:00'; nothing when a word is no unit.
std::optional<std::string> abbreviated_interval(std::string_view text) {
  std::string result;
  bool units = false;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      std::string word;
      for (; i < text.size() && std::isalpha(static_cast<unsigned char>(text[i])) != 0; ++i) {
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
      }
      const std::string_view unit = unit_abbreviation(word);
      const std::size_t before = result.find_last_not_of(' ');
      if (unit.empty() || before == std::string::npos) {
        return std::nullopt;
      }
      result.resize(before + 1);
      result.append(unit);
      units = true;
      continue;
    }
    if (!is_digit(c) && std::string_view{" .:+-"}.find(c) == std::string_view::npos) {
      return std::nullopt;
    }
    result += c;
    ++i;
  }
  return units ? std::optional{std::move(result)} : std::nullopt;
}

ValueType guess(std::string_view text) {
  if (is_decimal(text)) {
    return {text.find('.') == std::string_view::npos ? ValueKind::Number : ValueKind::Real};
  }
  if (abbreviated_interval(text)) {
    return {ValueKind::Interval};
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

/// A number as text and the same moved by a whole number, in as many decimals.
std::string plus(std::string_view value, std::int64_t shift) {
  if (!is_decimal(value)) {
    const std::string text{value};
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const bool plain = end != text.c_str() && *end == '\0' && number - number == 0;
    return plain ? fmt::format("{}", number + static_cast<double>(shift)) : text;
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

/// Half past nine becomes 04:45:00: a time of day keeps its place, and stays one.
std::string halved_time_of_day(std::string_view value) {
  int hours = 0;
  int minutes = 0;
  double seconds = 0;
  int length = 0;
  const std::string text{value};
  const int parts =
      std::sscanf(text.c_str(), "%2d:%2d%n:%lf%n", &hours, &minutes, &length, &seconds, &length);
  if (parts < 2 || hours < 0 || minutes < 0 || !(seconds >= 0 && seconds < 61)) {
    return text;
  }
  const std::int64_t microseconds = std::llround(((hours * 60 + minutes) * 60 + seconds) * 5e5);
  const std::int64_t whole = microseconds / 1'000'000;
  const std::string clock =
      fmt::format("{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  const std::int64_t rest = microseconds % 1'000'000;
  return clock + (rest == 0 ? "" : fmt::format(".{:06}", rest)) +
         text.substr(static_cast<std::size_t>(length));
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
  // Beyond most keys, and room for as many below integer's end.
  shift_ = 1'000'000'000 + static_cast<std::int64_t>((hash >> 8U) % 100'000'000);
  // Small enough for smallint, and for the digits of double precision.
  small_shift_ = 1000 + static_cast<std::int64_t>(hash % 7000);
  // Years that stay within 1901 to 2099 for those of today.
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
      return plus(value, shift_);
    case ValueKind::Real:
      return plus(value, small_shift_);
    case ValueKind::Operand:
      return value.size() < kTelling ? std::string{value} : plus(value, shift_);
    case ValueKind::RowCount:
      return more_rows(value);
    case ValueKind::Time:
      return time(value);
    case ValueKind::Epoch:
      return plus(value, std::int64_t{years_} / 28 * kDaysIn28Years * 86'400);
    case ValueKind::TimeOfDay:
      return halved_time_of_day(value);
    case ValueKind::Interval:
      return abbreviated_interval(value).value_or(std::string{value});
    case ValueKind::Hex:
      return halved(value);
    case ValueKind::Json:
      return json(value);
    case ValueKind::Network:
      return moved_address(value);
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
      return Json::parse(plus(from.dump(), shift_), nullptr, false);
    }
    return from.is_number() ? Json(from.get<double>() + static_cast<double>(small_shift_)) : from;
  };
  constexpr auto kReplace = Json::error_handler_t::replace;
  return visit(visit, parsed).dump(-1, ' ', false, kReplace);
}

}  // namespace quern::collector
