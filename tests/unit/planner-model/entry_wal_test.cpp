// Where the entries of new rows come to in an index, and what WAL that makes.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "planner-model/query/type_system.hpp"
#include "planner-model/writes/hash_vacuum.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/write_ahead_log.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

constexpr double kRows = 100'000;

ColumnStatistics few_values(int values, int width) {
  ColumnStatistics statistics{.average_width = width, .n_distinct = static_cast<double>(values)};
  for (int i = 0; i < values; ++i) {
    statistics.most_common_values.push_back(std::to_string(i));
    statistics.most_common_frequencies.push_back(1.0 / values);
  }
  statistics.correlation = 1.0 / values;
  return statistics;
}

/// `at` counts up along the table, `kind` is one of five, `code` anything, `note` 150 bytes.
CatalogSnapshot events(const std::string& index) {
  CatalogSnapshot catalog = testing::catalog_of(
      "CREATE TABLE events (at bigint, kind int, code bigint, note text); CREATE INDEX ON events " +
          index,
      kRows);
  Table& table = catalog.tables.front();
  table.pages = table.relpages = 2'500;
  table.columns[0].statistics = ColumnStatistics{.average_width = 8, .n_distinct = -1};
  table.columns[0].statistics->correlation = 1;
  table.columns[1].statistics = few_values(5, 4);
  table.columns[2].statistics = ColumnStatistics{.average_width = 8, .n_distinct = -1};
  table.columns[2].statistics->correlation = 0;
  table.columns[3].statistics = ColumnStatistics{.average_width = 150, .n_distinct = -1};
  table.columns[3].statistics->correlation = 0;
  catalog.indexes.front().pages = 0;
  return catalog;
}

double wal_of_inserts(const CatalogSnapshot& catalog, double rows) {
  WriteShape shape{.rows = rows};
  shape.rows_per_transaction = rows;
  return row_wal(catalog, catalog.tables.front(), {&catalog.indexes.front()}, shape)
      .indexes.front()
      .records;
}

IndexEntries entries_of(const CatalogSnapshot& catalog, const TypeSystem& types) {
  return index_entries(types, catalog.tables.front(), catalog.indexes.front());
}

}  // namespace

TEST_CASE("what rises within a few values splits pages at their ends", "[writes]") {
  const double alone = wal_of_inserts(events("(at)"), 30'000);
  const double grouped = wal_of_inserts(events("(kind, at)"), 30'000);
  const double anywhere = wal_of_inserts(events("(kind, code)"), 30'000);
  CHECK(grouped < 1.2 * alone);
  CHECK(anywhere > 1.4 * alone);
  // Wider than two numbers, the groups' pages are split in halves (_bt_afternewitemoff()).
  const CatalogSnapshot wide = events("(kind, at, code)");
  const TypeSystem types{wide};
  CHECK(entries_of(wide, types).advancing);
  CHECK_FALSE(entries_of(wide, types).grouped);
  CHECK(entries_of(wide, types).groups == 5);
}

TEST_CASE("a high key has no included columns, and no more keys than tell pages apart",
          "[writes]") {
  const auto pivot = [](const std::string& index, std::vector<std::int16_t> included = {}) {
    CatalogSnapshot catalog = events(index);
    catalog.indexes.front().included = std::move(included);
    const TypeSystem types{catalog};
    return entries_of(catalog, types).pivot;
  };
  CHECK(pivot("(code)", {4}) == Approx(16));
  CHECK(pivot("(code, note)") == Approx(16));
  CHECK(pivot("(kind, note)") > 150);
  CHECK(pivot("(kind)", {3}) == Approx(24).margin(0.1));  // and the row's address
}

TEST_CASE("several columns together may have values that fill pages of their own", "[writes]") {
  const CatalogSnapshot catalog = events("(kind, at)");
  const TypeSystem types{catalog};
  const IndexEntries all = entries_of(catalog, types);
  CHECK(heavy_values(all, 20).values == 5);
  CHECK(heavy_values(all, 20).share == Approx(1));
  CHECK(heavy_values(all, 20, 2).values == 0);
  CHECK(heavy_values(all, 0.3).values == 0);
}

TEST_CASE("VACUUM of a hash index moves entries where buckets have overflow pages", "[writes]") {
  CatalogSnapshot even = events("(code)");
  even.indexes.front().access_method = "hash";
  CatalogSnapshot chains = events("(kind)");
  chains.indexes.front().access_method = "hash";
  const auto vacuum = [](const CatalogSnapshot& catalog) {
    const TypeSystem types{catalog};
    return hash_vacuum(entries_of(catalog, types), 0.2);
  };
  const double dead = 0.2 * kRows;
  CHECK(vacuum(even).records / dead < 5);
  // Two bytes for each dead entry, and a moved one of twenty for about each.
  CHECK(vacuum(chains).records / dead > 15);
  CHECK(vacuum(chains).pages_changed == Approx(kRows / 407).epsilon(0.05));
}
