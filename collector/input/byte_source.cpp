#include "collector/input/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include "collector/base/failure.hpp"
#include "collector/input/utf16.hpp"

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
  archive_read_support_filter_compress(reader.get());
  archive_read_support_filter_lzip(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_7zip(reader.get());
  archive_read_support_format_cpio(reader.get());
  return reader;
}

std::string reason(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "unknown error" : text;
}

/// An archive, or the member of one that is an archive or a compressed file itself.
struct Level {
  std::unique_ptr<archive, CloseArchive> reader = new_reader();
  std::string name;
  bool at_end = false;
  std::int64_t modified_us = 0;
};

la_ssize_t read_member(archive*, void* outer, const void** block) {
  auto* from = static_cast<archive*>(outer);
  for (;;) {
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(from, block, &size, &offset);
    if (result == ARCHIVE_EOF) {
      return 0;
    }
    if (result < ARCHIVE_WARN) {
      return -1;
    }
    if (size > 0) {
      return static_cast<la_ssize_t>(size);
    }
  }
}

}  // namespace

/// Bytes [begin, end) of a regular file.
struct FilePart {
  InputFile file;
  std::uint64_t begin = 0;
  std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t position = begin;
  std::vector<char> buffer = std::vector<char>(kBlockSize);
  std::optional<std::string> damage = {};

  /// Empty at the end and on damage.
  std::string_view read() {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), end - position);
    const auto got = file.read_at(position, buffer.data(), static_cast<std::size_t>(wanted));
    if (!got) {
      damage = std::strerror(errno);
      return {};
    }
    position += *got;
    return {buffer.data(), *got};
  }
};

namespace {

la_ssize_t read_file(archive* reader, void* part, const void** block) {
  auto& from = *static_cast<FilePart*>(part);
  const std::string_view piece = from.read();
  if (from.damage) {
    archive_set_error(reader, errno, "%s", from.damage->c_str());
    return -1;
  }
  *block = piece.data();
  return static_cast<la_ssize_t>(piece.size());
}

/// The directories of zip and 7z files stand at their ends.
la_int64_t seek_file(archive*, void* part, la_int64_t offset, int whence) {
  auto& from = *static_cast<FilePart*>(part);
  const std::uint64_t base = whence == SEEK_SET   ? 0
                             : whence == SEEK_CUR ? from.position
                                                  : from.file.size();
  from.position = base + static_cast<std::uint64_t>(offset);
  return static_cast<la_int64_t>(from.position);
}

int open_reader(archive* reader, FilePart& part) {
  archive_read_set_read_callback(reader, read_file);
  archive_read_set_seek_callback(reader, seek_file);
  archive_read_set_callback_data(reader, &part);
  return archive_read_open1(reader);
}

}  // namespace

struct ByteSource::State {
  std::optional<InputFile> file;    ///< unless it is in memory
  std::unique_ptr<FilePart> bytes;  ///< of a regular file
  std::uint64_t to_skip = 0;
  std::vector<std::unique_ptr<Level>> levels;  ///< the outermost first; none of a part
  bool is_part = false;
  bool part_begun = false;  ///< its one stream was stepped to
  std::string path;
  std::string name;
  std::int64_t modified_us = 0;
  std::optional<std::string> damage;
  Utf16Decoder decoder;

  std::string_view read();

  State() { levels.push_back(std::make_unique<Level>()); }

  /// The member at hand of the innermost archive may be compressed, or an archive.
  bool descend(std::string member, std::int64_t modified) {
    constexpr std::size_t kMostLevels = 5;
    if (levels.size() == kMostLevels) {
      return false;
    }
    auto inner = std::make_unique<Level>();
    inner->name = std::move(member);
    inner->modified_us = modified;
    if (archive_read_open(inner->reader.get(), levels.back()->reader.get(), nullptr, read_member,
                          nullptr) != ARCHIVE_OK) {
      return false;
    }
    levels.push_back(std::move(inner));
    return true;
  }

  [[nodiscard]] std::string full_name() const {
    std::string text = path;
    for (std::size_t i = 1; i < levels.size(); ++i) {
      text += fmt::format("({})", levels[i]->name);
    }
    return text;
  }
};

ByteSource::ByteSource(std::unique_ptr<State> state) : state_{std::move(state)} {}

ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;
ByteSource::~ByteSource() = default;

ByteSource ByteSource::open(const std::string& path) {
  return of(InputFile::open(path));
}

ByteSource ByteSource::of(const InputFile& file) {
  auto state = std::make_unique<State>();
  state->path = file.path();
  state->file = file;
  state->levels.front()->modified_us = file.modified_us();
  archive* reader = state->levels.front()->reader.get();
  if (file.regular()) {
    state->bytes = std::make_unique<FilePart>(FilePart{file});
  }
  const int opened = state->bytes ? open_reader(reader, *state->bytes)
                                  : archive_read_open_fd(reader, file.descriptor(), kBlockSize);
  if (opened != ARCHIVE_OK) {
    throw UserError{fmt::format("{}: cannot be read: {}", state->path, reason(reader))};
  }
  return ByteSource{std::move(state)};
}

