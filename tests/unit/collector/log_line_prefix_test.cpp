#include "collector/logs/log_line_prefix.hpp"

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"
#include "collector/base/time_text.hpp"
#include "collector/logs/infer_prefix.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

struct Case {
  std::string prefix;
  std::string line;
  std::string time;  ///< empty: the prefix has none
  std::string session, user, database, application;
  std::string text;
};

// Prefixes seen in the wild, each with a line of such a log.
const std::vector<Case> kCases = {
    {"%t:%r:%u@%d:[%p]:",
     "2018-08-22 16:00:03 UTC:[local]:myuser@mydb:[21495]:LOG:  duration: 1630.946 ms  execute 3: "
     "SELECT 1",
     "2018-08-22T16:00:03Z", "21495", "myuser", "mydb", "",
     "duration: 1630.946 ms  execute 3: SELECT 1"},
    {"%t:%r:%u@%d:[%p]:",
     "2018-08-22 16:00:04 UTC:ec2-1-1-1-1.compute-1.amazonaws.com(48808):myuser@mydb:[18762]:LOG:  "
     "duration: 3668.685 ms  execute <unnamed>: SELECT 1",
     "2018-08-22T16:00:04Z", "18762", "myuser", "mydb", "",
     "duration: 3668.685 ms  execute <unnamed>: SELECT 1"},
    {"%t-%c-", "2020-06-21 22:37:10 UTC-5eefe116.22f4-LOG:  could not receive data from client: x",
     "2020-06-21T22:37:10Z", "5eefe116.22f4", "", "", "", "could not receive data from client: x"},
    {"%m [%p][%v] : [%l-1] %q[app=%a] ",
     "2018-09-27 06:57:01.030 EST [20194][] : [1-1] [app=pganalyze_collector] LOG:  connection "
     "received: host=[local]",
     "2018-09-27T11:57:01.030000Z", "20194", "", "", "pganalyze_collector",
     "connection received: host=[local]"},
    {"%t [%p-%l] %q%u@%d ",
     "2018-09-28 07:37:59 UTC [331-1] postgres@postgres LOG:  connection received: host=[local]",
     "2018-09-28T07:37:59Z", "331", "postgres", "postgres", "",
     "connection received: host=[local]"},
    {"%m [%p] %q[user=%u,db=%d,app=%a] ",
     "2018-09-27 06:57:02.779 UTC [20194] [user=postgres,db=postgres,app=sidekiq 1.2.3 "
     "queues:something[0 of 50 busy]] LOG:  duration: 3000.019 ms  statement: SELECT pg_sleep(3);",
     "2018-09-27T06:57:02.779000Z", "20194", "postgres", "postgres",
     "sidekiq 1.2.3 queues:something[0 of 50 busy]",
     "duration: 3000.019 ms  statement: SELECT pg_sleep(3);"},
    {"%m [%p] %q[user=%u,db=%d,app=%a,host=%h] ",
     "2018-09-27 06:57:02.779 UTC [20194] [user=postgres,db=postgres,app=psql,host=127.0.0.1] "
     "ERROR:  canceling statement due to user request",
     "2018-09-27T06:57:02.779000Z", "20194", "postgres", "postgres", "psql",
     "canceling statement due to user request"},
    {"%t [%p]: [%l-1] user=%u,db=%d - PG-%e ",
     "2018-09-28 07:39:48 UTC [347]: [3-1] user=postgres,db=postgres - PG-57014 ERROR:  canceling "
     "statement due to user request",
     "2018-09-28T07:39:48Z", "347", "postgres", "postgres", "",
     "canceling statement due to user request"},
    {"%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
     "2018-10-16 01:26:33 UTC [93911]: [3-1] user=postgres,db=postgres,app=psql,client=::1 ERROR:  "
     "x",
     "2018-10-16T01:26:33Z", "93911", "postgres", "postgres", "psql", "x"},
    {"%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
     "2018-10-16 01:26:33 UTC [93911]: [3-1] user=,db=,app=,client= LOG:  x",
     "2018-10-16T01:26:33Z", "93911", "", "", "", "x"},
    {"%t [%p]: [%l-1] [trx_id=%x] user=%u,db=%d ",
     "2019-01-01 02:00:28 UTC [34]: [3-1] [trx_id=120950] user=postgres,db=postgres ERROR:  x",
     "2019-01-01T02:00:28Z", "34", "postgres", "postgres", "", "x"},
    {"[%p]: [%l-1] db=%d,user=%u ",
     "[1127]: [8-1] db=postgres,user=pganalyze LOG:  duration: 2001.842 ms  statement: SELECT "
     "pg_sleep(2);",
     "", "1127", "pganalyze", "postgres", "",
     "duration: 2001.842 ms  statement: SELECT pg_sleep(2);"},
    {"%m %r %u %a [%c] [%p] ",
     "2020-05-21 17:53:05.307 UTC    [5ec6bfff.1] [1] LOG:  database system is ready to accept "
     "connections",
     "2020-05-21T17:53:05.307000Z", "1", "", "", "",
     "database system is ready to accept connections"},
    {"%m [%p]: [%l-1] db=%d,user=%u ",
     "2020-09-04 16:03:11.375 UTC [417880]: [1-1] db=mydb,user=myuser LOG:  x",
     "2020-09-04T16:03:11.375000Z", "417880", "myuser", "mydb", "", "x"},
    {"pid=%p,user=%u,db=%d,app=%a,client=%h ",
     "pid=8284,user=[unknown],db=[unknown],app=why would you[] name your application "
     "this,client=[local] LOG: connection received: host=[local]",
     "", "8284", "", "", "why would you[] name your application this",
     "connection received: host=[local]"},
    {"%p-%s-%c-%l-%h-%u-%d-%m ",
     "51-2021-11-17 19:11:13 UTC-619553d1.33-2-172.20.0.1-pgaweb-pgaweb-2021-11-17 19:11:13.562 "
     "UTC "
     "LOG:  x",
     "2021-11-17T19:11:13.562000Z", "51", "pgaweb", "pgaweb", "", "x"},
    {"%m [%p][%b][%v][%x] %q[user=%u,db=%d,app=%a] ",
     "2021-11-17 19:06:53.897 UTC [34][autovacuum worker][3/5][22996] LOG:  automatic analyze of "
     "table x",
     "2021-11-17T19:06:53.897000Z", "34", "", "", "", "automatic analyze of table x"},
    {"%m [%p] %q%u@%d ",
     "2022-07-22 06:13:45.781 UTC [75] myuser@mydb LOG:  connection authorized: user=x",
     "2022-07-22T06:13:45.781000Z", "75", "myuser", "mydb", "", "connection authorized: user=x"},
    {"%t [%p] %q%u@%d %h ",
     "2022-07-22 06:14:23 UTC [76] my-user@my-db 1.2.3.4 LOG:  disconnection: x",
     "2022-07-22T06:14:23Z", "76", "my-user", "my-db", "", "disconnection: x"},
    {"%m [%p] ", "2022-12-23 09:53:43.862 -03 [790081] LOG:  x", "2022-12-23T12:53:43.862000Z",
     "790081", "", "", "", "x"},
    {"%m [%p] ", "2018-05-04 03:06:18.360 +0100 [3184] LOG:  x", "2018-05-04T02:06:18.360000Z",
     "3184", "", "", "", "x"},
    {"%t:%h:%u@%d:[%p]:",
     "2021-05-27 17:00:00 UTC:10.1.91.65:user@my_db:[24743]:LOG: duration: 0.054 ms statement: "
     "SELECT * FROM t1;",
     "2021-05-27T17:00:00Z", "24743", "user", "my_db", "",
     "duration: 0.054 ms statement: SELECT * FROM t1;"},
    {"%m [%p] [queryid=%Q] %u@%d ",
     "2022-02-17 14:45:10.440 UTC [691] [queryid=1081270519976314062] postgres@stackoverflow LOG:  "
     "x",
     "2022-02-17T14:45:10.440000Z", "691", "postgres", "stackoverflow", "", "x"},
    {"%t [%p]: db=%d,user=%u,app=%a,client=%h ",
     "2022-02-17 14:45:10 UTC [691]: db=shop,user=web,app=rails,client=10.0.0.1 LOG:  x",
     "2022-02-17T14:45:10Z", "691", "web", "shop", "rails", "x"},
    {"%n %p%% ", "1700000000.123 42% LOG:  x", "2023-11-14T22:13:20.123000Z", "42", "", "", "",
     "x"},
    // Padding, which the common tools can not read.
    {"%m [%6p] %-10u|%8d|", "2022-02-17 14:45:10.440 UTC [   691] bob       |    shop|LOG:  x",
     "2022-02-17T14:45:10.440000Z", "691", "bob", "shop", "", "x"},
    {"%m [%p] %-5u ", "2022-02-17 14:45:10.440 UTC [691] longer_than_five LOG:  x",
     "2022-02-17T14:45:10.440000Z", "691", "longer_than_five", "", "", "x"},
};

}  // namespace

