#include "collector/collect.hpp"

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"
#include "collector/pieces/piece_document.hpp"
#include "collector/workload/workload_document.hpp"

using namespace quern;
using namespace quern::collector;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kPrefix = "2026-11-21 10:00:00.000 UTC [7] ada@shop ";

std::string line(const std::string& text, const std::string& time = "10:00:00.000", int pid = 7) {
  return "2026-11-21 " + time + " UTC [" + std::to_string(pid) + "] ada@shop " + text + "\n";
}

Workload read(const std::string& text, CollectOptions options = {}) {
  return collect_text(text, options, "shop.log");
}

const QueryClass& only(const Workload& workload) {
  REQUIRE(workload.classes.size() == 1);
  return workload.classes.front();
}

std::uint64_t skipped(const Workload& workload, const std::string& reason) {
  const auto& reasons = workload.skipped.by_reason();
  const auto found = reasons.find(reason);
  return found == reasons.end() ? 0 : found->second.count;
}

const std::string kPlan =
    "\tQuery Text: select a from t where b = 1\n"
    "\tIndex Scan using t_b on public.t  (cost=0.15..8.17 rows=1 width=4) (actual "
    "time=0.01..0.02 rows=3 loops=2)\n"
    "\t  Index Cond: (b = 1)\n";

}  // namespace

TEST_CASE("executions that differ in constants are one class") {
  const Workload w =
      read(line("LOG:  duration: 1.500 ms  statement: SELECT a FROM t WHERE b = 1") +
           line("LOG:  duration: 2.500 ms  statement: select a\n\tfrom t where b='x'"));
  const QueryClass& c = only(w);
  CHECK(c.sql == "SELECT a FROM t WHERE b = $1");
  CHECK(c.kind == StatementKind::Select);
  CHECK(c.calls == 2);
  CHECK(c.total == Microseconds{4000});
  CHECK(c.minimum == Microseconds{1500});
  CHECK(c.maximum == Microseconds{2500});
  CHECK(c.users.at("ada") == 2);
  CHECK(c.databases.at("shop") == 2);
  CHECK(w.input.lines == 3);
  CHECK(w.input.used == 2);
  CHECK(w.input.continuation == 1);
}

TEST_CASE("parse, bind and execute are one execution, with its parameters") {
  const Workload w =
      read(line("LOG:  duration: 0.100 ms  parse q: select a from t where b = $1 and c = $2") +
           line("LOG:  duration: 0.200 ms  bind q: select a from t where b = $1 and c = $2") +
           line("DETAIL:  parameters: $1 = 'O''Brien', $2 = NULL") +
           line("LOG:  duration: 5.000 ms  execute q: select a from t where b = $1 and c = $2") +
           line("DETAIL:  parameters: $1 = 'O''Brien', $2 = NULL"));
  const QueryClass& c = only(w);
  CHECK(c.calls == 1);
  CHECK(c.total == Microseconds{5000});
  CHECK(c.parse_and_bind == Microseconds{300});
  REQUIRE(!c.samples.empty());
  CHECK(c.samples.front().parameters == ParameterValues{"O'Brien", std::nullopt});
  CHECK(c.samples.front().parameters_complete);
}

TEST_CASE("a cut parameter makes the sample incomplete") {
  const Workload w =
      read(line("LOG:  duration: 5.000 ms  execute q: select a from t where b = $1") +
           line("DETAIL:  parameters: $1 = 'abc...'"));
  CHECK_FALSE(only(w).samples.front().parameters_complete);
}

