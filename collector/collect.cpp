#include "collector/collect.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "collector/input/byte_source.hpp"
#include "collector/input/line_reader.hpp"
#include "collector/logs/detect_format.hpp"
#include "collector/logs/event_assembler.hpp"
#include "collector/logs/infer_prefix.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/record_stream.hpp"
#include "collector/parallel/parallel_reader.hpp"
#include "collector/sql/statement_statistics.hpp"
#include "collector/sql/weighted_sql.hpp"
#include "collector/workload/add_statistics.hpp"

namespace quern::collector {

namespace {

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

/// The first lines of a stream, from 1 on, kept to tell its format and then read like all others.
struct Head {
  struct Line {
    std::string text;
    std::uint64_t number;
    bool cut;
    bool terminated;
  };

  static constexpr std::size_t kMostLines = 500;
  static constexpr std::size_t kMostBytes = 1U << 20U;

  std::vector<Line> lines;

  explicit Head(LineReader& reader) {
    std::string_view line;
    std::size_t bytes = 0;
    std::size_t telling = 0;
    while (telling < kMostLines && bytes < kMostBytes && reader.next(line)) {
      lines.push_back({std::string{line}, reader.number(), reader.cut(), reader.terminated()});
      bytes += line.size();
      telling += line.empty() || line.front() == '\t' ? 0 : 1;
    }
  }

  /// Lines from the one at `next` on, which moves to the first that is not among them.
  void to_chunk(Chunk& chunk, std::size_t& next, std::size_t bytes) const {
    chunk.carriage_returns = false;  // they are dropped
    for (std::uint64_t number = 1; next < lines.size() && chunk.text.size() < bytes; ++next) {
      const Line& line = lines[next];
      chunk.text.append(line.text);
      if (line.terminated || line.cut) {
        chunk.text.push_back('\n');
      }
      if (line.cut) {
        chunk.cut.push_back(number);
      }
      ++number;
    }
  }

  [[nodiscard]] std::vector<std::string_view> views() const {
    std::vector<std::string_view> views;
    for (const Line& line : lines) {
      if (!line.text.empty()) {
        views.emplace_back(line.text);
      }
    }
    return views;
  }
};

/// A stream in chunks: what was looked at to tell its format, then ranges of its file, or the text
/// itself where that is compressed, in UTF-16 or comes from a pipe.
class ChunkSource {
 public:
  ChunkSource(const Head& head, ByteSource& source, LineReader& lines,
              const CollectOptions& options)
      : head_{head},
        source_{source},
        lines_{lines},
        chunk_bytes_{options.chunk_bytes},
        file_{source.file_as_it_stands()},
        size_{file_ ? file_->size() : 0},
        at_{lines.bytes()},
        threads_{options.threads} {}

  bool next(Chunk& chunk) {
    chunk.file = source_.name();
    chunk.range.reset();
    chunk.text.clear();
    chunk.cut.clear();
    if (in_head_ < head_.lines.size()) {
      head_.to_chunk(chunk, in_head_, chunk_bytes_);
      return true;
    }
    chunk.carriage_returns = lines_.carriage_returns();
    return !head_.lines.empty() && (at_ < size_ ? next_range(chunk) : next_block(chunk));
  }

  /// Bytes of the file so far.
  [[nodiscard]] std::uint64_t consumed() const {
    return ranges_ ? std::min(at_, size_) : source_.consumed();
  }

 private:
  bool next_range(Chunk& chunk) {
    // Ranges become smaller, so that the threads come to the end together. What the file has grown
    // by meanwhile belongs to the last.
    const std::uint64_t left = size_ - at_;
    const std::uint64_t bytes =
        std::max<std::uint64_t>(chunk_bytes_, std::min(left / (4 * threads_), kMostRange));
    const std::uint64_t to = left > bytes ? at_ + bytes : kNoEnd;
    chunk.range = FileRange{*file_, at_, to, at_line_};
    at_ = to;
    at_line_ = false;
    ranges_ = true;
    return true;
  }

  bool next_block(Chunk& chunk) {
    if (ranges_ || !lines_.block(chunk.text, chunk_bytes_)) {
      return false;
    }
    if (lines_.cut()) {
      const std::string_view before_last{chunk.text.data(), chunk.text.size() - 1};
      chunk.cut.push_back(
          1 + static_cast<std::uint64_t>(std::count(before_last.begin(), before_last.end(), '\n')));
    }
    return true;
  }

