#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "collector/base/failure.hpp"

#include "planner-model/query/bind.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/session_text.hpp"

#include "tests/support/cluster.hpp"

// Dates, times and intervals are read, computed with and shown as sessions of several settings do
// it. The expressions stand in time_expressions.txt; those that a session refuses are refused.
namespace quern::planner_model {
namespace {

using Settings = std::map<std::string, std::string>;

std::vector<std::string> expressions() {
  std::ifstream file{QUERN_SOURCE_DIR "/tests/oracle/planner-model/time_expressions.txt"};
  REQUIRE(file.good());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.rfind("--", 0) != 0) {
      lines.push_back(line);
    }
  }
  return lines;
}

/// Nothing: refused.
std::optional<std::string> server_text(pqxx::connection& connection,
                                       const std::string& expression) {
  try {
    pqxx::work work{connection};
    return work.exec1("SELECT " + expression)[0].as<std::string>();
  } catch (const pqxx::sql_error&) {
    return std::nullopt;
  }
}

std::optional<std::string> own_text(const Binder& binder, const TypeSystem& types,
                                    const std::string& expression) {
  try {
    const auto bound = binder.bind("SELECT " + expression, {});
    const ExprPtr value =
        simplify(bound->query.targets[0].expr, types, FoldStable::Yes, 1'754'049'600'000'000);
    return value->kind == ExprKind::Const && value->value
               ? std::optional{session_text(*value->value, types)}
               : std::optional<std::string>{"(not computed)"};
  } catch (const UserError&) {
    return std::nullopt;
  }
}

void check_under(const Settings& settings) {
  pqxx::connection connection{testing::Cluster::instance().dsn("shop")};
  CatalogSnapshot catalog;
  catalog.server_version = 150000;
  catalog.settings = settings;
  {
    pqxx::nontransaction session{connection};
    for (const auto& [name, value] : settings) {
      session.exec("SET " + name + " = " + session.quote(value));
    }
  }
  const TypeSystem types{catalog};
  const Binder binder{catalog, types};
  for (const std::string& expression : expressions()) {
    INFO(settings.at("TimeZone") << ": " << expression);
    CHECK(own_text(binder, types, expression).value_or("(refused)") ==
          server_text(connection, expression).value_or("(refused)"));
  }
}

}  // namespace

TEST_CASE("dates and times are read and shown as the session's settings say", "[oracle]") {
  check_under({{"TimeZone", "UTC"}, {"DateStyle", "ISO, MDY"}, {"IntervalStyle", "postgres"}});
  check_under({{"TimeZone", "America/New_York"},
               {"DateStyle", "Postgres, MDY"},
               {"IntervalStyle", "postgres_verbose"}});
  check_under(
      {{"TimeZone", "Europe/Moscow"}, {"DateStyle", "SQL, DMY"}, {"IntervalStyle", "iso_8601"}});
  check_under({{"TimeZone", "Asia/Kolkata"},
               {"DateStyle", "German, YMD"},
               {"IntervalStyle", "sql_standard"}});
  check_under(
      {{"TimeZone", "<+0545>-5:45"}, {"DateStyle", "ISO, YMD"}, {"IntervalStyle", "postgres"}});
}

}  // namespace quern::planner_model