TEST_CASE("a log_line_prefix reads its own lines") {
  for (const Case& c : kCases) {
    INFO(c.prefix << "\n" << c.line);
    PrefixFields fields;
    REQUIRE(LogLinePrefix::compile(c.prefix).match(c.line, fields));
    CHECK((fields.at_us == 0 ? "" : time_text(fields.at_us)) == c.time);
    CHECK(fields.session == c.session);
    CHECK(fields.user == c.user);
    CHECK(fields.database == c.database);
    CHECK(fields.application == c.application);
    CHECK(c.line.substr(fields.text_from) == c.text);
  }
}

TEST_CASE("the prefix is inferred from the lines alone") {
  for (const Case& c : kCases) {
    if (c.prefix.find("%n") != std::string::npos || c.prefix.find("|") != std::string::npos) {
      continue;  // nobody could
    }
    INFO(c.prefix << "\n" << c.line);
    const auto prefix = infer_prefix({c.line, c.line, c.line});
    REQUIRE(prefix.has_value());
    INFO("inferred " << prefix->text());
    PrefixFields fields;
    REQUIRE(prefix->match(c.line, fields));
    CHECK((fields.at_us == 0 ? "" : time_text(fields.at_us)) == c.time);
    CHECK(fields.session == c.session);
    if (c.prefix.find("%-5u") == std::string::npos) {  // one word in one line: whose is it?
      CHECK(fields.user == c.user);
      CHECK(fields.database == c.database);
      CHECK(fields.application == c.application);
    }
    CHECK(c.line.substr(fields.text_from) == c.text);
  }
}

