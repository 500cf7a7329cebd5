#include "collector/catalog/from_schema.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_document.hpp"

namespace quern::collector {
namespace {

using Catch::Matchers::Contains;

std::string shop_file(const std::string& name) {
  std::ifstream file{QUERN_SOURCE_DIR "/samples/shop/" + name};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class Objects>
const auto& named(const Objects& objects, const std::string& name) {
  const auto found = std::find_if(objects.begin(), objects.end(),
                                  [&](const auto& object) { return object.name == name; });
  REQUIRE(found != objects.end());
  return *found;
}

CatalogSnapshot from_text(const std::string& sql) {
  return snapshot_from_schema_text(sql, "schema.sql");
}

TEST_CASE("a composite type has its fields") {
  const CatalogSnapshot schema = from_text(
      "CREATE TYPE public.place AS (street text, zip character varying(8));\n"
      "CREATE TABLE public.person (id integer, home public.place);");
  const TypeDefinition& place = named(schema.types, "place");
  REQUIRE(place.fields.size() == 2);
  CHECK(place.fields[0].name == "street");
  CHECK(place.fields[0].type == 25);
  CHECK(place.fields[1].type_modifier == 12);
}

TEST_CASE("the shop's schema file gives the tables and indexes that the server has") {
  const CatalogSnapshot schema = from_text(shop_file("schema.sql") + shop_file("indexes.sql"));
  const CatalogSnapshot server = read_snapshot(QUERN_SOURCE_DIR "/samples/shop/catalog.json.gz");
  REQUIRE(schema.tables.size() == server.tables.size());
  for (const Table& theirs : server.tables) {
    CAPTURE(theirs.name);
    const Table& ours = named(schema.tables, theirs.name);
    CHECK(ours.kind == theirs.kind);
    CHECK(ours.partition_key == theirs.partition_key);
    CHECK(ours.partition_bound == theirs.partition_bound);
    CHECK(ours.options == theirs.options);
    if (theirs.kind == 'v') {
      continue;
    }
    REQUIRE(ours.columns.size() == theirs.columns.size());
    for (std::size_t i = 0; i < ours.columns.size(); ++i) {
      CAPTURE(ours.columns[i].name);
      CHECK(ours.columns[i].name == theirs.columns[i].name);
      CHECK(ours.columns[i].not_null == theirs.columns[i].not_null);
      CHECK(ours.columns[i].type_modifier == theirs.columns[i].type_modifier);
      CHECK(ours.columns[i].collation == theirs.columns[i].collation);
      CHECK((ours.columns[i].type == theirs.columns[i].type || theirs.columns[i].type >= 16384));
    }
  }
  for (const Index& theirs : server.indexes) {
    if (!theirs.valid) {
      continue;
    }
    CAPTURE(theirs.name);
    const Index& ours = named(schema.indexes, theirs.name);
    CHECK(ours.unique == theirs.unique);
    CHECK(ours.constraint == theirs.constraint);
    REQUIRE(ours.keys.size() == theirs.keys.size());
    for (std::size_t i = 0; i < ours.keys.size(); ++i) {
      CHECK(ours.keys[i].column == theirs.keys[i].column);
      CHECK(ours.keys[i].expression == theirs.keys[i].expression);
      CHECK(ours.keys[i].operator_class == theirs.keys[i].operator_class);
      CHECK(ours.keys[i].descending == theirs.keys[i].descending);
      CHECK(ours.keys[i].nulls_first == theirs.keys[i].nulls_first);
    }
  }
  CHECK(schema.constraints.size() == server.constraints.size());
  CHECK_FALSE(schema.has_statistics);
}

TEST_CASE("statistics of another snapshot are taken by name") {
  CatalogSnapshot schema = from_text(shop_file("schema.sql") + shop_file("indexes.sql"));
  const CatalogSnapshot server = read_snapshot(QUERN_SOURCE_DIR "/samples/shop/catalog.json.gz");
  apply_statistics(schema, write_snapshot(server), "stats.json");
  const Table& ours = named(schema.tables, "orders");
  const Table& theirs = named(server.tables, "orders");
  CHECK(ours.reltuples == theirs.reltuples);
  CHECK(ours.columns[3].statistics == theirs.columns[3].statistics);
  CHECK(named(schema.indexes, "orders_pkey").pages == named(server.indexes, "orders_pkey").pages);
  CHECK(schema.has_statistics);
}

TEST_CASE("statistics of expressions, of several columns and the search path are taken too") {
  CatalogSnapshot schema = from_text(
      "CREATE TABLE a (x int, y int, t text);\nCREATE INDEX a_i ON a (lower(t), x);\n"
      "CREATE STATISTICS s ON x, y FROM a;");
  CatalogSnapshot server = schema;
  server.search_path = {"app", "public"};
  server.settings = {{"work_mem", "4096"}};
  server.indexes[0].keys[0].expression = "pg_catalog.lower((t)::text)";
  server.indexes[0].keys[0].statistics = ColumnStatistics{.n_distinct = 17};
  server.extended_statistics[0].n_distinct = "{\"1, 2\": 5}";
  server.extended_statistics[0].dependencies = "{\"1 => 2\": 0.9}";
  server.tables[0].columns[2].samples = {{.keys_of = "values", .pages = 3}};
  CatalogSnapshot taken = schema;
  apply_statistics(taken, write_snapshot(server), "stats.json");
  CHECK(taken.indexes[0].keys[0].statistics == server.indexes[0].keys[0].statistics);
  CHECK(taken.extended_statistics == server.extended_statistics);
  CHECK(taken.tables == server.tables);
  CHECK(taken.search_path == server.search_path);
  // An index of that name over something else has other statistics.
  CatalogSnapshot other = from_text(
      "CREATE TABLE a (x int, y int, t text);\nCREATE INDEX a_i ON a (upper(t), x);\n"
      "CREATE STATISTICS s ON x, t FROM a;");
  apply_statistics(other, write_snapshot(server), "stats.json");
  CHECK_FALSE(other.indexes[0].keys[0].statistics.has_value());
  CHECK(other.extended_statistics[0].n_distinct.empty());
  CHECK(other.caveats == std::vector<std::string>{
                             "2 indexes and statistics objects of stats.json are over something "
                             "else in the schema file: their statistics are left out"});
}

TEST_CASE("pg_dump's own lines are skipped and counted") {
  const CatalogSnapshot snapshot = from_text(
      "\\connect shop\nSET search_path = '';\nCREATE TABLE public.a (id integer NOT NULL, b "
      "text);\n"
      "COPY public.a (id, b) FROM stdin;\n1\tit's (\n\\.\n"
      "ALTER TABLE ONLY public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);\n");
  CHECK(snapshot.tables.size() == 1);
  CHECK(named(snapshot.indexes, "a_pkey").primary);
  CHECK_THAT(snapshot.caveats.back(), Contains("psql commands and COPY data skipped: 2"));
}

TEST_CASE("policies and rules of tables are read") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (id int, owner_name text);\n"
      "ALTER TABLE a OWNER TO boss;\n"
      "ALTER TABLE a ENABLE ROW LEVEL SECURITY;\nALTER TABLE a FORCE ROW LEVEL SECURITY;\n"
      "CREATE POLICY own ON a FOR UPDATE TO clerks, auditors USING (owner_name = CURRENT_USER) "
      "WITH CHECK (id > 0);\n"
      "CREATE POLICY low ON a AS RESTRICTIVE USING (id < 9);\n"
      "CREATE RULE kept AS ON DELETE TO a DO INSTEAD NOTHING;\n");
  const Table& table = named(snapshot.tables, "a");
  CHECK(table.owner == "boss");
  CHECK(table.row_security);
  CHECK(table.force_row_security);
  REQUIRE(table.policies.size() == 2);
  CHECK(table.policies[0].name == "low");
  CHECK_FALSE(table.policies[0].permissive);
  CHECK(table.policies[0].command == '*');
  CHECK(table.policies[0].roles.empty());
  CHECK(table.policies[1].command == 'w');
  CHECK(table.policies[1].roles == std::vector<std::string>{"auditors", "clerks"});
  CHECK_THAT(table.policies[1].using_expression, Contains("owner_name"));
  CHECK_THAT(table.policies[1].check_expression, Contains("id > 0"));
  REQUIRE(table.rules.size() == 1);
  CHECK(table.rules[0].event == '4');
  CHECK(table.rules[0].instead);
}

TEST_CASE("statements that do not fit are counted, not fatal") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (id no_such_type, CHECK (id > 0));\nCREATE INDEX ON missing (x);\n"
      "CREATE INDEX ON a (nothing);\nCREATE RULE r AS ON INSERT TO a DO NOTHING;\n"
      "CREATE TABLE b (a_id int REFERENCES missing);");
  CHECK(snapshot.tables.size() == 2);
  CHECK(snapshot.caveats.size() >= 4);
}

