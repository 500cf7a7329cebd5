#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace quern::collector {

/// A file held open, and what of it is asked later is asked of it and not of its name: a rotation
/// that moves the name to another file meanwhile changes nothing. Copies share the file.
class InputFile {
 public:
  /// Throws UserError when there is none, it is a directory, or it cannot be read. "-" is standard
  /// input.
  static InputFile open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] int descriptor() const;

  /// Neither a pipe, a device nor standard input: it can be read at any place.
  [[nodiscard]] bool regular() const;
  /// Bytes now; 0 of what is not regular.
  [[nodiscard]] std::uint64_t size() const;
  /// The same for every name of the file.
  [[nodiscard]] std::uint64_t inode() const;
  /// Microseconds since 1970 UTC; 0 of what is not regular.
  [[nodiscard]] std::int64_t modified_us() const;

  /// Bytes of a regular file from `offset` on: how many there were, 0 at its end; nothing on an
  /// error, which errno tells.
  std::optional<std::size_t> read_at(std::uint64_t offset, char* to, std::size_t most) const;

 private:
  class Descriptor;
  InputFile(std::string path, std::shared_ptr<const Descriptor> descriptor);

  std::string path_;
  std::shared_ptr<const Descriptor> descriptor_;
};

}  // namespace quern::collector
