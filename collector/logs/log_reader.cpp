#include "collector/logs/log_reader.hpp"

#include "collector/base/failure.hpp"
#include "collector/logs/envelopes/unwrapper.hpp"
#include "collector/logs/log_line_prefix.hpp"

namespace quern::collector {

namespace {

/// Envelopes give every message in fields: text that stands beside them is foreign.
class NoReader final : public LogReader {
 public:
  explicit NoReader(ReadTally& tally) : tally_{tally} {}

  void line(std::string_view, std::uint64_t number, bool) override {
    tally_.skip("entry without a server message", number);
  }

  void finish() override {}

  [[nodiscard]] std::uint64_t records() const override { return 0; }

  [[nodiscard]] bool begins_record(std::string_view) const override { return false; }

 private:
  ReadTally& tally_;
};

}  // namespace

std::uint64_t LogReader::lines(std::string_view text, std::uint64_t first) {
  std::uint64_t number = first;
  while (!text.empty()) {
    const std::size_t length = text.find('\n');
    line(text.substr(0, length), number++, false);
    text.remove_prefix(length + 1);
  }
  return number - first;
}

std::unique_ptr<LogReader> make_reader(const LogLayout& layout, LogRecordSink& sink,
                                       ReadTally& tally) {
  if (layout.newest_first) {
    return make_newest_first_reader(layout, sink, tally);
  }
  if (!layout.envelopes.empty()) {
    return make_envelope_reader(layout, sink, tally);
  }
  switch (layout.format) {
    case LogFormat::Csv:
      return make_csv_reader(sink, tally);
    case LogFormat::Json:
      return make_json_reader(sink, tally);
    case LogFormat::Fields:
      return std::make_unique<NoReader>(tally);
    default:
      return make_stderr_reader(LogLinePrefix::compile(layout.prefix), sink, tally);
  }
}

}  // namespace quern::collector
