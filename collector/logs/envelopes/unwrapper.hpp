#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "collector/logs/log_format.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/log_record.hpp"

namespace quern::collector {

/// Takes what an Unwrapper finds in the lines of an envelope. Views are valid during the call.
class UnwrappedSink {
 public:
  virtual ~UnwrappedSink() = default;
  /// A line of the log inside. `facts` are what the envelope itself tells of it.
  virtual void server_line(std::string_view text, const LineFacts& facts) = 0;
  /// A whole server message, given in fields.
  virtual void server_record(const LogRecord& record) = 0;
  /// The line at hand holds nothing of the server's.
  virtual void foreign(const char* reason) = 0;
  /// The line begins a message of the log inside, as far as that can be told from the line alone.
  [[nodiscard]] virtual bool begins_message(std::string_view text) const = 0;
};

/// Undoes one kind of envelope, line by line. One instance a stream.
class Unwrapper {
 public:
  virtual ~Unwrapper() = default;
  virtual void line(std::string_view text, UnwrappedSink& sink) = 0;

  /// No line follows: what was waiting for its end stands as it is.
  virtual void finish(UnwrappedSink&) {}

  /// An entry begins with this line, whatever came before it.
  [[nodiscard]] virtual bool begins_entry(std::string_view) const { return true; }

  /// Another instance, with nothing read.
  [[nodiscard]] virtual std::unique_ptr<Unwrapper> fresh() const = 0;

  /// The lines that wait for their end, to be given to another instance; this one is empty then.
  [[nodiscard]] virtual std::string suspend() { return {}; }
};

[[nodiscard]] std::unique_ptr<Unwrapper> make_syslog_unwrapper(std::int64_t reference_us);
[[nodiscard]] std::unique_ptr<Unwrapper> make_journal_unwrapper();
[[nodiscard]] std::unique_ptr<Unwrapper> make_timed_lines_unwrapper();
[[nodiscard]] std::unique_ptr<Unwrapper> make_json_unwrapper();
[[nodiscard]] std::unique_ptr<Unwrapper> make_csv_unwrapper();

[[nodiscard]] std::unique_ptr<Unwrapper> make_unwrapper(Envelope envelope, const LogLayout& layout);

/// The outermost envelope of `layout` around a reader of the rest.
[[nodiscard]] std::unique_ptr<LogReader> make_envelope_reader(const LogLayout& layout,
                                                              LogRecordSink& sink,
                                                              ReadTally& tally);

}  // namespace quern::collector
