#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/collect.hpp"
#include "collector/workload/add_statistics.hpp"

#include "tests/support/temporary_folder.hpp"

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

TEST_CASE("a dump beside the log of the same time counts what the log has not", "[pgss]") {
  CollectOptions options;
  options.prefix = "%m [%p] ";
  const std::string begin = "2026-11-21 10:00:00.000 UTC [7] LOG:  ";
  const Workload log =
      collect_text(begin + "duration: 3.000 ms  statement: SELECT 1 FROM t WHERE id = 4\n" + begin +
                       "duration: 9.000 ms  statement: SELECT 2 FROM u\n" + begin +
                       "statement: DELETE FROM t WHERE id = 4\n",
                   options);
  const Workload dump = collect_text(
      "query,calls,total_exec_time,min_exec_time,max_exec_time,rows\n"
      "SELECT $2 FROM t WHERE id = $1,5,7,0.5,3,5\n"
      "SELECT $1 FROM u,1,8,8,8,40\n"
      "DELETE FROM t WHERE id = $1,1,2,2,2,1\n"
      "INSERT INTO t VALUES ($1),6,6,1,1,6\n",
      {});
  Workload both = log;
  add_statistics(both, dump);
  const auto sum = [&](StatementKind kind, const char* table) {
    for (const QueryClass& c : both.classes) {
      if (c.kind == kind && c.sql.find(table) != std::string::npos) {
        return fmt::format("{} calls, {} untimed, {} us in {} bins, {} to {}, {} rows, {} samples",
                           c.calls, c.untimed, c.total.count(), c.durations.count(),
                           c.minimum.count(), c.maximum.count(), c.rows.value_or(0),
                           c.samples.size());
      }
    }
    return std::string{};
  };
  CHECK(both.classes.size() == 4);
  CHECK(sum(StatementKind::Select, "FROM t") ==
        "5 calls, 0 untimed, 7000 us in 5 bins, 500 to 3000, 5 rows, 2 samples");
  CHECK(sum(StatementKind::Select, "FROM u") ==
        "1 calls, 0 untimed, 9000 us in 1 bins, 9000 to 9000, 40 rows, 2 samples");
  CHECK(sum(StatementKind::Delete, "FROM t") ==
        "1 calls, 0 untimed, 2000 us in 1 bins, 2000 to 2000, 1 rows, 2 samples");
  CHECK(sum(StatementKind::Insert, "INTO t").substr(0, 30) == "6 calls, 0 untimed, 6000 us in");
}

TEST_CASE("a dump whose texts may not be seen is joined by the query ids that a log tells",
          "[pgss]") {
  const std::string csv_log =
      R"(2026-11-21 10:00:00.000 UTC,"ada","shop",7,"[local]",6b00f997.1,1,"SELECT",)"
      R"(2026-11-21 09:00:00 UTC,3/1,0,LOG,00000,)"
      R"("duration: 3.000 ms  statement: SELECT a FROM t WHERE id = 4",,,,,,,,,"","client backend",,-77)"
      "\n";
  const std::string json_log =
      R"({"timestamp":"2026-11-21 10:00:00.000 UTC","pid":7,"error_severity":"LOG",)"
      R"("message":"duration: 3.000 ms  statement: SELECT a FROM t WHERE id = 4","query_id":-77})"
      "\n";
  const std::string stderr_log =
      "2026-11-21 10:00:00.000 UTC [7] query_id=-77 LOG:  duration: 3.000 ms  statement: SELECT a "
      "FROM t WHERE id = 4\n";
  for (const std::string& log : {csv_log, json_log, stderr_log}) {
    Workload w = collect_text(log, {});
    INFO(log);
    CHECK(only(w).query_ids == std::set<std::int64_t>{-77});
    HiddenStatement seen{-77, {5, Microseconds{9000}, Microseconds{100}, Microseconds{4000}, 50}};
    HiddenStatement other{78, {1, Microseconds{1}, Microseconds{1}, Microseconds{1}, 1}};
    add_statistics(w, Workload{}, {seen, other});
    const QueryClass& c = only(w);
    CHECK(c.calls == 5);
    CHECK(c.total == Microseconds{9000});
    CHECK(c.maximum == Microseconds{4000});
    CHECK(c.rows == 50);
    CHECK(w.skipped.by_reason().at("pg_stat_statements row whose query may not be seen").count ==
          1);
  }
}

