#include "collector/logs/log_reader.hpp"

#include "collector/logs/log_line_prefix.hpp"

namespace quern::collector {

const char* format_name(LogFormat format) {
  switch (format) {
    case LogFormat::Csv:
      return "csvlog";
    case LogFormat::Json:
      return "jsonlog";
    case LogFormat::Sql:
      return "sql";
    default:
      return "stderr";
  }
}

std::unique_ptr<LogReader> make_reader(LogFormat format, const std::string& prefix,
                                       LogRecordSink& sink, ReadTally& tally) {
  switch (format) {
    case LogFormat::Csv:
      return make_csv_reader(sink, tally);
    case LogFormat::Json:
      return make_json_reader(sink, tally);
    default:
      return make_stderr_reader(LogLinePrefix::compile(prefix), sink, tally);
  }
}

}  // namespace quern::collector
