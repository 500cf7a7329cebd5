#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/logs/log_record.hpp"
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

/// Turns the lines of one log into records. One instance a stream; finish() hands over what is
/// still open.
class LogReader {
 public:
  virtual ~LogReader() = default;
  /// `cut`: the line was longer than LineReader::kMaximumLine and its end is lost.
  virtual void line(std::string_view text, std::uint64_t number, bool cut) = 0;
  virtual void finish() = 0;
  [[nodiscard]] virtual std::uint64_t records() const = 0;
};

/// A record longer than this (its lines together) keeps its head only, and says so.
inline constexpr std::size_t kMaximumRecord = 16U << 20U;

class LogLinePrefix;

std::unique_ptr<LogReader> make_stderr_reader(LogLinePrefix prefix, LogRecordSink& sink,
                                              ReadTally& tally);
std::unique_ptr<LogReader> make_csv_reader(LogRecordSink& sink, ReadTally& tally);
std::unique_ptr<LogReader> make_json_reader(LogRecordSink& sink, ReadTally& tally);

}  // namespace quern::collector
