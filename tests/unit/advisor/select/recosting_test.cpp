// A statement's price under another index set, read off its benefit graph, beside the planner's.
#include "tests/support/recosting.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"

using namespace quern;

namespace {

void check_sample(const std::string& sample) {
  const std::string folder = QUERN_SOURCE_DIR "/samples/" + sample;
  const auto catalog = collector::read_snapshot(folder + "/catalog.json.gz");
  const auto priced = testing::measure_recosting(catalog, folder + "/queries.sql");
  INFO(sample << ": " << priced.compared << " sets, " << priced.flagged << " may differ, "
              << priced.differing << " do");
  CHECK(priced.compared >= 1000);
  CHECK(priced.worst_unflagged < 1e-3);
  CHECK(priced.exact >= priced.compared * 9 / 10);
  CHECK(priced.flagged <= priced.compared / 2);
}

}  // namespace

TEST_CASE("A statement priced under another index set costs what planning says, or may differ") {
  check_sample("shop");
}

TEST_CASE("So do joins of eight tables, partitions and parallel plans", "[.slow]") {
  check_sample("warehouse");
}
