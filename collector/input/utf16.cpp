#include "collector/input/utf16.hpp"

#include <utility>

namespace quern::collector {

std::string_view Utf16Decoder::decode(std::string_view piece) {
  if (kind_ == Kind::Undecided && !piece.empty()) {
    const std::string_view head = piece.substr(0, 200);
    const auto zeros = [&](std::size_t from) {
      std::size_t count = 0;
      for (std::size_t i = from; i < head.size(); i += 2) {
        count += head[i] == '\0' ? 1 : 0;
      }
      return count * 3 > head.size();  // two thirds of every second byte
    };
    kind_ = head.substr(0, 2) == "\xFF\xFE" || zeros(1)   ? Kind::LittleEndian
            : head.substr(0, 2) == "\xFE\xFF" || zeros(0) ? Kind::BigEndian
                                                          : Kind::Bytes;
    if (zeros(0) && zeros(1)) {
      kind_ = Kind::Bytes;
    }
  }
  if (kind_ == Kind::Bytes || piece.empty()) {
    return piece;
  }
  text_.clear();
  for (const char c : piece) {
    const auto byte = static_cast<unsigned char>(c);
    if (!half_) {
      first_ = byte;
    } else {
      unit(kind_ == Kind::LittleEndian ? first_ | unsigned{byte} << 8U : first_ << 8U | byte);
    }
    half_ = !half_;
  }
  return text_.empty() ? std::string_view{"", 0} : std::string_view{text_};
}

void Utf16Decoder::unit(unsigned value) {
  constexpr unsigned kReplacement = 0xFFFD;
  if (high_surrogate_ != 0) {
    const unsigned high = std::exchange(high_surrogate_, 0U);
    if (value >= 0xDC00 && value < 0xE000) {
      character(0x10000 + ((high - 0xD800) << 10U) + (value - 0xDC00));
      return;
    }
    character(kReplacement);
  }
  if (value >= 0xD800 && value < 0xDC00) {
    high_surrogate_ = value;
  } else {
    character(value >= 0xDC00 && value < 0xE000 ? kReplacement : value);
  }
}

void Utf16Decoder::character(unsigned value) {
  if (value < 0x80) {
    text_ += static_cast<char>(value);
  } else if (value < 0x800) {
    text_ += static_cast<char>(0xC0U | value >> 6U);
    text_ += static_cast<char>(0x80U | (value & 0x3FU));
  } else if (value < 0x10000) {
    text_ += static_cast<char>(0xE0U | value >> 12U);
    text_ += static_cast<char>(0x80U | (value >> 6U & 0x3FU));
    text_ += static_cast<char>(0x80U | (value & 0x3FU));
  } else {
    text_ += static_cast<char>(0xF0U | value >> 18U);
    text_ += static_cast<char>(0x80U | (value >> 12U & 0x3FU));
    text_ += static_cast<char>(0x80U | (value >> 6U & 0x3FU));
    text_ += static_cast<char>(0x80U | (value & 0x3FU));
  }
}

}  // namespace quern::collector