TEST_CASE("a plan and its statement are one execution") {
  const std::string statement =
      line("LOG:  duration: 3.100 ms  statement: select a from t where b = 1");
  const std::string plan = line("LOG:  duration: 3.000 ms  plan:") + kPlan;
  SECTION("simple protocol: the plan comes first") {
    const Workload w = read(plan + statement);
    CHECK(only(w).calls == 1);
    CHECK(only(w).total == Microseconds{3100});
    REQUIRE(only(w).plans.size() == 1);
    CHECK(only(w).plans.front().calls == 1);
    CHECK(only(w).rows == 6);
    CHECK_THAT(only(w).plans.front().example, Contains("\"Index Name\":\"t_b\""));
  }
  SECTION("extended protocol: the plan comes when the portal closes") {
    const std::string execute =
        line("LOG:  duration: 3.100 ms  execute <unnamed>: select a from t where b = 1");
    const std::string parse =
        line("LOG:  duration: 0.100 ms  parse <unnamed>: select a from t where b = 1");
    const Workload w = read(execute + parse + plan + execute);
    CHECK(only(w).calls == 2);
    CHECK(only(w).total == Microseconds{6200});
    CHECK(only(w).plans.front().calls == 1);
  }
  SECTION("the executor's end counts in the plan's time: it may be longer than the line's") {
    const std::string slow_end = line("LOG:  duration: 90.000 ms  plan:", "10:00:00.087") + kPlan;
    const std::string execute =
        line("LOG:  duration: 3.100 ms  execute <unnamed>: select a from t where b = 1");
    CHECK(only(read(execute + slow_end)).calls == 1);
    CHECK(only(read(execute + slow_end + execute + slow_end)).calls == 2);
  }
  SECTION("a plan that began after the execution's end is of another, whose line was not logged") {
    const std::string later = line("LOG:  duration: 90.000 ms  plan:", "10:00:00.100") + kPlan;
    const std::string execute =
        line("LOG:  duration: 3.100 ms  execute <unnamed>: select a from t where b = 1");
    CHECK(only(read(execute + later)).calls == 2);
  }
  SECTION("auto_explain alone") {
    const Workload w = read(plan + plan);
    CHECK(only(w).calls == 2);
    CHECK(only(w).total == Microseconds{6000});
  }
  SECTION("the plan of another session's statement stays there") {
    const Workload w =
        read(line("LOG:  duration: 3.000 ms  plan:", "10:00:00.000", 8) + kPlan + statement);
    CHECK(only(w).calls == 2);
  }
  SECTION("JSON") {
    const Workload w =
        read(line("LOG:  duration: 3.000 ms  plan:") +
             "\t{\n\t  \"Query Text\": \"select a from t where b = 1\",\n"
             "\t  \"Plan\": {\"Node Type\": \"Seq Scan\", \"Relation Name\": \"t\"}\n"
             "\t}\n" +
             statement);
    CHECK(only(w).calls == 1);
    CHECK(only(w).plans.front().example ==
          "{\"Plan\":{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"t\"}}");
  }
}

TEST_CASE("the rows of a statement that writes are those that come to its ModifyTable") {
  const std::string sql = "update t set a = 1 where b = 2";
  const std::string text =
      "\tQuery Text: " + sql +
      "\n"
      "\tUpdate on t  (cost=0.00..8.17 rows=0 width=0) (actual rows=0 loops=1)\n"
      "\t  InitPlan 1 (returns $0)\n"
      "\t    ->  Result  (cost=0.00..0.01 rows=1 width=4) (actual rows=1 "
      "loops=1)\n"
      "\t  ->  Seq Scan on t  (cost=0.00..8.17 rows=9 width=10) (actual rows=4 "
      "loops=1)\n";
  const std::string json =
      "\t{\"Query Text\": \"" + sql +
      "\", \"Plan\": {\"Node Type\": \"ModifyTable\", \"Operation\": \"Update\", \"Actual Rows\": "
      "0, "
      "\"Actual Loops\": 1, \"Plans\": [{\"Node Type\": \"Result\", \"Parent Relationship\": "
      "\"InitPlan\", \"Actual Rows\": 1, \"Actual Loops\": 1}, {\"Node Type\": \"Seq Scan\", "
      "\"Parent Relationship\": \"Outer\", \"Actual Rows\": 4, \"Actual Loops\": 1}]}}\n";
  const std::string statement = line("LOG:  duration: 3.100 ms  statement: " + sql);
  for (const std::string& plan : {text, json}) {
    // Two of three executions were sampled.
    const std::string planned = line("LOG:  duration: 3.000 ms  plan:") + plan + statement;
    const Workload w = read(planned + planned + statement);
    CHECK(only(w).calls == 3);
    CHECK(only(w).rows == 8);
    CHECK(only(w).with_rows == 2);
    CHECK(read_workload(write_workload(w), "x") == w);
  }
}

