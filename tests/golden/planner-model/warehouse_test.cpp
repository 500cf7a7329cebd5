#include <algorithm>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"

#include "tests/support/corpus.hpp"

namespace quern::testing {

// The decision-support corpus at full size, beside plans that PostgreSQL 15 gave for it
// (samples/warehouse/record.sh). Floors a little under what is reached: a fall is refused.
TEST_CASE("reports on the recorded warehouse cost what the server's cost") {
  const std::string folder = QUERN_SOURCE_DIR "/samples/warehouse/";
  const auto catalog = collector::read_snapshot(folder + "catalog.json.gz");
  const auto cases =
      compare_recorded(read_corpus("warehouse"), catalog, folder + "plans/explain.jsonl.gz");
  const auto share = [&](const std::function<bool(const OracleCase&)>& is) {
    const auto count = std::count_if(cases.begin(), cases.end(), is);
    return 100.0 * static_cast<double>(count) / static_cast<double>(cases.size());
  };
  std::ostringstream table;
  print_constructs(table, cases);
  print_table(table, cases);
  INFO(table.str());
  REQUIRE(cases.size() == 800);
  CHECK(share([](const OracleCase& c) { return c.model.has_value(); }) == 100);
  CHECK(share([](const OracleCase& c) { return c.exact(); }) >= 89);
  CHECK(share([](const OracleCase& c) { return c.within(0.01); }) >= 91.5);
  CHECK(share([](const OracleCase& c) { return c.within(0.10); }) >= 95.5);
  CHECK(share([](const OracleCase& c) { return c.same_rows(); }) >= 98.5);
  CHECK(share([](const OracleCase& c) { return c.same_scans(); }) >= 95);
  CHECK(share([](const OracleCase& c) { return c.same_joins(); }) >= 98);
  CHECK(share([](const OracleCase& c) { return c.same_indexes(); }) >= 98);
}

}  // namespace quern::testing