  static constexpr std::uint64_t kMostRange = 32U << 20U;
  static constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

  const Head& head_;
  ByteSource& source_;
  LineReader& lines_;
  std::size_t chunk_bytes_;
  std::optional<InputFile> file_;
  std::uint64_t size_;
  std::uint64_t at_;
  std::uint64_t threads_;
  bool at_line_ = true;
  bool ranges_ = false;
  std::size_t in_head_ = 0;
};

/// One run over any number of streams.
class Collection {
 public:
  explicit Collection(const CollectOptions& options)
      : options_{options},
        aggregator_{options.bucket_seconds, options.limits},
        tally_{aggregator_.input(), aggregator_.skipped(), {}},
        assembler_{aggregator_, options_.filter, tally_},
        stream_{assembler_, tally_, aggregator_.formats()} {}

  void read(ByteSource& source, std::uint64_t before, std::uint64_t all) {
    while (source.next_stream()) {
      tally_.file = source.name();
      LineReader lines{source};
      read_stream(source, lines, before, all);
      tally_.counts.bytes += lines.bytes();
      if (source.damage()) {
        tally_.note(
            fmt::format("input ends early ({}); what came before it was used", *source.damage()),
            lines.number());
        damaged_ = true;
      }
    }
  }

  WorkloadPiece read_part(ByteSource& source, const LogLayout& layout, std::uint64_t& bytes) {
    tally_.file = source.name();
    LineReader lines{source};
    stream_.open(layout);
    read_lines(source, lines, 0, 0);
    static_cast<void>(stream_.close());
    bytes = lines.bytes();
    tally_.counts.bytes += bytes;
    return suspend();
  }

  std::optional<LogLayout> layout_of_first(ByteSource& source) {
    if (!source.next_stream()) {
      return std::nullopt;
    }
    LineReader lines{source};
    return layout_of(Head{lines}, source);
  }

  WorkloadPiece finish() {
    WorkloadPiece piece = suspend();
    if (statistics_) {  // beside the whole of the log: nothing may hang over its ends
      Workload whole = settled(piece);
      add_statistics(whole, statistics_->take(), hidden_);
      piece = WorkloadPiece{};
      piece.decided = std::move(whole);
    }
    const bool part_of_a_record = !piece.ends.begun && !piece.ends.start_text.empty();
    if (piece.decided.formats.empty() && !part_of_a_record && settled(piece).formats.empty()) {
      throw UserError{nothing_recognized()};
    }
    return piece;
  }

 private:
  WorkloadPiece suspend() {
    WorkloadPiece piece;
    piece.ends = stream_.suspend();
    piece.ends.filter = options_.filter;
    piece.ends.sessions = assembler_.suspend();
    piece.decided = aggregator_.take();
    if (parallel_) {
      piece.decided = merge(std::move(piece.decided), parallel_->take());
    }
    return piece;
  }

  void read_stream(ByteSource& source, LineReader& lines, std::uint64_t before, std::uint64_t all) {
    const Head head{lines};
    const bool given = options_.format != LogFormat::Auto || options_.prefix;
    if (!given && StatementStatisticsReader::recognizes(head.views())) {
      read_statement_statistics(head, lines);
      return;
    }
    const auto layout = layout_of(head, source);
    if (!layout) {
      skip_stream(head, lines);
      return;
    }
    if (options_.recognized) {
      options_.recognized(tally_.file, describe_layout(*layout));
    }
    if (layout->format == LogFormat::Sql) {
      read_sql(head, lines);
    } else {
      read_log(*layout, head, source, lines, before, all);
    }
  }

  void read_log(const LogLayout& layout, const Head& head, ByteSource& source, LineReader& lines,
                std::uint64_t before, std::uint64_t all) {
    if (options_.threads > 1 && ParallelReader::can_read(layout)) {
      read_parallel(layout, head, source, lines, before, all);
      return;
    }
    stream_.open(layout);
    for (const Head::Line& line : head.lines) {
      stream_.line(line.text, line.number, line.cut, line.terminated);
    }
    read_lines(source, lines, before, all);
    if (!stream_.close()) {
      remember(head, &layout);
    }
  }