TEST_CASE("a dump made to replace what is there drops nothing that it defines later") {
  const CatalogSnapshot snapshot = from_text(
      "ALTER TABLE IF EXISTS ONLY a DROP CONSTRAINT IF EXISTS a_fkey;\nDROP INDEX IF EXISTS a_x;\n"
      "DROP TABLE IF EXISTS a;\nDROP FUNCTION IF EXISTS f(int);\nDROP TYPE IF EXISTS e;\n"
      "CREATE TABLE a (x int PRIMARY KEY, y int);\nCREATE INDEX a_y ON a (y);\n"
      "INSERT INTO a VALUES (1, 2);");
  CHECK(snapshot.tables.size() == 1);
  CHECK(snapshot.indexes.size() == 2);
  REQUIRE(snapshot.caveats.size() == 1);
  CHECK_THAT(snapshot.caveats[0], Contains("no statistics"));
}

TEST_CASE("what is dropped is gone, with what hung on it") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (x int PRIMARY KEY, y int);\nCREATE INDEX a_y ON a (y);\n"
      "CREATE TABLE b (x int REFERENCES a);\nCREATE INDEX b_x ON b (x);\n"
      "CREATE TABLE p (d int) PARTITION BY RANGE (d);\n"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);\n"
      "DROP INDEX b_x;\nDROP TABLE a CASCADE;\nDROP TABLE p;");
  REQUIRE(snapshot.tables.size() == 1);
  CHECK(snapshot.tables[0].name == "b");
  CHECK(snapshot.indexes.empty());
  CHECK(snapshot.constraints.empty());
}

