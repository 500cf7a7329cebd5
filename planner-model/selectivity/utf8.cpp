#include "planner-model/selectivity/utf8.hpp"

#include <algorithm>

namespace quern::planner_model {

namespace {

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

/// Where the character of this number begins; the end when there are not as many.
std::size_t offset_of(std::string_view text, std::int64_t number) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (begins_character(text[at]) && number-- <= 0) {
      break;
    }
  }
  return at;
}

}  // namespace

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, text.end(),
                                   begins_character);
    const auto end = static_cast<std::size_t>(next - text.begin());
    characters.push_back(text.substr(at, end - at));
    at = end;
  }
  return characters;
}

std::int64_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), begins_character);
}

std::string_view characters_between(std::string_view text, std::int64_t from, std::int64_t to) {
  const std::size_t begin = offset_of(text, from);
  return text.substr(begin, offset_of(text, to) - begin);
}

std::optional<std::uint32_t> code_point(std::string_view character) {
  if (character.empty()) {
    return std::nullopt;
  }
  const auto first = static_cast<unsigned char>(character.front());
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (character.size() != length || (first >= 0x80 && first < 0xC0)) {
    return std::nullopt;
  }
  std::uint32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (const char c : character.substr(1)) {
    point = (point << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return point;
}

std::optional<std::string> character_of(std::int64_t point) {
  constexpr std::int64_t kFirstSurrogate = 0xD800, kLastSurrogate = 0xDFFF, kLast = 0x10FFFF;
  if (point < 0 || point > kLast || (point >= kFirstSurrogate && point <= kLastSurrogate)) {
    return std::nullopt;
  }
  const auto value = static_cast<std::uint32_t>(point);
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((value >> shift) & 0x3FU));
  };
  if (value < 0x80) {
    return std::string(1, static_cast<char>(value));
  }
  if (value < 0x800) {
    return std::string{static_cast<char>(0xC0U | (value >> 6U)), tail(0)};
  }
  if (value < 0x10000) {
    return std::string{static_cast<char>(0xE0U | (value >> 12U)), tail(6), tail(0)};
  }
  return std::string{static_cast<char>(0xF0U | (value >> 18U)), tail(12), tail(6), tail(0)};
}

}  // namespace quern::planner_model
