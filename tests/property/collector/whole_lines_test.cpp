// Lines given many at a time are those given one by one, whatever is among them.
#include <random>

#include <catch2/catch.hpp>

#include "collector/input/byte_source.hpp"
#include "collector/input/line_reader.hpp"
#include "collector/logs/log_reader.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

struct Kept final : LogRecordSink {
  std::vector<HeldRecord> records;

  void take(const LogRecord& record) override { records.push_back(HeldRecord::of(record)); }
};

struct Outcome {
  std::vector<HeldRecord> records;
  InputCounts counts;
  SkipReport skipped;
  OpenMessage open;
  bool operator==(const Outcome&) const = default;
};

/// `at_once`: how many lines at a time; 0: line().
Outcome read(std::string_view log, const LogLayout& layout, std::size_t at_once) {
  Outcome outcome;
  Kept kept;
  ReadTally tally{outcome.counts, outcome.skipped, "log"};
  const auto reader = make_reader(layout, kept, tally);
  std::uint64_t number = 1;
  while (!log.empty()) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < std::max<std::size_t>(at_once, 1) && end < log.size(); ++i) {
      end = log.find('\n', end) + 1;
    }
    if (at_once == 0) {
      reader->line(log.substr(0, end - 1), number++, false);
    } else {
      number += reader->lines(log.substr(0, end), number);
    }
    log.remove_prefix(end);
  }
  outcome.open = reader->suspend();
  outcome.records = std::move(kept.records);
  return outcome;
}

std::string garbled(std::string log, std::mt19937& random) {
  constexpr std::string_view kBytes{"\n\n\n\t\t\"\r\0x", 9};
  for (int i = 0; i < 12; ++i) {
    log[random() % log.size()] = kBytes[random() % kBytes.size()];
  }
  return log + "\n";
}

}  // namespace

TEST_CASE("lines given many at a time are those given one by one") {
  std::mt19937 random{22};
  for (const auto& [kind, layout] :
       {std::pair{"log", LogLayout{LogFormat::Stderr, "%m [%p] %q[user=%u,db=%d,app=%a] "}},
        std::pair{"csv", LogLayout{LogFormat::Csv}},
        std::pair{"json", LogLayout{LogFormat::Json}}}) {
    const std::string whole = read_document(QUERN_SOURCE_DIR "/samples/shop/logs/postgresql." +
                                            std::string{kind} + ".gz");
    for (int round = 0; round < 60; ++round) {
      const std::size_t from = random() % (whole.size() - 20'000);
      const std::string log = garbled(whole.substr(from, 1 + random() % 20'000), random);
      INFO(kind << " from " << from);
      const Outcome one_by_one = read(log, layout, 0);
      CHECK(read(log, layout, 1 + random() % 9) == one_by_one);
      CHECK(read(log, layout, log.size()) == one_by_one);
    }
  }
}

TEST_CASE("lines at hand and the others are all lines of a stream, once") {
  for (const std::string text : {"one\ntwo\n\nlast", "one\r\ntwo\r\n", "\n\none\n", "one", ""}) {
    INFO(text);
    ByteSource source = ByteSource::over(text);
    ByteSource again = ByteSource::over(text);
    REQUIRE(source.next_stream() == again.next_stream());
    LineReader some{source};
    LineReader each{again};
    std::string_view line;
    const auto expect = [&](std::string_view given, std::uint64_t number) {
      REQUIRE(each.next(line));
      CHECK(given == line);
      CHECK(number == each.number());
    };
    const auto several = [&](std::string_view lines, std::uint64_t first) {
      std::uint64_t number = first;
      for (; !lines.empty(); ++number) {
        const std::size_t length = lines.find('\n');
        expect(lines.substr(0, length), number);
        lines.remove_prefix(length + 1);
      }
      return number - first;
    };
    for (std::string_view next; some.lines_at_hand(several) || some.next(next);) {
      if (some.number() > each.number()) {
        expect(next, some.number());
      }
    }
    CHECK_FALSE(each.next(line));
    CHECK(some.bytes() == each.bytes());
    CHECK(some.terminated() == each.terminated());
  }
}
