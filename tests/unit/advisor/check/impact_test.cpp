// Whom the indexes of a migration serve, and whom its removals hurt.
#include <algorithm>

#include <catch2/catch.hpp>

#include "advisor/check/check.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

std::vector<Finding> found(const std::string& queries, const std::string& migration,
                           const std::string& rule) {
  CheckResult result = check(workload_of(queries), shop(), {{"a.sql", migration}}, {});
  std::erase_if(result.findings, [&](const Finding& finding) { return finding.rule != rule; });
  return result.findings;
}

}  // namespace

TEST_CASE("an index made ON ONLY and its parts are judged as one") {
  const CatalogSnapshot& catalog = shop();
  const auto events = std::find_if(catalog.tables.begin(), catalog.tables.end(),
                                   [](const Table& table) { return table.name == "events"; });
  REQUIRE(events != catalog.tables.end());
  std::string migration = "CREATE INDEX events_c ON ONLY events (customer_id);\n";
  int parts = 0;
  for (const Table& table : catalog.tables) {
    if (!table.parents.empty() && table.parents.front() == events->oid) {
      migration += "CREATE INDEX CONCURRENTLY events_c_" + std::to_string(++parts) + " ON " +
                   table.name + " (customer_id);\n";
    }
  }
  REQUIRE(parts > 1);
  const auto served = found("SELECT * FROM events WHERE customer_id = 7;", migration, "M33");
  REQUIRE(served.size() == 1);
  CHECK(served[0].severity == Severity::Info);
  CHECK(served[0].message.find("events_c serves 1 recorded query") == 0);
}

TEST_CASE("an index that a plan reads and gains nothing by is no gain") {
  const auto idle = found("SELECT id FROM orders WHERE id = 7;",
                          "CREATE INDEX CONCURRENTLY again ON orders (id, total);", "M33");
  REQUIRE(idle.size() == 1);
  CHECK(idle[0].message.find("no recorded query would gain by again") == 0);
}

TEST_CASE("a dropped view that recorded queries read") {
  CHECK(found("SELECT * FROM some_view WHERE id = 7;", "DROP VIEW some_view;", "M40").size() == 1);
  CHECK(found("SELECT * FROM orders WHERE id = 7;", "DROP VIEW some_view;", "M40").empty());
}
