// A csvlog whose quotes do not match, or that lost bytes: where its records begin is told by its
// lines alone.
#include <random>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"
#include "collector/collect.hpp"
#include "collector/pieces/piece_document.hpp"
#include "collector/workload/workload_document.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

std::string head(int i) {
  return "2026-11-21 10:00:0" + std::to_string(i % 10) + ".500 UTC,\"ada\",\"shop\"," +
         std::to_string(7 + i % 3) +
         ",\"[local]\",6b00f997.4328,2,\"SELECT\",2026-11-21 01:53:27 UTC,2/21,0,";
}

const std::string kEnd = ",,,\"web\",\"client backend\",,0\n";

std::string statement(int i, const std::string& sql) {
  return head(i) + "LOG,00000,\"duration: 0.517 ms  statement: " + sql + "\",,,,,,,," +
         kEnd.substr(2);
}

/// Values of several lines, doubled quotes, commas and times within them.
std::string csvlog(int records) {
  std::string log;
  for (int i = 0; i < records; ++i) {
    const std::string value = std::to_string(i);
    if (i % 4 == 0) {
      log += head(i) +
             "ERROR,22012,\"division \"\"by\"\"\nzero\",,,,,,\"select 1\n/ 0 as \"\"a\"\"\"" + kEnd;
    } else if (i % 4 == 1) {
      log += statement(i, "insert into t values\n\n('2026-11-21 10:00:00', " + value +
                              ", '\n2026-11-21 10:00:00,,\n')");
    } else {
      log += statement(i, "select \"\"a\"\" from t where b = " + value);
    }
  }
  return log;
}

std::string damaged(std::string log, std::mt19937& random) {
  constexpr std::string_view kBytes = "\"\"\"\n,\r;";
  for (int i = 0, times = 1 + static_cast<int>(random() % 6); i < times; ++i) {
    const std::size_t at = random() % log.size();
    if (random() % 3 == 0) {
      log.erase(at, 1 + random() % 90);
    } else {
      log.insert(at, 1, kBytes[random() % kBytes.size()]);
    }
  }
  return log;
}

CollectOptions as_csv() {
  CollectOptions options;
  options.format = LogFormat::Csv;
  return options;
}

std::uint64_t calls(const Workload& workload) {
  std::uint64_t calls = 0;
  for (const QueryClass& query : workload.classes) {
    calls += query.calls;
  }
  return calls;
}

}  // namespace

TEST_CASE("a damaged csvlog gives the same bytes on any number of threads", "[pieces]") {
  std::mt19937 random{20261122};
  for (int round = 0; round < 150; ++round) {
    const std::string log = damaged(csvlog(24), random);
    CollectOptions options = as_csv();
    const std::string alone = write_piece(collect_piece_text(log, options));
    options.threads = 2 + random() % 2;
    options.chunk_bytes = 100 + random() % 1500;
    INFO(round << " in chunks of " << options.chunk_bytes << "\n" << log);
    REQUIRE(write_piece(collect_piece_text(log, options)) == alone);
  }
}

TEST_CASE("a damaged csvlog cut at any line and joined is the whole", "[pieces]") {
  std::mt19937 random{1122};
  int compared = 0;
  for (int round = 0; round < 100; ++round) {
    const std::string log = damaged(csvlog(24), random);
    const std::size_t cut = log.find('\n', random() % log.size()) + 1;
    INFO(round << " cut at " << cut << "\n" << log);
    try {
      const auto first = collect_piece_text(log.substr(0, cut), as_csv());
      const auto second = collect_piece_text(log.substr(cut), as_csv());
      const Workload joined = settled(join(first, second));
      const Workload whole = collect_text(log, as_csv());
      REQUIRE(calls(joined) == calls(whole));
      REQUIRE(joined.input == whole.input);
      ++compared;
    } catch (const UserError&) {  // a piece without a record of its own
    }
  }
  CHECK(compared > 80);
}

TEST_CASE("a csvlog record without its closing quote costs itself alone") {
  const std::string lost = head(1) + "LOG,00000,\"duration: 1 ms  statement: select 'lost\n";
  const Workload w =
      collect_text(csvlog(3) + lost + "and more\n" + csvlog(3) + lost + csvlog(3), as_csv());
  const Workload sound = collect_text(csvlog(3) + csvlog(3) + csvlog(3), as_csv());
  CHECK(calls(w) == 6);
  CHECK(w.input.lines - w.input.skipped == sound.input.lines - sound.input.skipped);
  CHECK(w.input.skipped == 3);
}

TEST_CASE("a csvlog within a csvlog is text") {
  std::string inner = csvlog(3);
  for (std::size_t at = 0; (at = inner.find('"', at)) != std::string::npos; at += 2) {
    inner.insert(at, 1, '"');
  }
  const std::string log = statement(1, "insert into logs values ($log$\n" + inner + "$log$)");
  const Workload w = collect_text(csvlog(3) + log + csvlog(3), as_csv());
  CHECK(calls(w) == 5);
  CHECK(w.input.skipped == 0);
}
