// What recorded writes ask of an index.
#include "advisor/price/write_profile.hpp"

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
      "search text GENERATED ALWAYS AS (lower(name)) STORED);"
      "CREATE VIEW persons AS SELECT note AS remark, name AS called, id AS number FROM people "
      "WHERE note IS NOT NULL;",
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

TEST_CASE("what is written through a view is written to the table under it") {
  const Workload update =
      workload_of("-- quern: calls=50\nUPDATE persons AS p SET called = 'Ada' WHERE p.number = 3;");
  CHECK(effect_of("CREATE INDEX ON people (name)", update).hot_updates_lost == 50);
  CHECK(effect_of("CREATE INDEX ON people (search)", update).hot_updates_lost == 50);
  CHECK(effect_of("CREATE INDEX ON people (note)", update).hot_updates_lost == 0);
  const Workload insert =
      workload_of("-- quern: calls=50\nINSERT INTO persons (number, called) VALUES (3, 'Ada');");
  const Workload same =
      workload_of("-- quern: calls=50\nINSERT INTO people (id, name) VALUES (3, 'Ada');");
  const WriteEffect through = effect_of("CREATE INDEX ON people (name)", insert);
  CHECK(effect_of("CREATE INDEX ON people (name)", same).rows_inserted == 50);
  CHECK(through.rows_inserted == 50);
  CHECK(through.wal_per_insert == effect_of("CREATE INDEX ON people (name)", same).wal_per_insert);
}

TEST_CASE("the rows of some executions stand for those of all") {
  Workload workload =
      workload_of("-- quern: calls=50\nINSERT INTO people (id, name) SELECT id, note FROM people;");
  workload.classes.front().rows = 30;
  workload.classes.front().with_rows = 10;
  CHECK(effect_of("CREATE INDEX ON people (note)", workload).rows_inserted == 150);
}

namespace {

/// 100,000 messages of which a thousandth waits.
CatalogSnapshot messages() {
  CatalogSnapshot catalog = collector::snapshot_from_schema_text(
      "CREATE TABLE messages (id int PRIMARY KEY, state text NOT NULL DEFAULT 'new', kind text, "
      "sent_at timestamptz, body text, queue text NOT NULL);",
      "schema.sql");
  Table& table = catalog.tables.front();
  table.reltuples = 100'000;
  table.pages = table.relpages = 1'000;
  for (Column& column : table.columns) {
    column.statistics = ColumnStatistics{.average_width = 8, .n_distinct = -1};
  }
  table.columns[1].statistics = ColumnStatistics{.average_width = 4,
                                                 .n_distinct = 2,
                                                 .most_common_values = {"done", "new"},
                                                 .most_common_frequencies = {0.999, 0.001}};
  table.columns[2].statistics = ColumnStatistics{.average_width = 4,
                                                 .n_distinct = 2,
                                                 .most_common_values = {"mail", "fax"},
                                                 .most_common_frequencies = {0.999, 0.001}};
  table.columns[3].statistics->null_fraction = 0.001F;
  table.columns[5].statistics = ColumnStatistics{.average_width = 4,
                                                 .n_distinct = 2,
                                                 .most_common_values = {"a", "b"},
                                                 .most_common_frequencies = {0.75, 0.25}};
  return catalog;
}

double wal_of_an_insert(const std::string& predicate, const std::string& update) {
  AdviceOptions options;
  options.must_have = {"CREATE INDEX ON messages (id, body)" +
                       (predicate.empty() ? "" : " WHERE " + predicate)};
  const Advice advice = advise(
      workload_of(
          "-- quern: calls=100\nINSERT INTO messages (id, body, queue) VALUES (7, 'x', 'a');\n" +
          update),
      messages(), options);
  const auto found =
      std::find_if(advice.proposals.begin(), advice.proposals.end(),
                   [](const Proposal& p) { return p.kind == ProposalKind::CreateIndex; });
  REQUIRE(found != advice.proposals.end());
  return found->writes->wal_per_insert.value();
}

}  // namespace

TEST_CASE("every row of a queue comes to its index, however few wait there") {
  const std::string done =
      "-- quern: calls=100\nUPDATE messages SET state = 'done', sent_at = now() WHERE id = 3;";
  const double whole = wal_of_an_insert("", done);
  CHECK(wal_of_an_insert("state = 'new'", done) == Approx(whole).epsilon(0.1));
  CHECK(wal_of_an_insert("sent_at IS NULL", done) == Approx(whole).epsilon(0.1));
  // One of several queues in a table gets its share, of a column that each statement must give.
  CHECK(wal_of_an_insert("state = 'new' AND queue = 'b'", done) ==
        Approx(0.25 * whole).epsilon(0.1));
  // Not where nothing leaves it, where new rows are not in it, or where that is not known.
  const double few = 0.02 * whole;
  CHECK(wal_of_an_insert("state = 'new'", "") < few);
  CHECK(wal_of_an_insert("kind = 'fax'", done) < few);
  CHECK(wal_of_an_insert("state = 'new' AND kind = 'fax'", done) < few);
}

namespace {

/// Of 60 rows of an upsert, those that are inserted: by the counters and by an executed plan.
double inserted(std::int64_t counted_inserts, std::int64_t counted_updates,
                const std::string& plan = "") {
  CatalogSnapshot catalog = people();
  catalog.tables.front().activity->inserts = counted_inserts;
  catalog.tables.front().activity->updates = counted_updates;
  Workload workload = workload_of(
      "-- quern: calls=60\nINSERT INTO people (id, name) VALUES (3, 'Ada') ON CONFLICT (id) DO "
      "UPDATE SET name = excluded.name;"
      "-- quern: calls=20\nUPDATE people SET note = 'x' WHERE id = 3;"
      "-- quern: calls=20\nINSERT INTO people (id, note) VALUES (3, 'x');");
  for (QueryClass& query : workload.classes) {
    if (query.sql.find("CONFLICT") != std::string::npos && !plan.empty()) {
      query.plans.push_back({.shape = "a", .calls = 1, .example = plan});
    }
  }
  AdviceOptions options;
  options.must_have = {"CREATE INDEX ON people (name)"};
  const Advice advice = advise(workload, catalog, options);
  for (const Proposal& one : advice.proposals) {
    if (one.kind == ProposalKind::CreateIndex) {
      CHECK(one.writes->rows_inserted + one.writes->rows_updated == Approx(100));
      return one.writes->rows_inserted - 20;
    }
  }
  return -1;
}

}  // namespace

TEST_CASE(
    "rows of ON CONFLICT DO UPDATE are inserts and updates as executed plans or counters say") {
  CHECK(inserted(0, 0) == Approx(30));        // nothing tells
  CHECK(inserted(8000, 2000) == Approx(60));  // the other updates are all there are
  CHECK(inserted(2000, 8000) == Approx(0));
  CHECK(inserted(5000, 5000) == Approx(30));
  CHECK(inserted(5000, 5000, R"({"Plan": {"Node Type": "ModifyTable", "Operation": "Insert",
    "Tuples Inserted": 1, "Conflicting Tuples": 3, "Plans": []}})") == Approx(15));
}
