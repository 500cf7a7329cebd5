// What is recorded of extensions, beside what a server has after CREATE EXTENSION.
#include "collector/catalog/extension_objects.hpp"

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/catalog/from_schema.hpp"
#include "collector/catalog/object_numbers.hpp"
#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/postgres/session.hpp"

#include "tests/support/cluster.hpp"

namespace quern::collector {
namespace {

using quern::testing::Cluster;

/// Types, functions, operators, casts and operator classes alone, numbered one by one.
CatalogSnapshot objects_of(const CatalogSnapshot& snapshot) {
  CatalogSnapshot objects;
  objects.types = snapshot.types;
  objects.functions = snapshot.functions;
  objects.operators = snapshot.operators;
  objects.casts = snapshot.casts;
  objects.operator_classes = snapshot.operator_classes;
  ObjectNumbers numbers;
  for (const Oid number : object_numbers(objects)) {
    numbers[number] = static_cast<Oid>(20000 + numbers.size());
  }
  renumber(objects, numbers);
  sort_snapshot(objects);
  return objects;
}

TEST_CASE("a schema file's CREATE EXTENSION gives the objects that the server makes of it") {
  auto& cluster = Cluster::instance();
  const std::string database = cluster.copy_of("template0", "extensions_recorded");
  const std::string dsn = cluster.dsn(database);
  std::vector<std::string> names;
  {
    ReadOnlySession session{dsn, {}};
    for (const auto& row : session.query(
             "SELECT name FROM pg_available_extensions WHERE name <> 'plpgsql' ORDER BY name "
             "COLLATE \"C\"")) {
      if (extension_objects(row.front().value())) {
        names.push_back(row.front().value());
      }
    }
  }
  CHECK(names.size() >= 40);
  std::string sql = "CREATE SCHEMA \"Add ons\";\n";
  for (const std::string& name : names) {
    sql += fmt::format("CREATE EXTENSION IF NOT EXISTS \"{}\" WITH SCHEMA \"Add ons\" CASCADE;\n",
                       name);
  }
  cluster.query("SET client_min_messages = error; " + sql, database);
  const CatalogSnapshot live = objects_of(read_catalog(dsn));
  const CatalogSnapshot file =
      objects_of(snapshot_from_schema_text(sql + "CREATE TABLE t (id int)", "extensions.sql"));
  CHECK(live.functions.size() > 900);
  CHECK((file.types == live.types));
  CHECK((file.functions == live.functions));
  CHECK((file.operators == live.operators));
  CHECK((file.casts == live.casts));
  CHECK((file.operator_classes == live.operator_classes));
}

}  // namespace
}  // namespace quern::collector
