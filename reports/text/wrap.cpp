#include "reports/text/wrap.hpp"

#include <algorithm>

namespace quern::reports {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t have = width_of(text);
  return std::string{text} + std::string(have < width ? width - have : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t have = width_of(text);
  return std::string(have < width ? width - have : 0, ' ') + std::string{text};
}

std::string wrap(std::string_view text, std::string_view first, std::string_view rest,
                 std::size_t columns) {
  std::string out{first};
  std::size_t column = width_of(first);
  bool fresh = true;
  const auto break_line = [&] {
    out += '\n';
    out += rest;
    column = width_of(rest);
    fresh = true;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '\n') {
      break_line();
      ++at;
      continue;
    }
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const std::size_t width = width_of(word);
    if (!fresh && column + 1 + width > columns) {
      break_line();
    }
    if (!fresh) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width;
    fresh = false;
    at = end;
  }
  out += '\n';
  return out;
}

}  // namespace quern::reports
