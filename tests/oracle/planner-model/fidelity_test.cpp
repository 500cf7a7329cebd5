#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/catalog/read_catalog.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/oracle.hpp"
#include "tests/support/random_oracle.hpp"

namespace quern::testing {

namespace {

const std::string kFolder = QUERN_SOURCE_DIR "/tests/oracle/planner-model/";

double share(const std::vector<OracleCase>& cases,
             const std::function<bool(const OracleCase&)>& is) {
  const auto count = std::count_if(cases.begin(), cases.end(), is);
  return 100.0 * static_cast<double>(count) / static_cast<double>(cases.size());
}

/// Each statement of a file, in a database of its own; those named text_ to the last letter.
void check_rules(const std::string& database, const std::string& file, const IndexSet& set) {
  const std::string dsn =
      Cluster::instance().fresh_database(database, kFolder + file + "_schema.sql");
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const auto statements = read_statements(kFolder + file + "_statements.sql");
  const auto cases = run_oracle(dsn, catalog, statements, set);
  REQUIRE(cases.size() == statements.size());
  for (const OracleCase& one : cases) {
    std::ostringstream plans;
    print_worst(plans, {one}, 1);
    INFO(one.query << '\n' << plans.str());
    CHECK(one.exact());
    CHECK(one.same_rows());
    CHECK(one.same_scans());
    CHECK(one.same_joins());
    CHECK(one.same_indexes());
    CHECK(one.unmodelled.empty());
    if (one.query.starts_with("text_")) {
      CHECK(one.same_text());
    }
  }
}

}  // namespace

TEST_CASE("each rule once found broken costs what the server's costs", "[oracle]") {
  check_rules("fidelity", "fidelity", {.name = "as it is"});
}

TEST_CASE("joins and groups by partition cost what the server's cost", "[oracle]") {
  check_rules("partitionwise", "partitionwise",
              {.name = "by partition",
               .settings = {"SET LOCAL enable_partitionwise_join = on",
                            "SET LOCAL enable_partitionwise_aggregate = on"}});
}

TEST_CASE("what policies of row-level security let a role see costs what the server's costs",
          "[oracle]") {
  const std::string dsn =
      Cluster::instance().fresh_database("row_security", kFolder + "row_security_schema.sql");
  CatalogSnapshot catalog = collector::read_catalog(dsn);
  catalog.settings["app.tenant"] = "7";
  catalog.settings["app.tenants"] = "7,9";
  const auto statements = read_statements(kFolder + "row_security_statements.sql");
  for (const std::string role :
       {"rls_app", "rls_auditor", "rls_admin", "rls_member", "rls_owner"}) {
    const IndexSet set{.name = role,
                       .settings = {"SET LOCAL app.tenant = '7'", "SET LOCAL app.tenants = '7,9'"},
                       .role = role};
    const auto cases = run_oracle(dsn, catalog, statements, set);
    CHECK(cases.size() == statements.size());
    for (const OracleCase& one : cases) {
      std::ostringstream plans;
      print_worst(plans, {one}, 1);
      INFO(role << ": " << one.query << '\n' << plans.str() << one.error);
      CHECK(one.exact());
      CHECK(one.same_rows());
      CHECK(one.same_text());
      CHECK(one.unmodelled.empty());
    }
  }
}

TEST_CASE("what applications and reports ask of the shop costs what the server's costs",
          "[oracle]") {
  const std::string dsn = Cluster::instance().dsn("shop");
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const auto statements = read_statements(kFolder + "shop_statements.sql");
  const auto cases = run_oracle(dsn, catalog, statements, {.name = "as it is"});
  REQUIRE(cases.size() == statements.size());
  for (const OracleCase& one : cases) {
    std::ostringstream plans;
    print_worst(plans, {one}, 1);
    INFO(one.query << '\n' << plans.str() << one.error);
    if (one.constructs.count("differs") > 0) {
      CHECK_FALSE((one.exact() && one.same_rows()));  // else the mark is out of date
      continue;
    }
    CHECK(one.exact());
    CHECK(one.same_rows());
    CHECK(one.same_scans());
    CHECK(one.same_joins());
    CHECK(one.same_indexes());
  }
  // Not only the costs: every line of EXPLAIN.
  CHECK(share(cases, [](const OracleCase& c) { return c.same_text(); }) >= 92);
}

TEST_CASE("random statements over random schemas cost what the server's cost", "[oracle]") {
  std::vector<OracleCase> cases;
  std::ostringstream notes;
  for (std::uint64_t seed = 9001; seed <= 9004; ++seed) {
    for (auto& one : run_random_oracle({.seed = seed, .statements = 300}, notes)) {
      cases.push_back(std::move(one));
    }
  }
  std::ostringstream table;
  print_constructs(table, cases);
  std::cout << "\nseeds 9001 to 9004\n" << table.str();
  std::ofstream report{QUERN_BINARY_DIR "/random_oracle.txt"};
  report << table.str() << '\n';
  print_worst(report, cases, 20);
  INFO(table.str() << notes.str());

  REQUIRE(cases.size() > 1000);
  CHECK(notes.str().empty());  // the server refused nothing that was generated
  // Floors a little under what is reached: a fall is refused.
  CHECK(share(cases, [](const OracleCase& c) { return c.model.has_value(); }) == 100);
  CHECK(share(cases, [](const OracleCase& c) { return c.exact(); }) >= 97);
  CHECK(share(cases, [](const OracleCase& c) { return c.within(0.01); }) >= 98);
  CHECK(share(cases, [](const OracleCase& c) { return c.within(0.10); }) >= 99);
  CHECK(share(cases, [](const OracleCase& c) { return c.same_rows(); }) >= 98.5);
  CHECK(share(cases, [](const OracleCase& c) { return c.same_joins(); }) >= 99);
  CHECK(share(cases, [](const OracleCase& c) { return c.same_indexes(); }) >= 99);
  CHECK(share(cases, [](const OracleCase& c) { return c.same_scans(); }) >= 98);
}

TEST_CASE("shrinking keeps the failure and drops the rest", "[oracle]") {
  const auto fails = [](const std::vector<std::uint32_t>& choices) {
    return std::count(choices.begin(), choices.end(), 7U) >= 2;
  };
  CHECK(shrunk({3, 7, 1, 4, 7, 7, 9, 2}, fails) == std::vector<std::uint32_t>{7, 7});
}

}  // namespace quern::testing
