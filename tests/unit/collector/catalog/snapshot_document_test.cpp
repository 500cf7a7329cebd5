#include "collector/catalog/snapshot_document.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"

namespace quern::collector {
namespace {

using Catch::Matchers::Contains;

CatalogSnapshot small_snapshot() {
  CatalogSnapshot snapshot;
  snapshot.database = "shop";
  Table orders;
  orders.oid = 16390;
  orders.schema = "public";
  orders.name = "orders";
  orders.reltuples = 12.5;
  orders.options = {{"fillfactor", "70"}};
  Column id;
  id.name = "id";
  id.number = 1;
  id.type = 20;
  id.statistics = ColumnStatistics{.null_fraction = 0.25, .most_common_values = {"a\"b", "ä"}};
  orders.columns = {id};
  snapshot.tables = {orders};
  Index index;
  index.oid = 16400;
  index.table = 16390;
  index.schema = "public";
  index.name = "orders_pkey";
  index.keys = {IndexKey{.column = 1}};
  index.tree_height = 0;
  snapshot.indexes = {index};
  ExtendedStatistics statistics;
  statistics.most_common_values = {{"x", std::nullopt}};
  snapshot.extended_statistics = {statistics};
  return snapshot;
}

std::string message_of(const std::string& text) {
  try {
    (void)parse_snapshot(text, "prod.catalog.json");
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST_CASE("a snapshot survives writing and reading") {
  const CatalogSnapshot snapshot = small_snapshot();
  const std::string text = write_snapshot(snapshot);
  CHECK(parse_snapshot(text, "x") == snapshot);
  CHECK(write_snapshot(parse_snapshot(text, "x")) == text);
}

TEST_CASE("the recorded shop catalog is written back to the same bytes") {
  const CatalogSnapshot shop = read_snapshot(QUERN_SOURCE_DIR "/samples/shop/catalog.json.gz");
  CHECK(shop.tables.size() >= 24);
  const std::string text = write_snapshot(shop);
  CHECK(write_snapshot(parse_snapshot(text, "x")) == text);
}

TEST_CASE("identity tells snapshots apart") {
  CatalogSnapshot other = small_snapshot();
  CHECK(identity(other) == identity(small_snapshot()));
  other.tables.front().reltuples += 1;
  CHECK(identity(other) != identity(small_snapshot()));
}

TEST_CASE("the order of objects in a file does not matter") {
  CatalogSnapshot two = small_snapshot();
  two.tables.push_back(two.tables.front());
  two.tables.back().name = "a";
  CatalogSnapshot swapped = two;
  std::swap(swapped.tables[0], swapped.tables[1]);
  CHECK(parse_snapshot(write_snapshot(two), "x") == parse_snapshot(write_snapshot(swapped), "x"));
}

TEST_CASE("a damaged catalog is refused with the reason") {
  CHECK_THAT(message_of(""), Contains("prod.catalog.json: empty"));
  CHECK_THAT(message_of("\x7f"
                        "ELF\x01"),
             Contains("prod.catalog.json:1: not a catalog"));
  CHECK_THAT(message_of("{}"), Contains("no \"format\""));
  CHECK_THAT(message_of("[1, 2]"), Contains("no \"format\""));
  CHECK_THAT(message_of(R"({"format": "quern-workload", "version": 1})"),
             Contains("\"quern-workload\" document where a \"quern-catalog\" is needed"));
  CHECK_THAT(message_of(R"({"format": "quern-catalog"})"), Contains("no \"version\""));
  CHECK_THAT(message_of(R"({"format": "quern-catalog", "version": 2})"),
             Contains("version 2 is newer than this quern reads (1)"));
  CHECK_THAT(message_of(R"({"format": "quern-catalog", "version": 1, "tables": [{"oid": "x"}]})"),
             Contains("tables[0].oid should be a whole number"));
  CHECK_THAT(message_of(R"({"format": "quern-catalog", "version": 1, "tables": [{"oid": -1}]})"),
             Contains("tables[0].oid should be a number that fits"));
  CHECK_THAT(message_of(R"({"format": "quern-catalog", "version": 1, "tables": {}})"),
             Contains("tables should be an array"));
}

TEST_CASE("a catalog cut anywhere is refused, never read in part") {
  const std::string text = write_snapshot(small_snapshot());
  for (std::size_t length = 1; length + 2 < text.size(); ++length) {
    CAPTURE(length);
    REQUIRE_THROWS_AS(parse_snapshot(text.substr(0, length), "x"), UserError);
  }
  CHECK_THAT(message_of(text.substr(0, text.size() / 2)), Contains("ends in the middle"));
}

TEST_CASE("psql output without its last line is refused") {
  const std::string head = "{\"format\" : \"quern-catalog-psql\", \"version\" : 1}\n";
  const std::string server = "{\"section\" : \"server\", \"value\" : {\"database\" : \"shop\"}}\n";
  CHECK_THAT(message_of(head + server), Contains("ends before the script's last line"));
  CHECK_THAT(message_of(head + "SET\n"), Contains("prod.catalog.json:2: not a line of"));
  const std::string end = "{\"section\" : \"end\", \"value\" : null}\n";
  CHECK(parse_snapshot(head + server + end, "x").database == "shop");
}

TEST_CASE("a missing file is named") {
  CHECK_THROWS_WITH(read_snapshot("/nowhere/x.json"), Contains("/nowhere/x.json"));
}

}  // namespace
}  // namespace quern::collector
