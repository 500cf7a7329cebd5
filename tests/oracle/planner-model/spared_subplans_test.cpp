// A filter's cheaper checks come first, and its subqueries run for the rows that these let through,
// while EXPLAIN's total counts them for every row.
#include <catch2/catch.hpp>

#include "collector/catalog/read_catalog.hpp"

#include "planner-model/whatif/planner.hpp"

#include "tests/support/cluster.hpp"

using namespace quern;
using namespace quern::planner_model;
using quern::testing::Cluster;

namespace {

const std::string kTables = R"(
  create table buyer as select i as id, i % 200 as town from generate_series(1, 4000) i;
  create table parcel as select i as id, i % 4000 as buyer, i % 3 as state from generate_series(1, 20000) i;
  analyze buyer; analyze parcel;
)";
const std::string kStatement =
    "SELECT b.id FROM buyer b WHERE (SELECT count(*) FROM parcel p WHERE p.buyer = b.id) > 1 "
    "AND b.town = 7";

/// Executions of the subquery, from EXPLAIN (ANALYZE, FORMAT JSON).
double loops_of(const std::string& plan) {
  const std::string loops = "\"Actual Loops\": ";
  const std::size_t subplan = plan.find("\"Subplan Name\": \"SubPlan 1\"");
  REQUIRE(subplan != std::string::npos);
  return std::stod(plan.substr(plan.find(loops, subplan) + loops.size()));
}

}  // namespace

TEST_CASE("a subquery behind a cheaper check runs as often as is counted") {
  const std::string database = "spared_subplans";
  auto& cluster = Cluster::instance();
  cluster.query("drop database if exists " + database, "postgres");
  cluster.query("create database " + database, "postgres");
  cluster.query(kTables, database);
  const CatalogSnapshot catalog = collector::read_catalog(cluster.dsn(database));
  const Planner planner{catalog};
  const PlanResult planned = planner.plan(*planner.bind(kStatement));
  const PlanResult scan = planner.plan(*planner.bind("SELECT id FROM buyer WHERE town = 7"));
  const PlanResult once =
      planner.plan(*planner.bind("SELECT count(*) FROM parcel WHERE buyer = 5"));
  std::string executed;
  for (const auto& line : cluster.query(
           "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, FORMAT JSON) " + kStatement, database)) {
    executed += line.front().value_or("") + "\n";
  }
  const double loops = loops_of(executed);
  CHECK(loops == 20);
  CHECK((planned.counted - scan.total).value() / once.total.value() == Approx(loops).epsilon(0.05));
  CHECK((planned.total - scan.total).value() / once.total.value() == Approx(4000).epsilon(0.05));
}
