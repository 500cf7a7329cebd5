// What VACUUM does to an index, and how often it comes.
#include "planner-model/writes/vacuum.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "planner-model/query/type_system.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

constexpr double kRows = 100'000;

/// With one index, not built yet: as its build would leave it.
CatalogSnapshot notes(const std::string& column, const std::string& method = "btree") {
  CatalogSnapshot catalog = testing::catalog_of(
      "CREATE TABLE notes (id bigint, kind int, body text); CREATE INDEX ON notes (" + column + ")",
      kRows);
  catalog.indexes.front().access_method = method;
  catalog.indexes.front().pages = 0;
  Table& table = catalog.tables.front();
  table.pages = table.relpages = 1'000;
  table.columns[0].statistics = ColumnStatistics{.average_width = 8, .n_distinct = -1};
  table.columns[1].statistics = ColumnStatistics{.average_width = 4, .n_distinct = 20};
  for (int i = 0; i < 20; ++i) {
    table.columns[1].statistics->most_common_values.push_back(std::to_string(i));
    table.columns[1].statistics->most_common_frequencies.push_back(0.05);
  }
  return catalog;
}

VacuumPass pass_of(const CatalogSnapshot& catalog, double dead_rows) {
  const TypeSystem types{catalog};
  return vacuum_pass(types, catalog.tables.front(), catalog.indexes.front(), dead_rows);
}

}  // namespace

TEST_CASE("autovacuum comes by the settings, a table's own before the server's", "[writes]") {
  const auto rows = [](const CatalogSnapshot& catalog) {
    return dead_rows_a_vacuum(catalog.tables.front(), catalog);
  };
  CatalogSnapshot catalog = notes("id");
  CHECK(rows(catalog) == Approx(50 + 0.2 * kRows));
  catalog.settings["autovacuum_vacuum_scale_factor"] = "0.05";
  catalog.settings["autovacuum_vacuum_threshold"] = "1000";
  CHECK(rows(catalog) == Approx(1'000 + 0.05 * kRows));
  catalog.tables.front().options["autovacuum_vacuum_scale_factor"] = "0";
  CHECK(rows(catalog) == Approx(1'000));
  catalog.tables.front().options["autovacuum_vacuum_max_threshold"] = "300";  // 18
  CHECK(rows(catalog) == Approx(300));
  catalog.tables.front().reltuples = -1;
  CHECK(rows(catalog) == Approx(300));
}

TEST_CASE("VACUUM reads an index whole, however few rows are dead", "[writes]") {
  const CatalogSnapshot catalog = notes("id");
  const VacuumPass few = pass_of(catalog, 10);
  const VacuumPass many = pass_of(catalog, 20'000);
  CHECK(few.pages_read == many.pages_read);
  CHECK(few.pages_changed == Approx(10).epsilon(0.05));
  CHECK(many.pages_changed > 0.95 * (many.pages_read - 10));
  // A record a page and two bytes a row: 50 rows share one of some 60 bytes.
  CHECK(few.wal.records / 10 == Approx(58).epsilon(0.1));
  CHECK(many.wal.records / 20'000 < 4);
  CHECK(pass_of(catalog, 1e9).pages_changed <= many.pages_read);
}

TEST_CASE("a posting list names what it loses, BRIN loses nothing, GIN logs whole pages",
          "[writes]") {
  const double dead = 20'000;
  const double plain = pass_of(notes("id"), dead).wal.records;
  const VacuumPass lists = pass_of(notes("kind"), dead);
  CHECK(lists.pages_read < 0.4 * pass_of(notes("id"), dead).pages_read);
  CHECK(lists.wal.records < plain);
  CHECK(lists.wal.records > 2 * dead);
  CHECK(pass_of(notes("id", "brin"), dead).wal.total() == 0);
  CatalogSnapshot words = notes("body", "gin");
  words.indexes.front().keys.front().operator_class_name = "gin_trgm_ops";
  ColumnStatistics texts{.average_width = 12, .n_distinct = -1};
  for (int i = 0; i <= 100; ++i) {
    texts.histogram_bounds.push_back("note " + std::to_string(100'000 + 997 * i));
  }
  words.tables.front().columns[2].statistics = texts;
  const VacuumPass gin = pass_of(words, dead);
  CHECK(gin.wal.records > 8 * plain);
}
