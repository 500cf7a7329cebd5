#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"

#include "tests/support/corpus.hpp"

namespace quern::testing {

namespace {

/// What makes plans of small tables as various as those of large ones.
const std::vector<std::string> kSmallScale = {
    "work_mem = '128kB'", "min_parallel_table_scan_size = '64kB'",
    "min_parallel_index_scan_size = '16kB'", "parallel_setup_cost = 20"};

}  // namespace

TEST_CASE("reports on a small warehouse cost what the server's cost", "[oracle]") {
  const Corpus corpus = read_corpus("warehouse");
  const std::string dsn = sample_database(Cluster::instance(), "warehouse", "0.03");
  for (const std::string& setting : kSmallScale) {
    Cluster::instance().query("ALTER DATABASE warehouse_0_03 SET " + setting, "postgres");
  }
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const auto cases = run_corpus(corpus, dsn, catalog);
  std::ostringstream table;
  print_constructs(table, cases);
  print_table(table, cases);
  std::cout << "\nwarehouse at 3 %\n" << table.str();
  std::ofstream report{QUERN_BINARY_DIR "/warehouse_oracle.txt"};
  report << table.str();
  print_worst(report, cases, 10);
  INFO(table.str());
  const auto share = [&](const std::function<bool(const OracleCase&)>& is) {
    const auto count = std::count_if(cases.begin(), cases.end(), is);
    return 100.0 * static_cast<double>(count) / static_cast<double>(cases.size());
  };
  REQUIRE(cases.size() == corpus.statements.size() * corpus.sets.size());
  // Floors a little under what is reached: a fall is refused.
  CHECK(share([](const OracleCase& c) { return c.model.has_value(); }) == 100);
  CHECK(share([](const OracleCase& c) { return c.within(0.01); }) >= 97);
  CHECK(share([](const OracleCase& c) { return c.within(0.10); }) >= 98);
  CHECK(share([](const OracleCase& c) { return c.same_rows(); }) >= 98);
  CHECK(share([](const OracleCase& c) { return c.same_joins(); }) >= 98);
  CHECK(share([](const OracleCase& c) { return c.same_indexes(); }) >= 97);
}

}  // namespace quern::testing