TEST_CASE("the statements of a function are executions, their time a part of its caller's") {
  const std::string plan = line("LOG:  duration: 0.050 ms  plan:", "10:00:00.999") + kPlan;
  const std::string context =
      line("CONTEXT:  SQL statement \"select a from t where b = 1\"", "10:00:00.999") +
      "\tPL/pgSQL function f() line 1 at SQL statement\n";
  const auto check = [](const Workload& w) {
    REQUIRE(w.classes.size() == 2);
    const QueryClass& inner = w.classes[0].nested == 0 ? w.classes[1] : w.classes[0];
    const QueryClass& outer = w.classes[0].nested == 0 ? w.classes[0] : w.classes[1];
    CHECK(inner.sql == "SELECT a FROM t WHERE b = $1");
    CHECK(inner.calls == 1);
    CHECK(inner.nested == 1);
    CHECK(inner.nested_total == inner.total);
    CHECK(inner.plans.size() == 1);
    CHECK(outer.sql == "SELECT f()");
    CHECK(outer.nested == 0);
    CHECK(time_of(w) == outer.total);
  };
  SECTION("its CONTEXT tells") {
    check(read(plan + context +
               line("LOG:  duration: 0.100 ms  statement: select f()", "10:00:01.000")));
  }
  SECTION("so it does in any place of a log, whoever else writes") {
    check(read(line("LOG:  duration: 0.200 ms  execute q: select f()", "10:00:00.990") + plan +
               context));
  }
  SECTION("without one, the time that it took") {
    check(read(line("LOG:  duration: 50.000 ms  plan:", "10:00:00.900") + kPlan +
               line("LOG:  duration: 900.000 ms  statement: select f()", "10:00:01.000")));
  }
}

TEST_CASE("a CONTEXT of the statement's own parameters is no nesting") {
  const Workload w =
      read(line("LOG:  duration: 3.100 ms  execute <unnamed>: select a from t where b = 1") +
           line("LOG:  duration: 3.000 ms  plan:") + kPlan +
           line("CONTEXT:  unnamed portal with parameters: $1 = '1'"));
  CHECK(only(w).calls == 1);
  CHECK(only(w).nested == 0);
  CHECK(only(w).plans.size() == 1);
}

