// What a schema file's statements make, beside what a server makes of them.
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/catalog/extension_objects.hpp"
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

/// "definition [below its parent]"
std::vector<std::string> indexes_of(const CatalogSnapshot& snapshot) {
  std::map<Oid, std::string> names{{0, "none"}};
  for (const Index& index : snapshot.indexes) {
    names[index.oid] = index.name;
  }
  std::vector<std::string> indexes;
  for (const Index& index : snapshot.indexes) {
    indexes.push_back(fmt::format("{} [below {}]", index.definition, names.at(index.parent)));
  }
  std::sort(indexes.begin(), indexes.end());
  return indexes;
}

std::vector<std::string> differences(const std::vector<std::string>& one,
                                     const std::vector<std::string>& other) {
  std::vector<std::string> found;
  std::set_symmetric_difference(one.begin(), one.end(), other.begin(), other.end(),
                                std::back_inserter(found));
  return found;
}

/// "table.column type not null default"
std::vector<std::string> columns_of(const CatalogSnapshot& snapshot) {
  std::vector<std::string> columns;
  std::map<Oid, std::string> types;
  for (const TypeDefinition& type : snapshot.types) {
    types[type.oid] = fmt::format("{} of {}", type.name, fmt::join(type.labels, " "));
  }
  for (const Table& table : snapshot.tables) {
    for (const Column& column : table.columns) {
      columns.push_back(fmt::format(
          "{}.{} {}{} {}", table.name, column.name,
          types.contains(column.type) ? types.at(column.type) : std::to_string(column.type),
          column.not_null ? " not null" : "", column.collation));
    }
  }
  std::sort(columns.begin(), columns.end());
  return columns;
}

/// "table constraint definition by index"
std::vector<std::string> constraints_of(const CatalogSnapshot& snapshot) {
  std::map<Oid, std::string> tables;
  for (const Table& table : snapshot.tables) {
    tables[table.oid] = table.name;
  }
  std::vector<std::string> constraints;
  for (const Constraint& one : snapshot.constraints) {
    constraints.push_back(fmt::format("{} {} {} {} by {}", tables.at(one.table), one.kind, one.name,
                                      one.definition, one.index));
  }
  std::sort(constraints.begin(), constraints.end());
  return constraints;
}

