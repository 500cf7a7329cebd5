#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/logs/log_format.hpp"
#include "collector/logs/log_record.hpp"
#include "collector/logs/message_tag.hpp"
#include "collector/workload/workload.hpp"

namespace quern::collector {

/// Where a reader counts: lines that began or belonged to a record are `used`, a record's further
/// lines are `continuation`, all others are `skipped` with a reason.
struct ReadTally {
  InputCounts& counts;
  SkipReport& skipped;
  std::string file;  ///< the stream at hand, for positions

  void skip(const std::string& reason, std::uint64_t line, std::uint64_t lines = 1) {
    counts.skipped += lines;
    skipped.add(reason, TextPosition{file, line}, lines);
  }

  /// A fact lost within lines that were used.
  void note(const std::string& reason, std::uint64_t line) {
    skipped.add(reason, TextPosition{file, line});
  }
};

/// A message whose lines were read so far, at the end of a stream: the next stream may go on with
/// it.
struct OpenMessage {
  bool present = false;
  HeldRecord record = {};  ///< stderr: its parts
  MessagePart part = MessagePart::Primary;
  bool part_lost = false;    ///< a foreign line came after it: no continuation line is its own
  bool ignoring = false;     ///< within a part that nobody needs
  std::string text = {};     ///< csvlog: the record as it stands
  std::string wrapped = {};  ///< an envelope's own lines that wait for their end
  std::uint64_t lines = 0;
  bool operator==(const OpenMessage&) const = default;
};

/// What an envelope tells of a line, for what the line itself does not tell. Views are valid until
/// the line has been read.
struct LineFacts {
  std::int64_t at_us = 0;
  std::string_view session = {};  ///< process id; lines of several processes may be interleaved
  std::string_view user = {}, database = {}, application = {};
  std::string_view detail = {};  ///< the DETAIL of the message that the line begins
  bool same_line = false;        ///< goes on where the session's last line was split
  bool loose = false;            ///< without a prefix it is a further line of its message
};

/// Turns the lines of one log into records. One instance a stream; finish() hands over what is
/// still open.
class LogReader {
 public:
  virtual ~LogReader() = default;
  /// `cut`: the line was longer than LineReader::kMaximumLine and its end is lost.
  virtual void line(std::string_view text, std::uint64_t number, bool cut) = 0;
  /// Several lines, each whole and with its line feed; how many they are.
  virtual std::uint64_t lines(std::string_view text, std::uint64_t first);
  virtual void finish() = 0;

  /// Of the next line().
  virtual void facts(const LineFacts&) {}

  [[nodiscard]] virtual std::uint64_t records() const = 0;

  /// The line begins a record, whatever came before it: where reading can set in.
  [[nodiscard]] virtual bool begins_record(std::string_view text) const = 0;

  /// It may be a further line of one.
  [[nodiscard]] virtual bool continues_record(std::string_view) const { return false; }

  /// What is still open, instead of finish(). Another stream of the log may follow.
  [[nodiscard]] virtual OpenMessage suspend() { return {}; }

  /// Goes on with it.
  virtual void resume(OpenMessage) {}
};

/// A record longer than this (its lines together) keeps its head only, and says so.
inline constexpr std::size_t kMaximumRecord = 16U << 20U;

class LogLinePrefix;

/// Throws UserError when the layout's prefix is no log_line_prefix.
std::unique_ptr<LogReader> make_reader(const LogLayout& layout, LogRecordSink& sink,
                                       ReadTally& tally);

std::unique_ptr<LogReader> make_stderr_reader(LogLinePrefix prefix, LogRecordSink& sink,
                                              ReadTally& tally);
/// Reads the rest of the layout from the last entry to the first.
std::unique_ptr<LogReader> make_newest_first_reader(const LogLayout& layout, LogRecordSink& sink,
                                                    ReadTally& tally);
std::unique_ptr<LogReader> make_csv_reader(LogRecordSink& sink, ReadTally& tally);
std::unique_ptr<LogReader> make_json_reader(LogRecordSink& sink, ReadTally& tally);

}  // namespace quern::collector
