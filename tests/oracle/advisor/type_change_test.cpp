// Which changes of a column's type the server makes without a new file for the table, beside M36.
#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <pqxx/pqxx>

#include "advisor/check/check.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/shop.hpp"

using namespace quern;
using quern::testing::Cluster;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

bool server_rewrites(const std::string& statement) {
  pqxx::connection connection{Cluster::instance().dsn("shop")};
  pqxx::work work{connection};
  const auto file = [&] {
    return work.exec1("SELECT pg_relation_filenode('orders')")[0].as<long>();
  };
  const long before = file();
  work.exec(statement);
  return file() != before;  // the transaction is rolled back
}

bool check_says_so(const std::string& statement) {
  const auto result = advisor::check(workload_of("SELECT 1;"), shop(), {{"a.sql", statement}}, {});
  return std::any_of(result.findings.begin(), result.findings.end(),
                     [](const auto& finding) { return finding.rule == "M36"; });
}

}  // namespace

TEST_CASE("changes of type that rewrite a table, as the server makes them") {
  // total is numeric(12,2), placed_at timestamptz, customer_id integer.
  const std::string change =
      GENERATE("total TYPE numeric(14,2)", "total TYPE numeric", "total TYPE numeric(14,3)",
               "total TYPE numeric(12,2)", "total TYPE float8", "placed_at TYPE timestamptz(6)",
               "placed_at TYPE timestamptz(3)", "placed_at TYPE date", "customer_id TYPE bigint");
  const std::string statement = fmt::format("ALTER TABLE orders ALTER COLUMN {}", change);
  INFO(statement);
  CHECK(check_says_so(statement) == server_rewrites(statement));
}
