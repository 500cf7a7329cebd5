// Row-level security and rules: whose policies hold, and what is refused by name. That plans under
// policies are the server's is asked of a server (row_security_statements.sql).
#include <string>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"
#include "collector/catalog/from_schema.hpp"

#include "planner-model/query/row_access.hpp"
#include "planner-model/whatif/plan_node.hpp"
#include "planner-model/whatif/planner.hpp"

namespace quern::planner_model {
namespace {

using Catch::Matchers::Contains;

const std::string kNotes =
    "CREATE TABLE notes (id int PRIMARY KEY, author text, tenant int, price numeric);"
    "CREATE INDEX notes_price ON notes (price);"
    "CREATE INDEX notes_tenant ON notes (tenant);"
    "ALTER TABLE notes OWNER TO boss;"
    "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY own ON notes TO writer USING (author = 'me');"
    "CREATE POLICY gone ON notes FOR DELETE TO writer USING (tenant > 3);";

std::string plan_as(const std::string& role, const std::string& sql, const std::string& more = {}) {
  const CatalogSnapshot catalog = collector::snapshot_from_schema_text(kNotes + more, "notes.sql");
  const Planner planner{catalog};
  return explain_text(planner.plan(*planner.bind(sql, {}, role)).plan);
}

TEST_CASE("policies hold for their roles, not for the owner", "[row-security]") {
  const std::string sql = "SELECT * FROM notes WHERE tenant = 1";
  CHECK_THAT(plan_as("writer", sql), Contains("author = 'me'::text"));
  CHECK_THAT(plan_as("boss", sql), !Contains("author"));
  CHECK_THAT(plan_as("", sql), !Contains("author"));
  CHECK_THAT(plan_as("stranger", sql), Contains("Filter: false"));
  const std::string forced = "ALTER TABLE notes FORCE ROW LEVEL SECURITY;";
  CHECK_THAT(plan_as("boss", sql, forced), Contains("Filter: false"));
}

TEST_CASE("a condition that could tell of hidden rows waits for the policies", "[row-security]") {
  // numeric's comparisons are not leakproof, integer's are.
  const std::string by_price = "SELECT * FROM notes WHERE price = 5";
  CHECK_THAT(plan_as("boss", by_price), Contains("notes_price"));
  CHECK_THAT(plan_as("writer", by_price), !Contains("notes_price"));
  CHECK_THAT(plan_as("writer", "SELECT * FROM notes WHERE tenant = 5"), Contains("notes_tenant"));
}

TEST_CASE("DELETE obeys its own policies, and those of SELECT where it reads", "[row-security]") {
  const std::string all = plan_as("writer", "DELETE FROM notes");
  CHECK_THAT(all, Contains("tenant > 3") && Contains("author = 'me'"));
  CHECK_THAT(plan_as("writer", "INSERT INTO notes VALUES (1, 'you', 2, 3)"), !Contains("author"));
}

TEST_CASE("a policy that reads its own table is refused", "[row-security]") {
  const std::string recursive =
      "CREATE POLICY mine ON notes TO reader USING (EXISTS (SELECT FROM notes n WHERE n.id = "
      "notes.id));";
  CHECK_THROWS_WITH(plan_as("reader", "SELECT * FROM notes", recursive),
                    Contains("infinite recursion detected in policy for relation \"notes\""));
}

TEST_CASE("a role that the catalog does not list is an error, if it lists any", "[row-security]") {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(kNotes, "notes.sql");
  catalog.roles = {{.name = "admin", .bypasses_row_security = true},
                   {.name = "clerk", .privileges_of = {"writer"}},
                   {.name = "writer"}};
  const Planner planner{catalog};
  CHECK_THROWS_WITH(planner.bind("SELECT * FROM notes", {}, "nobody"),
                    Contains("role \"nobody\" is not in the catalog"));
  const Table& notes = catalog.tables.front();
  CHECK(row_access(catalog, notes, "admin") == RowAccess::All);
  CHECK(row_access(catalog, notes, "clerk") == RowAccess::ByPolicies);
  CHECK(row_access(catalog, notes, "writer") == RowAccess::ByPolicies);
  CHECK(row_access(catalog, notes, "boss") == RowAccess::All);
}

TEST_CASE("a rule that acts instead of a statement is refused by name", "[row-security]") {
  const std::string rule = "CREATE RULE keep AS ON DELETE TO notes DO INSTEAD NOTHING;";
  CHECK_THROWS_WITH(plan_as("", "DELETE FROM notes", rule),
                    Contains("the rule \"keep\" of \"notes\" acts instead of this statement"));
  CHECK_NOTHROW(plan_as("", "UPDATE notes SET tenant = 1", rule));
}

}  // namespace
}  // namespace quern::planner_model
