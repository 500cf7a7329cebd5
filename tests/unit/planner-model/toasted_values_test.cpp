// What of a table's rows stands out of line, by its TOAST table.
#include "planner-model/writes/toasted_values.hpp"

#include <catch2/catch.hpp>

#include "planner-model/query/type_system.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

/// 2,000 documents of 4,800 bytes in three chunks each, as PostgreSQL 15 wrote them.
CatalogSnapshot documents() {
  CatalogSnapshot catalog =
      testing::catalog_of("CREATE TABLE documents (id bigint, n int, body text)", 2000);
  Table& table = catalog.tables.front();
  table.pages = table.relpages = 15;
  table.toast = ToastTable{.pages = 1250, .index_pages = 19, .relpages = 1250, .reltuples = 6000};
  table.columns[0].statistics = ColumnStatistics{.average_width = 8, .n_distinct = -1};
  table.columns[1].statistics = ColumnStatistics{.average_width = 4, .n_distinct = 100};
  table.columns[2].statistics = ColumnStatistics{.average_width = 18, .n_distinct = -1};
  return catalog;
}

ToastedValues values_of(const CatalogSnapshot& catalog, const WriteShape& shape) {
  return toasted_values(catalog.tables.front(), TypeSystem{catalog}, shape);
}

}  // namespace

TEST_CASE("chunks of a row and their size come from the TOAST table", "[writes]") {
  const ToastedValues values = values_of(documents(), {.kind = RowWrite::Insert});
  CHECK(values.chunks == Approx(3));
  CHECK(values.chunk == Approx(4800 / 3.0 + 36).epsilon(0.05));
  CHECK(values.rows == 1);
  CHECK(values.rewritten == 1);
}

TEST_CASE("an update writes the chunks of the columns that it sets", "[writes]") {
  const auto of = [](std::int16_t column) {
    return values_of(documents(), {.kind = RowWrite::Update, .columns = {column}});
  };
  CHECK(of(2).rewritten == 0);
  CHECK(of(2).locked == 1);
  CHECK(of(3).rewritten == 1);
}

TEST_CASE("half of the values out of line: the width lies between theirs and the pointer's",
          "[writes]") {
  CatalogSnapshot catalog = documents();
  ColumnStatistics& body = *catalog.tables.front().columns[2].statistics;
  body.average_width = 60;
  for (int i = 0; i <= 100; ++i) {
    body.histogram_bounds.push_back(std::string(101, static_cast<char>('a' + i % 26)));
  }
  CHECK(values_of(catalog, {}).rows == Approx(0.5).margin(0.01));
}

TEST_CASE("a snapshot without a TOAST table tells of no values out of line", "[writes]") {
  CatalogSnapshot catalog = documents();
  catalog.tables.front().toast.reset();
  const ToastedValues values = values_of(catalog, {});
  CHECK(values.chunks == 0);
  CHECK(toast_wal(catalog.tables.front(), values, {}).total() == 0);
}
