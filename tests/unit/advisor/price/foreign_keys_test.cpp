// What foreign keys do unseen when referenced rows go.
#include "advisor/price/foreign_keys.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "collector/catalog/from_schema.hpp"
#include "collector/collect.hpp"

#include "advisor/advise.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

const char* const kSchema = R"(
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text,
  CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE);
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint,
  CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE);
CREATE TABLE visits (id bigint PRIMARY KEY, customer_id bigint,
  CONSTRAINT visits_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL);
CREATE INDEX visits_customer_id_idx ON visits (customer_id);
)";

/// 1,000 customers with 20 orders of 5 items each, and 100 visits.
CatalogSnapshot shop() {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(kSchema, "schema.sql");
  for (Table& table : catalog.tables) {
    table.reltuples = table.name == "customers" ? 1000 : table.name == "orders" ? 20000 : 100000;
    table.pages = table.relpages = static_cast<std::int64_t>(table.reltuples / 100);
    table.activity = TableActivity{};
  }
  for (Index& index : catalog.indexes) {
    index.scans = 0;
    index.reltuples = 100000;
    index.pages = index.relpages = 300;
  }
  return catalog;
}

const Table& table_of(const CatalogSnapshot& catalog, const std::string& name) {
  return *std::find_if(catalog.tables.begin(), catalog.tables.end(),
                       [&](const Table& table) { return table.name == name; });
}

Advice advice_on(const std::string& statements) {
  collector::CollectOptions options;
  options.format = collector::LogFormat::Sql;
  const CatalogSnapshot catalog = shop();
  return advise(collector::collect_text(statements, options), catalog, {});
}

bool has(const Advice& advice, const std::string& id) {
  return std::any_of(advice.proposals.begin(), advice.proposals.end(),
                     [&](const Proposal& proposal) { return proposal.id == id; });
}

const char* const kDeletes = "-- quern: calls=200\nDELETE FROM customers WHERE id = 7;\n";

}  // namespace

TEST_CASE("a deleted row takes its children with it, and theirs, and changes those set to null") {
  const CatalogSnapshot catalog = shop();
  WriteProfile writes{.recorded = true};
  writes.tables[table_of(catalog, "customers").oid].deletes = 10;
  add_foreign_key_writes(writes, catalog);
  CHECK(writes.tables.at(table_of(catalog, "orders").oid).deletes == Approx(200));
  CHECK(writes.tables.at(table_of(catalog, "items").oid).deletes == Approx(1000));
  const TableWrites& visits = writes.tables.at(table_of(catalog, "visits").oid);
  CHECK(visits.deletes == 0);
  REQUIRE(visits.updates.size() == 1);
  CHECK(visits.updates[0].rows == Approx(1000));
  CHECK(visits.updates[0].columns == std::vector<std::int16_t>{2});
}

TEST_CASE("the scans that a cascade runs for each row are priced, and indexed") {
  const Advice advice = advice_on(kDeletes);
  CHECK(has(advice, "create-orders_customer_id_idx"));
  CHECK(has(advice, "create-items_order_id_idx"));
  const auto query = std::find_if(
      advice.queries.begin(), advice.queries.end(),
      [](const QueryEffect& effect) { return effect.fingerprint == "fk:items.items_order"; });
  REQUIRE(query != advice.queries.end());
  // A delete of a customer deletes 20 orders, each of which looks for its items.
  CHECK(query->calls == Approx(200 * 20));
  CHECK(query->sql.find("cascade of foreign key") != std::string::npos);
  CHECK(query->after < query->before);
}

TEST_CASE("an index that only a foreign key uses is not dropped though nothing scans it") {
  CHECK_FALSE(has(advice_on(kDeletes), "drop-visits_customer_id_idx"));
  CHECK_FALSE(
      has(advice_on("SELECT name FROM customers WHERE id = 7;\n"), "drop-visits_customer_id_idx"));
}

TEST_CASE("a purge that runs often deletes what is there, not its estimate again and again") {
  const Advice advice =
      advice_on("-- quern: calls=1000000\nDELETE FROM customers WHERE name > 'a';\n");
  const auto query = std::find_if(
      advice.queries.begin(), advice.queries.end(),
      [](const QueryEffect& effect) { return effect.fingerprint == "fk:items.items_order"; });
  REQUIRE(query != advice.queries.end());
  const Table orders = table_of(shop(), "orders");
  CHECK(query->calls == Approx(orders.reltuples));
}

TEST_CASE("what foreign keys look up is not told as measured") {
  const Advice advice = advice_on(kDeletes);
  for (const Proposal& proposal : advice.proposals) {
    for (const std::string& line : proposal.evidence) {
      CAPTURE(proposal.title);
      CHECK(line.find("Measured:") == std::string::npos);
    }
  }
  const auto found = std::find_if(
      advice.proposals.begin(), advice.proposals.end(),
      [](const auto& proposal) { return proposal.id == "create-orders_customer_id_idx"; });
  REQUIRE(found != advice.proposals.end());
  CHECK(found->evidence.front().find("Estimated: it helps to check 1 foreign key for 200 rows") ==
        0);
}