TEST_CASE("indexes attached to a partitioned index are its children") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE p (d int NOT NULL) PARTITION BY RANGE (d);\nCREATE TABLE p1 (d int NOT NULL);\n"
      "ALTER TABLE ONLY p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (2);\n"
      "CREATE INDEX p_d ON ONLY p USING btree (d);\nCREATE INDEX p1_d ON p1 USING btree (d);\n"
      "ALTER INDEX p_d ATTACH PARTITION p1_d;");
  CHECK(named(snapshot.indexes, "p1_d").parent == named(snapshot.indexes, "p_d").oid);
  CHECK(snapshot.caveats.size() == 1);
}

TEST_CASE("keys that are expressions keep their meaning in the definition") {
  // Each definition is itself a statement that means the same.
  const std::vector<std::pair<std::string, std::string>> keys = {
      {"((at AT TIME ZONE 'UTC')::date)", "(((at AT TIME ZONE 'UTC')::date))"},
      {"((NOT a > 1) = (b > 1))", "(((NOT a > 1) = (b > 1)))"},
      {"(abs(a) + abs(b))", "((abs(a) + abs(b)))"},
      {"abs(a)", "(abs(a))"},
      {"((CASE WHEN a > 1 THEN 2 END)::bigint)", "((CASE WHEN a > 1 THEN 2 END::bigint))"},
      {"(abs(a)), (coalesce(a, b))", "(abs(a), (COALESCE(a, b)))"},
      {"(f(') (', a))", "(f(') (', a))"},
  };
  for (const auto& [key, wanted] : keys) {
    CAPTURE(key);
    const std::string table = "CREATE TABLE t (a int, b int, at timestamptz);\n";
    const auto snapshot = from_text(table + "CREATE INDEX i ON t (" + key + ");");
    const Index& index = named(snapshot.indexes, "i");
    CHECK_THAT(index.definition, Catch::Matchers::EndsWith("USING btree " + wanted));
    const auto again = from_text(table + index.definition + ";");
    CHECK(named(again.indexes, "i").definition == index.definition);
  }
}

