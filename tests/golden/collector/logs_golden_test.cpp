// Every log format: a small sample in logs/, and beside it, in NAME.golden, what it was recognized
// as, the records read from it and where its lines went. QUERN_GOLDEN_WRITE=1 writes the goldens
// anew: read the difference.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/base/time_text.hpp"
#include "collector/base/utf8.hpp"
#include "collector/collect.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/input/line_reader.hpp"
#include "collector/logs/detect_format.hpp"
#include "collector/logs/log_reader.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

/// Syslog times have no year: the samples were written before this.
constexpr std::int64_t kReference = 1'795'000'000'000'000;  // 2026-11-18

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : to_clean_utf8(text)) {
    line += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : std::string(1, c);
  }
  return line;
}

const char* severity_text(Severity severity) {
  switch (severity) {
    case Severity::Log:
      return "LOG";
    case Severity::Error:
      return "ERROR";
    case Severity::Fatal:
      return "FATAL";
    case Severity::Panic:
      return "PANIC";
    case Severity::Warning:
      return "WARNING";
    case Severity::Notice:
      return "NOTICE";
    default:
      return "other";
  }
}

/// Writes records as a person reads them.
class Writer final : public LogRecordSink {
 public:
  std::string text;

  void take(const LogRecord& r) override {
    text += fmt::format("\n{} [{}] {}@{} app={} {}{}{}\n  {}\n",
                        r.at_us == 0 ? "no time" : time_text(r.at_us), r.session, r.user,
                        r.database, r.application, severity_text(r.severity),
                        r.sqlstate.empty() ? "" : " ", r.sqlstate, one_line(r.message));
    if (!r.detail.empty()) {
      text += fmt::format("  DETAIL: {}\n", one_line(r.detail));
    }
    if (!r.statement.empty()) {
      text += fmt::format("  STATEMENT: {}\n", one_line(r.statement));
    }
  }
};

std::string read_sample(const std::string& path) {
  ByteSource source = ByteSource::open(path);
  std::string text;
  while (source.next_stream()) {
    std::vector<std::string> lines;
    LineReader reader{source};
    for (std::string_view line; reader.next(line);) {
      lines.emplace_back(line);
    }
    std::vector<std::string_view> views;
    for (const std::string& line : lines) {
      if (!line.empty()) {
        views.emplace_back(line);
      }
    }
    const std::string name = std::filesystem::path{source.name()}.filename().string();
    const auto layout = detect_layout(views, kReference);
    if (!layout) {
      text += fmt::format("{}: {}\n", name, describe_lines(views));
      continue;
    }
    Writer writer;
    InputCounts counts;
    SkipReport skipped;
    ReadTally tally{counts, skipped, name};
    const auto log = make_reader(*layout, writer, tally);
    std::uint64_t number = 0;
    for (const std::string& line : lines) {
      log->line(line, ++number, false);
    }
    log->finish();
    CHECK(counts.used + counts.continuation + counts.skipped == number);
    text += fmt::format("{}: {}\n", name, describe_layout(*layout));
    text += fmt::format("{} lines: {} used, {} continuation, {} skipped\n", number, counts.used,
                        counts.continuation, counts.skipped);
    for (const auto& [reason, entry] : skipped.by_reason()) {
      text += fmt::format("  {} x {} (first: line {})\n", entry.count, reason, entry.first.line);
    }
    text += writer.text;
  }
  return text;
}

}  // namespace

TEST_CASE("log formats golden") {
  const std::filesystem::path folder = QUERN_SOURCE_DIR "/tests/golden/collector/logs";
  std::size_t samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const std::string path = entry.path().string();
    if (path.ends_with(".golden")) {
      continue;
    }
    ++samples;
    INFO(path);
    const std::string found = read_sample(path);
    if (std::getenv("QUERN_GOLDEN_WRITE") != nullptr) {
      std::ofstream{path + ".golden"} << found;
    }
    std::ifstream file{path + ".golden"};
    std::ostringstream expected;
    expected << file.rdbuf();
    CHECK(found == expected.str());
  }
  CHECK(samples >= 20);
}
