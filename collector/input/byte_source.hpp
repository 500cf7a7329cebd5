#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/input/input_file.hpp"

namespace quern::collector {

/// A file, standard input ("-"), or bytes in memory, as streams of plain bytes: gzip (also of
/// several members), zstd, bzip2, xz and lz4 are undone, the members of a tar, zip, cpio or 7z
/// (also within one another) follow one another. Memory does not grow with the input.
class ByteSource {
 public:
  /// Throws UserError when the path cannot be opened.
  static ByteSource open(const std::string& path);
  /// The same of a file that is open already.
  static ByteSource of(const InputFile& file);
  /// Bytes [from, to) of a regular file, as they stand there, as one stream; fewer when the file
  /// has become shorter.
  static ByteSource part(const InputFile& file, std::uint64_t from, std::uint64_t to);
  /// For tests and fuzzing; `text` must outlive the source.
  static ByteSource over(std::string_view text, std::string name = "memory");

  ByteSource(ByteSource&&) noexcept;
  ByteSource& operator=(ByteSource&&) noexcept;
  ~ByteSource();

  /// Steps to the first or next stream; false when there is none. An ordinary file is one stream.
  bool next_stream();
  /// Where the stream at hand comes from: the path, or `logs.tar(postgresql-1.log)`.
  [[nodiscard]] const std::string& name() const;
  /// The next piece of the stream at hand, valid until the next call; empty at its end.
  std::string_view read();
  /// Leaves out the next bytes of the stream at hand.
  void skip(std::uint64_t bytes);
  /// The stream at hand is the file itself, neither compressed nor a member of an archive.
  [[nodiscard]] bool plain() const;
  /// Of a stream that is a regular file's bytes as they stand, as far as it was read: part()s of
  /// this file give the same.
  [[nodiscard]] std::optional<InputFile> file_as_it_stands() const;
  /// Why the stream ended before its own end (a cut gzip file), if it did. What was read stays
  /// good.
  [[nodiscard]] const std::optional<std::string>& damage() const;
  /// When the stream at hand was last written, microseconds since 1970 UTC; 0: not known.
  [[nodiscard]] std::int64_t modified_us() const;
  /// Bytes taken from the file so far (before decompression), for progress.
  [[nodiscard]] std::uint64_t consumed() const;

 private:
  struct State;
  explicit ByteSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Files for what stands on the command line: a file as it is, a directory's regular files (not
/// the hidden ones) in name order, a pattern's matches, "-" as it is. Throws UserError when nothing
/// is there.
[[nodiscard]] std::vector<std::string> expand_inputs(const std::vector<std::string>& arguments);

/// The whole of a small document, decompressed. Throws UserError (missing, cut in half, beyond
/// `limit` bytes).
[[nodiscard]] std::string read_document(const std::string& path, std::uint64_t limit = 1U << 30U);

}  // namespace quern::collector