TEST_CASE("functions have their bodies, names, defaults and columns") {
  const auto snapshot = from_text(R"(
CREATE TABLE item (id int, label text);
CREATE FUNCTION priced(amount numeric, rate numeric DEFAULT 1.2, digits int = 2) RETURNS numeric
  LANGUAGE sql IMMUTABLE AS $$ SELECT round(amount * rate, digits) $$;
CREATE FUNCTION twice(int) RETURNS int IMMUTABLE RETURN $1 * 2;
CREATE FUNCTION items(wanted int) RETURNS SETOF item STABLE BEGIN ATOMIC
  SELECT * FROM item WHERE id = wanted; END;
CREATE FUNCTION halves(n int, OUT low int, OUT high int) LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE FUNCTION pairs() RETURNS TABLE (a int, b text) LANGUAGE plpgsql ROWS 7 AS $$ BEGIN END $$;
CREATE FUNCTION guarded() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION joined(VARIADIC parts text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE FUNCTION kept(x anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT x';
CREATE OR REPLACE FUNCTION kept(x anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
)");
  const auto& priced = named(snapshot.functions, "priced");
  CHECK(priced.body == " SELECT round(amount * rate, digits) ");
  CHECK(priced.argument_names == std::vector<std::string>{"amount", "rate", "digits"});
  CHECK(priced.argument_defaults == std::vector<std::string>{"1.2", "2"});
  CHECK(priced.defaults == 2);
  CHECK(named(snapshot.functions, "twice").body == "SELECT $1 * 2");
  CHECK(named(snapshot.functions, "twice").argument_names.empty());
  const auto& items = named(snapshot.functions, "items");
  CHECK(items.body == "SELECT * FROM item WHERE id = wanted");
  REQUIRE(items.result_columns.size() == 2);
  CHECK(items.result_columns[1].name == "label");
  const auto& halves = named(snapshot.functions, "halves");
  CHECK(halves.arguments.size() == 1);
  CHECK(halves.result_columns.size() == 2);
  CHECK(halves.body.empty());
  CHECK(named(snapshot.functions, "pairs").rows == 7);
  CHECK(named(snapshot.functions, "pairs").result_columns[1].name == "b");
  CHECK(named(snapshot.functions, "guarded").body.empty());
  CHECK(named(snapshot.functions, "joined").variadic == 25);
  CHECK(named(snapshot.functions, "kept").body == "SELECT $1");
  CHECK(snapshot.functions.size() == 8);
}

TEST_CASE("an exclusion constraint is an index that excludes") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE stay (id int, room int, days daterange);\nALTER TABLE ONLY stay ADD CONSTRAINT "
      "no_overlap EXCLUDE USING gist (room WITH =, days WITH &&) WHERE ((room > 0)) DEFERRABLE;");
  const Index& index = named(snapshot.indexes, "no_overlap");
  CHECK(index.exclusion);
  CHECK_FALSE(index.unique);
  CHECK_FALSE(index.immediate);
  CHECK(index.access_method == "gist");
  REQUIRE(index.keys.size() == 2);
  CHECK(index.keys[1].operator_class_name == "range_ops");
  const Constraint& constraint = named(snapshot.constraints, "no_overlap");
  CHECK(constraint.kind == 'x');
  CHECK(constraint.columns == std::vector<std::int16_t>{2, 3});
  CHECK_THAT(constraint.definition, Contains("EXCLUDE USING gist (room WITH =, days WITH &&)"));
}

TEST_CASE("materialized views, foreign keys in full, classes of extensions, and what is unknown") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (x int PRIMARY KEY, t text);\nCREATE TABLE b (x int);\n"
      "ALTER TABLE ONLY b ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES a(x) ON DELETE CASCADE "
      "NOT VALID;\n"
      "ALTER TABLE ONLY a REPLICA IDENTITY FULL;\n"
      "CREATE INDEX a_t ON a USING gin (t gin_trgm_ops);\n"
      "CREATE MATERIALIZED VIEW m AS SELECT x, t AS word FROM a WITH NO DATA;\n"
      "CREATE INDEX m_x ON m (x);\nCREATE OPERATOR <<< (FUNCTION = f, RIGHTARG = int);");
  CHECK(named(snapshot.constraints, "f").definition ==
        "FOREIGN KEY (x) REFERENCES a(x) ON DELETE CASCADE NOT VALID");
  CHECK(named(snapshot.constraints, "f").index == "a_pkey");
  CHECK(named(snapshot.tables, "a").replica_identity == 'f');
  CHECK_THAT(named(snapshot.indexes, "a_t").definition, Contains("(t gin_trgm_ops)"));
  const Table& view = named(snapshot.tables, "m");
  CHECK(view.kind == 'm');
  REQUIRE(view.columns.size() == 2);
  CHECK(view.columns[1].name == "word");
  CHECK(named(snapshot.indexes, "m_x").table == view.oid);
  REQUIRE(snapshot.caveats.size() == 2);
  CHECK_THAT(snapshot.caveats[1], Contains("does not know: 1 (CREATE OPERATOR <<<"));
}

