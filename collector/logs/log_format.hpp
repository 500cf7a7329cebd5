#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quern::collector {

/// How the server's own messages stand there. Fields: an envelope gives each message with its
/// parts in fields of its own, so that nothing is left to read.
enum class LogFormat : std::uint8_t { Auto, Stderr, Csv, Json, Sql, Fields };

/// What carried the server's messages: each is undone by an Unwrapper.
enum class Envelope : std::uint8_t {
  Syslog,         ///< RFC 3164, RFC 5424, rsyslog's and journalctl's lines, Heroku's logplex
  JournalExport,  ///< journalctl -o export
  TimedLines,     ///< a time before each line: CRI (Kubernetes), CloudWatch, docker logs -t
  JsonEntries,    ///< JSON objects: Docker, Google Cloud, Azure, OpenTelemetry, journalctl -o json
  CsvEntries,     ///< CSV with a header line: Azure, BigQuery, CloudWatch exports
};

inline constexpr Envelope kLastEnvelope = Envelope::CsvEntries;

/// A log's whole make: envelopes from the outermost to the innermost, and what is inside.
struct LogLayout {
  LogFormat format = LogFormat::Auto;
  std::string prefix = {};  ///< log_line_prefix of a stderr log
  std::vector<Envelope> envelopes = {};
  bool newest_first = false;      ///< an export with the newest entries first
  std::int64_t reference_us = 0;  ///< the log is not younger: syslog times have no year. 0: unknown
  bool operator==(const LogLayout&) const = default;

  /// Pieces of one log are alike in this.
  [[nodiscard]] bool same_make(const LogLayout& other) const {
    return format == other.format && envelopes == other.envelopes;
  }
};

/// As the document names it: "stderr", "csvlog", "jsonlog", "sql", with their envelopes before
/// them: "syslog/stderr".
[[nodiscard]] std::string layout_name(const LogLayout& layout);

/// For a reader: "stderr in syslog, log_line_prefix '%m [%p] '".
[[nodiscard]] std::string describe_layout(const LogLayout& layout);

[[nodiscard]] const char* format_name(LogFormat format);

}  // namespace quern::collector
