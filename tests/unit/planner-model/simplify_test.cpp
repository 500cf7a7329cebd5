#include "planner-model/query/simplify.hpp"

#include <catch2/catch.hpp>

#include "collector/catalog/from_schema.hpp"

#include "planner-model/query/bind.hpp"

#include "tests/support/query_printer.hpp"

namespace quern::planner_model {
namespace {

/// 2025-08-01 12:00:00 UTC
constexpr std::int64_t kNow = 1'754'049'600'000'000;

struct Fixture {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(
      "CREATE TABLE t (a integer, b integer, flag boolean, name text, price numeric(10,2));",
      "test.sql");
  TypeSystem types{catalog};
  Binder binder{catalog, types};

  ExprPtr bound(const std::string& expression) const {
    return binder.bind("SELECT " + expression + " FROM t", {})->query.targets[0].expr;
  }

  std::string folded(const std::string& expression, FoldStable stable = FoldStable::No) const {
    return quern::testing::print(simplify(bound(expression), types, stable, kNow), types);
  }

  std::string qual(const std::string& expression) const {
    const ExprPtr expr = canonicalize(simplify(bound(expression), types));
    return quern::testing::print(expr, types);
  }
};

TEST_CASE_METHOD(Fixture, "immutable calls over constants fold") {
  CHECK(folded("1 + 2 * 3") == "'7':integer");
  CHECK(folded("10 / 3.0") == "'3.3333333333333333':numeric");
  CHECK(folded("price > 5") == "(1.5 > '5':numeric)");
  CHECK(folded("lower('AbC') || 'd'") == "'abcd':text");
  CHECK(folded("date '2024-01-31' + interval '1 month'") ==
        "'2024-02-29 00:00:00':timestamp without time zone");
  CHECK(folded("'abcdef'::varchar(3)") == "'abc':character varying");
  CHECK(folded("ARRAY[1, 2]") == "'{1,2}':integer[]");
  CHECK(folded("1 / 0") == "('1':integer / '0':integer)");
  CHECK(folded("2147483647 + 1") == "('2147483647':integer + '1':integer)");
}

TEST_CASE_METHOD(Fixture, "an interval's field says what a number without a unit counts") {
  CHECK(folded("interval '3' month") == "'3 mons':interval");
  CHECK(folded("interval '10' year") == "'10 years':interval");
  CHECK(folded("interval '1-6' year to month") == "'1 year 6 mons':interval");
  CHECK(folded("interval '90' day") == "'90 days':interval");
  CHECK(folded("interval '2 5' day to hour") == "'2 days 05:00:00':interval");
  CHECK(folded("interval '3:20' minute to second") == "'00:03:20':interval");
  CHECK(folded("interval '1 day 2 hours 30 minutes' hour") == "'1 day 02:00:00':interval");
  CHECK(folded("interval '1.239' second(2)") == "'00:00:01.24':interval");
  CHECK(folded("date '1996-01-01' + interval '3' month") ==
        "'1996-04-01 00:00:00':timestamp without time zone");
}

TEST_CASE_METHOD(Fixture, "stable calls fold only when asked") {
  CHECK(folded("now() - interval '1 day'") == "(now() - '1 day':interval)");
  CHECK(folded("now() - interval '1 day'", FoldStable::Yes) ==
        "'2025-07-31 12:00:00+00':timestamp with time zone");
  CHECK(folded("CURRENT_DATE - 1", FoldStable::Yes) == "'2025-07-31':date");
  CHECK(folded("random()", FoldStable::Yes) == "random()");
  CHECK(folded("to_timestamp('03/04/2024 17.05', 'MM/DD/YYYY HH24.MI')", FoldStable::Yes) ==
        "'2024-03-04 17:05:00+00':timestamp with time zone");
  CHECK(folded("to_date('20240304', 'YYYYMMDD')", FoldStable::Yes) == "'2024-03-04':date");
  CHECK(folded("to_date('4 Mar 2024', 'DD TMMon YYYY')", FoldStable::Yes) ==
        "to_date('4 Mar 2024':text, 'DD TMMon YYYY':text)");
}

TEST_CASE_METHOD(Fixture, "NULL and boolean logic") {
  CHECK(folded("a + NULL") == "null:integer");
  CHECK(folded("flag AND true") == "1.3");
  CHECK(folded("flag AND false") == "'f':boolean");
  CHECK(folded("flag OR true") == "'t':boolean");
  CHECK(folded("flag AND NULL") == "and(1.3, null:boolean)");
  CHECK(folded("flag = true") == "1.3");
  CHECK(folded("flag <> true") == "not(1.3)");
  CHECK(folded("NOT (a = 1 OR b < 2)") == "and((1.1 <> '1':integer), (1.2 >= '2':integer))");
  CHECK(folded("NOT (a IN (1, 2))") == "(1.1 <> all '{1,2}':integer[])");
  CHECK(folded("NOT (a IS NULL)") == "(1.1 is not null)");
  CHECK(folded("1 IS DISTINCT FROM NULL") == "'t':boolean");
}

TEST_CASE_METHOD(Fixture, "CASE and COALESCE drop what is never reached") {
  CHECK(folded("CASE WHEN false THEN 1 WHEN a = 1 THEN 2 WHEN true THEN 3 ELSE 1 / 0 END") ==
        "case((1.1 = '1':integer), '2':integer, '3':integer)");
  CHECK(folded("CASE WHEN 1 > 2 THEN 'a' END") == "null:text");
  CHECK(folded("coalesce(NULL, a, 5, b)") == "coalesce(1.1, '5':integer)");
  CHECK(folded("coalesce(5, a)") == "'5':integer");
}

TEST_CASE_METHOD(Fixture, "qualifications: common factors of ORs come out") {
  CHECK(qual("(a = 1 AND b = 2) OR (a = 1 AND b = 3)") ==
        "and((1.1 = '1':integer), or((1.2 = '2':integer), (1.2 = '3':integer)))");
  CHECK(qual("(a = 1 AND b = 2) OR a = 1") == "(1.1 = '1':integer)");
  CHECK(qual("a = 1 OR NULL") == "(1.1 = '1':integer)");
  CHECK(conjuncts(bound("a = 1 AND (b = 2 AND flag)")).size() == 3);
  CHECK(conjuncts(nullptr).empty());
  CHECK(conjuncts(bound("true")).empty());
}

}  // namespace
}  // namespace quern::planner_model