TEST_CASE("a query string of several statements is as many executions") {
  SECTION("its time is that of the one on data") {
    const Workload w = read(
        line("LOG:  duration: 3.000 ms  plan:") +
        "\tQuery Text: begin; select a from t where b = 1; commit\n"
        "\tIndex Scan using t_b on public.t  (cost=0.15..8.17 rows=1 width=4)\n" +
        line("LOG:  duration: 3.100 ms  statement: begin; select a from t where b = 1; commit"));
    REQUIRE(w.classes.size() == 3);
    for (const QueryClass& c : w.classes) {
      CHECK(c.calls == 1);
      CHECK(c.untimed == (c.kind == StatementKind::Select ? 0 : 1));
      CHECK(c.plans.size() == (c.kind == StatementKind::Select ? 1 : 0));
    }
    CHECK(time_of(w) == Microseconds{3100});
  }
  SECTION("several share it; whose plan it is nothing tells") {
    const std::string sql = "select 1; select a from t where b = ';' -- ; \n\t; select 2;";
    const Workload w =
        read(line("LOG:  statement: " + sql) + line("LOG:  duration: 1.000 ms  plan:") +
             "\tQuery Text: " + sql + "\n\tResult  (cost=0.00..0.01 rows=1 width=4)\n" +
             line("LOG:  duration: 3.100 ms"));
    REQUIRE(w.classes.size() == 2);
    CHECK(w.classes[0].calls + w.classes[1].calls == 3);
    CHECK(time_of(w) == Microseconds{3100});
    CHECK(skipped(w, "duration of several statements in one text: shared evenly") == 1);
    CHECK(skipped(w, "auto_explain plan of one of several statements in one text") == 1);
  }
  SECTION("an error is one of the statement on data") {
    const std::string sql = "begin; update t set a = 1 / 0; commit";
    const Workload w = read(line("ERROR:  division by zero") + line("STATEMENT:  " + sql));
    CHECK(only(w).sql == "UPDATE t SET a = $1 / $2");
    CHECK(only(w).errors == 1);
  }
  SECTION("one whose parts only look like statements") {
    const Workload w = read(
        line("LOG:  duration: 1.0 ms  statement: create rule r as on insert to t do also (delete "
             "from u; insert into v values (1))") +
        line("LOG:  duration: 1.0 ms  statement: create function f() returns int begin atomic "
             "select 1; select 2; end") +
        line("LOG:  duration: 1.0 ms  statement: do $$ begin perform 1; perform 2; end $$;"));
    CHECK(w.classes.size() == 3);
    CHECK(w.skipped.by_reason().empty());
  }
  SECTION("and none at all") {
    const Workload w = read(line("LOG:  duration: 0.1 ms  statement: ; -- ping") +
                            line("LOG:  duration: 0.1 ms  statement: select 1"));
    CHECK(only(w).calls == 1);
    CHECK(skipped(w, "empty statement") == 1);
  }
}

TEST_CASE("a plan of a statement that was logged at its start is its own, and times it") {
  const Workload w = read(line("LOG:  statement: select a from t where b = 1") +
                          line("LOG:  duration: 3.000 ms  plan:") + kPlan +
                          line("LOG:  statement: select a from t where b = 2"));
  CHECK(only(w).calls == 2);
  CHECK(only(w).untimed == 1);
  CHECK(only(w).total == Microseconds{3000});
  CHECK(only(w).plans.front().calls == 1);
}

TEST_CASE("a bare duration belongs to the statement before it in its session") {
  const Workload w = read(
      line("LOG:  statement: select 1") + line("LOG:  duration: 9.000 ms", "10:00:00.000", 8) +
      line("LOG:  duration: 2.000 ms") + line("LOG:  statement: select 2") +
      line("ERROR:  canceling statement due to statement timeout") + line("STATEMENT:  select 2"));
  CHECK(only(w).calls == 1);
  CHECK(only(w).total == Microseconds{2000});
  CHECK(only(w).errors == 1);
  CHECK(only(w).cancelled == 1);
  CHECK(skipped(w, "duration without its statement") == 1);
}

TEST_CASE("statements without a duration are untimed calls") {
  const Workload w = read(line("LOG:  statement: select 1") + line("LOG:  statement: select 2"));
  CHECK(only(w).calls == 2);
  CHECK(only(w).untimed == 2);
  CHECK(only(w).total == Microseconds{0});
}

TEST_CASE("fetches add to their execution") {
  const Workload w =
      read(line("LOG:  duration: 1.000 ms  execute S_1/C_2: select a from t") +
           line("LOG:  duration: 2.000 ms  execute fetch from S_1/C_2: select a from t") +
           line("LOG:  duration: 3.000 ms  execute fetch from S_1/C_2: select a from t"));
  CHECK(only(w).calls == 1);
  CHECK(only(w).total == Microseconds{6000});
}

