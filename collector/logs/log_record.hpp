#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern::collector {

enum class Severity : std::uint8_t {
  Unknown,
  Debug,
  Info,
  Notice,
  Log,
  Warning,
  Error,
  Fatal,
  Panic
};

/// One server message with its parts, whatever the format it came in. The views are valid during
/// the call that hands the record over.
struct LogRecord {
  std::uint64_t line = 0;  ///< its first line, from 1
  std::int64_t at_us = 0;  ///< microseconds since 1970 UTC; 0: the format does not tell
  Severity severity = Severity::Unknown;
  std::string_view session = {};  ///< process id, or session id where only that is logged
  std::string_view user = {};
  std::string_view database = {};
  std::string_view application = {};
  std::string_view sqlstate = {};
  std::string_view message = {};
  std::string_view detail = {};
  std::string_view statement = {};  ///< the STATEMENT part: the SQL that was at work
  std::string_view file = {};       ///< where it stands; empty: in the stream at hand
  bool nested = false;              ///< of a statement within another: see tells_nesting()
  /// The server's, of the statement that the session ran; 0: not told, or none. Within a statement
  /// of another it is the outermost's.
  std::int64_t query_id = 0;
};

/// A record with memory of its own.
struct HeldRecord {
  std::string file = {};
  std::uint64_t line = 0;
  std::int64_t at_us = 0;
  Severity severity = Severity::Unknown;
  std::string session = {}, user = {}, database = {}, application = {}, sqlstate = {};
  std::string message = {}, detail = {}, statement = {};
  bool nested = false;
  std::int64_t query_id = 0;

  static HeldRecord of(const LogRecord& record) {
    const auto text = [](std::string_view view) { return std::string{view}; };
    return {text(record.file),     record.line,
            record.at_us,          record.severity,
            text(record.session),  text(record.user),
            text(record.database), text(record.application),
            text(record.sqlstate), text(record.message),
            text(record.detail),   text(record.statement),
            record.nested,         record.query_id};
  }

  [[nodiscard]] LogRecord view() const {
    return {line,     at_us,   severity, session,   user, database, application,
            sqlstate, message, detail,   statement, file, nested,   query_id};
  }

  [[nodiscard]] std::size_t size() const {
    return message.size() + detail.size() + statement.size();
  }

  bool operator==(const HeldRecord&) const = default;
};

/// Takes what a log reader finds.
class LogRecordSink {
 public:
  virtual ~LogRecordSink() = default;
  virtual void take(const LogRecord& record) = 0;
};

}  // namespace quern::collector
