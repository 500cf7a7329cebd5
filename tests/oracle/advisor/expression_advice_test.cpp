// An index on an expression, where the server's guess of its selectivity hides what it is worth.
#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"
#include "collector/collect.hpp"

#include "advisor/advise.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/program.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::test::run_quern;
using quern::test::written;
using quern::testing::Cluster;

namespace {

constexpr const char* kAccounts = R"(
  CREATE TABLE accounts (id bigint PRIMARY KEY, email text NOT NULL, name text);
  INSERT INTO accounts
  SELECT i, 'User.' || i || '@Example.com', md5(i::text) FROM generate_series(1, 60000) i;
  VACUUM ANALYZE accounts;
)";

constexpr const char* kStatements = R"(
-- quern: calls=5000
SELECT id, name FROM accounts WHERE lower(email) = 'user.41234@example.com' LIMIT 1;
-- quern: calls=3000
SELECT id, name FROM accounts WHERE lower(email) = 'user.777@example.com' ORDER BY id LIMIT 1;
)";

std::string fresh(const std::string& name) {
  auto& cluster = Cluster::instance();
  cluster.query("DROP DATABASE IF EXISTS " + name, "postgres");
  cluster.query("CREATE DATABASE " + name, "postgres");
  pqxx::connection connection{cluster.dsn(name)};
  pqxx::nontransaction session{connection};
  std::string statement;
  for (const char c : std::string{kAccounts}) {
    statement += c;
    if (c == ';') {
      session.exec(statement);
      statement.clear();
    }
  }
  return cluster.dsn(name);
}

Workload statements() {
  collector::CollectOptions options;
  options.format = collector::LogFormat::Sql;
  return collector::collect_text(kStatements, options);
}

}  // namespace

TEST_CASE("LIMIT 1 over an expression without statistics gets its index", "[expressions]") {
  const std::string dsn = fresh("guessed_expression");
  const Workload workload = statements();
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const Advice advice = advise(workload, catalog, {});
  REQUIRE(advice.proposals.size() == 1);
  const Proposal& proposal = advice.proposals[0];
  INFO(proposal.ddl_up[2]);
  CHECK(proposal.ddl_up[2].find("(lower(email))") != std::string::npos);

  pqxx::connection connection{dsn};
  pqxx::nontransaction session{connection};
  for (const std::string& statement : proposal.ddl_up) {
    session.exec(statement);
  }
  for (const QueryEffect& effect : advice.queries) {
    const QueryClass& query =
        *std::find_if(workload.classes.begin(), workload.classes.end(),
                      [&](const QueryClass& one) { return one.fingerprint == effect.fingerprint; });
    const auto plan =
        session.exec("EXPLAIN (FORMAT JSON) " + query.samples.at(0).sql)[0][0].as<std::string>();
    INFO(plan);
    CHECK(plan.find(proposal.index) != std::string::npos);
    const double cost = std::stod(plan.substr(plan.find("\"Total Cost\": ") + 14));
    CHECK(effect.after.value() == Approx(cost).margin(0.05 * cost));
    // EXPLAIN's own total was far below what the scan to the table's end takes.
    REQUIRE(effect.guessed_before.has_value());
    CHECK(effect.guessed_before->value() < 0.1 * effect.before.value());
  }
}

TEST_CASE("explain --analyzed is the server's EXPLAIN after CREATE INDEX and ANALYZE",
          "[expressions]") {
  const std::string dsn = fresh("guessed_explained");
  const std::string ddl = "CREATE INDEX by_email ON accounts (lower(email))";
  const std::string sql =
      "SELECT id, name FROM accounts WHERE lower(email) = 'user.777@example.com' ORDER BY id "
      "LIMIT 1";
  REQUIRE(run_quern("snapshot \"" + dsn + "\" -q -o explained.catalog.json").code == 0);
  const auto own = [&](const std::string& analyzed) {
    return run_quern("explain -c explained.catalog.json " + analyzed + " --index '" + ddl + "' \"" +
                     sql + "\"")
        .out;
  };
  const auto server = [&] {
    std::string text;
    for (const auto& row : Cluster::instance().query("EXPLAIN " + sql, "guessed_explained")) {
      text += row.at(0).value() + "\n";
    }
    return text;
  };
  Cluster::instance().query(ddl, "guessed_explained");
  CHECK(own("") == server());
  Cluster::instance().query("ANALYZE accounts", "guessed_explained");
  CHECK(own("--analyzed") == server());
}

TEST_CASE("who asks for EXPLAIN's costs gets its guesses too", "[expressions]") {
  const std::string dsn = fresh("guessed_expression");
  const Workload workload = statements();
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const Advice advice =
      advise(workload, catalog, {.counting = planner_model::Counting::AsExplained});
  for (const QueryEffect& effect : advice.queries) {
    CHECK(!effect.guessed_before);
    CHECK(effect.analyzed.empty());
  }
}

TEST_CASE("verify compares what rests on ANALYZE where the index is really built",
          "[expressions]") {
  const std::string dsn = "\"" + fresh("guessed_verified") + "\"";
  Cluster::instance().query("CREATE EXTENSION hypopg", "guessed_verified");
  written("guessed.sql", kStatements);
  REQUIRE(run_quern("snapshot " + dsn + " -q -o guessed.catalog.json").code == 0);
  REQUIRE(run_quern("-q collect --format sql guessed.sql -o guessed.workload.json").code == 0);
  REQUIRE(run_quern("-q advise guessed.workload.json -c guessed.catalog.json --json "
                    "guessed.advice.json")
              .code == 0);
  written("guessed.migration.sql",
          "CREATE INDEX CONCURRENTLY by_email ON accounts (lower(email));");
  const auto checked =
      run_quern("check guessed.workload.json -c guessed.catalog.json -m guessed.migration.sql");
  INFO(checked.out << checked.err);
  CHECK(checked.out.find("by_email serves 2 recorded queries") != std::string::npos);
  CHECK(checked.out.find("ANALYZE accounts") != std::string::npos);

  const std::string command =
      "verify guessed.workload.json --advice guessed.advice.json --dsn " + dsn;
  const auto imagined = run_quern(command);
  INFO(imagined.out << imagined.err);
  CHECK(imagined.code == 2);
  CHECK(imagined.err.find("rests on the statistics of accounts_lower_email_idx") !=
        std::string::npos);
  const auto real = run_quern(command + " --real");
  INFO(real.out << real.err);
  CHECK(real.code == 0);
  CHECK(real.out.find("2 of 2 query classes cost what was predicted within 10 % or a page") !=
        std::string::npos);
}
