// Which statements are one query class.
#include <string>

#include <catch2/catch.hpp>

#include "collector/sql/statement_kind.hpp"

using quern::collector::identify;

namespace {

std::string print_of(const std::string& sql) {
  const auto identity = identify(sql);
  REQUIRE(identity);
  return identity->fingerprint;
}

}  // namespace

TEST_CASE("constants, white space and the length of a list make no other query class") {
  const std::string print = print_of("SELECT * FROM orders WHERE id = 1 AND state IN ('a', 'b')");
  CHECK(print.size() == 16);
  CHECK(print == print_of("select *\nfrom orders where id = 77 and state in ('x', 'y', 'z') -- c"));
  CHECK(print != print_of("SELECT * FROM orders WHERE id = 1 AND kind IN ('a', 'b')"));
}

TEST_CASE("tables whose names differ in their numbers are different tables") {
  const auto on = [](const std::string& table) {
    return print_of("SELECT a FROM x WHERE id IN (SELECT id FROM y JOIN " + table + " USING (id))");
  };
  CHECK(on("t5") != on("t6"));
  CHECK(on("t12") != on("t21"));
  CHECK(on("orders_2024") != on("orders_2025"));
  CHECK(print_of("UPDATE t12 SET a = 1") != print_of("UPDATE t13 SET a = 1"));
  CHECK(print_of("INSERT INTO t12 VALUES (1)") != print_of("INSERT INTO t13 VALUES (1)"));
  CHECK(print_of("DELETE FROM t12 USING t13") != print_of("DELETE FROM t13 USING t12"));
}

TEST_CASE("names that a program makes up are one table") {
  CHECK(print_of("SELECT * FROM tmp_1763712345") == print_of("SELECT * FROM tmp_1763799999"));
  CHECK(print_of("SELECT * FROM orders_20251101") == print_of("SELECT * FROM orders_20251102"));
}
