// Which existing indexes may go, on catalogs made for it, through the whole pipeline.
#include "advisor/review/review.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "collector/catalog/from_schema.hpp"
#include "collector/collect.hpp"

#include "advisor/advise.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

/// Every table has 100,000 rows on 1,000 pages; no index has been scanned.
CatalogSnapshot catalog_from(const std::string& schema) {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(schema, "schema.sql");
  for (Table& table : catalog.tables) {
    table.reltuples = 100000;
    table.pages = table.relpages = 1000;
    table.activity = TableActivity{};
  }
  for (Index& index : catalog.indexes) {
    index.scans = 0;
    index.reltuples = 100000;
    index.pages = index.relpages = 300;
  }
  return catalog;
}

Index& index_named(CatalogSnapshot& catalog, const std::string& name) {
  return *std::find_if(catalog.indexes.begin(), catalog.indexes.end(),
                       [&](const Index& index) { return index.name == name; });
}

Advice advice_on(const CatalogSnapshot& catalog, const std::string& statements) {
  collector::CollectOptions options;
  options.format = collector::LogFormat::Sql;
  return advise(collector::collect_text(statements, options), catalog, {});
}

const Proposal* find(const Advice& advice, const std::string& index) {
  const auto found = std::find_if(advice.proposals.begin(), advice.proposals.end(),
                                  [&](const Proposal& p) { return p.index == index; });
  return found == advice.proposals.end() ? nullptr : &*found;
}

bool drops(const Advice& advice, const std::string& index) {
  const Proposal* found = find(advice, index);
  return found != nullptr && found->kind == ProposalKind::DropIndex;
}

std::vector<std::string> created_on(const Advice& advice, const std::string& table) {
  std::vector<std::string> names;
  for (const Proposal& proposal : advice.proposals) {
    if (proposal.kind == ProposalKind::CreateIndex && proposal.table == table) {
      names.push_back(proposal.index);
    }
  }
  return names;
}

}  // namespace

TEST_CASE("an index that an earlier drop rests on stays, though nothing uses it") {
  const CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE users (id int PRIMARY KEY, tenant_id int REFERENCES tenants, created_at date);
CREATE INDEX users_tenant ON users (tenant_id);
CREATE INDEX users_tenant_again ON users (tenant_id);
CREATE INDEX users_tenant_created ON users (tenant_id, created_at);
)");
  const Advice advice = advice_on(catalog, "SELECT * FROM users WHERE id = 5;");
  CHECK(drops(advice, "users_tenant"));
  CHECK(drops(advice, "users_tenant_again"));
  CHECK_FALSE(drops(advice, "users_tenant_created"));
}

TEST_CASE("of two unique indexes that forbid the same one may go, unless a constraint holds it") {
  CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE codes (id int PRIMARY KEY, code int UNIQUE, other int, late int);
CREATE UNIQUE INDEX codes_code_again ON codes (code);
CREATE UNIQUE INDEX codes_code_some ON codes (code) WHERE (other > 5);
CREATE UNIQUE INDEX codes_other ON codes (other);
CREATE UNIQUE INDEX codes_other_id ON codes (other, id);
CREATE UNIQUE INDEX codes_late ON codes (late);
CREATE UNIQUE INDEX codes_late_deferred ON codes (late);
)");
  index_named(catalog, "codes_late_deferred").immediate = false;
  const Advice advice = advice_on(catalog, "SELECT * FROM codes WHERE id = 5;");
  CHECK(drops(advice, "codes_code_again"));
  for (const char* kept : {"codes_code_key", "codes_code_some", "codes_other", "codes_other_id",
                           "codes_late", "codes_late_deferred"}) {
    INFO(kept);
    CHECK_FALSE(drops(advice, kept));
  }
}

TEST_CASE("a workload of another database does not say that indexes are unused") {
  const CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE codes (id int PRIMARY KEY, code int);
CREATE INDEX codes_code ON codes (code);
)");
  CHECK(drops(advice_on(catalog, "SELECT * FROM codes WHERE id = 5;"), "codes_code"));
  CHECK_FALSE(drops(advice_on(catalog, "SELECT * FROM elsewhere WHERE id = 5;"), "codes_code"));
}

TEST_CASE("an index of an empty table is not called unused") {
  CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE codes (id int PRIMARY KEY, code int);
CREATE INDEX codes_code ON codes (code);
CREATE TABLE later (id int PRIMARY KEY, code int);
CREATE INDEX later_code ON later (code);
)");
  catalog.has_statistics = true;
  for (Table& table : catalog.tables) {
    if (table.name == "later") {
      table.pages = table.relpages = 0;
      table.reltuples = -1;
    }
  }
  const Advice advice = advice_on(catalog, "SELECT * FROM codes WHERE id = 5;");
  CHECK(drops(advice, "codes_code"));
  CHECK_FALSE(drops(advice, "later_code"));
}

TEST_CASE("an index that never became valid goes, unique or not; nothing builds it again") {
  CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE alerts (id int PRIMARY KEY, device_id int);
CREATE UNIQUE INDEX alerts_failed ON alerts (device_id);
)");
  index_named(catalog, "alerts_failed").valid = false;
  const Advice advice = advice_on(catalog, "SELECT * FROM alerts WHERE id = 5;");
  REQUIRE(drops(advice, "alerts_failed"));
  CHECK(find(advice, "alerts_failed")->ddl_down.empty());
}

