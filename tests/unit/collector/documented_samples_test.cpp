// A line of every kind of log that PostgreSQL's users have, as its documentation or its users show
// it: alone in a file, it is recognized, and its fields are read.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/base/time_text.hpp"
#include "collector/logs/detect_format.hpp"
#include "collector/logs/envelopes/unwrapper.hpp"
#include "collector/logs/log_reader.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

struct Sample {
  std::string text;
  std::string format;  ///< what it is recognized as; of stderr logs the prefix too
  std::string fields;  ///< time, [session], user@database, application, SQLSTATE
  std::string message;
  std::string detail = {}, statement = {};
};

const std::vector<Sample> kSamples = {
    // stderr
    {"2017-09-06 08:41:41 UTC [36]: [121-1] "
     "user=postgres,db=postgres,app=pgbench,client=172.23.0.1 "
     "LOG:  duration: 2.280 ms  statement: END;",
     "stderr, log_line_prefix '%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h '",
     "2017-09-06T08:41:41Z [36] postgres@postgres pgbench ", "duration: 2.280 ms  statement: END;"},
    {"2018-08-22 16:00:04 UTC:ec2-1-1-1-1.compute-1.amazonaws.com(48808):myuser@mydb:[18762]:LOG:  "
     "duration: 3668.685 ms  execute <unnamed>: SELECT 1",
     "stderr, log_line_prefix '%t:%r:%u@%d:[%p]:'", "2018-08-22T16:00:04Z [18762] myuser@mydb  ",
     "duration: 3668.685 ms  execute <unnamed>: SELECT 1"},
    {"2020-06-21 22:37:10 UTC-5eefe116.22f4-LOG:  could not receive data from client: x",
     "stderr, log_line_prefix '%t-%c-'", "2020-06-21T22:37:10Z [5eefe116.22f4] @  ",
     "could not receive data from client: x"},
    {"2018-09-27 06:57:02.779 UTC [20194] [user=postgres,db=postgres,app=psql,host=127.0.0.1] "
     "ERROR: "
     " canceling statement due to user request",
     "stderr, log_line_prefix '%m [%p] %q[user=%u,db=%d,app=%a,host=%h] '",
     "2018-09-27T06:57:02.779000Z [20194] postgres@postgres psql ",
     "canceling statement due to user request"},
    {"2022-02-17 14:45:10.440 UTC [691] [queryid=1081270519976314062] postgres@stackoverflow LOG:  "
     "duration: 0.140 ms  statement: set x = 1",
     "stderr, log_line_prefix '%m [%p] [queryid=%Q] %u@%d '",
     "2022-02-17T14:45:10.440000Z [691] postgres@stackoverflow  ",
     "duration: 0.140 ms  statement: set x = 1"},
    {"'2020-03-07T16:09:43Z UTC [ db=dev user=rdsdb pid=16929 userid=1 xid=7382 ]' LOG: statement: "
     "SELECT 1",
     "stderr, log_line_prefix ''%t UTC [ db=%d user=%u pid=%p userid=%l xid=%x ]' '",
     "2020-03-07T16:09:43Z [16929] rdsdb@dev  ", "statement: SELECT 1"},
    // csvlog of 14, of 13, of 12; quoted by an exporter
    {"2026-11-21 01:53:27.725 "
     "UTC,\"postgres\",\"postgres\",17192,\"[local]\",6b00f997.4328,2,\"BIND\""
     ",2026-11-21 01:53:27 UTC,2/21,0,LOG,00000,\"duration: 0.517 ms  bind P_0: select amount, "
     "'x\ny' from ord where id = $1\",\"parameters: $1 = '7'\",,,,,,,,\"pgbench\",\"client "
     "backend\",,-2372361722088869857",
     "csvlog", "2026-11-21T01:53:27.725000Z [17192] postgres@postgres pgbench 00000",
     "duration: 0.517 ms  bind P_0: select amount, 'x\ny' from ord where id = $1",
     "parameters: $1 = '7'"},
    {"2020-11-21 01:53:27.725 "
     "CET,\"web\",\"shop\",17192,\"[local]\",6b00f997.4328,2,\"SELECT\",2020-"
     "11-21 01:53:27 CET,2/21,0,ERROR,22012,\"division by \"\"zero\"\"\",,,,,,\"select "
     "1/0\",,,\"psql\",\"client backend\"",
     "csvlog", "2020-11-21T00:53:27.725000Z [17192] web@shop psql 22012", "division by \"zero\"",
     "", "select 1/0"},
    {"2017-11-21 01:53:27.725 "
     "UTC,\"web\",\"shop\",17192,\"[local]\",6b00f997.4328,2,\"SELECT\",2017-"
     "11-21 01:53:27 UTC,2/21,0,ERROR,22012,\"division by zero\",,,,,,\"select 1/0\",,,\"psql\"",
     "csvlog", "2017-11-21T01:53:27.725000Z [17192] web@shop psql 22012", "division by zero", "",
     "select 1/0"},
    {"\"2017-11-21 01:53:27.725 "
     "UTC\",\"web\",\"shop\",17192,\"[local]\",6b00f997.4328,2,\"SELECT\","
     "2017-11-21 01:53:27 UTC,2/21,0,LOG,00000,\"statement: select 1\",,,,,,,,,\"psql\"",
     "csvlog", "2017-11-21T01:53:27.725000Z [17192] web@shop psql 00000", "statement: select 1"},
    // jsonlog, and the extension's
    {R"({"timestamp":"2026-11-21 01:53:27.701 UTC","user":"postgres","dbname":"postgres","pid":17188,"remote_host":"[local]","session_id":"6b00f997.4324","line_num":24,"ps":"SELECT","session_start":"2026-11-21 01:53:27 UTC","vxid":"2/17","txid":0,"error_severity":"ERROR","state_code":"22012","message":"division by zero","statement":"select 1/0;","application_name":"psql","backend_type":"client backend","query_id":-8441324848661855122})",
     "jsonlog", "2026-11-21T01:53:27.701000Z [17188] postgres@postgres psql 22012",
     "division by zero", "", "select 1/0;"},
    {R"({"timestamp":"2020-11-21 01:53:27.701 UTC","user":"web","dbname":"shop","pid":17188,"error_severity":"LOG","state_code":"00000","message":"duration: 0.5 ms  execute q: select 1","detail_log":"parameters: $1 = '7'"})",
     "jsonlog", "2020-11-21T01:53:27.701000Z [17188] web@shop  00000",
     "duration: 0.5 ms  execute q: select 1", "parameters: $1 = '7'"},
    // syslog
    {"Feb 11 13:15:39 test-pc postgres[10808]: [3-1] db=,user=,app=,client= LOG:  ending log "
     "output "
     "to stderr\nFeb 11 13:15:39 test-pc postgres[10808]: [3-2] db=,user=,app=,client= HINT:  "
     "Future "
     "log output will go to log destination \"syslog\".",
     "stderr in syslog lines, log_line_prefix 'db=%d,user=%u,app=%a,client=%h '",
     "2026-02-11T13:15:39Z [10808] @  ", "ending log output to stderr"},
    {"2021-03-01T10:11:12.123456+01:00 host postgres[123]: [5-1] user=web,db=shop LOG:  duration: "
     "1.5 "
     "ms  statement: select 1",
     "stderr in syslog lines, log_line_prefix 'user=%u,db=%d '",
     "2021-03-01T09:11:12.123456Z [123] web@shop  ", "duration: 1.5 ms  statement: select 1"},
    {"<134>1 2021-03-01T10:11:12.123456+01:00 host postgres 123 - -  [5-1] user=web,db=shop LOG:  "
     "duration: 1.5 ms  statement: select 1",
     "stderr in syslog lines, log_line_prefix 'user=%u,db=%d '",
     "2021-03-01T09:11:12.123456Z [123] web@shop  ", "duration: 1.5 ms  statement: select 1"},
    // Heroku
    {"2019-03-14T00:22:56+00:00 app[postgres.4882]: [GREEN] [15-1]  sql_error_code = 00000 LOG:  "
     "process 4882 still waiting for ShareLock on transaction 259635360 after 1000.119 ms",
     "stderr in syslog lines, log_line_prefix ' sql_error_code = %e '",
     "2019-03-14T00:22:56Z [4882] @GREEN  00000",
     "process 4882 still waiting for ShareLock on transaction 259635360 after 1000.119 ms"},
    {"2021-09-07T04:01:27+00:00 d.af28b93f-e4fb-4f3c-9bd0-d0b8c9a6c3b2 app[postgres.5925] [AQUA] "
     "[921320-1]  sql_error_code = 00000 LOG:  duration: 1 ms  statement: select\n"
     "2021-09-07T04:01:27+00:00 d.af28b93f-e4fb-4f3c-9bd0-d0b8c9a6c3b2 app[postgres.5925] [AQUA] "
     "[921320-2]         (",
     "stderr in syslog lines, log_line_prefix ' sql_error_code = %e '",
     "2021-09-07T04:01:27Z [5925] @AQUA  00000", "duration: 1 ms  statement: select\n        ("},
    {"451 <134>1 2023-06-05T19:33:14+00:00 host app postgres.1105947 - [YELLOW] [12-1]  "
     "sql_error_code "
     "= 00000 time_ms = \"2023-06-05 19:33:14.793 UTC\" pid=\"1991397\" "
     "proc_start_time=\"2023-06-05 "
     "19:18:32 UTC\" session_id=\"647e3878.1e62e5\" vtid=\"2/0\" tid=\"0\" log_line=\"3\" "
     "database=\"shop\" connection_source=\"1.2.3.4(52212)\" user=\"web\" application_name=\"puma: "
     "cluster\" LOG:  duration: 2405.887 ms  statement: WITH naptime(value) AS (",
     "stderr in syslog lines, log_line_prefix ' sql_error_code = %e time_ms = \"%m\" pid=\"%p\" "
     "proc_start_time=\"%s\" session_id=\"%c\" vtid=\"%v\" tid=\"%x\" log_line=\"%l\" "
     "%qdatabase=\"%d\" connection_source=\"%r\" user=\"%u\" application_name=\"%a\" '",
     "2023-06-05T19:33:14.793000Z [1991397] web@shop puma: cluster 00000",
     "duration: 2405.887 ms  statement: WITH naptime(value) AS ("},
    // Clouds
    {"2020-08-22T16:00:04.123Z 2020-08-22 16:00:04 UTC:10.0.0.1(48808):myuser@mydb:[18762]:LOG:  "
     "duration: 3668.685 ms  execute <unnamed>: SELECT 1",
     "stderr in lines with a time before each, log_line_prefix '%t:%r:%u@%d:[%p]:'",
     "2020-08-22T16:00:04Z [18762] myuser@mydb  ",
     "duration: 3668.685 ms  execute <unnamed>: SELECT 1"},
    {R"({"insertId":"s","logName":"projects/p/logs/cloudsql.googleapis.com%2Fpostgres.log","severity":"INFO","textPayload":"[1430907]: [70-1] db=*,user=* LOG:  duration: 0.208 ms  execute <unnamed>: SELECT 1","timestamp":"2020-05-15T07:39:13.142617Z"})",
     "stderr in JSON entries, log_line_prefix '[%p]: [%l-1] db=%d,user=%u '",
     "2020-05-15T07:39:13.142617Z [1430907] *@*  ",
     "duration: 0.208 ms  execute <unnamed>: SELECT 1"},
    {R"({"textPayload":"2020-05-15 07:39:13.142 UTC [1430907]: [70-1] db=shop,user=web LOG:  duration: 0.208 ms  execute <unnamed>: SELECT 1","timestamp":"2020-05-15T07:39:13.142617Z","insertId":"s"})",
     "stderr in JSON entries, log_line_prefix '%m [%p]: [%l-1] db=%d,user=%u '",
     "2020-05-15T07:39:13.142000Z [1430907] web@shop  ",
     "duration: 0.208 ms  execute <unnamed>: SELECT 1"},
    {R"({"resource":{"type":"alloydb.googleapis.com/Instance"},"textPayload":"2022-07-22 06:13:45.781 UTC [75]: [1-1] db=shop,user=web LOG:  [postgres.c:1234]  duration: 0.208 ms  statement: SELECT 1","timestamp":"2022-07-22T06:13:45.781Z"})",
     "stderr in JSON entries, log_line_prefix '%m [%p]: [%l-1] db=%d,user=%u '",
     "2022-07-22T06:13:45.781000Z [75] web@shop  ", "duration: 0.208 ms  statement: SELECT 1"},
    {R"({"properties":{"timestamp":"2023-02-27 22:21:11.823 UTC","processId":2030,"errorLevel":"LOG","sqlerrcode":"00000","message":"2023-02-27 22:21:11.823 UTC [2030] [user=postgres,db=postgres,app=pgbench] LOG:  duration: 0.053 ms  bind <unnamed>: UPDATE t SET a = $1","detail":"parameters: $1 = '4234'"},"time":"2023-02-27T22:21:11.826Z","resourceId":"/SUBSCRIPTIONS/X/FLEXIBLESERVERS/Y","category":"PostgreSQLLogs"})",
     "stderr in JSON entries, log_line_prefix '%m [%p] %q[user=%u,db=%d,app=%a] '",
     "2023-02-27T22:21:11.823000Z [2030] postgres@postgres pgbench ",
     "duration: 0.053 ms  bind <unnamed>: UPDATE t SET a = $1", "parameters: $1 = '4234'"},
    {R"({"properties":{"timestamp":"2023-02-27 22:21:11.823 UTC","processId":2030,"errorLevel":"LOG","message":"2023-02-27 22:21:11.823 UTC [2030] [user=postgres,db=postgres,app=pgbench] duration: 0.053 ms  statement: SELECT 1"},"category":"PostgreSQLLogs"})",
     "stderr in JSON entries, log_line_prefix '%m [%p] %q[user=%u,db=%d,app=%a] '",
     "2023-02-27T22:21:11.823000Z [2030] postgres@postgres pgbench ",
     "duration: 0.053 ms  statement: SELECT 1"},
    {R"({"level":"info","ts":1669575482.0968924,"logger":"postgres","msg":"record","logging_pod":"myapp-pg-cluster-1","record":{"log_time":"2022-11-27 18:58:02.096 UTC","user_name":"postgres","database_name":"app","process_id":"42","connection_from":"[local]","session_id":"6383b3fa.2a","session_line_num":"3","error_severity":"LOG","sql_state_code":"00000","message":"duration: 1.5 ms  statement: SELECT 1","application_name":"x","backend_type":"client backend"}})",
     "jsonlog", "2022-11-27T18:58:02.096000Z [42] postgres@app x 00000",
     "duration: 1.5 ms  statement: SELECT 1"},
    // Containers
    {R"({"log":"2022-07-22 06:13:45.781 UTC [75] myuser@mydb LOG:  duration: 1.5 ms  statement: SELECT 1\n","stream":"stderr","time":"2022-07-22T06:13:45.781223Z"})",
     "stderr in JSON entries, log_line_prefix '%m [%p] %q%u@%d '",
     "2022-07-22T06:13:45.781000Z [75] myuser@mydb  ", "duration: 1.5 ms  statement: SELECT 1"},
    {"2024-01-02T03:04:05.123456789Z stderr P 2024-01-02 03:04:05.123 UTC [75] myuser@mydb LOG:  "
     "duration: 1.5 ms  statement: SEL\n2024-01-02T03:04:05.123456789Z stderr F ECT 1",
     "stderr in lines with a time before each, log_line_prefix '%m [%p] %q%u@%d '",
     "2024-01-02T03:04:05.123000Z [75] myuser@mydb  ", "duration: 1.5 ms  statement: SELECT 1"},
    {R"({"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1700000000123456789","body":{"kvlistValue":{"values":[{"key":"timestamp","value":{"stringValue":"2023-11-14 22:13:20.123 UTC"}},{"key":"error_severity","value":{"stringValue":"LOG"}},{"key":"pid","value":{"intValue":"42"}},{"key":"user","value":{"stringValue":"web"}},{"key":"dbname","value":{"stringValue":"shop"}},{"key":"message","value":{"stringValue":"duration: 1.5 ms  statement: SELECT 1"}}]}}}]}]}]})",
     "server messages in fields in JSON entries", "2023-11-14T22:13:20.123000Z [42] web@shop  ",
     "duration: 1.5 ms  statement: SELECT 1"},
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class FirstRecord final : public LogRecordSink {
 public:
  std::string fields, message, detail, statement;

  void take(const LogRecord& r) override {
    if (message.empty()) {
      fields = fmt::format("{} [{}] {}@{} {} {}", time_text(r.at_us), r.session, r.user, r.database,
                           r.application, r.sqlstate);
      message = r.message;
      detail = r.detail;
      statement = r.statement;
    }
  }
};

}  // namespace

