#include "collector/logs/csv_fields.hpp"

#include <algorithm>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace quern::collector {

namespace {

/// A bit for each of sixteen bytes that is this one.
class Sixteen {
 public:
#ifdef __SSE2__
  explicit Sixteen(const char* from)
      : bytes_{_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))} {}

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
  explicit Sixteen(const char* from) {
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

constexpr std::size_t kBlock = 64;

struct Block {
  std::uint64_t quotes = 0, commas = 0;

  explicit Block(const char* from) {
    for (unsigned i = 0; i < kBlock; i += 16) {
      const Sixteen bytes{from + i};
      quotes |= bytes.equal('"') << i;
      commas |= bytes.equal(',') << i;
    }
  }
};

/// Each bit: whether the bits up to it, itself included, are odd in number.
std::uint64_t odd_so_far(std::uint64_t bits) {
  for (const unsigned by : {1U, 2U, 4U, 8U, 16U, 32U}) {
    bits ^= bits << by;
  }
  return bits;
}

}  // namespace

void CsvFields::read(std::string_view text, std::size_t from) {
  const auto take = [&](const Block& block, std::size_t at) {
    const std::uint64_t inside = odd_so_far(block.quotes) ^ inside_;
    inside_ = std::uint64_t{0} - (inside >> (kBlock - 1));
    for (std::uint64_t rest = block.commas & ~inside; rest != 0; rest &= rest - 1) {
      if (separators_ < kMost) {
        separator_[separators_] =
            static_cast<std::uint32_t>(at + static_cast<unsigned>(__builtin_ctzll(rest)));
      }
      ++separators_;
    }
  };
  for (; from + kBlock <= text.size(); from += kBlock) {
    take(Block{text.data() + from}, from);
  }
  if (from < text.size()) {
    std::array<char, kBlock> last = {};
    std::memcpy(last.data(), text.data() + from, text.size() - from);
    take(Block{last.data()}, from);
  }
}

std::optional<std::string_view> unquoted(std::string_view field, std::string& own) {
  if (field.empty() || field.front() != '"') {
    return field;
  }
  if (field.size() < 2 || field.back() != '"') {
    return std::nullopt;
  }
  field = field.substr(1, field.size() - 2);
  std::size_t from = std::min(field.find('"'), field.size());
  if (from == field.size()) {
    return field;
  }
  constexpr std::size_t kStep = 16;
  if (own.size() < field.size() + kStep) {
    own.resize(std::max(2 * own.size(), field.size() + kStep));  // whole steps are written
  }
  std::memcpy(own.data(), field.data(), from);
  std::size_t to = from;
  while (from < field.size()) {
    std::size_t plain = 0;  // bytes up to the next quote, or as many as are looked at
    bool quote = false;
    if (from + kStep <= field.size()) {
      const Sixteen bytes{field.data() + from};
      bytes.store(own.data() + to);
      const std::uint64_t quotes = bytes.equal('"');
      quote = quotes != 0;
      plain = quote ? static_cast<unsigned>(__builtin_ctzll(quotes)) : kStep;
    } else {
      quote = field[from] == '"';
      plain = quote ? 0 : 1;
      own[to] = field[from];
    }
    if (quote) {
      if (from + plain + 1 >= field.size() || field[from + plain + 1] != '"') {
        return std::nullopt;
      }
      from += plain + 2;
      to += plain + 1;
    } else {
      from += plain;
      to += plain;
    }
  }
  return std::string_view{own}.substr(0, to);
}

}  // namespace quern::collector
