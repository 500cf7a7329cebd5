// Archives within archives, the hour that a clock shows twice, and the progress of runs over logs
// that grow.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "collector/base/time_text.hpp"
#include "collector/incremental/advance.hpp"
#include "collector/input/byte_source.hpp"

#include "tests/support/temporary_folder.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

const std::string kArchives = QUERN_SOURCE_DIR "/tests/fuzz/seeds/fuzz_archive/";

/// What each stream is, and how many bytes it holds: "a.tar(b.log) 300".
std::vector<std::string> streams_of(const std::string& file) {
  ByteSource source = ByteSource::open(kArchives + file);
  std::vector<std::string> streams;
  while (source.next_stream()) {
    std::size_t bytes = 0;
    for (std::string_view piece = source.read(); !piece.empty(); piece = source.read()) {
      bytes += piece.size();
    }
    CHECK_FALSE(source.damage());
    streams.push_back(source.name().substr(kArchives.size()) + " " + std::to_string(bytes));
  }
  return streams;
}

}  // namespace

TEST_CASE("compressed files within archives within archives are read") {
  using Names = std::vector<std::string>;
  CHECK(streams_of("nested_tar") ==
        Names{"nested_tar(in.tar.gz)(a.log) 300", "nested_tar(a.log.gz) 300"});
  CHECK(streams_of("zip") == Names{"zip(a.log.gz) 300", "zip(b.log) 300"});
  for (const char* compressed : {"xz", "bz2", "zst"}) {
    CHECK(streams_of(compressed) == Names{compressed + std::string{" 300"}});
  }
}

TEST_CASE("the hour that comes twice when summer time ends is told by the zone's letters") {
  const auto hour_apart = [](const char* summer, const char* winter) {
    const auto a = read_time(summer);
    const auto b = read_time(winter);
    REQUIRE((a && b));
    return (b->at_us - a->at_us) / 1'000'000;
  };
  CHECK(hour_apart("2026-10-25 02:30:00.000 CEST", "2026-10-25 02:30:00.000 CET") == 3600);
  CHECK(hour_apart("2026-11-01 01:30:00 EDT", "2026-11-01 01:30:00 EST") == 3600);
  CHECK(hour_apart("2026-10-25 01:30:00 BST", "2026-10-25 01:30:00 GMT") == 3600);
  CHECK(hour_apart("2026-03-29 01:59:59 CET", "2026-03-29 03:00:00 CEST") == 1);
}

TEST_CASE("runs over logs that grow tell how far they are") {
  const auto folder = std::filesystem::temp_directory_path() / "quern-progress-test";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "a.log").string();
  {
    std::ofstream log{path};
    for (int i = 0; i < 40'000; ++i) {
      log << "2026-11-21 10:00:00.000 UTC [7] LOG:  duration: 1.000 ms  statement: SELECT 1\n";
    }
  }
  CollectOptions options;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  options.progress = [&](std::uint64_t done, std::uint64_t all) { told.emplace_back(done, all); };
  CollectState state;
  CHECK(advance(state, {path}, options).empty());
  REQUIRE(told.size() == 2);
  CHECK(told[0].first < told[1].first);
  CHECK(told[1].second == std::filesystem::file_size(path));
  told.clear();
  CHECK(advance(state, {path}, options).empty());
  CHECK(told.empty());
  std::filesystem::remove_all(folder);
}

TEST_CASE("a log renamed while a run reads it is read to its end, and known afterwards") {
  const auto log_of = [](const char* sql) {
    std::string log;
    for (int i = 0; i < 20'000; ++i) {
      log += "2026-11-21 10:00:00.000 UTC [7] LOG:  duration: 1.000 ms  statement: ";
      log += sql;
      log += "\n";
    }
    return log;
  };
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("a.log", log_of("SELECT 1"));
  CollectOptions options;
  options.progress = [&](std::uint64_t, std::uint64_t) {
    if (!std::filesystem::exists(path + ".1")) {
      std::filesystem::rename(path, path + ".1");
      folder.write("a.log", log_of("SELECT 'one' FROM two"));
    }
  };
  CollectState state;
  CHECK(advance(state, {path}, options).empty());
  CHECK(settled(collected(state)).classes.size() == 1);
  CHECK(advance(state, {path, path + ".1"}, options).empty());
  const Workload both = settled(collected(state));
  REQUIRE(both.classes.size() == 2);
  CHECK(both.classes[0].calls == 20'000);
  CHECK(both.classes[1].calls == 20'000);
}
