#include "collector/input/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <glob.h>

#include "collector/base/failure.hpp"

namespace quern::collector {

namespace {

/// Small enough that the bytes are still in the processor's cache when they are looked at.
constexpr std::size_t kBlockSize = 128U << 10U;

struct CloseArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};

/// Only decompressors inside the library: others would start programs named by hostile bytes.
std::unique_ptr<archive, CloseArchive> new_reader() {
  std::unique_ptr<archive, CloseArchive> reader{archive_read_new()};
  ensure(reader != nullptr, "archive_read_new");
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_lzma(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_filter_lz4(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  return reader;
}

std::string reason(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "unknown error" : text;
}

}  // namespace

struct ByteSource::State {
  std::unique_ptr<archive, CloseArchive> reader = new_reader();
  std::string path;
  std::string name;
  std::optional<std::string> damage;
  bool at_end = false;
};

ByteSource::ByteSource(std::unique_ptr<State> state) : state_{std::move(state)} {}

ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;
ByteSource::~ByteSource() = default;

ByteSource ByteSource::open(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path == "-" ? "standard input" : path;
  archive* reader = state->reader.get();
  if (path != "-") {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
      throw UserError{fmt::format("{}: no such file", path)};
    }
    if (std::filesystem::is_directory(status)) {
      throw UserError{fmt::format("{}: is a directory, a file is needed here", path)};
    }
  }
  const int opened = path == "-" ? archive_read_open_fd(reader, 0, kBlockSize)
                                 : archive_read_open_filename(reader, path.c_str(), kBlockSize);
  if (opened != ARCHIVE_OK) {
    throw UserError{fmt::format("{}: cannot be read: {}", state->path, reason(reader))};
  }
  return ByteSource{std::move(state)};
}

ByteSource ByteSource::over(std::string_view text, std::string name) {
  auto state = std::make_unique<State>();
  state->path = std::move(name);
  archive* reader = state->reader.get();
  if (archive_read_open_memory(reader, text.data(), text.size()) != ARCHIVE_OK) {
    throw UserError{fmt::format("{}: cannot be read: {}", state->path, reason(reader))};
  }
  return ByteSource{std::move(state)};
}

bool ByteSource::next_stream() {
  State& s = *state_;
  if (s.at_end) {
    return false;
  }
  s.damage.reset();
  for (;;) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(s.reader.get(), &entry);
    if (result == ARCHIVE_EOF) {
      s.at_end = true;
      return false;
    }
    if (result < ARCHIVE_WARN) {
      s.at_end = true;
      s.name = s.path;
      s.damage = reason(s.reader.get());
      return true;  // an empty stream that says why
    }
    const bool raw = archive_format(s.reader.get()) == ARCHIVE_FORMAT_RAW ||
                     archive_format(s.reader.get()) == ARCHIVE_FORMAT_EMPTY;
    if (raw) {
      s.name = s.path;
      return true;
    }
    if (archive_entry_filetype(entry) == AE_IFREG) {
      const char* member = archive_entry_pathname(entry);
      s.name = fmt::format("{}({})", s.path, member == nullptr ? "?" : member);
      return true;
    }
  }
}

const std::string& ByteSource::name() const {
  return state_->name;
}

std::string_view ByteSource::read() {
  State& s = *state_;
  if (s.damage) {
    return {};
  }
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(s.reader.get(), &block, &size, &offset);
    if (result == ARCHIVE_EOF) {
      return {};
    }
    if (result < ARCHIVE_WARN) {
      s.damage = reason(s.reader.get());
      s.at_end = s.at_end || result == ARCHIVE_FATAL;
      return {};
    }
    if (size > 0) {
      return {static_cast<const char*>(block), size};
    }
  }
}

const std::optional<std::string>& ByteSource::damage() const {
  return state_->damage;
}

std::uint64_t ByteSource::consumed() const {
  return static_cast<std::uint64_t>(
      std::max<la_int64_t>(0, archive_filter_bytes(state_->reader.get(), -1)));
}

namespace {

std::vector<std::string> directory_files(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{path, error}) {
    if (entry.is_regular_file(error) && entry.path().filename().string().front() != '.') {
      files.push_back(entry.path().string());
    }
  }
  if (error) {
    throw UserError{fmt::format("{}: cannot be listed: {}", path, error.message())};
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    throw UserError{fmt::format("{}: the directory holds no files", path)};
  }
  return files;
}

std::vector<std::string> pattern_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      files.emplace_back(found.gl_pathv[i]);
    }
  }
  globfree(&found);
  return files;
}

}  // namespace

std::vector<std::string> expand_inputs(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (argument == "-") {
      files.push_back(argument);
    } else if (std::filesystem::is_directory(argument, error)) {
      const auto inside = directory_files(argument);
      files.insert(files.end(), inside.begin(), inside.end());
    } else if (std::filesystem::exists(argument, error)) {
      files.push_back(argument);
    } else {
      const auto matches = pattern_files(argument);
      if (matches.empty()) {
        throw UserError{fmt::format("{}: no such file", argument)};
      }
      for (const std::string& match : matches) {
        if (!std::filesystem::is_directory(match, error)) {
          files.push_back(match);
        }
      }
    }
  }
  return files;
}

std::string read_document(const std::string& path, std::uint64_t limit) {
  ByteSource source = ByteSource::open(path);
  std::string text;
  if (!source.next_stream()) {
    return text;
  }
  for (std::string_view piece = source.read(); !piece.empty(); piece = source.read()) {
    if (text.size() + piece.size() > limit) {
      throw UserError{fmt::format("{}: larger than {} bytes", path, limit)};
    }
    text.append(piece);
  }
  if (source.damage()) {
    throw UserError{fmt::format("{}: the file is damaged or was cut: {}; copy it again", path,
                                *source.damage())};
  }
  return text;
}

}  // namespace quern::collector
