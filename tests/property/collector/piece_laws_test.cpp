#include <algorithm>
#include <filesystem>
#include <random>
#include <sstream>

#include <catch2/catch.hpp>

#include "collector/collect.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/input/line_reader.hpp"
#include "collector/pieces/piece_document.hpp"
#include "collector/workload/workload_document.hpp"

#include "tests/support/temporary_folder.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

std::string log_text(const std::string& kind) {
  return read_document(std::string{QUERN_SOURCE_DIR} + "/samples/shop/logs/postgresql." + kind +
                       ".gz");
}

/// All of the document but where each reason was met first: lines are counted from each piece's
/// start.
std::string comparable(Workload w) {
  SkipReport counts;
  for (const auto& [reason, entry] : w.skipped.by_reason()) {
    counts.add(reason, {}, entry.count);
  }
  w.skipped = counts;
  return write_workload(w);
}

std::vector<std::size_t> line_starts(const std::string& text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\n') {
      starts.push_back(i + 1);
    }
  }
  return starts;
}

/// Collected, written and read back.
WorkloadPiece piece_of(std::string_view text, const CollectOptions& options) {
  return read_piece(write_piece(collect_piece_text(text, options)), "piece");
}

/// The pieces between the cuts joined from the left, or as a tree.
WorkloadPiece joined(const std::vector<WorkloadPiece>& pieces, std::size_t from, std::size_t to,
                     bool tree) {
  if (to - from == 1) {
    return pieces[from];
  }
  const std::size_t middle = tree ? (from + to) / 2 : to - 1;
  return join(joined(pieces, from, middle, tree), joined(pieces, middle, to, tree));
}

std::vector<WorkloadPiece> cut(const std::string& log, std::vector<std::size_t> cuts,
                               const CollectOptions& options) {
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  cuts.push_back(log.size());
  std::vector<WorkloadPiece> pieces;
  std::size_t from = 0;
  for (const std::size_t to : cuts) {
    pieces.push_back(piece_of(std::string_view{log}.substr(from, to - from), options));
    from = to;
  }
  return pieces;
}

CollectOptions options_for(const std::string& kind) {
  CollectOptions options;
  options.format = kind == "csv"    ? LogFormat::Csv
                   : kind == "json" ? LogFormat::Json
                                    : LogFormat::Stderr;
  if (kind == "log") {
    options.prefix = "%m [%p] %q[user=%u,db=%d,app=%a] ";
  }
  return options;
}

}  // namespace

TEST_CASE("a log cut at any lines, collected apart and joined in order, is the whole", "[pieces]") {
  std::mt19937 random{20261121};
  for (const char* kind : {"log", "csv", "json"}) {
    const std::string log = log_text(kind);
    const std::string whole = comparable(collect_text(log, {}));
    const std::vector<std::size_t> starts = line_starts(log);
    std::vector<std::size_t> cuts;
    for (int i = 0; i < 5; ++i) {
      cuts.push_back(starts[random() % starts.size()]);
    }
    INFO(kind);
    const auto pieces = cut(log, cuts, {});
    const bool tree = log.size() % 2 == 0;
    CHECK(comparable(settled(joined(pieces, 0, pieces.size(), tree))) == whole);
  }
}

