#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "collector/logs/log_ends.hpp"
#include "collector/logs/log_reader.hpp"

namespace quern::collector {

/// The records of a log that comes in streams, cut anywhere: what is open at the end of one stream
/// is joined with what the next begins with, where both are of one format. The same holds for
/// pieces that were read apart: suspend(), resume() and follow().
class RecordStream final : public LogRecordSink {
 public:
  /// `formats` counts the records by format.
  RecordStream(LogRecordSink& sink, ReadTally& tally, std::map<std::string, std::uint64_t>& formats)
      : sink_{sink}, tally_{tally}, formats_{formats} {}

  /// A stream begins; tally.file is its name. WithinProcess: a chunk of one, which another
  /// RecordStream follow_chunk()s.
  void open(const LogLayout& layout, Handover where = Handover::IntoDocument);

  /// `terminated`: a line feed came after it.
  void line(std::string_view text, std::uint64_t number, bool cut, bool terminated) {
    if (waiting_ || !terminated) {
      line_at_end(text, number, cut, terminated);
      return;
    }
    feed(*reader_, text, number, cut);  // as good as always
  }

  /// Several, each whole and with its line feed; how many they are.
  std::uint64_t lines(std::string_view text, std::uint64_t first);

  /// The stream ends. False: nothing in it looks like a record or like a part of one.
  bool close();
  /// No stream follows: what is open stands as it is.
  void finish();

  /// Everything of LogEnds but filter and sessions.
  [[nodiscard]] LogEnds suspend(Handover where = Handover::IntoDocument);
  void resume(const LogEnds& ends);
  void follow(const LogEnds& ends);
  /// The next chunk of the stream at hand was read apart: as if its lines came here.
  void follow_chunk(const LogEnds& ends);

  void take(const LogRecord& record) override;

 private:
  void line_at_end(std::string_view text, std::uint64_t number, bool cut, bool terminated);
  void wait(std::string_view text, std::uint64_t number, bool cut, bool terminated);
  void begin(bool joins);
  void stitch(bool joins);

  void feed(LogReader& reader, std::string_view text, std::uint64_t number, bool cut) {
    ++tally_.counts.lines;
    reader.line(text, number, cut);
  }

  void feed_lines(LogReader& reader, std::string_view text, std::uint64_t number);
  void finish_end();
  void take_end(const LogEnds& ends);
  void let_secrets_stand();
  [[nodiscard]] bool fragment() const;

  [[nodiscard]] bool same_format() const { return end_.end_layout.same_make(next_layout_); }

  LogRecordSink& sink_;
  ReadTally& tally_;
  std::map<std::string, std::uint64_t>& formats_;
  std::uint64_t* count_ = nullptr;     ///< in formats_, of reader_'s format
  LogEnds end_ = {};                   ///< what is known of the ends so far
  std::unique_ptr<LogReader> reader_;  ///< of the stream at hand, once a record has begun
  std::unique_ptr<LogReader> next_;    ///< of the stream at hand, until then
  LogLayout next_layout_;
  bool waiting_ = false;  ///< no record has begun in the stream at hand
  bool chunk_ = false;    ///< what is at hand is a chunk of a stream: its start is not decided here
  std::string text_;      ///< its lines until then
  std::uint64_t text_number_ = 1;  ///< of their first
};

}  // namespace quern::collector
