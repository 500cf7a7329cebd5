#include "collector/base/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

namespace quern {

namespace {

/// Length of the well-formed sequence at `i` (Unicode 15, table 3-7); 0 when there is none.
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  const auto tail = [&](std::size_t at) { return (byte(at) & 0xC0U) == 0x80U; };
  const unsigned first = byte(i);
  if (first < 0x80U) {
    return first == 0 ? 0 : 1;
  }
  if (first >= 0xC2U && first <= 0xDFU) {
    return tail(i + 1) ? 2 : 0;
  }
  if (first >= 0xE0U && first <= 0xEFU) {
    const unsigned second = byte(i + 1);
    const bool fits = (first != 0xE0U || second >= 0xA0U) && (first != 0xEDU || second <= 0x9FU);
    return fits && tail(i + 1) && tail(i + 2) ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const unsigned second = byte(i + 1);
    const bool fits = (first != 0xF0U || second >= 0x90U) && (first != 0xF4U || second <= 0x8FU);
    return fits && tail(i + 1) && tail(i + 2) && tail(i + 3) ? 4 : 0;
  }
  return 0;
}

/// True when all bytes of a word are ASCII and not zero.
template <class Word>
bool plain_word(const char* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  constexpr Word kOnes = static_cast<Word>(0x0101010101010101U);
  constexpr Word kHigh = kOnes * 0x80U;
  return ((word | ((word - kOnes) & ~word)) & kHigh) == 0;
}

/// The same for 64 bytes. Nothing leaves the loop, so that it becomes vector instructions.
bool plain_block(const char* from) {
  signed char all = -1;
  for (std::size_t j = 0; j < 64; ++j) {
    all &= static_cast<signed char>(static_cast<signed char>(from[j]) > 0 ? -1 : 0);
  }
  return all != 0;
}

/// Nearly all texts are plain ASCII; the ends of blocks overlap.
bool is_plain(std::string_view text) {
  const std::size_t size = text.size();
  const char* data = text.data();
  std::size_t i = 0;
  if (size >= 64) {
    for (; i + 64 < size; i += 64) {
      if (!plain_block(data + i)) {
        return false;
      }
    }
    return plain_block(data + size - 64);
  }
  if (size < 8) {
    return size >= 4 ? plain_word<std::uint32_t>(data) && plain_word<std::uint32_t>(data + size - 4)
                     : std::all_of(data, data + size,
                                   [](char c) { return static_cast<signed char>(c) > 0; });
  }
  for (; i + 8 < size; i += 8) {
    if (!plain_word<std::uint64_t>(data + i)) {
      return false;
    }
  }
  return plain_word<std::uint64_t>(data + size - 8);
}

}  // namespace

bool is_clean_utf8(std::string_view text) {
  if (is_plain(text)) {
    return true;
  }
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = sequence_length(text, i);
    if (length == 0) {
      return false;
    }
    i += length;
  }
  return true;
}

std::string to_clean_utf8(std::string_view text, std::string_view escape) {
  std::string clean;
  clean.reserve(text.size() + 16);
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = sequence_length(text, i);
    if (length == 0) {
      clean += fmt::format("{}{:02X}", escape, static_cast<unsigned char>(text[i]));
      ++i;
    } else {
      clean.append(text.substr(i, length));
      i += length;
    }
  }
  return clean;
}

std::size_t end_of_utf8(std::string_view text, std::size_t most) {
  std::size_t end = std::min(most, text.size());
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return end;
}

}  // namespace quern