TEST_CASE("EXECUTE of a prepared statement is an execution of that statement") {
  const Workload w = read(
      line("LOG:  duration: 1.000 ms  statement: EXECUTE find(7, 'x');") +
      line(
          "DETAIL:  prepare: PREPARE find(int, text) AS SELECT a FROM t WHERE b = $1 AND c = $2;"));
  CHECK(only(w).sql == "SELECT a FROM t WHERE b = $1 AND c = $2");
  CHECK(only(w).samples.front().parameters == ParameterValues{"7", "x"});
}

TEST_CASE("temporary files, lock waits and server events") {
  const Workload w = read(
      line("LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp1.0\", size 4096") +
      line("STATEMENT:  select a from t order by b") +
      line("LOG:  process 7 still waiting for ShareLock on transaction 9 after 1000.119 ms") +
      line("DETAIL:  Process holding the lock: 1. Wait queue: 7.") +
      line("STATEMENT:  select a from t order by b") +
      line("LOG:  process 7 acquired ShareLock on transaction 9 after 1500.000 ms") +
      line("STATEMENT:  select a from t order by b") + line("LOG:  checkpoint complete: wrote 1") +
      line("LOG:  connection authorized: user=ada") + line("ERROR:  deadlock detected") +
      line("STATEMENT:  select a from t order by b") +
      line("LOG:  automatic vacuum of table \"t\": x"));
  CHECK(only(w).temp_bytes == 4096);
  CHECK(only(w).temp_files == 1);
  CHECK(only(w).lock_waits == 1);
  CHECK(only(w).lock_wait_time == Microseconds{1500000});
  CHECK(only(w).errors == 1);
  CHECK(w.events.checkpoints == 1);
  CHECK(w.events.connections == 1);
  CHECK(w.events.autovacuums == 1);
  CHECK(w.events.deadlocks == 1);
}

TEST_CASE("runs of one statement with changing values are N+1 evidence") {
  std::string log = line("LOG:  duration: 1.000 ms  statement: select id from orders");
  for (int i = 0; i < 12; ++i) {
    log +=
        line("LOG:  duration: 1.000 ms  statement: select a from t where b = " + std::to_string(i));
  }
  const Workload w = read(log);
  REQUIRE(w.patterns.size() == 1);
  CHECK(w.patterns.front().longest == 12);
  CHECK(w.patterns.front().predecessors.size() == 1);
}

TEST_CASE("the lengths of IN lists are kept") {
  const Workload w =
      read(line("LOG:  duration: 1.0 ms  statement: select a from t where b in (1)") +
           line("LOG:  duration: 1.0 ms  statement: select a from t where b in (1,2,3)"));
  CHECK(only(w).list_lengths == std::map<std::uint32_t, std::uint64_t>{{1, 1}, {3, 1}});
}

TEST_CASE("verbose errors and other languages' tags") {
  const Workload w =
      read(line("LOG:  00000: duration: 1.000 ms  statement: select 1") +
           line("LOCATION:  exec_simple_query, postgres.c:1300") +
           line("FEHLER:  22012: division durch null") + line("ANWEISUNG:  select 1"));
  CHECK(only(w).calls == 1);
  CHECK(only(w).errors == 1);
  CHECK(w.events.errors_by_sqlstate.at("22012") == 1);
}

TEST_CASE("filters") {
  const std::string log = line("LOG:  duration: 1.0 ms  statement: select 1", "10:00:00.000") +
                          line("LOG:  duration: 1.0 ms  statement: select 1", "11:00:00.000");
  CollectOptions options;
  options.filter.since_us = 1795258800000000;  // 11:00
  const Workload w = read(log, options);
  CHECK(only(w).calls == 1);
  CHECK(w.input.filtered == 1);
  options.filter.users = {"nobody"};
  CHECK_THROWS_WITH(read(log, options), Contains("filtered out"));
}