TEST_CASE("one line of each kind of log is enough to recognize it and to read its fields") {
  constexpr std::int64_t kWritten = 1'795'000'000'000'000;  // 2026-11-18: syslog tells no year
  for (const Sample& sample : kSamples) {
    INFO(sample.text);
    const auto lines = lines_of(sample.text);
    const auto layout = detect_layout(lines, kWritten);
    REQUIRE(layout.has_value());
    CHECK(describe_layout(*layout) == sample.format);
    FirstRecord first;
    InputCounts counts;
    SkipReport skipped;
    ReadTally tally{counts, skipped, "sample"};
    const auto reader = make_reader(*layout, first, tally);
    for (const std::string_view line : lines) {
      reader->line(line, 1, false);
    }
    reader->finish();
    CHECK(first.fields == sample.fields);
    CHECK(first.message == sample.message);
    CHECK(first.detail == sample.detail);
    CHECK(first.statement == sample.statement);
    CHECK(counts.skipped == 0);
  }
}

namespace {

/// What an envelope says of its first line.
class FirstLine final : public UnwrappedSink {
 public:
  std::string facts, text;

  void server_line(std::string_view line, const LineFacts& its) override {
    text = line;
    facts = fmt::format("{} [{}] @{}", time_text(its.at_us), its.session, its.database);
  }

