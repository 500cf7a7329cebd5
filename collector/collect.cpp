#include "collector/collect.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "collector/input/byte_source.hpp"
#include "collector/input/line_reader.hpp"
#include "collector/logs/detect_format.hpp"
#include "collector/logs/event_assembler.hpp"
#include "collector/logs/infer_prefix.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/record_stream.hpp"
#include "collector/sql/weighted_sql.hpp"

namespace quern::collector {

namespace {

/// The first lines of a stream, kept to tell its format and then read like all others.
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

  [[nodiscard]] std::vector<std::string_view> views() const {
    std::vector<std::string_view> views;
    for (const Line& line : lines) {
      if (!line.text.empty()) {
        constexpr std::size_t kEnough = 4096;
        views.push_back(std::string_view{line.text}.substr(0, kEnough));
      }
    }
    return views;
  }
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

  WorkloadPiece finish() {
    WorkloadPiece piece;
    piece.ends = stream_.suspend();
    piece.ends.filter = options_.filter;
    piece.ends.sessions = assembler_.suspend();
    piece.decided = aggregator_.take();
    const bool part_of_a_record = !piece.ends.begun && !piece.ends.start_text.empty();
    if (piece.decided.formats.empty() && !part_of_a_record && settled(piece).formats.empty()) {
      throw UserError{nothing_recognized()};
    }
    return piece;
  }

 private:
  void read_stream(ByteSource& source, LineReader& lines, std::uint64_t before, std::uint64_t all) {
    const Head head{lines};
    const auto format = format_of(head);
    if (!format) {
      skip_stream(head, lines);
    } else if (format->first == LogFormat::Sql) {
      read_sql(head, lines);
    } else {
      read_log(*format, head, source, lines, before, all);
    }
  }

  void read_log(const std::pair<LogFormat, std::string>& format, const Head& head,
                ByteSource& source, LineReader& lines, std::uint64_t before, std::uint64_t all) {
    stream_.open(format.first, format.second);
    for (const Head::Line& line : head.lines) {
      stream_.line(line.text, line.number, line.cut, line.terminated);
    }
    std::string_view line;
    constexpr std::uint64_t kLinesBetweenReports = 1U << 14U;
    while (lines.next(line)) {
      stream_.line(line, lines.number(), lines.cut(), lines.terminated());
      if (options_.progress && lines.number() % kLinesBetweenReports == 0) {
        options_.progress(before + source.consumed(), all);
      }
    }
    if (!stream_.close()) {
      remember(head);
    }
  }

  void read_sql(const Head& head, LineReader& lines) {
    WeightedSqlReader reader{aggregator_, tally_};
    for (const Head::Line& line : head.lines) {
      reader.line(line.text, line.number, line.cut);
    }
    std::string_view line;
    while (lines.next(line)) {
      reader.line(line, lines.number(), lines.cut());
    }
    reader.finish();
    tally_.counts.lines += lines.number();
    if (reader.records() > 0) {
      aggregator_.formats()[format_name(LogFormat::Sql)] += reader.records();
    } else if (!head.lines.empty()) {
      remember(head);
    }
  }

  /// With the log_line_prefix of a stderr log; nothing when no format fits.
  std::optional<std::pair<LogFormat, std::string>> format_of(const Head& head) {
    const auto views = head.views();
    LogFormat format = options_.format;
    if (format == LogFormat::Auto) {
      const bool prefix_fits = options_.prefix && matches_given_prefix(views);
      const auto detected =
          prefix_fits ? DetectedFormat{LogFormat::Stderr, *options_.prefix} : detect_format(views);
      return detected
                 ? std::make_optional(std::make_pair(
                       detected->format, detected->format == LogFormat::Stderr && options_.prefix
                                             ? *options_.prefix
                                             : detected->prefix))
                 : std::nullopt;
    }
    if (format != LogFormat::Stderr) {
      return std::make_pair(format, std::string{});
    }
    if (options_.prefix) {
      return std::make_pair(format, *options_.prefix);
    }
    const auto prefix = infer_prefix(views);
    return prefix ? std::make_optional(std::make_pair(format, prefix->text())) : std::nullopt;
  }

  [[nodiscard]] bool matches_given_prefix(const std::vector<std::string_view>& views) const {
    const LogLinePrefix prefix = LogLinePrefix::compile(*options_.prefix);
    PrefixFields fields;
    return std::any_of(views.begin(), views.end(),
                       [&](std::string_view line) { return prefix.match(line, fields); });
  }

  void skip_stream(const Head& head, LineReader& lines) {
    std::string_view line;
    while (lines.next(line)) {
    }
    tally_.counts.lines += lines.number();
    if (lines.number() > 0) {
      tally_.skip("file in no known log format", 1, lines.number());
      remember(head);
    }
  }

  /// The first file that gave nothing explains the run if no other gives anything.
  void remember(const Head& head) {
    if (!unread_file_.empty()) {
      return;
    }
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
  bool damaged_ = false;
  std::string unread_file_, unread_, suggestion_;
};

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

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