TEST_CASE("weighted SQL") {
  CollectOptions options;
  options.format = LogFormat::Sql;
  const Workload w = read(
      "-- quern: calls=1200 mean_ms=3.4\nselect a from t\nwhere b = 1;\n\n"
      "-- an ordinary comment\nselect ';' ; update t set a = 1;\n\\echo x\n",
      options);
  REQUIRE(w.classes.size() == 3);
  CHECK(w.classes[0].calls == 1200);
  CHECK(w.classes[0].total == Microseconds{1200 * 3400});
  CHECK(w.classes[1].untimed == 1);
  CHECK(w.input.lines == w.input.used + w.input.continuation + w.input.skipped);
}

// --- bad input -------------------------------------------------------------------------------

TEST_CASE("an unknown format is an error with a diagnosis") {
  CHECK_THROWS_WITH(
      read("<html>\n<body>hello</body>\n"),
      Contains("shop.log: not a PostgreSQL log") && Contains("<html>") && Contains("--prefix"));
  CHECK_THROWS_WITH(read(""), Contains("empty"));
  CHECK_THROWS_WITH(read(std::string(5000, '\x01') + "\n\x02\x03\n"), Contains("binary"));
}

TEST_CASE("a wrong --prefix is an error that names a better one") {
  CollectOptions options;
  options.prefix = "%t:%r:%u@%d:[%p]:";
  options.format = LogFormat::Stderr;
  CHECK_THROWS_WITH(
      read(line("LOG:  duration: 1.0 ms  statement: select 1"), options),
      Contains("no line matches --prefix '%t:%r:%u@%d:[%p]:'") && Contains("%m [%p] %q%u@%d "));
}

TEST_CASE("a wrong --format is an error") {
  CollectOptions options;
  options.format = LogFormat::Csv;
  CHECK_THROWS_WITH(read(line("LOG:  duration: 1.0 ms  statement: select 1"), options),
                    Contains("no record of format csvlog"));
}

TEST_CASE("foreign lines, junk and mixed encodings are skipped or escaped, and counted") {
  const Workload w = read("pg_ctl: could not start server\n" +
                          line("LOG:  duration: 1.0 ms  statement: select 'caf\xE9'") +
                          std::string("\0\x01\x02junk\xff\n", 9) + "\tlost\n\n" +
                          line("LOG:  duration: 1.0 ms  statement: select 'z\xC3\xBC'"));
  CHECK(only(w).calls == 2);
  CHECK(skipped(w, "line without the log_line_prefix") == 2);
  CHECK(skipped(w, "continuation line without its message") == 1);
  CHECK(skipped(w, "empty line") == 1);
  CHECK(skipped(w, "bytes that are not UTF-8, kept as \\xHH") == 1);
  CHECK(w.input.lines == w.input.used + w.input.continuation + w.input.skipped);
}

TEST_CASE("SQL that does not parse is counted with its first place") {
  const Workload w = read(line("LOG:  duration: 1.0 ms  statement: select 1") +
                          line("LOG:  duration: 1.0 ms  statement: selekt 1") +
                          line("LOG:  duration: 1.0 ms  statement: selekt 2"));
  CHECK(skipped(w, "SQL that does not parse") == 2);
  CHECK(w.skipped.by_reason().at("SQL that does not parse").first == TextPosition{"shop.log", 2});
}

TEST_CASE("a statement that the server refused is told from one that only we can not read") {
  const Workload w = read(line("LOG:  duration: 1.0 ms  statement: select 1") +
                          line("ERROR:  syntax error at or near \"FORM\" at character 10") +
                          line("STATEMENT:  SELECT * FORM orders"));
  CHECK(skipped(w, "failed statement whose SQL does not parse") == 1);
  CHECK(skipped(w, "SQL that does not parse") == 0);
}

TEST_CASE("a line of 100 MB is cut and counted") {
  std::string log = line("LOG:  duration: 1.0 ms  statement: select 1");
  log += line("LOG:  duration: 1.0 ms  statement: select '" + std::string(100'000'000, 'x') + "'");
  log += line("LOG:  duration: 1.0 ms  statement: select 2");
  const Workload w = read(log);
  CHECK(only(w).calls >= 2);
  CHECK(skipped(w, "message cut at 16 MiB") == 1);
  CHECK(w.input.lines == 3);
}

