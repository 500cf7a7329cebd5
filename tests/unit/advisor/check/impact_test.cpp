// Whom the indexes of a migration serve, and whom its removals hurt.
#include <algorithm>
#include <set>

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

TEST_CASE("an index on a partitioned table serves those that its parts serve") {
  const auto served = found("SELECT * FROM events WHERE customer_id = 7;",
                            "CREATE INDEX ON events (customer_id);", "M33");
  REQUIRE(served.size() == 1);
  CHECK(served[0].severity == Severity::Info);
  CHECK(served[0].message.find("serves 1 recorded query") != std::string::npos);
}

TEST_CASE("of two equal indexes one may go, but not both") {
  const std::string query = "SELECT * FROM orders WHERE customer_id = 7;";
  const std::string one = "DROP INDEX CONCURRENTLY idx_orders_customer;\n";
  const std::string other = "DROP INDEX CONCURRENTLY orders_customer_id_idx;\n";
  CHECK(found(query, one, "M18").empty());
  CHECK(found(query, other, "M18").empty());
  const auto both = found(query, one + other, "M18");
  REQUIRE_FALSE(both.empty());
  CHECK(both[0].severity == Severity::Error);
  // Unless another takes their place.
  CHECK(found(query, "CREATE INDEX CONCURRENTLY c ON orders (customer_id, status);\n" + one + other,
              "M18")
            .empty());
}

TEST_CASE("a table that moves to another schema is lost to its queries") {
  const std::string query = "SELECT * FROM orders WHERE id = 7;";
  CHECK(found(query, "ALTER TABLE orders SET SCHEMA archive;", "M40").size() == 1);
  CHECK(found(query, "ALTER TABLE orders SET SCHEMA archive;", "M12").size() == 1);
  CHECK(found(query, "ALTER TABLE coupons SET SCHEMA archive;", "M40").empty());
}

// tests/oracle/advisor/type_change_test.cpp asks the server.
TEST_CASE("changes of type that keep the bytes") {
  const auto rewritten = [](const std::string& column, const std::string& type) {
    return !found("SELECT 1;", "ALTER TABLE orders ALTER " + column + " TYPE " + type + ";", "M36")
                .empty();
  };
  CHECK_FALSE(rewritten("total", "numeric(14,2)"));  // it is numeric(12,2)
  CHECK_FALSE(rewritten("total", "numeric"));
  CHECK(rewritten("total", "numeric(14,3)"));
  CHECK(rewritten("total", "numeric(10,2)"));
  CHECK_FALSE(rewritten("placed_at", "timestamptz(6)"));
  CHECK(rewritten("placed_at", "timestamptz(3)"));
  CHECK(rewritten("placed_at", "date"));
}

TEST_CASE("an exclusion constraint builds its index under the lock") {
  CHECK(found("SELECT 1;", "ALTER TABLE orders ADD EXCLUDE (id WITH =);", "M14").size() == 1);
  CHECK(found("SELECT 1;", "CREATE TABLE t (a int); ALTER TABLE t ADD EXCLUDE (a WITH =);", "M14")
            .empty());
}

TEST_CASE("what a migration tool makes of its file") {
  const auto rules = [](const std::string& file, const std::string& migration) {
    std::set<std::string> ids;
    for (const Finding& finding :
         check(workload_of("SELECT 1;"), shop(), {{file, migration}}, {}).findings) {
      ids.insert(finding.rule);
    }
    return ids;
  };
  const std::string build = "CREATE INDEX CONCURRENTLY i ON orders (total);\n";
  // Several statements in one text are one transaction.
  CHECK_FALSE(rules("m/1_x/migration.sql", build).contains("M02"));
  CHECK(rules("m/1_x/migration.sql", build + "COMMENT ON TABLE orders IS 'x';").contains("M02"));
  const std::string liquibase = "--liquibase formatted sql\n--changeset a:1";
  CHECK(rules("a.sql", liquibase + "\n" + build).contains("M02"));
  CHECK_FALSE(rules("a.sql", liquibase + " runInTransaction:false\n" + build).contains("M02"));
  // Placeholders.
  CHECK(rules("V2__x.sql", "ALTER TABLE ${s}.orders ADD a text DEFAULT '${d}';").count("M00") == 0);
  CHECK(rules("V2__x.sql", "DROP INDEX ${i};").contains("M05"));
  // Other languages.
  CHECK_THROWS_WITH(rules("1_x.rb", "class X < Migration\n  add_index :a, :b\nend\n"),
                    Catch::Contains("1_x.rb") && Catch::Contains("SQL that it runs"));
  CHECK(rules("x.sql", "ALTER TABEL orders;").contains("M00"));
}

TEST_CASE("what is not looked into is named") {
  const auto caveats = [](const std::string& migration) {
    return check(workload_of("SELECT 1;"), shop(), {{"a.sql", migration}}, {}).caveats;
  };
  CHECK(caveats("DO $$ BEGIN DROP TABLE orders; END $$;").size() ==
        1 + caveats("SET lock_timeout = '2s';").size());
  CHECK(caveats("ALTER TABLE nowhere ADD a int;").size() ==
        1 + caveats("ALTER TABLE orders ADD a int;").size());
  CHECK(caveats("ALTER TABLE IF EXISTS nowhere ADD a int;").size() ==
        caveats("ALTER TABLE orders ADD a int;").size());
}

TEST_CASE("a dropped view that recorded queries read") {
  CHECK(found("SELECT * FROM some_view WHERE id = 7;", "DROP VIEW some_view;", "M40").size() == 1);
  CHECK(found("SELECT * FROM orders WHERE id = 7;", "DROP VIEW some_view;", "M40").empty());
}

TEST_CASE("an index by an operator class of an extension that the migration makes is judged") {
  const std::string query = "SELECT id FROM customers WHERE email ILIKE '%smith9%';";
  const std::string index =
      "CREATE INDEX CONCURRENTLY trigrams ON customers USING gin (email gin_trgm_ops);";
  const auto served = found(query, "CREATE EXTENSION IF NOT EXISTS pg_trgm;\n" + index, "M33");
  REQUIRE(served.size() == 1);
  CHECK(served[0].message.find("trigrams serves 1 recorded query") == 0);
  CHECK(found(query, index, "M33").empty());
  const CheckResult unknown =
      check(workload_of(query), shop(), {{"a.sql", "CREATE EXTENSION unheard_of;\n" + index}}, {});
  CHECK(std::any_of(unknown.caveats.begin(), unknown.caveats.end(), [](const std::string& caveat) {
    return caveat.find("what extension unheard_of defines is not known") == 0;
  }));
}