TEST_CASE("a partitioned index that is invalid stays while a part of it serves") {
  CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE events (id int, at date, kind int) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE INDEX events_kind ON ONLY events (kind);
CREATE INDEX events_1_kind ON events_1 (kind);
)");
  Index& whole = index_named(catalog, "events_kind");
  whole.valid = false;
  index_named(catalog, "events_1_kind").parent = whole.oid;
  const Advice advice = advice_on(catalog, "SELECT * FROM events_2 WHERE id = 5;");
  CHECK_FALSE(drops(advice, "events_kind"));
}

TEST_CASE("indexes of other collations are no duplicates, nor in the way of a new one") {
  CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE names (id int PRIMARY KEY, name text);
CREATE INDEX names_bytes ON names (name COLLATE "C");
CREATE INDEX names_name ON names (name);
)");
  Index& bytes = index_named(catalog, "names_bytes");
  bytes.keys.front().collation = 950;
  bytes.definition = "CREATE INDEX names_bytes ON public.names USING btree (name COLLATE \"C\")";
  const Advice both = advice_on(catalog, "SELECT * FROM names WHERE id = 5;");
  for (const Proposal& proposal : both.proposals) {
    CHECK(proposal.title.find("the same index") == std::string::npos);
  }
  std::erase_if(catalog.indexes, [](const Index& index) { return index.name == "names_name"; });
  const Advice advice =
      advice_on(catalog, "-- quern: calls=900\nSELECT * FROM names ORDER BY name LIMIT 10;");
  CHECK(created_on(advice, "names").size() == 1);
}

TEST_CASE("each of the same tables in several schemas gets its index, under a name of its own") {
  const CatalogSnapshot catalog = catalog_from(R"(
CREATE SCHEMA one;
CREATE SCHEMA two;
CREATE TABLE one.orders (id int PRIMARY KEY, customer_id int);
CREATE TABLE two.orders (id int PRIMARY KEY, customer_id int);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int);
)");
  const Advice advice = advice_on(catalog, R"(
-- quern: calls=100
SELECT * FROM one.orders WHERE customer_id = 7;
-- quern: calls=100
SELECT * FROM two.orders WHERE customer_id = 7;
-- quern: calls=100
SELECT * FROM orders WHERE customer_id = 7;
)");
  std::vector<std::string> names;
  for (const char* table : {"one.orders", "two.orders", "public.orders"}) {
    const auto created = created_on(advice, table);
    INFO(table);
    REQUIRE(created.size() == 1);
    names.push_back(created.front());
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("two indexes of one partitioned table have parts of different names") {
  const CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE events (id int, at date, kind int, state text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
)");
  AdviceOptions options;
  options.must_have = {"CREATE INDEX ON events (kind) WHERE state = 'a'",
                       "CREATE INDEX ON events (kind) WHERE state = 'b'"};
  collector::CollectOptions sql;
  sql.format = collector::LogFormat::Sql;
  const Advice advice =
      advise(collector::collect_text("SELECT * FROM events WHERE kind = 5 AND state = 'a';", sql),
             catalog, options);
  std::vector<std::string> builds;
  for (const Proposal& proposal : advice.proposals) {
    for (const std::string& statement : proposal.ddl_up) {
      if (statement.starts_with("CREATE INDEX ")) {
        builds.push_back(statement.substr(0, statement.find(" ON ")));
      }
    }
  }
  REQUIRE(builds.size() >= 4);
  std::sort(builds.begin(), builds.end());
  CHECK(std::adjacent_find(builds.begin(), builds.end()) == builds.end());
}

TEST_CASE("an index of a table that an unplanned statement names is not called unused") {
  const CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE jobs (id int PRIMARY KEY, queue int);
CREATE INDEX jobs_queue ON jobs (queue);
)");
  CHECK(drops(advice_on(catalog, "SELECT * FROM jobs WHERE id = 5;"), "jobs_queue"));
  const Advice unplanned = advice_on(catalog, "SELECT missing FROM jobs WHERE queue = 5;");
  CHECK(unplanned.unplanned.size() == 1);
  CHECK_FALSE(drops(unplanned, "jobs_queue"));
}

TEST_CASE("a table that the search path does not reach is taken where no other has its name") {
  const char* const schema = R"(
CREATE SCHEMA app;
CREATE SCHEMA old;
CREATE TABLE app.jobs (id int PRIMARY KEY, queue int);
CREATE TABLE app.logs (id int PRIMARY KEY);
CREATE TABLE old.logs (id int PRIMARY KEY);
)";
  const Advice advice = advice_on(catalog_from(schema), R"(
-- quern: calls=100
SELECT * FROM jobs WHERE queue = 5;
SELECT * FROM logs WHERE id = 5;
)");
  CHECK(created_on(advice, "app.jobs").size() == 1);
  REQUIRE(advice.unplanned.size() == 1);
  CHECK(advice.unplanned.front().reason.find("schemas app, old") != std::string::npos);
  CHECK(std::any_of(advice.caveats.begin(), advice.caveats.end(), [](const auto& caveat) {
    return caveat.find("search path (public)") != std::string::npos;
  }));
}

TEST_CASE("an index over few rows is not what a whole one begins with") {
  const CatalogSnapshot catalog = catalog_from(R"(
CREATE TABLE outbox (id int PRIMARY KEY, sent boolean);
CREATE INDEX outbox_unsent ON outbox (id) WHERE (NOT sent);
)");
  const Advice advice = advice_on(catalog, "SELECT * FROM outbox WHERE id = 5;");
  const Proposal* drop = find(advice, "outbox_unsent");
  CHECK((drop == nullptr || drop->rule == "unused"));
}