  void server_record(const LogRecord&) override {}

  void foreign(const char*) override {}

  [[nodiscard]] bool begins_message(std::string_view) const override { return false; }
};

}  // namespace

TEST_CASE("a further line of a message is recognized without its beginning") {
  struct Part {
    std::string text, format, facts, rest;
  };

  constexpr std::int64_t kWritten = 1'795'000'000'000'000;
  for (const Part& part : {
           Part{"Feb 11 13:15:39 test-pc postgres[10808]: [3-2] db=,user=,app=,client= HINT:  "
                "Future log output will go to log destination \"syslog\".",
                "stderr in syslog lines, log_line_prefix 'db=%d,user=%u,app=%a,client=%h '",
                "2026-02-11T13:15:39Z [10808] @",
                "db=,user=,app=,client= HINT:  Future log output will go to log destination "
                "\"syslog\"."},
           Part{"2021-09-07T04:01:27+00:00 d.af28b93f-e4fb-4f3c-9bd0-d0b8c9a6c3b2 "
                "app[postgres.5925] [AQUA] [921320-2]         (",
                "stderr in syslog lines, log_line_prefix ''", "2021-09-07T04:01:27Z [5925] @AQUA",
                "        ("},
       }) {
    INFO(part.text);
    const auto layout = detect_layout({part.text}, kWritten);
    REQUIRE(layout.has_value());
    CHECK(describe_layout(*layout) == part.format);
    FirstLine first;
    make_unwrapper(layout->envelopes.front(), *layout)->line(part.text, first);
    CHECK(first.facts == part.facts);
    CHECK(first.text == part.rest);
  }
}