TEST_CASE("any number of threads and any size of chunks give the same bytes", "[pieces]") {
  for (const char* kind : {"log", "csv", "json"}) {
    const std::string log = log_text(kind);
    const std::string whole = write_piece(collect_piece_text(log, {}));
    for (const auto& [threads, bytes] :
         {std::pair{2U, std::size_t{1} << 20U}, std::pair{5U, std::size_t{50'000}}}) {
      CollectOptions options;
      options.threads = threads;
      options.chunk_bytes = bytes;
      INFO(kind << " " << threads);
      CHECK(write_piece(collect_piece_text(log, options)) == whole);
    }
  }
}

namespace {

std::string collected(const std::string& file, unsigned threads, std::size_t chunk_bytes) {
  CollectOptions options;
  options.threads = threads;
  options.chunk_bytes = chunk_bytes;
  return write_piece(collect_piece({file}, options));
}

}  // namespace

TEST_CASE("a file read by ranges gives what it gives read from its start", "[pieces]") {
  std::mt19937 random{23};
  for (const char* kind : {"log", "csv", "json"}) {
    std::string log = log_text(kind).substr(0, 2'000'000);  // ends within a line
    const std::string foreign = "\nnot of this log\n";      // has a line number in the report
    for (int i = 0; i < 5; ++i) {
      log.insert(log.find('\n', log.size() / 2 + random() % (log.size() / 2)), foreign);
    }
    const testing::TemporaryFolder folder;
    const std::string file = folder.write("log", log);
    const std::string whole = collected(file, 1, 0);
    for (const std::size_t bytes : {30'000U, 77'777U, 400'000U}) {
      INFO(kind << " in ranges of " << bytes);
      CHECK(collected(file, 2, bytes) == whole);
      CHECK(collected(file, 5, bytes) == whole);
    }
  }
}

TEST_CASE("a rotation that moves a log's name to another file leaves the run with the file it has",
          "[pieces]") {
  const std::string log = log_text("log");
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("postgresql.log", log);
  const std::string whole = collected(file, 1, 0);
  std::filesystem::remove(file);
  CollectOptions options;
  options.chunk_bytes = 30'000;
  for (const unsigned threads : {1U, 3U}) {
    folder.write("postgresql.log", log);
    bool rotated = false;
    options.threads = threads;
    options.progress = [&](std::uint64_t done, std::uint64_t) {
      if (!rotated && done > 0) {
        std::filesystem::rename(file, file + ".1");
        folder.write("postgresql.log", log_text("csv"));
        rotated = true;
      }
    };
    INFO(threads << " threads");
    CHECK(write_piece(collect_piece({file}, options)) == whole);
    CHECK(rotated);
  }
}

TEST_CASE("ranges cut lines longer than themselves nowhere", "[pieces]") {
  const std::string head = "2026-11-21 10:00:00.000 UTC [7] LOG:  duration: 1.000 ms  statement: ";
  for (const char* end : {"\n", "\r\n"}) {
    std::string log;
    for (int i = 0; i < 2000; ++i) {
      log += head + "select " + std::to_string(i) + end;
      if (i > 600 && i % 100 == 0) {
        log += head + "select '" + std::string(static_cast<std::size_t>(i) * 50, 'a') + "'" + end;
        log += std::string{"foreign"} + end;
      }
    }
    const testing::TemporaryFolder folder;
    const std::string file = folder.write("log", log + head + "select 'the last line has no end'");
    CHECK(collected(file, 3, 5'000) == collected(file, 1, 0));
  }
}

TEST_CASE("lines read in blocks are those read one by one", "[pieces]") {
  std::mt19937 random{17};
  constexpr std::size_t kLongest = 40;
  for (int round = 0; round < 200; ++round) {
    std::string text = random() % 4 == 0 ? "\xEF\xBB\xBF" : "";
    const bool carriage_returns = random() % 2 == 0;
    while (text.size() < 600) {
      text += std::string(random() % 8 == 0 ? random() % 120 : random() % 30, 'a');
      text += carriage_returns ? "\r\n" : "\n";
    }
    text.resize(text.size() - random() % 5);  // the last line may have no end
    ByteSource lines_source = ByteSource::over(text);
    ByteSource blocks_source = ByteSource::over(text);
    REQUIRE((lines_source.next_stream() && blocks_source.next_stream()));
    LineReader lines{lines_source, kLongest};
    LineReader blocks{blocks_source, kLongest};
    std::string_view line;
    REQUIRE((blocks.next(line) && lines.next(line)));
    std::string block;
    INFO(text);
    while (blocks.block(block, 1 + random() % 100)) {
      std::istringstream in{block};
      for (std::string of_block; std::getline(in, of_block);) {
        if (blocks.carriage_returns() && !of_block.empty() && of_block.back() == '\r') {
          of_block.pop_back();
        }
        REQUIRE(lines.next(line));
        CHECK(line == of_block);
      }
      CHECK(blocks.cut() == lines.cut());
      CHECK(blocks.terminated() == lines.terminated());
      CHECK(blocks.bytes() == lines.bytes());
    }
    CHECK_FALSE(lines.next(line));
  }
}

TEST_CASE(
    "a file of another system, with a line too long and a clock set back, is the same on several "
    "threads") {
  std::string log = "\xEF\xBB\xBF";
  int number = 100'000;
  const auto line = [&](const std::string& sql) {
    const std::string time = std::to_string(++number);
    log += "2026-11-21 10:00:" + time.substr(1, 2) + "." + time.substr(3) + " UTC [" +
           std::to_string(number % 7) + "] LOG:  duration: 1.000 ms  statement: " + sql + "\r\n";
  };
  for (int i = 0; i < 2000; ++i) {
    line("select a\r\n\tfrom t where b = " + std::to_string(i));
  }
  line("select '" + std::string(LineReader::kMaximumLine, 'a') + "'");
  number = 100'000;  // the clock was set back
  for (int i = 0; i < 2000; ++i) {
    line("select " + std::to_string(i));
  }
  log += "a last line";
  const std::string whole = write_piece(collect_piece_text(log, {}));
  CollectOptions options;
  options.threads = 3;
  options.chunk_bytes = 30'000;
  CHECK(write_piece(collect_piece_text(log, options)) == whole);
}

TEST_CASE("a record over several chunks is the same on several threads") {
  const std::string head = "2026-11-21 10:00:00.000 UTC [7] LOG:  duration: 1.000 ms  statement: ";
  std::string log = head + "select 1\n" + head + "select a from t where b in (1";
  while (log.size() < 10U << 20U) {
    log += ",\n\t" + std::string(60, '7');
  }
  log += ")\n" + head + "select 2\n";
  CollectOptions options;
  options.threads = 2;
  options.chunk_bytes = 3U << 20U;
  CHECK(write_piece(collect_piece_text(log, options)) == write_piece(collect_piece_text(log, {})));
}

namespace {

/// Every way in which lines hang together: three sessions interleaved.
std::string tangled_log() {
  int ms = 0;
  const auto line = [&](int pid, const std::string& text) {
    const std::string time = std::to_string(1000 + ++ms / 3);
    return "2026-11-21 10:00:00." + time.substr(1) + " UTC [" + std::to_string(pid) +
           "] [user=ada,db=shop,app=web] " + text + "\n";
  };
  const std::string plan =
      "LOG:  duration: 3.000 ms  plan:\n\tQuery Text: select a\n\t  from t where b = $1\n"
      "\tIndex Scan using t_b on public.t  (cost=0.15..8.17 rows=1 width=4) (actual "
      "time=0.01..0.02 rows=3 loops=2)\n\t  Index Cond: (b = 1)";
  const std::string nested =
      "LOG:  duration: 0.100 ms  plan:\n\tQuery Text: select f(1)\n"
      "\tSeq Scan on public.u  (cost=0.00..8.17 rows=1 width=4)";
  std::string log = "pg_ctl: starting\n" + line(1, "LOG:  checkpoint complete: wrote 1 buffer");
  for (int round = 0; round < 2; ++round) {
    const std::string value = std::to_string(round);
    log += line(7, "LOG:  duration: 0.100 ms  parse s1: select a\n\t  from t where b = $1");
    log += line(7, "LOG:  duration: 4.000 ms  execute s1: select a\n\t  from t where b = $1");
    log += line(7, "DETAIL:  parameters: $1 = 'caf\xC3\xA9\n\tnoir " + value + "'");
    log += line(8, "LOG:  statement: update t set a = 1\n\twhere b = " + value);
    log += line(7, plan);
    log += line(9, nested);
    log += line(8, "LOG:  duration: 7.000 ms");
    log += line(9, "LOG:  duration: 9.000 ms  statement: select g(1)");
    log += line(9, "ERROR:  relation \"nowhere\" does not exist at character 15");
    log += line(9, "HINT:  none");
    log += line(9, "STATEMENT:  select * from nowhere where b = " + value);
    log += line(8, "LOG:  duration: 1.000 ms  execute S_1/C_2: select c from u");
    log += line(8, "LOG:  duration: 2.000 ms  execute fetch from S_1/C_2: select c from u");
    log += line(8, "LOG:  statement: select 1/0");
    log += line(8, "ERROR:  division by zero");
    log += "stray line without a prefix\n\tand its tail\n";
    log += line(8, "LOG:  temporary file: path \"base/x\", size 4096");
    log += line(8, "STATEMENT:  select c from u order by c");
  }
  for (int i = 0; i < 12; ++i) {
    log += line(
        9, "LOG:  duration: 1.000 ms  statement: select d from v where e = " + std::to_string(i));
  }
  return log + line(9, "LOG:  duration: 1.000 ms  statement: COMMIT");
}

/// The same statements as csvlog, with line feeds within values.
std::string tangled_csv() {
  std::string log;
  for (int i = 0; i < 14; ++i) {
    const std::string pid = std::to_string(7 + i % 2);
    const std::string start = "2026-11-21 10:00:0" + std::to_string(i % 10) +
                              ".500 UTC,\"ada\",\"shop\"," + pid +
                              ",\"[local]\",6b00f997.4328,2,\"x\",2026-11-21 01:53:27 UTC,2/21,0,";
    const std::string end = ",,,,,,,,\"web\",\"client backend\",,0\n";
    if (i % 3 == 0) {
      log += start +
             "ERROR,22012,\"division \"\"by\"\"\nzero\",,,,,,\"select 1\n/ 0 as \"\"a\"\"\"" +
             ",,,\"web\",\"client backend\",,0\n";
    } else {
      log +=
          start +
          "LOG,00000,\"duration: 0.517 ms  execute s: select a, 'x\ny'\n\nfrom t where b = $1\"," +
          "\"parameters: $1 = '\"\"" + std::to_string(i) + "\n'\"" + end;
    }
  }
  return log;
}

std::string tangled_json() {
  std::string log;
  for (int i = 0; i < 12; ++i) {
    log += R"({"timestamp":"2026-11-21 10:00:00.5)" + std::to_string(10 + i) +
           R"( UTC","user":"ada","dbname":"shop","pid":)" + std::to_string(7 + i % 2) +
           R"(,"error_severity":"LOG","message":)" +
           (i % 4 < 2
                ? R"("duration: 0.517 ms  execute s: select a\n from t where b = $1")"
                : R"("duration: 0.117 ms  execute fetch from s: select a\n from t where b = $1")") +
           R"(,"detail":"parameters: $1 = 'é)" + std::to_string(i) + "'\"}\n";
  }
  return log;
}

void check_cuts(const std::string& log, const std::string& whole,
                const std::vector<std::size_t>& cuts, const CollectOptions& options) {
  std::string places;
  for (const std::size_t at : cuts) {
    places += std::to_string(at) + " before: " + log.substr(at, 60) + "\n";
  }
  INFO(places);
  const auto pieces = cut(log, cuts, options);
  CHECK(comparable(settled(joined(pieces, 0, pieces.size(), false))) == whole);
}

}  // namespace

TEST_CASE("one cut at every line and at every byte gives the whole", "[pieces]") {
  for (const std::string kind : {"log", "csv", "json"}) {
    INFO(kind);
    const std::string log = kind == "log"   ? tangled_log()
                            : kind == "csv" ? tangled_csv()
                                            : tangled_json();
    const CollectOptions options = options_for(kind);
    const std::string whole = comparable(collect_text(log, options));
    const std::size_t edge =
        kind == "log" ? 120 : 560;  // the first and last bytes alone are no log
    for (const std::size_t at : line_starts(log)) {
      if (at > edge && at + edge < log.size()) {
        check_cuts(log, whole, {at}, options);
      }
    }
    for (std::size_t at = edge; at + edge < log.size(); at += 41) {
      check_cuts(log, whole, {at}, options);
    }
  }
}

TEST_CASE("several cuts near each other give the whole, joined in any grouping", "[pieces]") {
  std::mt19937 random{7};
  const std::string log = tangled_log();
  const CollectOptions options = options_for("log");
  const std::string whole = comparable(collect_text(log, options));
  const std::vector<std::size_t> starts = line_starts(log);
  int tried = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<std::size_t> cuts;
    const std::size_t near = random() % (starts.size() - 12);
    for (int i = 0; i < 4; ++i) {
      cuts.push_back(starts[near + random() % 12]);
    }
    std::vector<WorkloadPiece> pieces;
    try {
      pieces = cut(log, cuts, options);
    } catch (const UserError&) {
      continue;  // a piece without a single line of the log's own
    }
    ++tried;
    INFO(round);
    CHECK(comparable(settled(joined(pieces, 0, pieces.size(), false))) == whole);
    CHECK(comparable(settled(joined(pieces, 0, pieces.size(), true))) == whole);
  }
  CHECK(tried > 25);
}
