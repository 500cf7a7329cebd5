// Under whose policies of row-level security a class is planned.
#include "advisor/price/executing_role.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "collector/catalog/from_schema.hpp"

#include "advisor/advise.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

/// Tenants' notes: writers see those of the tenant that their session names.
CatalogSnapshot notes() {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(
      "CREATE TABLE notes (id int PRIMARY KEY, tenant int NOT NULL, title text, body text);"
      "ALTER TABLE notes OWNER TO boss;"
      "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
      "CREATE POLICY own ON notes TO writer USING (tenant = current_setting('app.tenant')::int);",
      "notes.sql");
  catalog.roles = {{.name = "boss"}, {.name = "stranger"}, {.name = "writer"}};
  Table& table = catalog.tables.front();
  table.reltuples = 500000;
  table.relpages = table.pages = 20000;
  table.columns[1].statistics = ColumnStatistics{.average_width = 4, .n_distinct = 5000};
  return catalog;
}

Workload executed_by(const std::map<std::string, std::uint64_t>& users) {
  Workload workload;
  workload.classes.push_back({.fingerprint = "a",
                              .sql = "SELECT body FROM notes ORDER BY id DESC",
                              .kind = StatementKind::Select,
                              .calls = 1000,
                              .users = users,
                              .samples = {{.sql = "SELECT body FROM notes ORDER BY id DESC"}}});
  return workload;
}

std::string role_of(const std::map<std::string, std::uint64_t>& users,
                    const std::string& asked = {}) {
  const CatalogSnapshot catalog = notes();
  const planner_model::Planner planner{catalog};
  return executing_role(executed_by(users).classes.front(), planner, asked);
}

Advice advice_for(const std::string& user) {
  return advise(executed_by({{user, 1000}}), notes(), {});
}

bool says(const Advice& advice, const std::string& words) {
  return std::any_of(advice.caveats.begin(), advice.caveats.end(),
                     [&](const std::string& one) { return one.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("a class is planned for the user of most of its executions", "[row-security]") {
  CHECK(role_of({{"boss", 3}, {"writer", 9}}) == "writer");
  CHECK(role_of({{"boss", 9}, {"writer", 3}}) == "boss");
  CHECK(role_of({{"writer", 9}}, "boss") == "boss");
  CHECK(role_of({}).empty());
}

TEST_CASE("who may see nothing must have taken another role", "[row-security]") {
  CHECK(role_of({{"stranger", 9}}).empty());
  CHECK(role_of({{"dropped_since", 9}}).empty());
}

TEST_CASE(
    "the column that a policy compares gets an index, and the caveats say whose policies held",
    "[row-security]") {
  const Advice advice = advice_for("writer");
  REQUIRE(advice.proposals.size() == 1);
  CHECK(advice.proposals.front().index == "notes_tenant_idx");
  CHECK(says(advice, "1 query class is planned with the conditions of its policies for writer"));
}

TEST_CASE("without a role the caveats say that policies were left out", "[row-security]") {
  const Advice unknown = advice_for("stranger");
  CHECK(unknown.proposals.empty());
  CHECK(says(unknown, "1 query class is planned as for a role that bypasses its policies"));
  CHECK_FALSE(says(advice_for("boss"), "Row-level security"));
}