/// "table name columns -> table columns definition"
std::vector<std::string> foreign_keys_of(const CatalogSnapshot& snapshot) {
  std::map<Oid, std::string> tables;
  for (const Table& table : snapshot.tables) {
    tables[table.oid] = table.name;
  }
  std::vector<std::string> keys;
  for (const Constraint& one : snapshot.constraints) {
    if (one.kind == 'f') {
      keys.push_back(fmt::format("{} {} {} -> {} {} by {}: {}", tables.at(one.table), one.name,
                                 fmt::join(one.columns, ","), tables.at(one.referenced_table),
                                 fmt::join(one.referenced_columns, ","), one.index,
                                 one.definition));
    }
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST_CASE("partitions have the indexes of their parents, those of their own where they are alike") {
  const std::string sql = R"(
    CREATE TABLE m (id int, at date, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE INDEX ON m (note) INCLUDE (id) WHERE id > 0;
    CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE m2 (note text, at date NOT NULL, id int NOT NULL);
    CREATE INDEX of_its_own ON m2 (lower(note), at);
    ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE INDEX ON m (lower(note), at);
    CREATE TABLE m3 (at date NOT NULL, id int NOT NULL, note text) PARTITION BY LIST (id);
    CREATE TABLE m31 PARTITION OF m3 FOR VALUES IN (1);
    ALTER TABLE m ATTACH PARTITION m3 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  )";
  auto& cluster = Cluster::instance();
  const std::string database = cluster.copy_of("template0", "indexes_inherited");
  cluster.query(sql, database);
  const auto live = indexes_of(read_catalog(cluster.dsn(database)));
  CHECK(live.size() == 15);
  const auto file = indexes_of(snapshot_from_schema_text(sql, "indexes.sql"));
  CHECK(differences(file, live) == std::vector<std::string>{});
}

TEST_CASE("migrations put together lead where they lead a server") {
  const std::string sql = R"(
    CREATE TYPE mood AS ENUM ('sad', 'good');
    CREATE TABLE owner (id int PRIMARY KEY, name text, gone int, town varchar(20), rank int);
    CREATE TABLE pet (id int, owner int REFERENCES owner, age int, note text, tag text, mood mood);
    CREATE INDEX ON pet (note, age); CREATE INDEX ON pet (age) WHERE tag IS NOT NULL;
    CREATE INDEX ON pet (lower(tag)); CREATE INDEX by_owner ON pet (owner) INCLUDE (age);
    CREATE UNIQUE INDEX pet_unique ON pet (id);
    ALTER TABLE pet ADD CHECK (age > 0), ADD CONSTRAINT short CHECK (length(note) < 10);
    ALTER TABLE pet ADD CONSTRAINT pet_pkey PRIMARY KEY USING INDEX pet_unique;
    ALTER TABLE pet ADD COLUMN born date NOT NULL DEFAULT now(), ADD COLUMN friend int UNIQUE;
    ALTER TABLE pet ADD COLUMN second int REFERENCES owner ON DELETE SET NULL;
    ALTER TABLE owner DROP COLUMN gone;
    ALTER TABLE pet DROP COLUMN tag, DROP COLUMN note;
    ALTER TABLE pet RENAME COLUMN age TO years;
    ALTER TABLE owner ALTER COLUMN town TYPE text, ALTER COLUMN rank TYPE numeric(8, 2);
    ALTER TABLE owner ALTER COLUMN name SET NOT NULL;
    ALTER TABLE owner ADD CONSTRAINT name_once UNIQUE (name), ADD CONSTRAINT town_once UNIQUE (town);
    ALTER TABLE owner DROP CONSTRAINT town_once;
    ALTER TABLE owner ALTER COLUMN name DROP NOT NULL;
    ALTER TABLE owner RENAME CONSTRAINT name_once TO one_name;
    ALTER INDEX by_owner RENAME TO of_owner;
    ALTER TABLE owner RENAME TO keeper;
    ALTER TYPE mood ADD VALUE 'fine' BEFORE 'good';
    ALTER TABLE pet ADD CONSTRAINT later CHECK (friend > 0) NOT VALID;
    ALTER TABLE pet VALIDATE CONSTRAINT later;
    CREATE TABLE log (at date, kind int, text text) PARTITION BY RANGE (at);
    CREATE TABLE log1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE INDEX ON log (kind);
    ALTER TABLE log ADD COLUMN level int REFERENCES keeper;
    ALTER TABLE log DROP COLUMN kind;
    ALTER TABLE log RENAME COLUMN text TO message;
    CREATE TABLE log2 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ALTER TABLE log ADD UNIQUE (at, level);
    ALTER TABLE log DETACH PARTITION log1;
    CREATE SCHEMA archive;
    ALTER TABLE pet SET SCHEMA archive;
  )";
  auto& cluster = Cluster::instance();
  const std::string database = cluster.copy_of("template0", "migrations_together");
  cluster.query(sql, database);
  const CatalogSnapshot live = read_catalog(cluster.dsn(database));
  const CatalogSnapshot file = snapshot_from_schema_text(sql, "migrations.sql");
  CHECK(file.caveats.size() == 1);  // no statistics
  CHECK(differences(columns_of(file), columns_of(live)) == std::vector<std::string>{});
  CHECK(differences(indexes_of(file), indexes_of(live)) == std::vector<std::string>{});
  CHECK(differences(constraints_of(file), constraints_of(live)) == std::vector<std::string>{});
}

TEST_CASE("partitions have the foreign keys of their parents, and are referenced as they are") {
  const std::string sql = R"(
    CREATE TABLE c (id int PRIMARY KEY, g int UNIQUE);
    CREATE TABLE pr (id int, k int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
    CREATE TABLE pr1 PARTITION OF pr FOR VALUES FROM (0) TO (100);
    CREATE TABLE pr2 (k int, id int NOT NULL);
    ALTER TABLE pr ATTACH PARTITION pr2 FOR VALUES FROM (100) TO (200);
    CREATE TABLE o (id int, c int REFERENCES c, g int, p int, at date) PARTITION BY RANGE (at);
    CREATE TABLE o1 PARTITION OF o FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE o2 (at date, c int, id int, g int, p int,
      CONSTRAINT o_g_fkey FOREIGN KEY (c) REFERENCES c);
    ALTER TABLE o ATTACH PARTITION o2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ALTER TABLE o ADD FOREIGN KEY (g) REFERENCES c (g) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
    ALTER TABLE o ADD CONSTRAINT to_pr FOREIGN KEY (p) REFERENCES pr ON UPDATE SET NULL;
    CREATE TABLE o3 PARTITION OF o FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
      PARTITION BY LIST (g);
    CREATE TABLE o31 PARTITION OF o3 FOR VALUES IN (1);
    CREATE TABLE pr3 PARTITION OF pr FOR VALUES FROM (200) TO (300);
    CREATE TABLE alone (p int, FOREIGN KEY (p) REFERENCES pr, FOREIGN KEY (p) REFERENCES c (g));
  )";
  auto& cluster = Cluster::instance();
  const std::string database = cluster.copy_of("template0", "foreign_keys_inherited");
  cluster.query(sql, database);
  const auto live = foreign_keys_of(read_catalog(cluster.dsn(database)));
  CHECK(live.size() > 20);
  const auto file = foreign_keys_of(snapshot_from_schema_text(sql, "keys.sql"));
  CHECK(differences(file, live) == std::vector<std::string>{});
}

}  // namespace
}  // namespace quern::collector
