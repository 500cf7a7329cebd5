#include "advisor/migrate/index_ddl.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "advisor/migrate/index_name.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::catalog_of;

namespace {

const char* const kShop = R"(
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int, "placed At" timestamptz, total numeric);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
)";

const char* const kEvents = R"(
CREATE TABLE events (id bigint, occurred_at timestamptz, customer_id int) PARTITION BY RANGE (occurred_at);
CREATE TABLE events_2025_07 PARTITION OF events FOR VALUES FROM ('2025-07-01') TO ('2025-08-01');
CREATE TABLE events_2025_08 PARTITION OF events FOR VALUES FROM ('2025-08-01') TO ('2025-09-01');
)";

const Table& table_named(const CatalogSnapshot& catalog, const std::string& name) {
  return *std::find_if(catalog.tables.begin(), catalog.tables.end(),
                       [&](const Table& table) { return table.name == name; });
}

}  // namespace

TEST_CASE("an index is built without blocking writes, and the way back is one statement") {
  const CatalogSnapshot catalog = catalog_of(kShop);
  const Table& orders = table_named(catalog, "orders");
  const IndexDefinition index{
      .table = orders.oid,
      .keys = {{.column = 2}, {.column = 3, .descending = true, .nulls_first = true}},
      .included = {4},
      .predicate = "(total > 0)"};
  IndexNames names{catalog};
  const Migration migration = create_index(index, "orders_recent_idx", catalog, names);
  CHECK(migration.up == std::vector<std::string>{
                            "SET statement_timeout = 0;", "SET lock_timeout = 0;",
                            "CREATE INDEX CONCURRENTLY orders_recent_idx ON orders (customer_id, "
                            "\"placed At\" DESC) INCLUDE (total) WHERE (total > 0);",
                            "RESET statement_timeout;", "RESET lock_timeout;"});
  REQUIRE(migration.down.size() == 5);
  CHECK(migration.down[2] == "DROP INDEX CONCURRENTLY IF EXISTS orders_recent_idx;");
  REQUIRE(migration.cautions.size() == 1);
  CHECK(migration.cautions[0].find("INVALID") != std::string::npos);
}

TEST_CASE("a partitioned table gets ON ONLY, one build a leaf, and an attachment each") {
  const CatalogSnapshot catalog = catalog_of(kEvents);
  const Table& events = table_named(catalog, "events");
  IndexNames names{catalog};
  const Migration migration = create_index({.table = events.oid, .keys = {{.column = 3}}},
                                           "events_customer_id_idx", catalog, names);
  CHECK(migration.up ==
        std::vector<std::string>{
            "SET lock_timeout = '3s';",
            "CREATE INDEX events_customer_id_idx ON ONLY events (customer_id);",
            "SET statement_timeout = 0;", "SET lock_timeout = 0;",
            "CREATE INDEX CONCURRENTLY events_2025_07_customer_id_idx ON events_2025_07 "
            "(customer_id);",
            "CREATE INDEX CONCURRENTLY events_2025_08_customer_id_idx ON events_2025_08 "
            "(customer_id);",
            "SET lock_timeout = '3s';",
            "ALTER INDEX events_customer_id_idx ATTACH PARTITION events_2025_07_customer_id_idx;",
            "ALTER INDEX events_customer_id_idx ATTACH PARTITION events_2025_08_customer_id_idx;",
            "RESET statement_timeout;", "RESET lock_timeout;"});
  CHECK(migration.down[1] == "DROP INDEX IF EXISTS events_customer_id_idx;");
}

TEST_CASE("a drop can be undone exactly") {
  CatalogSnapshot catalog = catalog_of(kShop);
  Index index = *std::find_if(catalog.indexes.begin(), catalog.indexes.end(),
                              [](const Index& i) { return i.name == "orders_customer_id_idx"; });
  index.definition =
      "CREATE INDEX orders_customer_id_idx ON public.orders USING btree (customer_id)";
  const Migration migration = drop_index(index, catalog);
  CHECK(migration.up[2] == "DROP INDEX CONCURRENTLY IF EXISTS orders_customer_id_idx;");
  CHECK(migration.down[2] ==
        "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders USING btree "
        "(customer_id);");
}

TEST_CASE("a partitioned index is built again with its parts' own names and options") {
  CatalogSnapshot catalog = catalog_of(kEvents);
  const Table events = table_named(catalog, "events");
  catalog.indexes.push_back({.oid = 70001,
                             .table = events.oid,
                             .schema = "public",
                             .name = "by_customer",
                             .definition = "CREATE INDEX by_customer ON ONLY public.events USING "
                                           "btree (customer_id)",
                             .keys = {{.column = 3}}});
  catalog.indexes.push_back({.oid = 70002,
                             .table = table_named(catalog, "events_2025_07").oid,
                             .schema = "public",
                             .name = "july",
                             .definition = "CREATE INDEX july ON public.events_2025_07 USING btree "
                                           "(customer_id) WITH (fillfactor='70')",
                             .keys = {{.column = 3}},
                             .parent = 70001});
  const Index whole = *std::find_if(catalog.indexes.begin(), catalog.indexes.end(),
                                    [](const Index& i) { return i.oid == 70001; });
  CHECK(drop_index(whole, catalog).down ==
        std::vector<std::string>{
            "SET lock_timeout = '3s';",
            "CREATE INDEX by_customer ON ONLY public.events USING btree (customer_id);",
            "SET statement_timeout = 0;", "SET lock_timeout = 0;",
            "CREATE INDEX CONCURRENTLY july ON public.events_2025_07 USING btree (customer_id) "
            "WITH (fillfactor='70');",
            "SET lock_timeout = '3s';", "ALTER INDEX by_customer ATTACH PARTITION july;",
            "RESET statement_timeout;", "RESET lock_timeout;"});
}

TEST_CASE("index names fit 63 bytes, stay apart and do not collide") {
  const std::string base(70, 'x');
  CHECK(fitted(base).size() == kLongestName);
  CHECK(fitted(base + "a") != fitted(base + "b"));
  CHECK(fitted("short") == "short");
  // Cut between characters, not inside one.
  std::string umlauts;
  for (int i = 0; i < 40; ++i) {
    umlauts += "\xC3\xBC";
  }
  const std::string cut = fitted(umlauts);
  CHECK(cut.size() <= kLongestName);
  CHECK(cut[cut.size() - 9] == '_');
  CHECK((cut.size() - 9) % 2 == 0);

  const CatalogSnapshot catalog = catalog_of(kShop);
  const Table& orders = table_named(catalog, "orders");
  IndexNames names{catalog};
  CHECK(names.choose({.table = orders.oid, .keys = {{.column = 2}}}, orders) ==
        "orders_customer_id_idx2");
  CHECK(names.choose({.table = orders.oid, .keys = {{.column = 2}}, .included = {4}}, orders) ==
        "orders_customer_id_covering_idx");
  CHECK(names.choose({.table = orders.oid, .keys = {{.expression = "(lower(note))"}}}, orders) ==
        "orders_lower_note_idx");
}
