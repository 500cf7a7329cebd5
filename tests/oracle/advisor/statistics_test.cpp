// CREATE STATISTICS as proposed, on a live server: estimates come right, and it goes again.
#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"
#include "collector/collect.hpp"
#include "collector/plans/explain_formats.hpp"
#include "collector/plans/node_times.hpp"

#include "advisor/statistics/propose_statistics.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/program.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::Cluster;

namespace {

/// The country follows from the city; of a name's length the server knows nothing.
constexpr const char* kTable =
    "CREATE TABLE \"Places\" AS SELECT i AS id, 'Town ' || i % 50 AS \"City\", "
    "'Land ' || i % 50 % 23 AS country FROM generate_series(1, 40000) i";

std::string explained(pqxx::nontransaction& session, const std::string& sql) {
  const auto rows = session.exec("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql);
  const auto text = rows[0][0].as<std::string>();
  return text.substr(text.find('{'), text.rfind('}') - text.find('{') + 1);
}

/// How many times too many or too few rows the top node's estimate has.
double misestimate(const std::string& plan) {
  const auto document = collector::read_explain_json(plan);
  const collector::PlanValue& top = *document->find("Plan");
  const double expected = collector::number_in(top, "Plan Rows");
  const double found = collector::number_in(top, "Actual Rows");
  return std::max(expected, found) / std::max(1.0, std::min(expected, found));
}

}  // namespace

TEST_CASE("proposed statistics make the server's estimate right, and can be dropped again",
          "[statistics]") {
  const std::string sql =
      GENERATE(R"(SELECT id FROM "Places" WHERE "City" = 'Town 8' AND country = 'Land 8')",
               R"(SELECT id FROM "Places" WHERE length("City") = 6)",
               R"(SELECT "City", country FROM "Places" GROUP BY "City", country)");
  pqxx::connection administration{Cluster::instance().dsn("postgres")};
  {
    pqxx::nontransaction outside{administration};
    outside.exec("DROP DATABASE IF EXISTS statistics_proposed");
    outside.exec("CREATE DATABASE statistics_proposed");
  }
  const std::string dsn = Cluster::instance().dsn("statistics_proposed");
  pqxx::connection connection{dsn};
  pqxx::nontransaction session{connection};
  session.exec(kTable);
  session.exec("ANALYZE");
  const std::string plan = explained(session, sql);
  REQUIRE(misestimate(plan) > kMisestimate);

  collector::CollectOptions options;
  options.format = collector::LogFormat::Sql;
  Workload workload = collector::collect_text(sql + ";\n", options);
  workload.classes.at(0).plans = {{.shape = "1", .calls = 1, .example = plan}};
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const planner_model::Planner planner{catalog};
  const auto proposals =
      propose_statistics(workload, plan_workload(workload, planner), catalog, {});
  INFO(sql);
  REQUIRE(proposals.size() == 1);
  for (const std::string& statement : proposals[0].ddl_up) {
    INFO(statement);
    session.exec(statement);
  }
  CHECK(misestimate(explained(session, sql)) < 2);
  for (const std::string& statement : proposals[0].ddl_down) {
    session.exec(statement);
  }
  CHECK(session.exec("SELECT count(*) FROM pg_statistic_ext")[0][0].as<int>() == 0);
}
