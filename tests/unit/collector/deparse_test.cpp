#include "collector/sql/deparse.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"
#include "collector/sql/passing_tree.hpp"

namespace {

using namespace quern;

std::string again(const std::string& sql) {
  std::string text;
  collector::look_at_tree_or_throw(sql, [&](const auto& tree) { text = collector::deparse(tree); });
  return text;
}

}  // namespace

TEST_CASE("a text that the library writes well is left as it is") {
  CHECK(again("select a from b where c = 1 and (d = 2 or e = 3)") ==
        "SELECT a FROM b WHERE c = 1 AND (d = 2 OR e = 3)");
  CHECK(again("select a::text, (a + b) * 2 from t") == "SELECT a::text, (a + b) * 2 FROM t");
}

TEST_CASE("operands keep the parentheses that the library forgets") {
  CHECK(again("select (at at time zone 'UTC')::date") == "SELECT (at AT TIME ZONE 'UTC')::date");
  CHECK(again("select (not a > 1)::text") == "SELECT (NOT (a > 1))::text");
}

TEST_CASE("whatever stands under what, the text parses to the same tree") {
  // clang-format off
  const std::vector<std::string> operands = {
      "a", "-1", "- a", "a + b", "a || 'x'", "a is null", "not a", "a and b", "a or b",
      "a = any(b)", "a in (1, 2)", "a::int", "case when a then b end", "(select a)", "a like 'x'",
      "a between 1 and 2", "a collate \"C\"", "array[a, b]", "a at time zone 'UTC'",
      "extract(year from a)", "row(a, b)", "a is distinct from b", "a is not true",
      "coalesce(a, b)", "f(a)", "a[1]", "(a).b", "exists (select a)", "a in (select b)",
      "count(*) over (order by a)", "substring(a from 1 for 2)", "interval '1 day'",
      "a operator(pg_catalog.+) b", "current_date", "(a, b) overlaps (c, d)", "trim(a)"};
  // clang-format on
  // clang-format off
  const std::vector<std::string> places = {
      "(@)::text", "(@) + 1", "1 - (@)", "(@) is null", "not (@)", "(@) and b", "(@) or b",
      "(@) = (@)", "(@) in (1, (@))", "(@) collate \"C\"", "((@))[1]", "((@)).x", "- (@)",
      "(@) between (@) and (@)", "(@) like 'a' || (@)", "(@) at time zone (@)", "(@) is true",
      "(@) = any((@))", "case (@) when (@) then (@) end", "(@) in (select 1)",
      "(@) is distinct from (@)", "(@) ^ (@)", "f((@), (@))", "(@) || (@)::text"};
  // clang-format on
  int refused = 0;
  for (const std::string& place : places) {
    for (const std::string& operand : operands) {
      std::string sql = "SELECT " + place;
      for (std::size_t at = 0; (at = sql.find('@', at)) != std::string::npos;) {
        sql.replace(at, 1, operand);
        at += operand.size();
      }
      CAPTURE(sql);
      try {
        const std::string text = again(sql);
        CHECK(collector::fingerprint(text) == collector::fingerprint(sql));
      } catch (const UserError& error) {
        ++refused;
        UNSCOPED_INFO(error.what());
      }
    }
  }
  CHECK(refused == 0);
}