TEST_CASE("what an extension defines is there for columns, indexes and statements") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA \"add ons\";\n"
      "CREATE EXTENSION citext; CREATE EXTENSION btree_gin; CREATE EXTENSION btree_gist;\n"
      "CREATE EXTENSION earthdistance CASCADE; CREATE EXTENSION no_such_thing;\n"
      "CREATE TABLE a (mail citext UNIQUE, mails citext[], name varchar(20), room int, spot "
      "cube);\n"
      "CREATE INDEX a_name ON a USING gin (name \"add ons\".gin_trgm_ops, room);\n"
      "CREATE INDEX a_spot ON a USING gist (spot);\n"
      "ALTER TABLE a ADD CONSTRAINT alone EXCLUDE USING gist (room WITH =);");
  const auto class_of = [&](const char* index, std::size_t key) {
    const IndexKey& of = named(snapshot.indexes, index).keys.at(key);
    for (const OperatorClass& one : snapshot.operator_classes) {
      if (one.oid == of.operator_class) {
        return one.schema + "." + one.name;
      }
    }
    return "server's " + of.operator_class_name;
  };
  CHECK(class_of("a_mail_key", 0) == "public.citext_ops");
  CHECK(class_of("a_name", 0) == "add ons.gin_trgm_ops");
  CHECK(class_of("a_name", 1) == "public.int4_ops");
  CHECK(class_of("a_spot", 0) == "public.gist_cube_ops");
  CHECK(class_of("alone", 0) == "public.gist_int4_ops");
  const Table& table = named(snapshot.tables, "a");
  CHECK(table.columns[0].type == named(snapshot.types, "citext").oid);
  CHECK(table.columns[1].type == named(snapshot.types, "_citext").oid);
  CHECK(named(snapshot.functions, "similarity").schema == "add ons");
  CHECK(named(snapshot.functions, "earth_box").result == named(snapshot.types, "cube").oid);
  CHECK(snapshot.search_path == std::vector<std::string>{"public", "add ons"});
  CHECK(snapshot.extensions == std::vector<std::string>{"btree_gin", "btree_gist", "citext", "cube",
                                                        "earthdistance", "no_such_thing",
                                                        "pg_trgm"});
  CHECK(snapshot.caveats.front() ==
        "extensions of which no objects are known without a server: 1 (no_such_thing)");
}

