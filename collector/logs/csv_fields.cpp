#include "collector/logs/csv_fields.hpp"

#include <algorithm>
#include <cstring>

#include "collector/base/sixteen_bytes.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kBlock = 64;

struct Block {
  std::uint64_t quotes = 0, commas = 0;

  explicit Block(const char* from) {
    for (unsigned i = 0; i < kBlock; i += SixteenBytes::kSize) {
      const SixteenBytes bytes{from + i};
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
  constexpr std::size_t kStep = SixteenBytes::kSize;
  if (own.size() < field.size() + kStep) {
    own.resize(std::max(2 * own.size(), field.size() + kStep));  // whole steps are written
  }
  std::memcpy(own.data(), field.data(), from);
  std::size_t to = from;
  while (from < field.size()) {
    std::size_t plain = 0;  // bytes up to the next quote, or as many as are looked at
    bool quote = false;
    if (from + kStep <= field.size()) {
      const SixteenBytes bytes{field.data() + from};
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
