#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace quern {

/// Sixteen bytes of a text, looked at together.
class SixteenBytes {
 public:
  static constexpr std::size_t kSize = 16;

#ifdef __SSE2__
  explicit SixteenBytes(const char* from)
      : bytes_{_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))} {}

  /// A bit for each that is this one, the lowest for the first.
  [[nodiscard]] std::uint64_t equal(char c) const {
    const __m128i same = _mm_cmpeq_epi8(bytes_, _mm_set1_epi8(c));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(same));
  }

  void store(char* to) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes_);
  }

 private:
  __m128i bytes_;
#else
  explicit SixteenBytes(const char* from) {
    std::memcpy(bytes_.data(), from, bytes_.size());
  }

  [[nodiscard]] std::uint64_t equal(char c) const {
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      mask |= std::uint64_t{bytes_[i] == c} << i;
    }
    return mask;
  }

  void store(char* to) const {
    std::memcpy(to, bytes_.data(), bytes_.size());
  }

 private:
  std::array<char, 16> bytes_;
#endif
};

}  // namespace quern