TEST_CASE("a verbose plan tells its statement's query id", "[pgss]") {
  for (const char* plan : {"\tQuery Text: SELECT a FROM t WHERE id = 4\n"
                           "\tSeq Scan on public.t  (cost=0.00..1.00 rows=1 width=4)\n"
                           "\t  Output: a\n\tQuery Identifier: -77\n",
                           "\t{ \"Query Text\": \"SELECT a FROM t WHERE id = 4\",\n\t\"Plan\": {\n"
                           "\t\"Node Type\": \"Seq Scan\", \"Relation Name\": \"t\" },\n"
                           "\t\"Query Identifier\": -77\n\t}\n"}) {
    INFO(plan);
    Workload w = collect_text(
        std::string{"2026-11-21 10:00:00.000 UTC [7] LOG:  duration: 3.000 ms  plan:\n"} + plan,
        {});
    const StatementCounts counts{5, Microseconds{9000}, Microseconds{1}, Microseconds{4000}, 50};
    add_statistics(w, Workload{}, {{-77, counts}});
    CHECK(only(w).calls == 5);
  }
}

TEST_CASE("rows without a text add up by their query id", "[pgss]") {
  const std::string log =
      "2026-11-21 10:00:00.000 UTC [7] query_id=-77 LOG:  duration: 3.000 ms  statement: SELECT a "
      "FROM t WHERE id IN (4)\n"
      "2026-11-21 10:00:01.000 UTC [7] query_id=12 LOG:  duration: 3.000 ms  statement: SELECT a "
      "FROM t WHERE id IN (4, 5)\n";
  for (const std::string& dump :
       {std::string{"queryid,calls,total_exec_time\n-77,10,40.5\n12,5,9.5\n99,1,1\n"},
        std::string{"queryid,query,calls,total_exec_time\n-77,<insufficient privilege>,10,40.5\n"
                    "12,,5,9.5\n99,<insufficient privilege>,1,1\n"},
        std::string{R"([{"queryid":-77,"calls":10,"total_exec_time":40.5},)"
                    R"({"queryid":"12","calls":5,"total_exec_time":9.5},)"
                    R"({"queryid":99,"calls":1,"total_exec_time":1}])"}}) {
    INFO(dump);
    const testing::TemporaryFolder folder;
    const Workload w =
        collect({folder.write("postgresql.log", log), folder.write("statements", dump)}, {});
    const QueryClass& c = only(w);
    CHECK(c.calls == 15);
    CHECK(c.total == Microseconds{50'000});
    CHECK(w.skipped.by_reason().size() == 1);
  }
}

TEST_CASE("pg_stat_statements as psql prints it, with a query of several lines", "[pgss]") {
  const Workload w = collect_text(
      " queryid |   query    | calls | total_exec_time \n"
      "---------+------------+-------+-----------------\n"
      "      -7 | SELECT a  +|     7 |             3.5 \n"
      "         |   FROM t  +|       |                 \n"
      "         | WHERE b=$1 |       |                 \n"
      "      12 | SELECT $1  |     2 |             1.5 \n"
      "(2 rows)\n",
      {});
  REQUIRE(w.classes.size() == 2);
  CHECK(w.classes.front().sql == "SELECT a FROM t WHERE b = $1");
  CHECK(w.classes.front().calls == 7);
  CHECK(w.classes.front().total == Microseconds{3500});
  CHECK(w.classes.back().calls == 2);
  CHECK(w.skipped.by_reason().empty());
}
