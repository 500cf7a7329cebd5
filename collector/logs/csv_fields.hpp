#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quern::collector {

/// Where the fields of a CSV record (RFC 4180) begin and end. The record may come in several parts;
/// each byte is looked at once, 64 at a time.
class CsvFields {
 public:
  static constexpr std::size_t kMost = 32;

  void clear() { *this = CsvFields{}; }

  /// Goes on with text[from..]; what stands before was read, or is no separator and no quote.
  void read(std::string_view text, std::size_t from);

  /// Within quotes: the record goes on.
  [[nodiscard]] bool open() const { return inside_ != 0; }

  /// So far. Of more than kMost, only these are known.
  [[nodiscard]] std::size_t count() const { return separators_ + 1; }

  /// As it stands in the text that was read, with its quotes. The last one may be open.
  [[nodiscard]] std::string_view raw(std::string_view text, std::size_t field) const {
    const std::size_t begin = field == 0 ? 0 : separator_[field - 1] + std::size_t{1};
    const std::size_t end = field < separators_ ? separator_[field] : text.size();
    return text.substr(begin, end - begin);
  }

 private:
  std::array<std::uint32_t, kMost> separator_ = {};
  std::size_t separators_ = 0;
  std::uint64_t inside_ = 0;  ///< all ones within quotes
};

/// A field's value; one with doubled quotes is put into `own`. Nothing where quotes within it stand
/// alone.
[[nodiscard]] std::optional<std::string_view> unquoted(std::string_view field, std::string& own);

}  // namespace quern::collector
