// CREATE STATISTICS from executed plans that found other rows than expected.
#include "advisor/statistics/propose_statistics.hpp"

#include <catch2/catch.hpp>

#include "advisor/migrate/plan.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

std::string scan_of(const std::string& table, double expected, double found) {
  return R"({"Node Type": "Seq Scan", "Relation Name": ")" + table + R"(", "Alias": ")" + table +
         R"(", "Plan Rows": )" + std::to_string(expected) + R"(, "Actual Rows": )" +
         std::to_string(found) + R"(, "Actual Loops": 1, "Actual Total Time": 5})";
}

std::vector<Proposal> proposals_for(const std::string& sql, const std::string& plan,
                                    const CatalogSnapshot& catalog = shop(),
                                    const std::vector<IndexDefinition>& created = {}) {
  Workload workload = workload_of(sql + ";\n");
  workload.classes.at(0).plans = {
      {.shape = "1", .calls = 12, .example = R"({"Plan": )" + plan + "}"}};
  const planner_model::Planner planner{catalog};
  return propose_statistics(workload, plan_workload(workload, planner), catalog, created);
}

const char* const kTwoColumns = "SELECT id FROM addresses WHERE city = 'Nantes' AND country = 'FR'";

}  // namespace

TEST_CASE("columns that know of each other get statistics together") {
  const auto found = proposals_for(kTwoColumns, scan_of("addresses", 20, 1200));
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == ProposalKind::CollectStatistics);
  CHECK(found[0].ddl_up.at(0) ==
        "CREATE STATISTICS addresses_city_country_stat (dependencies, mcv) ON city, country FROM "
        "addresses;");
  CHECK(found[0].ddl_up.at(1) == "ANALYZE addresses;");
  CHECK(found[0].ddl_down ==
        std::vector<std::string>{"DROP STATISTICS addresses_city_country_stat;"});
  CHECK(found[0].evidence.at(0).find("expected 20 rows and found 1200 (60 times as many)") !=
        std::string::npos);
}

TEST_CASE("a range beside an equality asks for values that come together alone") {
  const auto found = proposals_for("SELECT id FROM orders WHERE status = 'paid' AND total > 300",
                                   scan_of("orders", 9000, 400));
  REQUIRE(found.size() == 1);
  CHECK(found[0].ddl_up.at(0).find("(mcv) ON status, total") != std::string::npos);
}

TEST_CASE("a column without common values is left out: no combination of it is common") {
  const auto found = proposals_for("SELECT id FROM orders WHERE status = 'paid' AND id > 300",
                                   scan_of("orders", 9000, 400));
  CHECK(found.empty());
}

TEST_CASE("a statement that takes away what it finds is no evidence of too high an estimate") {
  const std::string remove = "DELETE FROM addresses WHERE city = 'Nantes' AND country = 'FR'";
  CHECK(proposals_for(remove, scan_of("addresses", 1200, 0)).empty());
  CHECK(proposals_for(remove, scan_of("addresses", 20, 1200)).size() == 1);
  CHECK(proposals_for("UPDATE addresses SET city = 'Lyon' WHERE city = 'Nantes' AND country = 'FR'",
                      scan_of("addresses", 1200, 0))
            .empty());
}

TEST_CASE("an expression without statistics gets its own, from PostgreSQL 14 on") {
  const char* const kText = "SELECT id FROM payments WHERE order_id::text = '48831'";
  const auto found = proposals_for(kText, scan_of("payments", 449, 1));
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "S01 expression");
  CHECK(found[0].ddl_up.at(0) ==
        "CREATE STATISTICS payments_expr_stat ON ((order_id)::text) FROM payments;");
  CatalogSnapshot old = shop();
  old.server_version = 130012;
  CHECK(proposals_for(kText, scan_of("payments", 449, 1), old).empty());
  Oid payments = 0;
  for (const Table& table : shop().tables) {
    payments = table.name == "payments" ? table.oid : payments;
  }
  // ANALYZE collects the same for an index on the expression.
  CHECK(proposals_for(kText, scan_of("payments", 449, 1), shop(),
                      {{.table = payments, .keys = {{.expression = "((order_id)::text)"}}}})
            .empty());
}

TEST_CASE("groups that are fewer than the columns' product ask for distinct counts") {
  const auto found = proposals_for(
      "SELECT city, country, count(*) FROM addresses GROUP BY city, country",
      R"({"Node Type": "Aggregate", "Strategy": "Hashed", "Group Key": ["city", "country"],
          "Plan Rows": 4000, "Actual Rows": 40, "Actual Loops": 1, "Actual Total Time": 9,
          "Plans": [)" +
          scan_of("addresses", 30000, 30000) + "]}");
  REQUIRE(found.size() == 1);
  CHECK(found[0].ddl_up.at(0).find("(ndistinct) ON city, country") != std::string::npos);
}

TEST_CASE("nothing where the estimate was good, rows are few, or a LIMIT stopped the scan") {
  CHECK(proposals_for(kTwoColumns, scan_of("addresses", 500, 900)).empty());
  CHECK(proposals_for(kTwoColumns, scan_of("addresses", 1, 60)).empty());
  CHECK(proposals_for(std::string{kTwoColumns} + " LIMIT 5",
                      R"({"Node Type": "Limit", "Plan Rows": 5, "Actual Rows": 5,
                          "Actual Loops": 1, "Plans": [)" +
                          scan_of("addresses", 900, 5) + "]}")
            .empty());
  CatalogSnapshot known = shop();
  const auto found = proposals_for(kTwoColumns, scan_of("addresses", 20, 1200));
  ExtendedStatistics statistics{.schema = "public", .name = "s", .kinds = "fm"};
  for (const Table& table : known.tables) {
    if (table.name == "addresses") {
      statistics.table = table.oid;
      for (const Column& column : table.columns) {
        if (column.name == "city" || column.name == "country") {
          statistics.columns.push_back(column.number);
        }
      }
    }
  }
  known.extended_statistics.push_back(statistics);
  CHECK(proposals_for(kTwoColumns, scan_of("addresses", 20, 1200), known).empty());
}

TEST_CASE("statistics come first in a migration, and go with it") {
  Advice advice;
  advice.proposals.push_back({.id = "create-x",
                              .kind = ProposalKind::CreateIndex,
                              .ddl_up = {"CREATE INDEX CONCURRENTLY x ON t (a);"},
                              .ddl_down = {"DROP INDEX CONCURRENTLY x;"}});
  advice.proposals.push_back({.id = "statistics-s",
                              .kind = ProposalKind::CollectStatistics,
                              .ddl_up = {"CREATE STATISTICS s ON a, b FROM t;", "ANALYZE t;"},
                              .ddl_down = {"DROP STATISTICS s;"}});
  const auto plan = migration_plan(advice);
  REQUIRE(plan.size() == 2);
  CHECK(plan[0].id == "statistics-s");
  CHECK(plan[0].up.size() == 2);
  CHECK(plan[0].down == std::vector<std::string>{"DROP STATISTICS s;"});
  CHECK(plan[0].clean_up.empty());
  CHECK(plan[1].id == "create-x");
}
