// What wal_compression leaves of pages that hold different things.
#include "planner-model/writes/image_compression.hpp"

#include <cstdint>
#include <string>

#include <catch2/catch.hpp>

#include "planner-model/query/type_system.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

/// A number that counts, and digests.
CatalogSnapshot tokens(const std::string& compression) {
  CatalogSnapshot catalog = testing::catalog_of(
      "CREATE TABLE tokens (id bigint, token uuid);"
      "CREATE INDEX tokens_id ON tokens (id); CREATE INDEX tokens_token ON tokens (token);",
      20'000);
  catalog.settings["wal_compression"] = compression;
  Table& table = catalog.tables.front();
  table.pages = table.relpages = 137;
  ColumnStatistics number{.average_width = 8, .n_distinct = -1, .correlation = 1};
  ColumnStatistics token{.average_width = 16, .n_distinct = -1, .correlation = 0};
  std::uint64_t state = 7;
  for (int i = 0; i <= 100; ++i) {
    number.histogram_bounds.push_back(std::to_string(1 + i * 200));
    std::string digits;
    while (digits.size() < 32) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      digits += "0123456789abcdef"[state >> 60U];
    }
    token.histogram_bounds.push_back(digits);
  }
  table.columns[0].statistics = number;
  table.columns[1].statistics = token;
  return catalog;
}

double of_heap(const std::string& compression) {
  const CatalogSnapshot catalog = tokens(compression);
  const TypeSystem types{catalog};
  const Table& table = catalog.tables.front();
  return ImageCompression{types}.heap(heap_row(table, types), all_columns(table, types));
}

double of_index(const std::string& compression, std::size_t index) {
  const CatalogSnapshot catalog = tokens(compression);
  const TypeSystem types{catalog};
  return ImageCompression{types}.index(
      index_entries(types, catalog.tables.front(), catalog.indexes[index]));
}

}  // namespace

TEST_CASE("images are left as they are without wal_compression", "[writes]") {
  CHECK(of_heap("off") == 1);
  CHECK(of_index("off", 0) == 1);
}

TEST_CASE("numbers that count compress, digests do not", "[writes]") {
  CHECK(of_index("pglz", 0) < 0.7);
  CHECK(of_index("pglz", 1) == 1);
  CHECK(of_heap("pglz") > of_index("pglz", 0));
  CHECK(of_heap("on") == of_heap("pglz"));
}

TEST_CASE("lz4 leaves more than pglz, zstd less", "[writes]") {
  CHECK(of_index("lz4", 0) > of_index("pglz", 0));
  CHECK(of_index("zstd", 0) < of_index("pglz", 0));
}