ByteSource ByteSource::part(const InputFile& file, std::uint64_t from, std::uint64_t to) {
  auto state = std::make_unique<State>();
  state->levels.clear();
  state->is_part = true;
  state->path = file.path();
  state->name = file.path();
  state->modified_us = file.modified_us();
  state->bytes = std::make_unique<FilePart>(FilePart{file, from, std::max(from, to)});
  return ByteSource{std::move(state)};
}

ByteSource ByteSource::over(std::string_view text, std::string name) {
  auto state = std::make_unique<State>();
  state->path = std::move(name);
  archive* reader = state->levels.front()->reader.get();
  if (archive_read_open_memory(reader, text.data(), text.size()) != ARCHIVE_OK) {
    throw UserError{fmt::format("{}: cannot be read: {}", state->path, reason(reader))};
  }
  return ByteSource{std::move(state)};
}

bool ByteSource::next_stream() {
  State& s = *state_;
  s.damage.reset();
  s.decoder = Utf16Decoder{};
  s.to_skip = 0;
  if (s.is_part) {
    return !std::exchange(s.part_begun, true);
  }
  while (!s.levels.empty()) {
    Level& level = *s.levels.back();
    archive* reader = level.reader.get();
    archive_entry* entry = nullptr;
    const int result = level.at_end ? ARCHIVE_EOF : archive_read_next_header(reader, &entry);
    if (result == ARCHIVE_EOF) {
      s.levels.pop_back();
      continue;
    }
    s.name = s.full_name();
    if (result < ARCHIVE_WARN) {
      level.at_end = true;
      s.damage = reason(reader);
      return true;  // an empty stream that says why
    }
    const bool raw = archive_format(reader) == ARCHIVE_FORMAT_RAW ||
                     archive_format(reader) == ARCHIVE_FORMAT_EMPTY;
    if (raw) {
      level.at_end = true;
      s.modified_us = level.modified_us;
      return true;
    }
    if (archive_entry_filetype(entry) == AE_IFREG) {
      const char* member = archive_entry_pathname(entry);
      const std::int64_t modified = archive_entry_mtime_is_set(entry) != 0
                                        ? std::int64_t{archive_entry_mtime(entry)} * 1'000'000
                                        : 0;
      if (!s.descend(member == nullptr ? "?" : member, modified)) {
        s.name += "(...)";
        s.damage = "archives within archives beyond the fifth level are not opened";
        return true;
      }
    }
  }
  return false;
}

const std::string& ByteSource::name() const {
  return state_->name;
}

std::int64_t ByteSource::modified_us() const {
  return state_->modified_us;
}

void ByteSource::skip(std::uint64_t bytes) {
  state_->to_skip += bytes;
}

bool ByteSource::plain() const {
  const State& s = *state_;
  return s.is_part ||
         (s.levels.size() == 1 && archive_filter_count(s.levels.front()->reader.get()) == 1 &&
          s.levels.front()->at_end);
}

std::optional<InputFile> ByteSource::file_as_it_stands() const {
  const State& s = *state_;
  const bool stands =
      !s.is_part && s.bytes != nullptr && s.to_skip == 0 && plain() && s.decoder.passes();
  return stands ? s.file : std::nullopt;
}

std::string_view ByteSource::read() {
  for (;;) {
    std::string_view piece = state_->read();
    const std::uint64_t skipped = std::min<std::uint64_t>(state_->to_skip, piece.size());
    state_->to_skip -= skipped;
    piece.remove_prefix(static_cast<std::size_t>(skipped));
    if (!piece.empty() || skipped == 0) {
      return piece;
    }
  }
}

std::string_view ByteSource::State::read() {
  State& s = *this;
  if (is_part) {
    const std::string_view piece = bytes->read();
    damage = bytes->damage;
    return piece;
  }
  while (!s.damage && !s.levels.empty()) {
    archive* reader = s.levels.back()->reader.get();
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(reader, &block, &size, &offset);
    if (result == ARCHIVE_EOF) {
      return {};
    }
    if (result < ARCHIVE_WARN) {
      s.damage = reason(reader);
      return {};
    }
    const auto text = s.decoder.decode({static_cast<const char*>(block), size});
    if (!text.empty()) {
      return text;
    }
  }
  return {};
}

const std::optional<std::string>& ByteSource::damage() const {
  return state_->damage;
}

std::uint64_t ByteSource::consumed() const {
  if (state_->is_part) {
    return state_->bytes->position - state_->bytes->begin;
  }
  if (state_->levels.empty()) {
    return 0;
  }
  return static_cast<std::uint64_t>(
      std::max<la_int64_t>(0, archive_filter_bytes(state_->levels.front()->reader.get(), -1)));
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
