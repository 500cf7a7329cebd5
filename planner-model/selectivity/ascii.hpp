#pragma once

#include <string>
#include <string_view>

// Letters and digits as the server's own parsers tell them apart: ASCII, whatever the locale.
namespace quern::planner_model {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}

[[nodiscard]] constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// pg_ascii_tolower()
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

[[nodiscard]] constexpr char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

[[nodiscard]] inline std::string lowered(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    c = to_lower(c);
  }
  return result;
}

[[nodiscard]] inline std::string in_capitals(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    c = to_upper(c);
  }
  return result;
}

}  // namespace quern::planner_model
