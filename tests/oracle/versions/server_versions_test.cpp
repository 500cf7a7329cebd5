// The snapshot and the planner model on real servers of the other versions (`./dev servers`).
#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/catalog/read_catalog.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/oracle.hpp"
#include "tests/support/random_oracle.hpp"
#include "tests/support/snapshots.hpp"

namespace quern::testing {

namespace {

/// What the model must reach on a version, per cent of 600 random plans: a little under what it
/// does reach, so that a fall is refused.
struct Floor {
  int major = 0;
  double exact = 0;
  double within_1 = 0;
  double rows = 0;
};

constexpr Floor kFloors[] = {{.major = 13, .exact = 95, .within_1 = 97, .rows = 98},
                             {.major = 14, .exact = 96, .within_1 = 97, .rows = 98},
                             {.major = 16, .exact = 96, .within_1 = 97, .rows = 98},
                             {.major = 17, .exact = 96, .within_1 = 97, .rows = 98},
                             {.major = 18, .exact = 96, .within_1 = 97, .rows = 98}};

std::vector<Floor> installed() {
  std::vector<Floor> result;
  std::copy_if(std::begin(kFloors), std::end(kFloors), std::back_inserter(result),
               [](const Floor& floor) { return Cluster::has_binaries(floor.major); });
  if (result.empty()) {
    std::cout << "no servers of other versions: ./dev servers fetches them\n";
  }
  return result;
}

template <class Is>
double share(const std::vector<OracleCase>& cases, const Is& is) {
  const auto count = std::count_if(cases.begin(), cases.end(), is);
  return 100.0 * static_cast<double>(count) / static_cast<double>(cases.size());
}

}  // namespace

TEST_CASE("on every version the live reader and the psql script give the same document",
          "[versions]") {
  for (const Floor& floor : installed()) {
    CAPTURE(floor.major);
    const std::string dsn = Cluster::of_version(floor.major).dsn("shop");
    const CatalogSnapshot snapshot = collector::read_catalog(dsn);
    CHECK(snapshot.server_version / 10000 == floor.major);
    const std::string live = comparable(snapshot);
    CHECK(live.size() > 100000);
    CHECK((live == comparable_by_psql(dsn, "snapshot_of_" + std::to_string(floor.major))));
  }
}

TEST_CASE("on every version the shop's statements cost what the server's cost", "[versions]") {
  for (const Floor& floor : installed()) {
    CAPTURE(floor.major);
    const std::string dsn = Cluster::of_version(floor.major).dsn("shop");
    const CatalogSnapshot catalog = collector::read_catalog(dsn);
    const auto cases =
        run_oracle(dsn, catalog, read_statements(QUERN_SOURCE_DIR "/samples/shop/queries.sql"),
                   {.name = "as it is"});
    std::ostringstream plans;
    print_worst(plans, cases, 3);
    INFO(plans.str());
    CHECK(share(cases, [](const OracleCase& c) { return c.exact(); }) >= 96);
    CHECK(share(cases, [](const OracleCase& c) { return c.same_indexes(); }) >= 97);
  }
}

TEST_CASE("since 14 each rule once found broken costs and reads as on the server", "[versions]") {
  const std::string folder = QUERN_SOURCE_DIR "/tests/oracle/planner-model/";
  const auto statements = read_statements(folder + "fidelity_statements.sql");
  for (const Floor& floor : installed()) {
    if (floor.major < 14) {
      continue;  // has not the types and statements of the schema
    }
    const std::string dsn =
        Cluster::of_version(floor.major).fresh_database("fidelity", folder + "fidelity_schema.sql");
    const auto cases =
        run_oracle(dsn, collector::read_catalog(dsn), statements, {.name = "as it is"});
    std::ostringstream plans;
    print_worst(plans, cases, 10);
    INFO("PostgreSQL " << floor.major << '\n' << plans.str());
    CHECK(share(cases, [](const OracleCase& c) { return c.model.has_value(); }) >= 99);
    CHECK(share(cases, [](const OracleCase& c) { return c.exact(); }) >= 99);
    CHECK(share(cases, [](const OracleCase& c) { return c.same_joins(); }) >= 99);
    CHECK(share(cases, [](const OracleCase& c) { return c.same_indexes(); }) >= 99);
    CHECK(share(cases, [](const OracleCase& c) { return c.same_text(); }) >= 96);
  }
}

TEST_CASE("what differs from version to version is planned as on each, to the letter",
          "[versions]") {
  const std::string folder = QUERN_SOURCE_DIR "/tests/oracle/versions/";
  const auto statements = read_statements(folder + "version_statements.sql");
  for (const Floor& floor : installed()) {
    const std::string dsn =
        Cluster::of_version(floor.major).fresh_database("versions", folder + "version_schema.sql");
    for (const OracleCase& one :
         run_oracle(dsn, collector::read_catalog(dsn), statements, {.name = "as it is"})) {
      INFO("PostgreSQL " << floor.major << ": " << one.query);
      CHECK(one.exact());
      CHECK(one.same_text());
    }
  }
}

TEST_CASE("on every version random statements cost what the server's cost", "[versions]") {
  for (const Floor& floor : installed()) {
    std::vector<OracleCase> cases;
    std::ostringstream notes;
    for (std::uint64_t seed = 9101; seed <= 9103; ++seed) {
      for (auto& one :
           run_random_oracle({.seed = seed, .statements = 200, .server = floor.major}, notes)) {
        cases.push_back(std::move(one));
      }
    }
    std::ostringstream table;
    print_constructs(table, cases);
    std::cout << "\nPostgreSQL " << floor.major << ", seeds 9101 to 9103\n" << table.str();
    INFO("PostgreSQL " << floor.major << '\n' << table.str() << notes.str());
    REQUIRE(cases.size() > 500);
    CHECK(notes.str().empty());  // the server refused nothing that was generated
    CHECK(share(cases, [](const OracleCase& c) { return c.model.has_value(); }) == 100);
    CHECK(share(cases, [](const OracleCase& c) { return c.exact(); }) >= floor.exact);
    CHECK(share(cases, [](const OracleCase& c) { return c.within(0.01); }) >= floor.within_1);
    CHECK(share(cases, [](const OracleCase& c) { return c.same_rows(); }) >= floor.rows);
  }
}

}  // namespace quern::testing
