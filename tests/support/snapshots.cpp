#include "tests/support/snapshots.hpp"

#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"
#include "collector/catalog/snapshot_queries.hpp"

namespace quern::testing {

std::string comparable(CatalogSnapshot snapshot) {
  CHECK_FALSE(snapshot.taken_at.empty());
  snapshot.taken_at.clear();
  for (Index& index : snapshot.indexes) {
    index.scans = {};
  }
  for (Table& table : snapshot.tables) {
    if (table.activity) {
      table.activity->index_scans = 0;
    }
  }
  return collector::write_snapshot(snapshot);
}

std::string comparable_by_psql(const std::string& dsn, const std::string& name, bool samples) {
  const std::string base = std::string{QUERN_BINARY_DIR "/"} + name;
  std::ofstream{base + ".sql"} << collector::snapshot_psql_script(samples);
  const std::string command =
      "psql -XAtq -f '" + base + ".sql' -o '" + base + ".json' \"" + dsn + "\"";
  REQUIRE(std::system(command.c_str()) == 0);
  return comparable(collector::read_snapshot(base + ".json"));
}

}  // namespace quern::testing
