#include "collector/incremental/advance.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

namespace quern::collector {

namespace {

constexpr std::uint64_t kMostHead = 1024;
constexpr std::uint64_t kMostTail = 256;
constexpr std::size_t kMostFiles = 4096;  ///< whose positions are remembered

/// A log file as it stands now.
struct LogFile {
  InputFile file;
  std::uint64_t size = file.size();
  bool plain = true;  ///< else compressed: it is read from its beginning to be skipped
};

std::optional<LogFile> look_at(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return std::nullopt;
  }
  LogFile log{InputFile::open(path)};
  ByteSource source = ByteSource::of(log.file);
  log.plain = !source.next_stream() || source.plain();
  return log;
}

/// The stream of `log` from `from` on; empty when there is none.
ByteSource stream_from(const LogFile& log, std::uint64_t from, std::uint64_t to) {
  ByteSource source = log.plain ? ByteSource::part(log.file, from, to) : ByteSource::of(log.file);
  if (source.next_stream() && !log.plain) {
    source.skip(from);
  }
  return source;
}

/// Up to `most` bytes of the file's text from `from` on.
std::string text_at(const LogFile& log, std::uint64_t from, std::uint64_t most) {
  ByteSource source = stream_from(log, from, from + most);
  std::string text;
  while (text.size() < most) {
    const std::string_view piece = source.read();
    if (piece.empty()) {
      break;
    }
    text.append(piece.substr(0, static_cast<std::size_t>(most - text.size())));
  }
  return text;
}

std::uint64_t hash_of(const std::string& text) {
  return XXH3_64bits(text.data(), text.size());
}

std::string tail_before(const LogFile& log, std::uint64_t offset) {
  const std::uint64_t length = std::min(offset, kMostTail);
  return text_at(log, offset - length, length);
}

bool holds_what_was_read(const LogFile& log, const FileProgress& progress) {
  if (log.plain && log.size < progress.offset) {
    return false;
  }
  return hash_of(text_at(log, 0, progress.head_bytes)) == progress.head_hash &&
         hash_of(tail_before(log, progress.offset)) == progress.tail_hash;
}

/// One file's new text, or why it is not taken now.
class Reading {
 public:
  Reading(CollectState& state, const CollectOptions& options) : state_{state}, options_{options} {}

  std::optional<std::string> take(const LogFile& log) {
    FileProgress* known = progress_of(log);
    if (known != nullptr) {
      known->path = log.file.path();
      known->inode = log.file.inode();
      seen_.insert(known - state_.files.data());
    }
    const std::uint64_t from = known == nullptr ? 0 : known->offset;
    if (log.plain && log.size == from) {
      return std::nullopt;
    }
    const auto layout = layout_of(log, known);
    if (!layout) {
      return fmt::format("{}: no log that can be read yet", log.file.path());
    }
    const std::string head = text_at(log, 0, kMostHead);
    const std::uint64_t to = log.plain ? log.size : std::numeric_limits<std::uint64_t>::max();
    ByteSource source = stream_from(log, from, to);
    std::uint64_t bytes = 0;
    WorkloadPiece piece = collect_part(source, *layout, reporting(), bytes);
    done_ += log.plain ? bytes : log.size;
    if (source.damage()) {
      return fmt::format("{}: left for later: {}", log.file.path(), *source.damage());
    }
    FileProgress now = progress_at(log, from + bytes, head);
    if (bytes < to - from && log.plain) {
      return fmt::format("{}: left for later: it was truncated meanwhile", log.file.path());
    }
    if (text_at(log, 0, kMostHead).compare(0, head.size(), head) != 0) {
      return fmt::format("{}: left for later: it was rotated meanwhile", log.file.path());
    }
    keep(known, std::move(now), std::move(piece));
    return std::nullopt;
  }

  /// How much there may be to read, for progress.
  void expect(std::uint64_t bytes) { all_ = bytes; }

  [[nodiscard]] bool saw(std::size_t index) const {
    return seen_.count(static_cast<std::ptrdiff_t>(index)) > 0;
  }

 private:
  /// The options, telling what was read of all files.
  [[nodiscard]] CollectOptions reporting() const {
    CollectOptions options = options_;
    if (options_.progress) {
      options.progress = [this](std::uint64_t done, std::uint64_t) {
        options_.progress(done_ + done, std::max(all_, done_ + done));
      };
    }
    return options;
  }

  FileProgress* progress_of(const LogFile& log) {
    FileProgress* found = nullptr;
    for (FileProgress& progress : state_.files) {
      const bool better = found == nullptr || progress.offset > found->offset ||
                          (progress.offset == found->offset && progress.inode == log.file.inode());
      if (better && holds_what_was_read(log, progress)) {
        found = &progress;
      }
    }
    return found;
  }

