#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/catalog/read_catalog.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/oracle.hpp"

namespace quern::testing {

TEST_CASE("the model's costs are the server's for the sample under every index set", "[oracle]") {
  const std::string dsn = Cluster::instance().dsn("shop");
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const auto statements = read_statements(QUERN_SOURCE_DIR "/samples/shop/queries.sql");
  REQUIRE(statements.size() >= 60);

  std::vector<OracleCase> cases;
  for (const IndexSet& set : shop_index_sets()) {
    for (OracleCase& one : run_oracle(dsn, catalog, statements, set)) {
      cases.push_back(std::move(one));
    }
  }

  std::ostringstream table;
  print_table(table, cases);
  std::cout << '\n' << table.str();
  std::ofstream report{QUERN_BINARY_DIR "/explain_oracle.txt"};
  report << table.str() << '\n';
  print_cases(report, cases);
  print_worst(report, cases, 10);

  const auto close = std::count_if(cases.begin(), cases.end(),
                                   [](const OracleCase& one) { return one.within(0.05); });
  CHECK(static_cast<double>(close) >= 0.8 * static_cast<double>(cases.size()));
  const auto failed =
      std::count_if(cases.begin(), cases.end(), [](const OracleCase& one) { return !one.model; });
  CHECK(failed == 0);
}

TEST_CASE("what the model cannot plan as the server does, it names", "[oracle]") {
  const std::string dsn = Cluster::instance().dsn("shop");
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const auto statements = read_statements(QUERN_SOURCE_DIR "/samples/shop/queries.sql");
  for (const OracleCase& one : run_oracle(dsn, catalog, statements, {.name = "as recorded"})) {
    INFO(one.query);
    CHECK((!one.model || one.model->total.value() > 0));
  }
}

}  // namespace quern::testing
