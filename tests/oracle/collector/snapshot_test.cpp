#include <chrono>
#include <map>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/postgres/session.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/snapshots.hpp"

namespace quern::collector {
namespace {

using Catch::Matchers::Contains;
using quern::testing::Cluster;

std::string by_psql(const std::string& dsn) {
  return testing::comparable_by_psql(dsn, "snapshot_test");
}

std::string by_reader(const std::string& dsn) {
  return testing::comparable(read_catalog(dsn));
}

TEST_CASE("the live reader and the psql script give the same document") {
  const std::string dsn = Cluster::instance().dsn("shop");
  const std::string live = by_reader(dsn);
  CHECK(live.size() > 100000);
  CHECK((live == by_psql(dsn)));
}

TEST_CASE("with pageinspect both know the height of the indexes") {
  auto& cluster = Cluster::instance();
  const std::string copy = cluster.copy_of("shop", "shop_inspected");
  cluster.query("CREATE SCHEMA \"in spect\"; CREATE EXTENSION pageinspect SCHEMA \"in spect\"",
                copy);
  const std::string dsn = cluster.dsn(copy);
  const std::string live = by_reader(dsn);
  CHECK_THAT(live, Contains("\"tree_height\": 1"));
  CHECK((live == by_psql(dsn)));
}

TEST_CASE("what is tried locks no table until the end: a large schema would fill the lock table") {
  ReadOnlySession session{Cluster::instance().dsn("shop"), {}};
  std::string refusal;
  REQUIRE(session.try_query("SELECT count(*) FROM orders", refusal));
  const char* locks =
      "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation = "
      "'orders'::regclass";
  CHECK(session.query(locks).front().front() == "0");
  CHECK(session.query("SELECT count(*) > 0 FROM orders").front().front() == "t");
  CHECK(session.query(locks).front().front() == "1");
}

TEST_CASE("the ends of columns are read, but not by an index that nobody uses") {
  auto& cluster = Cluster::instance();
  const std::string copy = cluster.copy_of("shop", "shop_ends");
  cluster.query(
      "CREATE TABLE grown (id int PRIMARY KEY, used int, unused int, days daterange);"
      "INSERT INTO grown SELECT i, -i, i, daterange('2024-01-01', date '2024-01-02' + i) FROM "
      "generate_series(1, 3000) i;"
      "CREATE INDEX grown_used ON grown (used DESC); CREATE INDEX grown_unused ON grown (unused);"
      "ANALYZE grown; INSERT INTO grown VALUES (4000, -4000, 4000);"
      "SET enable_seqscan = off; SELECT FROM grown WHERE used = -5;",
      copy);
  const std::string dsn = cluster.dsn(copy);
  const auto ends = [&](const CatalogSnapshot& snapshot) {
    std::string text;
    for (const Table& table : snapshot.tables) {
      for (const Column& column : table.columns) {
        if (table.name == "grown" && column.statistics && column.statistics->lowest) {
          text += column.name + " " + *column.statistics->lowest + " " +
                  column.statistics->highest.value_or("-") + "\n";
        }
      }
    }
    return text;
  };
  (void)by_reader(dsn);  // the primary key's first scan is one of these
  const CatalogSnapshot snapshot = read_catalog(dsn);
  CHECK(ends(snapshot) == "id 1 4000\nused -4000 -1\n");
  for (const Index& index : snapshot.indexes) {
    CHECK((index.name != "grown_unused" || index.scans == 0));
  }
  CHECK_THAT(write_snapshot(snapshot), Contains("range_bounds_histogram"));
  CHECK((by_reader(dsn) == by_psql(dsn)));
}

TEST_CASE("a sample has figures and no values, the same by the reader and by psql") {
  auto& cluster = Cluster::instance();
  const std::string copy = cluster.copy_of("shop", "shop_sampled");
  cluster.query(
      "CREATE EXTENSION pg_trgm; CREATE SCHEMA \"Od d\";"
      "CREATE TABLE \"Od d\".\"t t\" (\"W w\" tsvector, tags text[], body jsonb, name text, days "
      "daterange);"
      "INSERT INTO \"Od d\".\"t t\" SELECT to_tsvector('simple', 'zebra' || i / 100), "
      "CASE WHEN i % 10 > 0 THEN ARRAY['yak' || i % 7, NULL] ELSE '{}' END, "
      "jsonb_build_object('gnu', i % 3, 'list', jsonb_build_array(i % 5, 'emu' || i)), "
      "CASE WHEN i % 4 > 0 THEN 'lynx' || i END, daterange('2024-01-01', date '2024-01-02' + i / "
      "2) "
      "FROM generate_series(1, 20000) i;"
      "CREATE TABLE hidden (tags int[]); INSERT INTO hidden VALUES ('{1}');"
      "ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;"
      "DROP ROLE IF EXISTS sampler; CREATE ROLE sampler LOGIN; GRANT SELECT ON hidden TO sampler;"
      "ANALYZE \"Od d\".\"t t\"",
      copy);
  const std::string dsn = cluster.dsn(copy);
  const CatalogSnapshot snapshot = read_catalog(dsn, std::chrono::seconds{600});
  std::map<std::string, ColumnSample> samples;
  std::string text;
  for (const Table& table : snapshot.tables) {
    for (const Column& column : table.columns) {
      for (const ColumnSample& sample : column.samples) {
        if (table.name == "t t") {
          samples[sample.keys_of] = sample;
          CatalogSnapshot alone;
          alone.tables = {{.name = "t", .columns = {{.name = "c", .samples = {sample}}}}};
          text += write_snapshot(alone);
        }
      }
    }
  }
  const auto keys = [&](const std::string& of) {
    std::int64_t sum = 0;
    for (const SampledKeys& one : samples.at(of).keys) {
      sum += one.keys;
    }
    return sum;
  };
  // All of this table is read: 201 words, 7 tags; 3 keys and values each, 5 numbers, 20,000 texts.
  CHECK(samples.at("tsvector_ops").rows == 20'000);
  CHECK(keys("tsvector_ops") == 201);
  CHECK(keys("array_ops") == 7);
  CHECK(samples.at("array_ops").null_key_rows == 18'000);
  CHECK(samples.at("array_ops").empty_rows == 2'000);
  CHECK(keys("jsonb_ops") == 2 + 5 + 20'000);
  CHECK(keys("jsonb_path_ops") == 3 + 5 + 20'000);
  CHECK(samples.at("gin_trgm_ops").null_rows == 5'000);
  CHECK(keys("values") == 10'001);
  CHECK(samples.at("values").falling == 0.0);
  CHECK(samples.at("values").correlation > 0.999);
  for (const char* value : {"zebra", "yak", "gnu", "emu", "lynx", "2024-"}) {
    CHECK_THAT(text, !Contains(value));
  }
  CHECK((testing::comparable(snapshot) ==
         testing::comparable_by_psql(dsn, "sampled_snapshot_test", true)));
  CHECK((testing::comparable(read_catalog(dsn, std::chrono::seconds{600})) ==
         testing::comparable(snapshot)));

  const CatalogSnapshot restricted = read_catalog(dsn + " user=sampler", std::chrono::seconds{600});
  const std::string caveats = fmt::format("{}", fmt::join(restricted.caveats, "\n"));
  CHECK_THAT(caveats, Contains("(this user may not read them)"));
  CHECK_THAT(caveats, Contains("columns not sampled: 1 (row-level security hides rows"));
  const CatalogSnapshot late = read_catalog(dsn, std::chrono::seconds{0});
  CHECK_THAT(fmt::format("{}", fmt::join(late.caveats, "\n")),
             Contains("samples of columns were not taken: the time for samples was over"));
  cluster.query("DROP OWNED BY sampler; DROP ROLE sampler", copy);
}

TEST_CASE("a user without rights gets a snapshot with caveats") {
  auto& cluster = Cluster::instance();
  const std::string copy = cluster.copy_of("shop", "shop_restricted");
  cluster.query("DROP ROLE IF EXISTS nosy; CREATE ROLE nosy LOGIN; GRANT SELECT ON orders TO nosy",
                copy);
  const CatalogSnapshot snapshot = read_catalog(cluster.dsn(copy) + " user=nosy");
  CHECK(snapshot.caveats.size() > 10);
  for (const Table& table : snapshot.tables) {
    if (table.name == "orders" || table.name == "customers") {
      CHECK(table.columns.front().statistics.has_value() == (table.name == "orders"));
    }
  }
  cluster.query("DROP OWNED BY nosy; DROP ROLE nosy", copy);
}

TEST_CASE("odd names, empty tables and every index kind are read") {
  auto& cluster = Cluster::instance();
  const std::string copy = cluster.copy_of("shop", "shop_odd");
  cluster.query(
      "CREATE SCHEMA \"Od\"\"d\"; CREATE TABLE \"Od\"\"d\".\"t \u00e4\" (a int, \"B b\" text, gone "
      "int, j jsonb, r int4range, CHECK (a > 0));"
      "ALTER TABLE \"Od\"\"d\".\"t \u00e4\" DROP COLUMN gone;"
      "INSERT INTO \"Od\"\"d\".\"t \u00e4\" SELECT i, E'line\\nbreak \" \\\\ ' || i % 3 FROM "
      "generate_series(1, 100) i;"
      "CREATE INDEX ON \"Od\"\"d\".\"t \u00e4\" USING gin (j);"
      "CREATE INDEX ON \"Od\"\"d\".\"t \u00e4\" USING gist (r);"
      "CREATE INDEX ON \"Od\"\"d\".\"t \u00e4\" USING brin (a);"
      "CREATE INDEX ON \"Od\"\"d\".\"t \u00e4\" USING hash (a);"
      "CREATE UNIQUE INDEX ON \"Od\"\"d\".\"t \u00e4\" (a DESC) INCLUDE (\"B b\") WHERE a > 3;"
      "CREATE STATISTICS s ON (a % 3), \"B b\" FROM \"Od\"\"d\".\"t \u00e4\";"
      "ANALYZE \"Od\"\"d\".\"t \u00e4\"",
      copy);
  const std::string dsn = cluster.dsn(copy);
  const std::string live = by_reader(dsn);
  CHECK((live == by_psql(dsn)));
  CHECK_THAT(live, Contains("line\\nbreak \\\" \\\\ 1"));
  CHECK_THAT(live, Contains("expression_statistics"));
}

TEST_CASE("the room of values out of line and the columns' storage are read") {
  auto& cluster = Cluster::instance();
  const std::string copy = cluster.copy_of("shop", "shop_toasted");
  cluster.query(
      "CREATE TABLE wide (id int, body text, note text);"
      "ALTER TABLE wide ALTER body SET STORAGE EXTERNAL;"
      "INSERT INTO wide SELECT i, repeat('quern ', 700), 'n' FROM generate_series(1, 400) i;"
      "CREATE TABLE narrow (id int, body text); INSERT INTO narrow VALUES (1, 'n');",
      copy);
  cluster.query("VACUUM ANALYZE wide", copy);
  cluster.query("VACUUM FULL narrow", copy);
  const std::string dsn = cluster.dsn(copy);
  const CatalogSnapshot snapshot = read_catalog(dsn);
  for (const Table& table : snapshot.tables) {
    if (table.name == "narrow") {
      CHECK(!table.toast);
      CHECK(table.rewritten);
    } else if (table.name == "wide") {
      REQUIRE(table.toast);
      CHECK(!table.rewritten);
      CHECK(table.toast->reltuples == 1200);  // 4200 bytes in chunks of 1996
      CHECK(table.toast->pages >= 200);
      CHECK(table.toast->index_pages >= 5);
      CHECK(table.columns.at(1).storage == 'e');
      CHECK(table.columns.at(2).storage == '\0');
    }
  }
  CHECK((by_reader(dsn) == by_psql(dsn)));
}

TEST_CASE("reading changes nothing and stays read-only") {
  auto& cluster = Cluster::instance();
  const auto before = cluster.value("SELECT txid_current()");
  (void)read_catalog(cluster.dsn("shop"));
  CHECK(std::stoll(cluster.value("SELECT txid_current()")) == std::stoll(before) + 1);
}

TEST_CASE("an unreachable server is told without the password") {
  const std::string dsn = GENERATE(as<std::string>{}, "postgresql://bob:s3cret@127.0.0.1:1/shop",
                                   "host=/nowhere password=s3cret dbname=shop",
                                   "host=127.0.0.1 port=1 passwort=x password='s3cret'");
  try {
    (void)read_catalog(dsn);
    FAIL("no error");
  } catch (const UserError& error) {
    CHECK_THAT(error.what(), Contains("***") && !Contains("s3cret"));
  }
}

}  // namespace
}  // namespace quern::collector
