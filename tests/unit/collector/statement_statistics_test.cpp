#include <catch2/catch.hpp>

#include "collector/collect.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

const QueryClass& only(const Workload& workload) {
  REQUIRE(workload.classes.size() == 1);
  return workload.classes.front();
}

}  // namespace

TEST_CASE("pg_stat_statements as CSV, with the names of PostgreSQL 13 and later", "[pgss]") {
  const Workload w = collect_text(
      "userid,dbid,queryid,query,calls,total_exec_time,min_exec_time,max_exec_time,rows,datname\n"
      "10,5,-42,\"SELECT a,\n  \"\"b\"\" FROM t WHERE id = $1\",100,250.5,0.5,50,300,shop\n",
      {});
  const QueryClass& c = only(w);
  CHECK(c.calls == 100);
  CHECK(c.total == Microseconds{250'500});
  CHECK(c.minimum == Microseconds{500});
  CHECK(c.maximum == Microseconds{50'000});
  CHECK(c.rows == 300);
  CHECK(c.databases.at("shop") == 100);
  CHECK(w.formats.at("pg_stat_statements") == 1);
}

TEST_CASE("pg_stat_statements with the names before PostgreSQL 13, aligned by bars", "[pgss]") {
  const Workload w = collect_text(
      "query|calls|total_time|mean_time|rows\n"
      "UPDATE t SET a = $1 WHERE id = $2|3|1.000|0.333|3\n"
      "(1 row)\n",
      {});
  CHECK(only(w).calls == 3);
  CHECK(only(w).total == Microseconds{1000});
}

TEST_CASE("pg_stat_statements as JSON, an array or an object a line", "[pgss]") {
  const std::string one =
      R"({"query":"SELECT 1 FROM t WHERE id = $1","calls":7,"total_exec_time":14.0,"rows":7})";
  const std::string hidden =
      R"({"query":"<insufficient privilege>","calls":7,"total_exec_time":14.0,"rows":7})";
  for (const std::string& text : {"[" + one + ",\n" + hidden + "]\n", one + "\n" + hidden + "\n"}) {
    const Workload w = collect_text(text, {});
    CHECK(only(w).calls == 7);
    CHECK(w.skipped.by_reason().size() == 1);
  }
}

TEST_CASE("dumps of pg_stat_statements add up with logs of the same statements", "[pgss]") {
  const std::string dump = "query,calls,total_exec_time\n\"SELECT 1 FROM t WHERE id = $1\",2,4\n";
  Workload w = collect_text(dump, {});
  w = merge(std::move(w), collect_text("2026-11-21 10:00:00.000 UTC [1] LOG:  duration: 3.000 ms  "
                                       "statement: SELECT 1 FROM t WHERE id = 5\n",
                                       {}));
  CHECK(only(w).calls == 3);
}