TEST_CASE("a prefix nobody listed is put together from its tokens") {
  const std::string line =
      "2026-11-21 01:53:27.701 UTC <4711> database=shop;username=web;sid=6b00f997.4324 LOG:  x";
  const auto prefix = infer_prefix({line});
  REQUIRE(prefix.has_value());
  CHECK(prefix->text() == "%m <%p> database=%d;username=%u;sid=%c ");
}

TEST_CASE("lines that do not match a prefix") {
  PrefixFields fields;
  const auto prefix = LogLinePrefix::compile("%m [%p] %q%u@%d ");
  CHECK_FALSE(prefix.match("", fields));
  CHECK_FALSE(prefix.match("pg_ctl: could not start server", fields));
  CHECK_FALSE(prefix.match("2022-07-22 06:13:45.781 UTC [75] myuser@mydb", fields));
  CHECK_FALSE(prefix.match("2022-13-22 06:13:45.781 UTC [75] a@b LOG:  x", fields));
  CHECK_THROWS_AS(LogLinePrefix::compile("%m [%p] %Z "), UserError);
  CHECK_THROWS_AS(LogLinePrefix::compile("%m %"), UserError);
}

TEST_CASE("a tag within a value is no tag where one with two blanks follows") {
  const auto prefix = LogLinePrefix::compile("%m [%p] %q[user=%u,app=%a] ");
  PrefixFields fields;
  const std::string own =
      "2018-09-27 06:57:01.030 UTC [7] [user=web,app=a job] LOG: x] LOG:  duration: 1.5 ms";
  REQUIRE(prefix.match(own, fields));
  CHECK(fields.application == "a job] LOG: x");
  CHECK(own.substr(fields.text_from) == "duration: 1.5 ms");
  const std::string folded =  // by a shipper
      "2018-09-27 06:57:01.030 UTC [7] [user=web,app=a job] LOG: duration: 1.5 ms";
  REQUIRE(prefix.match(folded, fields));
  CHECK(fields.application == "a job");
  CHECK(folded.substr(fields.text_from) == "duration: 1.5 ms");
}