  std::optional<LogLayout> layout_of(const LogFile& log, const FileProgress* known) const {
    if (known != nullptr && known->piece) {
      const LogEnds& ends = known->piece->ends;
      const LogLayout& layout = ends.begun ? ends.end_layout : ends.start_layout;
      if (layout.format != LogFormat::Auto) {
        return layout;
      }
    }
    return layout_of_file(log.file, options_);
  }

  static FileProgress progress_at(const LogFile& log, std::uint64_t offset,
                                  const std::string& head) {
    FileProgress progress;
    progress.path = log.file.path();
    progress.inode = log.file.inode();
    progress.offset = offset;
    progress.head_bytes = std::min<std::uint64_t>(head.size(), offset);
    progress.head_hash = hash_of(head.substr(0, static_cast<std::size_t>(progress.head_bytes)));
    progress.tail_hash = hash_of(tail_before(log, offset));
    return progress;
  }

  void keep(FileProgress* known, FileProgress now, WorkloadPiece piece) {
    if (known == nullptr) {
      now.piece = std::move(piece);
      seen_.insert(static_cast<std::ptrdiff_t>(state_.files.size()));
      state_.files.push_back(std::move(now));
      return;
    }
    now.piece = known->piece ? join(std::move(*known->piece), piece) : std::move(piece);
    *known = std::move(now);
  }

  CollectState& state_;
  const CollectOptions& options_;
  std::set<std::ptrdiff_t> seen_;
  std::uint64_t done_ = 0;
  std::uint64_t all_ = 0;
};

auto first_message(const FileProgress& file) {
  return std::make_tuple(file.piece ? file.piece->ends.first_us : 0, std::string_view{file.path},
                         file.inode);
}

/// Files that are gone give up their pieces, as far as nothing older is still there.
void fold_gone_files(CollectState& state, const Reading& reading) {
  std::vector<std::pair<FileProgress*, bool>> in_order;
  for (std::size_t i = 0; i < state.files.size(); ++i) {
    if (state.files[i].piece) {
      in_order.emplace_back(&state.files[i], reading.saw(i));
    }
  }
  std::sort(in_order.begin(), in_order.end(), [](const auto& a, const auto& b) {
    return first_message(*a.first) < first_message(*b.first);
  });
  for (const auto& [file, there] : in_order) {
    if (there) {
      break;
    }
    state.before = state.before ? join(std::move(*state.before), *file->piece) : *file->piece;
    file->piece.reset();
  }
  while (state.files.size() > kMostFiles && !state.files.front().piece) {
    state.files.erase(state.files.begin());
  }
}

/// The size of the files less what was read of them before, roughly: they are known by their names
/// here.
std::uint64_t bytes_beyond(const CollectState& state, const std::vector<std::string>& paths) {
  std::uint64_t bytes = 0;
  for (const std::string& path : paths) {
    struct stat status {};

    const auto size = ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)
                          ? static_cast<std::uint64_t>(status.st_size)
                          : 0;
    const auto known = std::find_if(state.files.begin(), state.files.end(),
                                    [&](const FileProgress& file) { return file.path == path; });
    bytes += size - std::min(size, known == state.files.end() ? 0 : known->offset);
  }
  return bytes;
}

}  // namespace

std::vector<std::string> advance(CollectState& state, const std::vector<std::string>& inputs,
                                 const CollectOptions& options) {
  std::vector<std::string> left;
  Reading reading{state, options};
  const std::vector<std::string> paths = expand_inputs(inputs);
  reading.expect(bytes_beyond(state, paths));
  for (const std::string& path : paths) {
    const auto log = look_at(path);
    if (!log) {
      left.push_back(fmt::format("{}: not an ordinary file", path));
    } else if (const auto reason = reading.take(*log)) {
      left.push_back(*reason);
    }
  }
  fold_gone_files(state, reading);
  return left;
}

WorkloadPiece collected(const CollectState& state) {
  std::vector<const FileProgress*> files;
  for (const FileProgress& file : state.files) {
    if (file.piece) {
      files.push_back(&file);
    }
  }
  std::sort(files.begin(), files.end(), [](const FileProgress* a, const FileProgress* b) {
    return first_message(*a) < first_message(*b);
  });
  std::optional<WorkloadPiece> all = state.before;
  for (const FileProgress* file : files) {
    all = all ? join(std::move(*all), *file->piece) : *file->piece;
  }
  return all.value_or(WorkloadPiece{});
}

}  // namespace quern::collector
