// What recorded writes ask of an index.
#include "advisor/price/write_activity.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "collector/catalog/from_schema.hpp"
#include "collector/collect.hpp"

#include "advisor/advise.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

CatalogSnapshot people() {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(
      "CREATE TABLE people (id int PRIMARY KEY, name text, note text, "
      "search text GENERATED ALWAYS AS (lower(name)) STORED);",
      "schema.sql");
  for (Table& table : catalog.tables) {
    table.reltuples = 100000;
    table.pages = table.relpages = 1000;
    table.activity = TableActivity{};
  }
  return catalog;
}

WriteEffect effect_of(const std::string& index, const Workload& workload) {
  AdviceOptions options;
  options.must_have = {index};
  const Advice advice = advise(workload, people(), options);
  const auto found =
      std::find_if(advice.proposals.begin(), advice.proposals.end(),
                   [](const Proposal& p) { return p.kind == ProposalKind::CreateIndex; });
  REQUIRE(found != advice.proposals.end());
  return found->writes.value();
}

Workload workload_of(const std::string& statements) {
  collector::CollectOptions options;
  options.format = collector::LogFormat::Sql;
  return collector::collect_text(statements, options);
}

}  // namespace

TEST_CASE("a generated column changes with the columns that it is made of") {
  const Workload workload =
      workload_of("-- quern: calls=50\nUPDATE people SET name = 'Ada' WHERE id = 3;");
  CHECK(effect_of("CREATE INDEX ON people (search)", workload).hot_updates_lost == 50);
  CHECK(effect_of("CREATE INDEX ON people (note)", workload).hot_updates_lost == 0);
}

TEST_CASE("the rows of some executions stand for those of all") {
  Workload workload =
      workload_of("-- quern: calls=50\nINSERT INTO people (id, name) SELECT id, note FROM people;");
  workload.classes.front().rows = 30;
  workload.classes.front().with_rows = 10;
  CHECK(effect_of("CREATE INDEX ON people (note)", workload).rows_inserted == 150);
}
