#include "collector/sql/text_skeleton.hpp"

#include <array>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace quern::collector {

namespace {

enum Class : std::uint8_t {
  kCopied,  ///< ends no name and starts nothing
  kName,    ///< letters, underscore, dollar, bytes beyond ASCII
  kDigit,
  kString,
  kIdentifier,
  kMinus,
  kSlash,
  kDollar,
};

constexpr std::array<std::uint8_t, 256> classes() {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) {
    table[c] = kName;
    table[c - 'a' + 'A'] = kName;
  }
  table['_'] = kName;
  for (std::size_t c = 128; c < 256; ++c) {
    table[c] = kName;
  }
  for (std::size_t c = '0'; c <= '9'; ++c) {
    table[c] = kDigit;
  }
  table['\''] = kString;
  table['"'] = kIdentifier;
  table['-'] = kMinus;
  table['/'] = kSlash;
  table['$'] = kDollar;
  return table;
}

constexpr std::array<std::uint8_t, 256> kClasses = classes();
constexpr std::size_t kLongest = 1U << 20U;

std::uint8_t class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}

/// The first six letters in lower case; every byte beyond them stays as it is.
bool keeps_no_constants(std::string_view sql) {
  if (sql.size() < 7 || class_of(sql[6]) == kName || class_of(sql[6]) == kDigit ||
      class_of(sql[6]) == kDollar) {
    return false;
  }
  std::array<char, 6> word{};
  for (std::size_t i = 0; i < word.size(); ++i) {
    word[i] = static_cast<char>(sql[i] | 0x20);
  }
  const std::string_view lower{word.data(), word.size()};
  return lower == "select" || lower == "insert" || lower == "update" || lower == "delete";
}

}  // namespace

std::optional<std::uint64_t> TextSkeleton::hash(std::string_view sql) {
  if (sql.size() > kLongest || !keeps_no_constants(sql)) {
    return std::nullopt;
  }
  if (buffer_.size() < sql.size()) {
    buffer_.resize(sql.size() * 2);
  }
  char* out = buffer_.data();
  const char* in = sql.data();
  const char* end = in + sql.size();
  bool in_name = false;  ///< what came before goes on with digits
  while (in < end) {
    switch (class_of(*in)) {
      case kCopied:
      case kName:
        do {
          *out++ = *in++;
        } while (in < end && class_of(*in) <= kName);
        in_name = class_of(in[-1]) == kName;
        break;
      case kDigit:
        if (in_name) {
          *out++ = *in++;
          break;
        }
        *out++ = '0';
        while (in < end && class_of(*in) == kDigit) {
          ++in;
        }
        break;
      case kString: {
        if (in_name) {
          return std::nullopt;  // E'...' and its like
        }
        const auto* close = static_cast<const char*>(
            std::memchr(in + 1, '\'', static_cast<std::size_t>(end - in - 1)));
        if (close == nullptr) {
          return std::nullopt;
        }
        *out++ = '\'';
        in = close + 1;
        break;
      }
      case kIdentifier: {
        const auto* close = static_cast<const char*>(
            std::memchr(in + 1, '"', static_cast<std::size_t>(end - in - 1)));
        if (close == nullptr) {
          return std::nullopt;
        }
        const auto length = static_cast<std::size_t>(close + 1 - in);
        std::memcpy(out, in, length);
        out += length;
        in = close + 1;
        in_name = false;
        break;
      }
      case kMinus:
      case kSlash:
        if (in + 1 < end && in[1] == (*in == '-' ? '-' : '*')) {
          return std::nullopt;
        }
        in_name = false;
        *out++ = *in++;
        break;
      default:  // a dollar: of a parameter, or within a name
        if (!in_name && (in + 1 >= end || class_of(in[1]) != kDigit)) {
          return std::nullopt;
        }
        in_name = true;
        *out++ = *in++;
        break;
    }
  }
  return XXH3_64bits(buffer_.data(), static_cast<std::size_t>(out - buffer_.data()));
}

}  // namespace quern::collector