  /// To the end of the stream.
  void read_lines(ByteSource& source, LineReader& lines, std::uint64_t before, std::uint64_t all) {
    constexpr std::uint64_t kBytesBetweenReports = 1U << 20U;
    const auto several = [&](std::string_view text, std::uint64_t first) {
      return stream_.lines(text, first);
    };
    std::uint64_t report_at = kBytesBetweenReports;
    for (std::string_view line;;) {
      if (!lines.lines_at_hand(several)) {
        if (!lines.next(line)) {
          return;
        }
        stream_.line(line, lines.number(), lines.cut(), lines.terminated());
      }
      if (lines.bytes() >= report_at) {
        report(source, before, all);
        report_at = lines.bytes() + kBytesBetweenReports;
      }
    }
  }

  void report(const ByteSource& source, std::uint64_t before, std::uint64_t all) const {
    if (options_.progress) {
      options_.progress(before + source.consumed(), all);
    }
  }

  void read_parallel(const LogLayout& layout, const Head& head, ByteSource& source,
                     LineReader& lines, std::uint64_t before, std::uint64_t all) {
    if (!parallel_) {
      parallel_ = std::make_unique<ParallelReader>(options_.threads, options_.filter,
                                                   options_.bucket_seconds, options_.limits);
    }
    ChunkSource chunks{head, source, lines, options_};
    const auto next = [&](Chunk& chunk) {
      if (!chunks.next(chunk)) {
        return false;
      }
      if (options_.progress) {
        options_.progress(before + chunks.consumed(), all);
      }
      return true;
    };
    stream_.open(layout);
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    parallel_->read(layout, next, [&](ChunkRead read) {
      count += read.lines;
      bytes += read.bytes;
      aggregator_.skipped().merge(read.skipped);
      stream_.follow_chunk(read.ends);
      assembler_.follow(std::move(read.ends.sessions), Neighbours::Certain);
    });
    lines.counted(count - head.lines.size(), bytes);
    if (!stream_.close()) {
      remember(head, &layout);
    }
  }

  /// The lines looked at to tell the format, then the rest.
  template <class Reader>
  void read_all(Reader& reader, const Head& head, LineReader& lines) {
    for (const Head::Line& line : head.lines) {
      reader.line(line.text, line.number, line.cut);
    }
    std::string_view line;
    while (lines.next(line)) {
      reader.line(line, lines.number(), lines.cut());
    }
    reader.finish();
    tally_.counts.lines += lines.number();
  }

  void read_sql(const Head& head, LineReader& lines) {
    WeightedSqlReader reader{aggregator_, tally_};
    read_all(reader, head, lines);
    if (reader.records() > 0) {
      aggregator_.formats()[format_name(LogFormat::Sql)] += reader.records();
    } else if (!head.lines.empty()) {
      remember(head);
    }
  }

  void read_statement_statistics(const Head& head, LineReader& lines) {
    if (options_.recognized) {
      options_.recognized(tally_.file, "a dump of pg_stat_statements");
    }
    if (!statistics_) {
      statistics_ = std::make_unique<Aggregator>(options_.bucket_seconds, options_.limits);
    }
    StatementStatisticsReader reader{*statistics_, tally_};
    read_all(reader, head, lines);
    aggregator_.formats()["pg_stat_statements"] += reader.records();
    std::move(reader.hidden().begin(), reader.hidden().end(), std::back_inserter(hidden_));
  }

  /// Nothing when no format fits.
  std::optional<LogLayout> layout_of(const Head& head, const ByteSource& source) {
    const auto views = head.views();
    if (options_.format == LogFormat::Sql) {
      return LogLayout{LogFormat::Sql};
    }
    auto layout = detect_layout_of(views, options_.format, options_.prefix, source.modified_us());
    if (layout) {
      return layout;
    }
    if (options_.format != LogFormat::Auto) {
      return as_given(options_.format);
    }
    return !options_.prefix && looks_like_sql(views) ? std::optional{LogLayout{LogFormat::Sql}}
                                                     : std::nullopt;
  }

  /// A log whose first lines do not show what it was said to be.
  [[nodiscard]] std::optional<LogLayout> as_given(LogFormat format) const {
    if (format == LogFormat::Stderr && !options_.prefix) {
      return std::nullopt;
    }
    return LogLayout{format, options_.prefix.value_or("")};
  }

  void skip_stream(const Head& head, LineReader& lines) {
    std::string_view line;
    while (lines.next(line)) {
    }
    tally_.counts.lines += lines.number();
    if (lines.number() > 0) {
      tally_.skip(foreign_kind(head.views()), 1, lines.number());
      remember(head);
    }
  }