TEST_CASE("columns and keys have the collations that they are given") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (plain text, bytes text COLLATE \"C\", german text COLLATE "
      "pg_catalog.\"de_DE\", one int);\n"
      "CREATE INDEX a_bytes ON a (bytes); CREATE INDEX a_plain ON a (plain COLLATE \"C\");\n"
      "CREATE INDEX a_german ON a (german, german COLLATE \"default\", one);\n"
      "CREATE INDEX a_lower ON a (lower(plain) text_pattern_ops);");
  const Table& table = named(snapshot.tables, "a");
  CHECK(table.columns[0].collation == 100);
  CHECK(table.columns[1].collation == 950);
  CHECK(table.columns[2].collation >= 16384);
  const auto definition = [&](const char* name) {
    const std::string& text = named(snapshot.indexes, name).definition;
    return text.substr(text.find('('));
  };
  CHECK(definition("a_bytes") == "(bytes)");
  CHECK(named(snapshot.indexes, "a_bytes").keys[0].collation == 950);
  CHECK(definition("a_plain") == "(plain COLLATE \"C\")");
  CHECK(definition("a_german") == "(german, german COLLATE \"default\", one)");
  CHECK(named(snapshot.indexes, "a_german").keys[0].collation == table.columns[2].collation);
  CHECK(definition("a_lower") == "(lower(plain) text_pattern_ops)");
}

TEST_CASE("a view of a set operation has the columns of its first branch") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (x int, y int);\n"
      "CREATE VIEW v AS (SELECT x AS one, y FROM a UNION SELECT y, x FROM a) EXCEPT SELECT 1, 2;");
  const Table& view = named(snapshot.tables, "v");
  REQUIRE(view.columns.size() == 2);
  CHECK(view.columns[0].name == "one");
  CHECK(view.columns[1].name == "y");
}

TEST_CASE("a view is replaced by CREATE OR REPLACE VIEW") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (x int);\nCREATE VIEW v AS SELECT NULL::int AS x;\n"
      "CREATE OR REPLACE VIEW v AS SELECT a.x, a.x AS y FROM a;");
  REQUIRE(snapshot.tables.size() == 2);
  CHECK_THAT(named(snapshot.tables, "v").view_definition, Contains("FROM a"));
  CHECK(named(snapshot.tables, "v").columns.size() == 2);
}

TEST_CASE("views follow a table that is renamed, and are named where a column is") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (x int, y int);\nCREATE VIEW v AS SELECT x FROM a;\n"
      "ALTER TABLE a RENAME TO b;\nALTER TABLE b RENAME COLUMN x TO z;");
  CHECK_THAT(named(snapshot.tables, "v").view_definition, Contains("FROM b"));
  CHECK(snapshot.caveats.back() == "view over a column that is renamed later (v): 1");
}

TEST_CASE("partitions that no server would take are survived") {
  const CatalogSnapshot snapshot = from_text(
      "CREATE TABLE a (x int, y int) PARTITION BY RANGE (x);\n"
      "CREATE TABLE b (x int) PARTITION BY RANGE (x);\n"
      "CREATE INDEX ON a (x) INCLUDE (y); CREATE INDEX ON a (y);\n"
      "ALTER TABLE a ATTACH PARTITION b FOR VALUES FROM (1) TO (2);\n"
      "ALTER TABLE b ATTACH PARTITION a FOR VALUES FROM (1) TO (2);\n"
      "ALTER TABLE a ATTACH PARTITION a FOR VALUES FROM (1) TO (2);\n"
      "CREATE INDEX ON a (x); ALTER TABLE a ADD COLUMN z int; CREATE TABLE c PARTITION OF c "
      "DEFAULT;");
  CHECK(snapshot.caveats.back() == "partition that is its parent's parent: 2");
}

TEST_CASE("SQL that does not parse is named with its line") {
  CHECK_THROWS_WITH(from_text("CREATE TABLE a (id int);\n\nCREATE TABEL b (id int);\n"),
                    Contains("schema.sql:3: syntax error"));
  CHECK_THROWS_WITH(from_text("SELECT 1;"), Contains("no CREATE TABLE"));
}

}  // namespace
}  // namespace quern::collector
