// Which executions stand for a class, and what of them an index may be made for.
#include "advisor/price/planned_workload.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "advisor/advise.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

const char* const kPeople = "CREATE TABLE people (id int PRIMARY KEY, name text, data jsonb);";

/// A class of these executions, with parameters or with literals in the text.
Workload executed(const std::vector<SampleExecution>& samples) {
  Workload workload;
  workload.classes.push_back({.fingerprint = "a",
                              .sql = samples.front().sql,
                              .kind = StatementKind::Select,
                              .calls = 100,
                              .samples = samples});
  return workload;
}

std::vector<std::string> created(const Workload& workload) {
  std::vector<std::string> ddl;
  for (const auto& proposal : advise(workload, testing::catalog_of(kPeople), {}).proposals) {
    ddl.insert(ddl.end(), proposal.ddl_up.begin(), proposal.ddl_up.end());
  }
  return ddl;
}

bool mentions(const std::vector<std::string>& all, const std::string& text) {
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& one) { return one.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("a searched value is no part of an index's expression") {
  const std::string by_prefix = "SELECT id FROM people ORDER BY replace(name, 'ann', '') LIMIT 5";
  const std::string by_other = "SELECT id FROM people ORDER BY replace(name, 'bob', '') LIMIT 5";
  const std::string by_parameter = "SELECT id FROM people ORDER BY replace(name, $1, '') LIMIT 5";
  SECTION("one value in all executions may belong to the statement") {
    CHECK(mentions(created(executed({{.sql = by_prefix}})), "'ann'"));
  }
  SECTION("two values are two searches") {
    CHECK_FALSE(mentions(created(executed({{.sql = by_prefix}, {.sql = by_other}})), "replace"));
  }
  SECTION("also where only an execution that is not planned has the other") {
    CHECK_FALSE(mentions(created(executed({{.sql = by_prefix, .at_us = 1},
                                           {.sql = by_prefix, .at_us = 2},
                                           {.sql = by_prefix, .at_us = 3},
                                           {.sql = by_other, .at_us = 4}})),
                         "replace"));
  }
  SECTION("a parameter is a value") {
    CHECK_FALSE(
        mentions(created(executed({{.sql = by_parameter, .parameters = {"ann"}}})), "replace"));
  }
}

TEST_CASE("the key of a document is a constant, the value that it is compared with is not") {
  const auto ddl =
      created(executed({{.sql = "SELECT id FROM people WHERE data->>'town' = 'Rome'"},
                        {.sql = "SELECT id FROM people WHERE data->>'town' = 'Oslo'"}}));
  CHECK(mentions(ddl, "(data ->> 'town'::text)"));
  CHECK_FALSE(mentions(ddl, "Rome"));
}

TEST_CASE("executions kept at random stand for all calls, the slowest for themselves") {
  QueryClass query;
  for (const char* why : {"slowest", "slowest", "slowest", "typical", "typical", "plan"}) {
    query.samples.push_back({.sql = "SELECT 1", .why = why});
  }
  const auto planned = planned_executions(query);
  REQUIRE(planned.size() == 3);
  for (const auto& execution : planned) {
    CHECK(execution.why != "slowest");
  }
}

TEST_CASE("an execution recorded twice counts twice in what its class costs") {
  const std::string often = "SELECT id FROM people WHERE name = 'ann'";
  const std::string once = "SELECT id FROM people WHERE name IN ('bob', 'eve') ORDER BY data->>'x'";
  const CatalogSnapshot catalog = testing::catalog_of(kPeople);
  const planner_model::Planner planner{catalog};
  const auto cost = [&](const std::string& sql) {
    return planner.plan(*planner.bind(sql)).total.value();
  };
  REQUIRE(cost(once) > cost(often) + 1);

  const Advice advice = advise(
      executed({{.sql = often, .at_us = 1}, {.sql = once, .at_us = 2}, {.sql = often, .at_us = 3}}),
      catalog, {});
  REQUIRE(advice.queries.size() == 1);
  CHECK(advice.queries[0].before.value() == Approx((2 * cost(often) + cost(once)) / 3));
}

TEST_CASE("an execution that is not planned and cannot be read takes nothing from its class") {
  const std::string whole = "SELECT id FROM people WHERE name = 'ann'";
  CHECK(mentions(created(executed({{.sql = whole, .at_us = 1},
                                   {.sql = whole, .at_us = 2},
                                   {.sql = whole, .at_us = 3},
                                   {.sql = "SELECT id FROM people WHERE na", .at_us = 4}})),
                 "(name)"));
}

TEST_CASE("statistics that autovacuum would have made anew are told to be old") {
  CatalogSnapshot catalog = testing::catalog_of(kPeople);
  catalog.has_statistics = true;
  const Workload workload = executed({{.sql = "SELECT id FROM people WHERE name = 'ann'"}});
  const auto tells = [&](std::int64_t written) {
    catalog.tables.front().activity = TableActivity{.modified_since_analyze = written};
    return mentions(advise(workload, catalog, {}).caveats,
                    std::to_string(written) + " rows of people were written since");
  };
  CHECK_FALSE(tells(10000));
  CHECK(tells(10100));
}