TEST_CASE("statements nested deeper than the parser can take are counted") {
  const Workload w =
      read(line("LOG:  duration: 1.0 ms  statement: select 1") +
           line("LOG:  duration: 1.0 ms  statement: select " + std::string(200'000, '(') + "1"));
  CHECK(skipped(w, "SQL that does not parse") == 1);
}

TEST_CASE("distinct statements beyond the limit are counted, not held") {
  CollectOptions options;
  options.limits.classes = 10;
  std::string log;
  for (char a = 'a'; a <= 'j'; ++a) {
    for (char b = 'a'; b <= 'j'; ++b) {
      log += line(std::string{"LOG:  duration: 1.0 ms  statement: select a from t_"} + a + b);
    }
  }
  const Workload w = read(log, options);
  const std::size_t at_the_ends = 2;  // the first and last statement are kept apart
  CHECK(w.classes.size() <= 10 + at_the_ends);
  CHECK(skipped(w, "statement beyond the limit of distinct statements") == 100 - w.classes.size());
}

TEST_CASE("no password of a role statement is kept") {
  const Workload w =
      read(line("LOG:  duration: 1.0 ms  statement: ALTER ROLE ada PASSWORD 'hunter2'"));
  CHECK(only(w).sql.find("hunter2") == std::string::npos);
  CHECK(only(w).samples.empty());
  // Nor among what hangs over the ends of the input.
  const std::string statement = "statement: ALTER ROLE ada PASSWORD 'hunter2'";
  for (const std::string& log :
       {line("LOG:  duration: 1.0 ms  " + statement), line("LOG:  " + statement),
        line("LOG:  duration: 1.0 ms  execute s: ALTER ROLE ada PASSWORD\n\t'hunter2'"),
        line("ERROR:  role \"ada\" does not exist") + line("STATEMENT:  " + statement),
        line("LOG:  duration: 1.0 ms  plan:\n\tQuery Text: ALTER ROLE ada PASSWORD 'hunter2'\n" +
             kPlan.substr(kPlan.find("\tIndex")))}) {
    for (const std::string& after : {std::string{}, line("LOG:  checkpoint complete: wrote 1")}) {
      const std::string document = write_piece(collect_piece_text(log + after, {}, "shop.log"));
      CHECK(document.find("hunter2") == std::string::npos);
    }
  }
}

TEST_CASE("what hangs over the ends of an input stays small") {
  std::string log;
  for (int pid = 1; pid <= 30'000; ++pid) {
    log += line("LOG:  duration: 1.000 ms  execute s: select a from t", "10:00:00.000", pid);
  }
  const WorkloadPiece piece = collect_piece_text(log, {}, "shop.log");
  CHECK(piece.ends.sessions.size() <= 2000);
  CHECK(settled(piece).classes.front().calls == 30'000);
}

TEST_CASE("CRLF files and a byte order mark") {
  const std::string log = std::string{"\xEF\xBB\xBF"} + kPrefix +
                          "LOG:  duration: 1.0 ms  statement: select a\r\n\tfrom t\r\n";
  CHECK(only(read(log)).samples.front().sql == "select a\nfrom t");
}

TEST_CASE("a vertical tab is no white space to the parser, whatever text came before") {
  const std::string line = "2026-11-21 10:00:00.000 UTC [1] LOG:  duration: 1.000 ms  statement: ";
  const std::string sound = line + "select a from t where b = 1 and c\n";
  const std::string odd = line + "select a from t where b = 1\vand c\n";
  for (const std::string& log : {sound + odd, odd + sound}) {
    const Workload w = collect_text(log, {});
    REQUIRE(w.classes.size() == 1);
    CHECK(w.classes.front().calls == 1);
    CHECK(w.skipped.by_reason().at("SQL that does not parse").count == 1);
  }
}
