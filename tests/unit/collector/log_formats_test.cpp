#include <catch2/catch.hpp>

#include "collector/collect.hpp"

using namespace quern;
using namespace quern::collector;

TEST_CASE("CloudNativePG: csvlog's columns within a JSON object, among the operator's own lines") {
  const Workload w = collect_text(
      R"({"level":"info","ts":1669575482.09,"logger":"postgres","msg":"record","logging_pod":"shop-1",)"
      R"("record":{"log_time":"2026-11-21 10:00:02.096 UTC","user_name":"ada","database_name":"shop",)"
      R"("process_id":"26","connection_from":"[local]","session_id":"6b00f997.4328",)"
      R"("session_line_num":"2","command_tag":"SELECT","error_severity":"LOG","sql_state_code":"00000",)"
      R"("message":"duration: 1.500 ms  execute q: select a from t where b = $1",)"
      R"("detail":"parameters: $1 = '7'","application_name":"web","backend_type":"client backend"}})"
      "\n"
      R"({"level":"info","ts":1669575483.1,"msg":"Reconciling","logging_pod":"shop-1"})"
      "\n"
      R"({"level":"info","ts":1669575484.0,"logger":"postgres","msg":"record","logging_pod":"shop-1",)"
      R"("record":{"log_time":"2026-11-21 10:00:03.000 UTC","user_name":"ada","database_name":"shop",)"
      R"("process_id":"26","error_severity":"ERROR","sql_state_code":"22012","message":"division by zero",)"
      R"("query":"select 1/0"}})"
      "\n",
      {}, "pod.log");
  REQUIRE(w.classes.size() == 2);
  CHECK(w.classes[0].sql == "SELECT a FROM t WHERE b = $1");
  CHECK(w.classes[0].total == Microseconds{1500});
  CHECK(w.classes[0].users.at("ada") == 1);
  CHECK(w.classes[0].databases.at("shop") == 1);
  CHECK(w.classes[0].applications.at("web") == 1);
  CHECK(w.classes[0].samples.front().parameters == ParameterValues{"7"});
  CHECK(w.classes[1].errors == 1);
  CHECK(w.events.errors_by_sqlstate.at("22012") == 1);
  CHECK(w.input.skipped == 1);
}

TEST_CASE("Amazon RDS: its prefix is inferred") {
  const Workload w = collect_text(
      "2026-11-21 16:00:03 UTC:10.1.2.3(48808):ada@shop:[21495]:LOG:  duration: 1630.946 ms  "
      "execute "
      "3: SELECT a FROM t WHERE b = $1\n"
      "2026-11-21 16:00:03 UTC:10.1.2.3(48808):ada@shop:[21495]:DETAIL:  parameters: $1 = '7'\n",
      {}, "rds.log");
  REQUIRE(w.classes.size() == 1);
  CHECK(w.classes[0].total == Microseconds{1'630'946});
  CHECK(w.classes[0].users.at("ada") == 1);
  CHECK(w.classes[0].samples.front().parameters == ParameterValues{"7"});
}
