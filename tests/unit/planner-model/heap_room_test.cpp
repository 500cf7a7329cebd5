// Rows on their pages, and what the room there makes of updates and deletes.
#include "planner-model/writes/heap_room.hpp"

#include <cstdint>
#include <string>

#include <catch2/catch.hpp>

#include "planner-model/query/type_system.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/write_ahead_log.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

/// 20,000 rows as PostgreSQL 15 wrote them to 167 pages, 120 on each.
CatalogSnapshot prices(std::int64_t pages = 167) {
  CatalogSnapshot catalog = testing::catalog_of(
      "CREATE TABLE prices (id bigint, counter int, price numeric(12,2), amount bigint, n int)",
      20'000);
  Table& table = catalog.tables.front();
  table.pages = table.relpages = pages;
  for (Column& column : table.columns) {
    column.statistics = ColumnStatistics{.average_width = 8, .n_distinct = -1};
  }
  ColumnStatistics& price = *table.columns[2].statistics;
  price.average_width = 6;  // ANALYZE cuts off: two and three pairs of bytes, a header
  price.n_distinct = 3000;
  for (int i = 0; i < 100; ++i) {
    price.histogram_bounds.push_back(std::to_string(i * 11) + (i % 4 == 0 ? ".00" : ".37"));
  }
  return catalog;
}

HeapRow row_of(const CatalogSnapshot& catalog) {
  return heap_row(catalog.tables.front(), TypeSystem{catalog});
}

/// As if so many rows had gone from each page.
HeapRow with_holes(double holes) {
  HeapRow row = row_of(prices());
  row.holes = row.missing = holes;
  return row;
}

WriteShape shape(RowWrite kind, double rows, bool one_a_transaction) {
  WriteShape answer{.kind = kind, .rows = rows};
  answer.rows_per_transaction = one_a_transaction ? 1 : rows;
  return answer;
}

}  // namespace

TEST_CASE("a row's length comes from the listed values, its padding from where they end",
          "[writes]") {
  const HeapRow row = row_of(prices());
  CHECK(row.item == Approx(68).margin(0.1));
  CHECK(row.holes == 0);
  CHECK(row.room_of_load < row.item);
}

TEST_CASE("pages that could hold more rows have holes", "[writes]") {
  const HeapRow row = row_of(prices(200));
  CHECK(row.holes == Approx(120.0 - 20'000.0 / 199.5).margin(2.5));
}

TEST_CASE("a statement's rows stay on their pages while the holes take them all", "[writes]") {
  // 500 updates of 167 pages: three a page.
  const WriteShape update = shape(RowWrite::Update, 500, false);
  CHECK(heap_room(with_holes(12), update).on_same_page > 0.95);
  CHECK(heap_room(with_holes(1), update).on_same_page < 0.05);
  CHECK(heap_room(with_holes(0), update).on_same_page < 0.05);
}

TEST_CASE("transactions one after the other find room where the first was pruned away",
          "[writes]") {
  const HeapRoom room = heap_room(with_holes(0), shape(RowWrite::Update, 1670, true));
  // Ten a page, of which the first goes elsewhere and leaves something to prune.
  CHECK(room.on_same_page == Approx(0.9).margin(0.01));
  CHECK(room.prunes == Approx(0.9).margin(0.01));
  // With room for thirty more they are pruned away once in many updates, and many at once.
  const HeapRoom roomy = heap_room(with_holes(30), shape(RowWrite::Update, 16'700, true));
  CHECK(roomy.on_same_page > 0.99);
  CHECK(roomy.prunes < 0.1);
  CHECK(roomy.pruned > 10);
}

TEST_CASE("deletes prune until the page is no longer full", "[writes]") {
  const auto prunes = [](double holes) {
    return heap_room(with_holes(holes), shape(RowWrite::Delete, 835, true)).prunes;
  };
  CHECK(prunes(0) == Approx(0.8).margin(0.02));  // five a page: all but the first
  CHECK(prunes(40) < 0.001);
  CHECK(prunes(10) < prunes(0));
}

TEST_CASE("a step of a counter changes a byte, a new value as many as the range has", "[writes]") {
  CatalogSnapshot catalog = prices();
  Table& table = catalog.tables.front();
  for (int i = 0; i <= 100; ++i) {
    table.columns[1].statistics->histogram_bounds.push_back(std::to_string(i * 900));
  }
  const TypeSystem types{catalog};
  const ChangedBytes counter = changed_bytes(table, types, {table.columns[1].number});
  CHECK(counter.step == 1);
  CHECK(counter.set == 3);
  const ChangedBytes price = changed_bytes(table, types, {table.columns[2].number});
  CHECK(price.step == price.set);
}

TEST_CASE("texts differ where their listed values do, and move what follows up to its padding",
          "[writes]") {
  const auto changed = [](int first, int step) {
    CatalogSnapshot catalog =
        testing::catalog_of("CREATE TABLE people (name text, about text, n int)", 20'000);
    Table& table = catalog.tables.front();
    table.columns[0].statistics = ColumnStatistics{.average_width = 20, .n_distinct = -1};
    for (int i = 0; i <= 100; ++i) {
      table.columns[0].statistics->histogram_bounds.push_back(
          "user" + std::to_string(first + step * i) + "@example.com");
    }
    table.columns[1].statistics = ColumnStatistics{.average_width = 60, .n_distinct = -1};
    table.columns[2].statistics = ColumnStatistics{.average_width = 4, .n_distinct = -1};
    return changed_bytes(table, TypeSystem{catalog}, {table.columns[0].number}).set;
  };
  CHECK(changed(100'000, 7'919) == Approx(6).margin(1));  // of one length: their numbers
  // Of two lengths, half of the pairs: the whole text and the next one.
  CHECK(changed(95'000, 100) == Approx(45).margin(12));
}