  /// The first file that gave nothing explains the run if no other gives anything.
  void remember(const Head& head, const LogLayout* layout = nullptr) {
    if (!unread_file_.empty()) {
      return;
    }
    unread_as_ = layout == nullptr ? std::string{} : describe_layout(*layout);
    unread_file_ = tally_.file;
    const auto views = head.views();
    unread_ = describe_lines(views);
    if (options_.prefix) {
      if (const auto better = infer_prefix(views)) {
        suggestion_ = better->text();
      }
    }
  }

  [[nodiscard]] std::string nothing_recognized() const {
    if (unread_file_.empty()) {
      return damaged_ ? "nothing could be read: the input is damaged from its start"
                      : "nothing to read: the input is empty";
    }
    if (options_.prefix &&
        (options_.format == LogFormat::Auto || options_.format == LogFormat::Stderr)) {
      const std::string hint = suggestion_.empty()
                                   ? "leave --prefix out to have it inferred"
                                   : fmt::format("--prefix '{}' would fit", suggestion_);
      return fmt::format("{}: no line matches --prefix '{}'; {}\nThe file: {}", unread_file_,
                         *options_.prefix, hint, unread_);
    }
    if (options_.format != LogFormat::Auto) {
      return fmt::format(
          "{}: no record of format {}; leave --format out to have it detected\n"
          "The file: {}",
          unread_file_, format_name(options_.format), unread_);
    }
    if (!unread_as_.empty()) {
      return fmt::format(
          "{}: {}, but no message begins in it: name the file with their beginnings before it\n"
          "The file: {}",
          unread_file_, unread_as_, unread_);
    }
    return fmt::format(
        "{}: not a PostgreSQL log that can be read: {}\n"
        "Pass --prefix with what `SHOW log_line_prefix` prints for a stderr log, or --format csv, "
        "json or sql.",
        unread_file_, unread_);
  }

  const CollectOptions& options_;
  Aggregator aggregator_;
  ReadTally tally_;
  EventAssembler assembler_;
  RecordStream stream_;
  std::unique_ptr<ParallelReader> parallel_ = {};  ///< once there is use for it
  std::unique_ptr<Aggregator> statistics_ = {};    ///< dumps of pg_stat_statements
  std::vector<HiddenStatement> hidden_ = {};
  bool damaged_ = false;
  std::string unread_file_, unread_as_, unread_, suggestion_;
};

}  // namespace

Workload checked(Workload workload) {
  if (workload.classes.empty() && workload.input.filtered > 0) {
    throw UserError{fmt::format(
        "no statement is left: all {} messages were filtered out by --since, --until, "
        "--database, --user or --application (is what they look at in the log_line_prefix?)",
        workload.input.filtered)};
  }
  return workload;
}

WorkloadPiece collect_piece(const std::vector<std::string>& inputs, const CollectOptions& options) {
  const std::vector<std::string> files = expand_inputs(inputs);
  std::uint64_t all = 0;
  for (const std::string& file : files) {
    all += size_of(file);
  }
  Collection collection{options};
  std::uint64_t before = 0;
  for (const std::string& file : files) {
    ByteSource source = ByteSource::open(file);
    collection.read(source, before, all);
    before += size_of(file);
  }
  return collection.finish();
}

WorkloadPiece collect_part(ByteSource& source, const LogLayout& layout,
                           const CollectOptions& options, std::uint64_t& bytes) {
  return Collection{options}.read_part(source, layout, bytes);
}

std::optional<LogLayout> layout_of_file(const InputFile& file, const CollectOptions& options) {
  ByteSource source = ByteSource::of(file);
  return Collection{options}.layout_of_first(source);
}

WorkloadPiece collect_piece_text(std::string_view text, const CollectOptions& options,
                                 std::string name) {
  Collection collection{options};
  ByteSource source = ByteSource::over(text, std::move(name));
  collection.read(source, 0, text.size());
  return collection.finish();
}

Workload collect(const std::vector<std::string>& inputs, const CollectOptions& options) {
  return checked(settled(collect_piece(inputs, options)));
}

Workload collect_text(std::string_view text, const CollectOptions& options, std::string name) {
  return checked(settled(collect_piece_text(text, options, std::move(name))));
}

}  // namespace quern::collector
