#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "collector/input/byte_source.hpp"

namespace quern::collector {

/// Lines of one stream of a ByteSource, without their line feed. A UTF-8 byte order mark is
/// dropped; carriage returns are dropped when the stream's first line that holds anything ends in
/// one (a CRLF file: elsewhere they belong to the SQL text). A line longer than the limit is cut
/// and marked; memory stays bounded.
class LineReader {
 public:
  static constexpr std::size_t kMaximumLine = 16U << 20U;

  explicit LineReader(ByteSource& source, std::size_t maximum_line = kMaximumLine)
      : source_{source}, maximum_line_{maximum_line} {}

  /// Lines of a source that is the middle of a stream, whose carriage_returns() are known. Lines
  /// and bytes are counted from there.
  static LineReader within(ByteSource& source, bool carriage_returns) {
    LineReader reader{source};
    reader.at_start_ = false;
    reader.crlf_known_ = true;
    reader.crlf_ = carriage_returns;
    reader.trims_ = carriage_returns;
    return reader;
  }

  /// The next line, valid until the next call; false at the end of the stream.
  bool next(std::string_view& line) {
    const std::size_t length = piece_.find('\n');
    if (length > maximum_line_) {
      return assemble(line);
    }
    line = piece_.substr(0, length);
    piece_.remove_prefix(length + 1);
    bytes_ += length + 1;
    cut_ = false;
    ++number_;
    if (trims_) {
      trim(line);
    }
    return true;
  }

  /// The lines that are at hand whole, to `use(text, first)`: each with its line feed, and the
  /// number of the first; it returns how many they were. Only those that begin within the next
  /// `most` bytes, of which there is one. False: next() has to give the next line.
  template <class Use>
  bool lines_at_hand(Use use, std::uint64_t most = ~std::uint64_t{0}) {
    if (trims_ || piece_.size() > maximum_line_) {
      return false;
    }
    std::size_t length = piece_.rfind('\n') + 1;  // 0 for none
    if (length == 0) {
      return false;
    }
    if (length > most) {
      length = piece_.find('\n', static_cast<std::size_t>(most) - 1) + 1;
    }
    const std::string_view lines = piece_.substr(0, length);
    piece_.remove_prefix(length);
    bytes_ += length;
    cut_ = false;
    terminated_ = true;
    number_ += use(lines, number_ + 1);
    return true;
  }

  /// Many lines at once, as they stand, line feeds included: all that begin within the next
  /// `wanted` bytes, the last one up to its end. The stream's first line must have been read:
  /// it tells whether carriage_returns() are to be dropped from these. False at the end of the
  /// stream. cut() and terminated() speak of the last of them. Nobody has counted them: see
  /// counted().
  bool block(std::string& text, std::size_t wanted);

  /// Leaves out what is left of a line that began before; false when it does not end within the
  /// next `most` bytes.
  bool skip_rest_of_line(std::uint64_t most);

  /// Lines end in CRLF: next() drops the carriage returns, block() leaves them.
  [[nodiscard]] bool carriage_returns() const { return crlf_; }

  /// These were read without this reader, or in block()s, whose bytes it knows.
  void counted(std::uint64_t lines, std::uint64_t bytes) {
    number_ += lines;
    bytes_ += bytes;
  }

  /// Of the line just given, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }

  /// The line just given went on beyond the limit; the rest was thrown away.
  [[nodiscard]] bool cut() const { return cut_; }

  /// A line feed came after the line just given: false at most for the stream's last line.
  [[nodiscard]] bool terminated() const { return terminated_; }

  /// Bytes of the stream so far, line ends included.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  bool assemble(std::string_view& line);
  void trim(std::string_view& line);

  ByteSource& source_;
  std::size_t maximum_line_;
  std::string_view piece_ = {};
  std::string partial_ = {};
  std::uint64_t number_ = 0;
  std::uint64_t bytes_ = 0;
  bool cut_ = false;
  bool terminated_ = true;
  bool at_start_ = true;  ///< of the stream, where a byte order mark may be
  bool trims_ = true;     ///< there is something to look for at the line's ends
  bool crlf_ = false;
  bool crlf_known_ = false;
};

}  // namespace quern::collector