TEST_CASE("a connection pooler's log is recognized as one, and holds no statements") {
  for (const std::string_view line : {"2018-09-12 16:08:54.775 3392 LOG file descriptor limit: "
                                      "1024 (H:4096), max_client_conn: 100",
                                      "2023-12-19 03:06:13.586 CET [10384] LOG C-0x7f3bd6c47f40: "
                                      "retail/game_api@192.168.0.80:38296 "
                                      "closing because: client close request (age=5s)",
                                      "Dec 19 03:06:13 host pgbouncer[10384]: C-0x7f3bd6c47f40: "
                                      "retail/game_api@192.168.0.80:38296 "
                                      "login attempt: db=retail user=game_api tls=no"}) {
    INFO(line);
    CHECK_FALSE(detect_layout({line}, 0).has_value());
    CHECK_THAT(describe_lines({line}), Catch::Matchers::Contains("PgBouncer"));
  }
}

TEST_CASE("a plan in any of EXPLAIN's formats is recognized as one") {
  for (const std::string text :
       {"                QUERY PLAN                 \n"
        "-------------------------------------------\n"
        " Result  (cost=0.00..0.01 rows=1 width=4)\n(1 ligne)",
        "Seq Scan on t  (cost=0.00..35.50 rows=2550 width=4)",
        "[{\"Plan\": {\"Node Type\": \"Result\", \"Total Cost\": 0.01}}]",
        "- Plan:\n    Node Type: \"Result\"\n    Startup Cost: 0.00",
        "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n <Query>\n  <Plan>\n"
        "   <Node-Type>Result</Node-Type>\n  </Plan>\n </Query>\n</explain>"}) {
    INFO(text);
    CHECK_FALSE(detect_layout(lines_of(text), 0).has_value());
    CHECK(foreign_kind(lines_of(text)) == "query plan");
  }
}
