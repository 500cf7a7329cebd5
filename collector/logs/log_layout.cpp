#include <fmt/format.h>

#include "collector/logs/log_format.hpp"

namespace quern::collector {

namespace {

struct EnvelopeWords {
  const char* name;
  const char* words;
};

EnvelopeWords words_of(Envelope envelope) {
  switch (envelope) {
    case Envelope::Syslog:
      return {"syslog", "syslog lines"};
    case Envelope::JournalExport:
      return {"journal", "systemd's journal export format"};
    case Envelope::TimedLines:
      return {"timed-lines", "lines with a time before each"};
    case Envelope::JsonEntries:
      return {"json", "JSON entries"};
    case Envelope::CsvEntries:
      return {"csv", "CSV with a header line"};
  }
  return {"?", "?"};
}

}  // namespace

const char* format_name(LogFormat format) {
  switch (format) {
    case LogFormat::Csv:
      return "csvlog";
    case LogFormat::Json:
      return "jsonlog";
    case LogFormat::Sql:
      return "sql";
    case LogFormat::Fields:
      return "fields";
    default:
      return "stderr";
  }
}

std::string layout_name(const LogLayout& layout) {
  std::string name;
  for (const Envelope envelope : layout.envelopes) {
    name += words_of(envelope).name;
    name += '/';
  }
  return name + format_name(layout.format);
}

std::string describe_layout(const LogLayout& layout) {
  std::string text = layout.format == LogFormat::Fields ? "server messages in fields"
                     : layout.format == LogFormat::Sql  ? "plain SQL"
                                                        : format_name(layout.format);
  for (auto envelope = layout.envelopes.rbegin(); envelope != layout.envelopes.rend(); ++envelope) {
    text += fmt::format(" in {}", words_of(*envelope).words);
  }
  if (layout.format == LogFormat::Stderr) {
    text += fmt::format(", log_line_prefix '{}'", layout.prefix);
  }
  return layout.newest_first ? text + ", newest first" : text;
}

}  // namespace quern::collector
