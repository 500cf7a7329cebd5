// What `quern verify` prints of an advice on the sample shop, as a table.
#include <catch2/catch.hpp>

#include "tests/support/cluster.hpp"
#include "tests/support/program.hpp"

using quern::test::run_quern;
using quern::test::written;
using quern::testing::Cluster;

namespace {

constexpr const char* kStatements = R"(
-- quern: calls=500
SELECT id, status, total FROM orders WHERE customer_id = 17 AND total > 50 ORDER BY placed_at DESC LIMIT 20;
-- quern: calls=200
SELECT count(*) FROM orders WHERE placed_at >= '2025-06-01' AND placed_at < '2025-06-02';
-- quern: calls=900
SELECT id FROM shipments WHERE order_id = 17;
-- quern: calls=100
UPDATE orders SET status = 'paid' WHERE id = 17;
)";

std::string state_of(const std::string& database) {
  return Cluster::instance().value(
      "SELECT i.count || ' indexes, orders ' || md5(string_agg(o::text, ',' ORDER BY id)) "
      "FROM orders o, (SELECT count(*) FROM pg_indexes) i (count) GROUP BY i.count",
      database);
}

/// From verify.sql and the database to verify.advice.json.
void advise_on(const std::string& dsn) {
  REQUIRE(run_quern("snapshot " + dsn + " -q -o verify.catalog.json").code == 0);
  REQUIRE(run_quern("-q collect --format sql verify.sql -o verify.workload.json").code == 0);
  REQUIRE(
      run_quern("-q advise verify.workload.json -c verify.catalog.json --json verify.advice.json")
          .code == 0);
}

}  // namespace

TEST_CASE("verify puts the server's plans beside the prediction", "[verify]") {
  const std::string database = Cluster::instance().copy_of("shop", "shop_verified");
  const std::string dsn = "\"" + Cluster::instance().dsn(database) + "\"";
  written("verify.sql", kStatements);
  advise_on(dsn);
  const std::string command =
      "verify verify.workload.json --advice verify.advice.json --dsn " + dsn;
  const std::string before = state_of(database);

  const auto planned = run_quern(command);
  INFO(planned.out << planned.err);
  CHECK(planned.code == 0);
  CHECK(planned.out.find("4 of 4 query classes cost what was predicted within 10 % or a page") !=
        std::string::npos);

  // It would explain HypoPG's indexes outside of EXPLAIN, and refuse.
  const auto logged = run_quern(
      "verify verify.workload.json --advice verify.advice.json --dsn \"" +
      Cluster::instance().dsn(database) +
      " options='-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0'\"");
  INFO(logged.out << logged.err);
  CHECK(logged.out == planned.out);

  const auto measured = run_quern(command + " --real");
  INFO(measured.out << measured.err);
  CHECK(measured.code == 0);
  CHECK(measured.out.find("milliseconds") != std::string::npos);
  CHECK(measured.out.find("No plan of the server's reads") == std::string::npos);
  CHECK(state_of(database) == before);
}

TEST_CASE("what HypoPG cannot imagine is no loss, and is named", "[verify]") {
  const std::string database = Cluster::instance().copy_of("shop", "shop_with_tags");
  const std::string dsn = "\"" + Cluster::instance().dsn(database) + "\"";
  Cluster::instance().query(
      "CREATE TABLE docs AS SELECT i AS id, ARRAY['t' || i % 5000] AS tags "
      "FROM generate_series(1, 100000) i; ANALYZE docs",
      database);
  written("verify.sql",
          "-- quern: calls=900\nSELECT id FROM docs WHERE tags @> ARRAY['t7'];\n"
          "-- quern: calls=900\nSELECT id FROM shipments WHERE order_id = 17;\n");
  advise_on(dsn);
  const auto planned =
      run_quern("verify verify.workload.json --advice verify.advice.json --dsn " + dsn);
  INFO(planned.out << planned.err);
  CHECK(planned.code == 0);
  CHECK(planned.out.find("is to read docs_tags_gin_idx") != std::string::npos);
  CHECK(planned.out.find("1 of 1 query classes cost what was predicted") != std::string::npos);
}

TEST_CASE("what HypoPG refuses for every partition is told once", "[verify]") {
  const std::string database = Cluster::instance().copy_of("shop", "shop_with_parts");
  const std::string dsn = "\"" + Cluster::instance().dsn(database) + "\"";
  Cluster::instance().query(
      "CREATE TABLE notes (id int, tags text[]) PARTITION BY RANGE (id);"
      "CREATE TABLE notes_1 PARTITION OF notes FOR VALUES FROM (1) TO (20001);"
      "CREATE TABLE notes_2 PARTITION OF notes FOR VALUES FROM (20001) TO (40001);"
      "CREATE TABLE notes_3 PARTITION OF notes FOR VALUES FROM (40001) TO (60001);"
      "INSERT INTO notes SELECT i, ARRAY['t' || i % 5000] FROM generate_series(1, 60000) i;"
      "ANALYZE notes",
      database);
  written("verify.sql",
          "-- quern: calls=900\nSELECT id FROM notes WHERE tags @> ARRAY['t7'];\n"
          "-- quern: calls=900\nSELECT id FROM shipments WHERE order_id = 17;\n");
  advise_on(dsn);
  const auto planned =
      run_quern("verify verify.workload.json --advice verify.advice.json --dsn " + dsn);
  INFO(planned.out << planned.err);
  CHECK(planned.code == 0);
  const std::string told = "(and 2 more)";
  const auto first = planned.out.find(told);
  REQUIRE(first != std::string::npos);
  CHECK(planned.out.find("USING gin") == planned.out.rfind("USING gin"));
}

TEST_CASE("verify says what to do where it cannot", "[verify]") {
  const std::string dsn = "\"" + Cluster::instance().dsn("postgres") + "\"";
  written("verify.sql", kStatements);
  REQUIRE(run_quern("-q collect --format sql verify.sql -o verify.workload.json").code == 0);
  const auto no_advice =
      run_quern("verify verify.workload.json --advice verify.workload.json --dsn " + dsn);
  CHECK(no_advice.code == 2);
  CHECK(no_advice.err.find("not an advice document") != std::string::npos);
  written("empty.advice.json", R"({"format": "quern-advice", "proposals": [], "queries": []})");
  const auto no_hypopg =
      run_quern("verify verify.workload.json --advice empty.advice.json --dsn " + dsn);
  CHECK(no_hypopg.code == 2);
  CHECK(no_hypopg.err.find("CREATE EXTENSION hypopg") != std::string::npos);
}
