#include <algorithm>
#include <random>
#include <sstream>

#include <catch2/catch.hpp>

#include "collector/collect.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/sql/lexical_shape.hpp"
#include "collector/sql/parse_tree.hpp"
#include "collector/workload/samples.hpp"
#include "collector/workload/workload_document.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

std::string log_text(const std::string& kind) {
  return read_document(std::string{QUERN_SOURCE_DIR} + "/samples/shop/logs/postgresql." + kind +
                       ".gz");
}

/// What a split may not change. The first place of a skip names the piece, and runs of statements
/// (N+1) may be cut.
Workload comparable(Workload w) {
  w.patterns.clear();
  w.skipped = {};
  w.formats.clear();
  w.events = {};
  w.input = {};
  return w;
}

struct LogLine {
  std::string text;
  std::string session;  ///< empty: belongs to the line before
};

std::vector<LogLine> lines_of(const std::string& log) {
  std::vector<LogLine> lines;
  std::istringstream stream{log};
  for (std::string line; std::getline(stream, line);) {
    const std::size_t open = line.find(" UTC [");
    const bool prefixed = !line.empty() && line.front() == '2' && open == 23;
    lines.push_back(
        {line + "\n", prefixed ? line.substr(open + 6, line.find(']', open) - open - 6) : ""});
  }
  return lines;
}

}  // namespace

TEST_CASE("the three log formats of one run give the same classes, calls, times and samples") {
  const std::string plain = write_workload(comparable(collect_text(log_text("log"), {})));
  Workload csv = comparable(collect_text(log_text("csv"), {}));
  Workload json = comparable(collect_text(log_text("json"), {}));
  CHECK(write_workload(csv) == write_workload(json));
  // This log's prefix does not tell the query ids.
  for (Workload* w : {&csv, &json}) {
    const auto told = [](const QueryClass& c) { return !c.query_ids.empty(); };
    CHECK(std::count_if(w->classes.begin(), w->classes.end(), told) > 50);
    for (QueryClass& c : w->classes) {
      c.query_ids.clear();
    }
    CHECK(write_workload(*w) == plain);
  }
  CHECK(plain.size() > 100'000);
}

TEST_CASE("a log split by sessions, collected apart and merged in any order, is the whole") {
  const std::string log = log_text("log");
  const std::string whole = write_workload(comparable(collect_text(log, {})));
  std::mt19937 random{20261121};
  constexpr std::size_t kPieces = 5;
  std::vector<std::string> pieces(kPieces);
  std::map<std::string, std::size_t> piece_of;
  std::size_t last = 0;
  for (const LogLine& line : lines_of(log)) {
    if (!line.session.empty()) {
      last = piece_of.try_emplace(line.session, random() % kPieces).first->second;
    }
    pieces[last] += line.text;
  }
  std::vector<Workload> workloads;
  for (const std::string& piece : pieces) {
    workloads.push_back(collect_text(piece, {}));
  }
  std::shuffle(workloads.begin(), workloads.end(), random);
  // Grouped to the left, and as a tree.
  Workload left = workloads[0];
  for (std::size_t i = 1; i < kPieces; ++i) {
    left = merge(left, workloads[i]);
  }
  const Workload tree = merge(merge(workloads[4], workloads[3]),
                              merge(workloads[2], merge(workloads[1], workloads[0])));
  CHECK(write_workload(left) == write_workload(tree));
  CHECK(write_workload(comparable(left)) == whole);
}

TEST_CASE("equal lexical shapes have equal fingerprints and texts") {
  const Workload w = collect_text(log_text("log"), {});
  std::map<std::uint64_t, std::pair<std::string, std::string>> seen;
  LexicalShaper shaper;
  for (const QueryClass& c : w.classes) {
    for (const SampleExecution& sample : c.samples) {
      const auto print = fingerprint(sample.sql);
      REQUIRE(print.has_value());
      CHECK(*print == c.fingerprint);
      const auto [place, inserted] = seen.try_emplace(
          shaper.shape(sample.sql).hash, std::make_pair(*print, normalized_text(sample.sql)));
      CHECK(place->second == std::make_pair(*print, normalized_text(sample.sql)));
    }
    if (c.kind != StatementKind::Utility && c.kind != StatementKind::Other) {
      INFO(c.sql);
      CHECK(fingerprint(c.sql) == c.fingerprint);  // the shown text is of its own class
    }
  }
}

TEST_CASE("every line of the input is accounted for") {
  for (const char* kind : {"log", "csv", "json"}) {
    const Workload w = collect_text(log_text(kind), {});
    CHECK(w.input.lines == w.input.used + w.input.continuation + w.input.skipped);
    CHECK(w.input.bytes == log_text(kind).size());
  }
}

TEST_CASE("samples do not depend on the order in which they come") {
  std::mt19937 random{3};
  std::vector<SampleExecution> all;
  for (int i = 0; i < 60; ++i) {
    const auto length = Microseconds{static_cast<std::int64_t>(random() % 20)};
    for (const char* why : {"slowest", "typical", "plan"}) {
      all.push_back({.sql = "select " + std::to_string(random() % 30),
                     .duration = length,
                     .why = why,
                     .plan_shape = std::to_string(random() % 3)});
    }
  }
  std::vector<SampleExecution> at_once = all;
  keep_best_samples(at_once);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(all.begin(), all.end(), random);
    std::vector<SampleExecution> one_by_one;
    for (const SampleExecution& sample : all) {
      one_by_one.push_back(sample);
      keep_best_samples(one_by_one);
    }
    CHECK(one_by_one == at_once);
  }
}

TEST_CASE("a cut statement does not take a whole one of its shape with it") {
  const std::string line = "2026-11-21 10:00:00.000 UTC [1] LOG:  duration: 1.000 ms  statement: ";
  const Workload w = collect_text(line + "select 'cut\n" + line + "select 'whole'\n", {});
  REQUIRE(w.classes.size() == 1);
  CHECK(w.classes.front().calls == 1);
  CHECK(w.skipped.by_reason().at("SQL that does not parse").count == 1);
}
