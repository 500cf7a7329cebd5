// Any statement that parses ends in a plan or in a refusal by name, in bounded time.

#include <chrono>
#include <cmath>
#include <iostream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "planner-model/whatif/planner.hpp"

#include "tests/support/oracle.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

const std::string kFolder = QUERN_SOURCE_DIR "/tests/fuzz/planner/";

const Planner& planner() {
  static const CatalogSnapshot catalog =
      collector::read_snapshot(kFolder + "everything.catalog.json.gz");
  static const Planner instance{catalog};
  return instance;
}

/// "plan", or the words of the refusal. Anything else that is thrown fails the test.
std::string outcome(const std::string& sql, std::string_view role = {}) {
  try {
    const auto result = planner().plan(*planner().bind(sql, {}, role));
    CHECK(std::isfinite(result.total.value()));
    CHECK(result.rows.value() >= 0);
    CHECK_FALSE(explain_text(result.plan).empty());
    return "plan";
  } catch (const UserError& refusal) {
    const std::string words = refusal.what();
    CHECK_FALSE(words.empty());
    return words;
  }
}

}  // namespace

TEST_CASE("Every kind of statement ends in a plan or a refusal by name", "[any-statement]") {
  int planned = 0;
  int refused = 0;
  for (const auto& statement : testing::read_statements(kFolder + "statements.sql")) {
    INFO(statement.sql);
    const std::string answer = outcome(statement.sql);
    (answer == "plan" ? planned : refused) += 1;
    CHECK((outcome(statement.sql, "guest") == "plan") == (answer == "plan"));  // policies added
    if (answer != "plan") {
      std::cout << answer << "\n    " << statement.sql << '\n';
    }
  }
  std::cout << planned << " planned, " << refused << " refused by name\n";
}

