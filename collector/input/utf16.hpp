#pragma once

#include <string>
#include <string_view>

namespace quern::collector {

/// UTF-16, as Windows writes files, into UTF-8, piece by piece. Text that is no UTF-16 passes as it
/// is.
class Utf16Decoder {
 public:
  /// Valid until the next call. The first piece of a stream decides what it is: by its byte order
  /// mark, or by the zero bytes between its letters.
  std::string_view decode(std::string_view piece);

  /// Of what was decoded so far: it came out as it stood.
  [[nodiscard]] bool passes() const { return kind_ == Kind::Undecided || kind_ == Kind::Bytes; }

 private:
  enum class Kind { Undecided, Bytes, LittleEndian, BigEndian };
  void unit(unsigned value);
  void character(unsigned value);

  Kind kind_ = Kind::Undecided;
  std::string text_;
  bool half_ = false;  ///< the first byte of a unit stands in first_
  unsigned first_ = 0;
  unsigned high_surrogate_ = 0;
};

}  // namespace quern::collector
