// A schema file with the server's statistics plans as the server does, over extensions' types too.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/catalog/from_schema.hpp"
#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "planner-model/query/key_classes.hpp"
#include "planner-model/whatif/planner.hpp"

#include "tests/support/cluster.hpp"

using namespace quern;
using namespace quern::planner_model;
using quern::testing::Cluster;

namespace {

const std::string kSchema = R"(
  CREATE SCHEMA add_ons;
  CREATE EXTENSION pg_trgm SCHEMA add_ons;
  CREATE EXTENSION citext;
  CREATE EXTENSION hstore;
  CREATE EXTENSION btree_gin;
  CREATE EXTENSION btree_gist;
  CREATE EXTENSION intarray SCHEMA add_ons;
  CREATE EXTENSION ltree;
  CREATE EXTENSION bloom;
  CREATE EXTENSION earthdistance CASCADE;
  CREATE DOMAIN address AS citext CHECK (VALUE ~ '@');
  CREATE TABLE person (id bigint PRIMARY KEY, mail address UNIQUE, nick citext NOT NULL, name text,
    code text COLLATE "C", tags int[], props hstore, way ltree, place point, born date, room int,
    stay tstzrange, bits int, more text);
  CREATE INDEX by_nick ON person (nick);
  CREATE INDEX by_name ON person USING gist (name add_ons.gist_trgm_ops);
  CREATE INDEX by_bytes ON person (name COLLATE "C");
  CREATE INDEX by_code ON person (code);
  CREATE INDEX by_pattern ON person (lower(name) text_pattern_ops);
  CREATE INDEX by_tags ON person USING gist (tags add_ons.gist__int_ops);
  CREATE INDEX by_props ON person USING gist (props);
  CREATE INDEX by_way ON person USING gist (way);
  CREATE INDEX by_place ON person USING gist (ll_to_earth(place[0], place[1]));
  CREATE INDEX by_bits ON person USING bloom (bits, more);
  ALTER TABLE person ADD CONSTRAINT alone EXCLUDE USING gist (room WITH =, stay WITH &&);
)";

const std::string kRows = R"(
  INSERT INTO person SELECT i, 'a' || i || '@x', 'N' || i % 500, 'name ' || i % 700 || ' ' || md5(i::text),
    'c' || i % 90, ARRAY[i % 50, i % 7], hstore('k' || i % 30, 'v' || i), ('top.a' || i % 20 || '.b' || i % 100)::ltree,
    point(i % 50, i % 50), date '2020-01-01' + i % 1000, i,
    tstzrange(timestamptz '2020-01-01' + i * interval '1h', timestamptz '2020-01-01' + (i + 1) * interval '1h'), i % 97, 'm' || i % 89
    FROM generate_series(1, 8000) i;
  VACUUM ANALYZE person;
)";

const std::vector<std::string> kStatements = {
    "SELECT * FROM person WHERE nick = 'n17'",
    "SELECT * FROM person WHERE mail = 'A17@x'",
    "SELECT nick, count(*) FROM person GROUP BY nick",
    "SELECT a.id FROM person a JOIN person b ON a.nick = b.nick WHERE b.id < 10",
    "SELECT * FROM person WHERE name ILIKE '%ame 17%'",
    "SELECT id, name FROM person ORDER BY name OPERATOR(add_ons.<->) 'name 3' LIMIT 5",
    "SELECT * FROM person WHERE name COLLATE \"C\" = 'abc'",
    "SELECT * FROM person WHERE code > 'c5' ORDER BY code LIMIT 10",
    "SELECT * FROM person WHERE lower(name) LIKE 'name 17%'",
    "SELECT * FROM person WHERE tags OPERATOR(add_ons.@>) '{3,4}'",
    "SELECT * FROM person WHERE tags OPERATOR(add_ons.@@) '3&4'",
    "SELECT * FROM person WHERE props ? 'k3'",
    "SELECT props -> 'k3' FROM person WHERE props @> 'k3=>v3'",
    "SELECT * FROM person WHERE way <@ 'top.a3'",
    "SELECT * FROM person WHERE earth_box(ll_to_earth(1, 1), 1000) @> ll_to_earth(place[0], "
    "place[1])",
    "SELECT * FROM person WHERE bits = 3 AND more = 'm4'",
    "SELECT * FROM person WHERE more = 'm4'",
    "SELECT * FROM person WHERE room = 5 AND stay && tstzrange('2020-02-01', '2020-02-02')",
};

double server_cost(const std::string& statement, const std::string& database) {
  const std::string plan = Cluster::instance().explain_json(statement, {}, database);
  const std::string key = "\"Total Cost\": ";
  return std::stod(plan.substr(plan.find(key) + key.size()));
}

}  // namespace

TEST_CASE("a schema file with statistics plans as the server, over extensions' types too") {
  auto& cluster = Cluster::instance();
  const std::string database = cluster.copy_of("template0", "schema_file");
  cluster.query("SET client_min_messages = error; " + kSchema, database);
  for (const std::string& statement :
       {kRows.substr(0, kRows.find("VACUUM")), std::string{"VACUUM ANALYZE person"}}) {
    cluster.query(statement, database);
  }
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(kSchema, "schema.sql");
  const CatalogSnapshot live = collector::read_catalog(cluster.dsn(database));
  collector::apply_statistics(catalog, collector::write_snapshot(live), "statistics.json");
  settle_key_classes(catalog);
  const Planner from_file{catalog};
  const Planner from_server{live};
  for (const std::string& statement : kStatements) {
    INFO(statement);
    const PlanResult file = from_file.plan(*from_file.bind(statement));
    const PlanResult server = from_server.plan(*from_server.bind(statement));
    CHECK(file.total.value() == server.total.value());
    CHECK(file.total.value() == Approx(server_cost(statement, database)).margin(0.006));
  }
  for (const Index& index : catalog.indexes) {
    const auto same = std::find_if(live.indexes.begin(), live.indexes.end(),
                                   [&](const Index& one) { return one.name == index.name; });
    REQUIRE(same != live.indexes.end());
    for (std::size_t i = 0; i < index.keys.size(); ++i) {
      CHECK(index.keys[i].operator_class_name == same->keys[i].operator_class_name);
      CHECK(index.keys[i].statistics == same->keys[i].statistics);
    }
  }
}