namespace {

struct Hostile {
  std::string name;
  std::string sql;
};

std::string repeated(const std::string& text, int times, const std::string& between = "") {
  std::string result;
  for (int i = 0; i < times; ++i) {
    result += (i > 0 ? between : "") + text;
  }
  return result;
}

/// "c0 = c1", "c1 = c2": `text` with {0} and {1} for neighbours.
std::string chained(const std::string& text, int from, int to, const std::string& between) {
  std::string result;
  for (int i = from; i < to; ++i) {
    result += (i > from ? between : "") + fmt::format(fmt::runtime(text), i, i - 1);
  }
  return result;
}

std::vector<Hostile> hostile_statements() {
  std::vector<Hostile> all;
  const auto add = [&](const std::string& name, const std::string& sql) {
    all.push_back({name, sql});
  };
  const std::string thirty = "select count(*) from " + chained("b b{0}", 0, 30, ", ") + " where ";
  add("30 tables in a chain", thirty + chained("b{0}.x = b{1}.y", 1, 30, " and "));
  add("30 tables in a star", thirty + chained("b0.x = b{0}.y", 1, 30, " and "));
  add("30 tables, all equal", thirty + chained("b{0}.x = b{1}.x", 1, 30, " and "));
  add("30 tables, no clause", "select count(*) from " + chained("b b{0}", 0, 30, ", "));
  add("30 JOINs", "select 1 from b b0 " +
                      chained("join b b{0} on b{0}.x = b0.y and b{0}.y = b{1}.x", 1, 30, " "));
  add("30 LEFT JOINs",
      "select * from b b0 " + chained("left join b b{0} on b{0}.x = b{1}.y", 1, 30, " "));
  add("30 FULL JOINs",
      "select * from b b0 " + chained("full join b b{0} on b{0}.x = b{1}.y", 1, 30, " "));
  add("70 LEFT JOINs",
      "select * from b b0 " + chained("left join b b{0} on b{0}.x = b{1}.y", 1, 70, " "));
  add("40 subqueries over joins under outer joins",
      "select s1.z from b b0 " +
          chained("left join (select coalesce(p.x + q.y, {1}) as z, p.x from b p join b q on p.x = "
                  "q.x) s{0} on s{0}.x = b0.x",
                  1, 40, " "));
  add("10 tables, all equal", "select 1 from " + chained("b b{0}", 0, 10, ", ") + " where " +
                                  chained("b{0}.x = b{1}.x", 1, 10, " and "));
  add("16 partitioned tables", "select 1 from " + chained("parts p{0}", 0, 16, ", ") + " where " +
                                   chained("p{0}.id = p{1}.id", 1, 16, " and "));
  add("40 EXISTS", "select 1 from a where " +
                       chained("exists (select 1 from b b{0} where b{0}.x = a.x and b{0}.y = {0})",
                               0, 40, " and "));
  add("10,000 numbers in IN",
      "select * from every where i4 in (" + chained("{0}", 0, 10'000, ", ") + ")");
  add("2,000 texts in NOT IN",
      "select * from every where tx not in (" + chained("'t{0}'", 0, 2000, ", ") + ")");
  add("5,000 rows of VALUES",
      "select * from (values " + chained("({0}, 'x{1}')", 0, 5000, ", ") + ") v(a, b) where a = 3");
  add("3,000 ORs",
      "select * from every where " + chained("i4 = {0} and d > '2021-01-01'", 0, 3000, " or "));
  add("1,000 ORs over two indexes",
      "select * from every where " + chained("i4 = {0} or i8 = {1}", 0, 1000, " or "));
  add("900 brackets", "select " + repeated("(", 900) + "1" + repeated(")", 900));
  add("2,000 brackets", "select " + repeated("(", 2000) + "1" + repeated(")", 2000));
  add("900 NOTs", "select " + repeated("not ", 900) + "true");
  add("900 additions", "select i4 " + repeated("+ i4 ", 900) + "from every");
  add("300 subqueries in each other",
      repeated("select * from (", 300) + "select 1 as x" + repeated(") q", 300));
  add("200 scalar subqueries in each other",
      "select " + repeated("(select ", 200) + "1" + repeated(")", 200));
  add("500 arms of UNION", repeated("select x from a", 500, " union "));
  add("500 arms of UNION ALL under a condition",
      "select * from (" + repeated("select x from b", 500, " union all ") + ") u where x = 5");
  add("WITH that doubles", "with w0 as (select * from a)" +
                               chained(", w{0} as (select p.x from w{1} p, w{1} q)", 1, 40, "") +
                               " select count(*) from w39");
  add("nested BETWEEN",
      "select " + repeated("(", 60) + "1" + repeated(" between symmetric 1 and 2)::integer", 60));
  add("CUBE of 12",
      "select count(*) from every group by cube (i2, i4, i8, n, n2, f4, f8, bo, bp, "
      "vc, tx, d)");
  add("CUBE of 30", "select count(*) from a group by cube (" + repeated("x", 30, ", ") + ")");
  add("1,664 columns",
      "select " + repeated("x", 1664, ", ") + " from a order by " + repeated("x", 400, ", "));
  add("200 windows", "select " +
                         chained("sum(i4) over (partition by i4 + {0} order by id)", 0, 200, ", ") +
                         " from every");
  add("100 columns in ORDER BY of a join", "select 1 from a, b where a.x = b.x order by " +
                                               chained("a.x + {0}, b.y - {0}", 0, 100, ", "));
  add("a long number", "select " + repeated("9", 5000) + " * 1" + repeated("0", 5000));
  add("a large power", "select 9999999.9 ^ 99999999.9, '1e130000'::numeric * '1e130000'::numeric");
  add("a long pattern", "select * from every where tx ~ '" + repeated("(a|b)*", 300) + "'");
  add("a long LIKE", "select * from every where tx like '" + repeated("%a_", 2000) + "'");
  add("a deep JSON", "select '" + repeated("[", 900) + repeated("]", 900) + "'::jsonb");
  add("a repetition of text", "select repeat(repeat('x', 100000), 100000), lpad('x', 2000000000)");
  add("a growing text",
      "select " + repeated("repeat(", 12) + "'xxxxxxxxxx'" + repeated(", 10)", 12));
  add("a wide series", "select * from generate_series(1, 9223372036854775807) g where g > 5");
  return all;
}

}  // namespace

TEST_CASE("A hostile statement ends soon, in a plan or a refusal by name", "[any-statement]") {
  for (const auto& [name, sql] : hostile_statements()) {
    CAPTURE(name);
    const auto start = std::chrono::steady_clock::now();
    const std::string answer = outcome(sql);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    std::cout << fmt::format("{:<45} {:>7.2f} s  {}\n", name, spent.count(), answer.substr(0, 70));
    // Far above what it takes, so that a busy machine does not fail it; unbounded work does.
    CHECK(spent.count() < 60);
  }
}
