// Joins and groups by partition, without a server: the oracle's statements compare the numbers.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "planner-model/whatif/plan_node.hpp"
#include "planner-model/whatif/planner.hpp"

#include "tests/support/ddl_catalog.hpp"

namespace quern::planner_model {
namespace {

using Catch::Matchers::Contains;

/// By ranges of id: those of c differ.
constexpr const char* kTables =
    "CREATE TABLE a (id int NOT NULL, v int) PARTITION BY RANGE (id);"
    "CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (10);"
    "CREATE TABLE a2 PARTITION OF a FOR VALUES FROM (10) TO (20);"
    "CREATE TABLE b (id int NOT NULL, w int) PARTITION BY RANGE (id);"
    "CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (10);"
    "CREATE TABLE b2 PARTITION OF b FOR VALUES FROM (10) TO (20);"
    "CREATE TABLE c (id int NOT NULL, z int) PARTITION BY RANGE (id);"
    "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (5);"
    "CREATE TABLE c2 PARTITION OF c FOR VALUES FROM (5) TO (20);"
    "CREATE TABLE wide (id bigint NOT NULL, z int) PARTITION BY RANGE (id);"
    "CREATE TABLE wide1 PARTITION OF wide FOR VALUES FROM (0) TO (10);"
    "CREATE TABLE wide2 PARTITION OF wide FOR VALUES FROM (10) TO (20);";

PlanResult planned(const std::string& sql, const std::string& on) {
  CatalogSnapshot catalog = testing::catalog_of(kTables);
  for (auto& table : catalog.tables) {
    const bool first = table.name.ends_with('1');
    const char* middle = table.name.starts_with('c') ? "5" : "10";
    if (!table.parents.empty()) {
      table.partition_bound =
          fmt::format("FOR VALUES FROM ({}) TO ({})", first ? "0" : middle, first ? middle : "20");
    }
  }
  catalog.settings["enable_partitionwise_join"] = on;
  catalog.settings["enable_partitionwise_aggregate"] = on;
  catalog.settings["max_parallel_workers_per_gather"] = "0";
  const Planner planner{catalog, SizeModel::AsBuilt};
  return planner.plan(*planner.bind(sql), {});
}

/// The plan has conditions that join the first partition of `a` to the first of another table.
bool joins_partitions(const std::string& sql, const std::string& on) {
  const std::string plan = explain_text(planned(sql, on).plan);
  return plan.find("a_1.id = ") != std::string::npos || plan.find("= a_1.id)") != std::string::npos;
}

TEST_CASE("partitions with the same bounds are joined with one another where that is allowed") {
  const std::string sql = "SELECT * FROM a JOIN b ON a.id = b.id";
  CHECK(joins_partitions(sql, "on"));
  CHECK_FALSE(joins_partitions(sql, "off"));
}

TEST_CASE("partitions of another column, type or bounds are not joined one by one") {
  CHECK_FALSE(joins_partitions("SELECT * FROM a JOIN b ON a.v = b.w", "on"));
  CHECK_FALSE(joins_partitions("SELECT * FROM a JOIN wide ON a.id = wide.id", "on"));
  CHECK_FALSE(joins_partitions("SELECT * FROM a JOIN c ON a.id = c.id", "on"));
  const std::vector<std::string> differing = {"a join of partitions with different bounds"};
  CHECK(planned("SELECT * FROM a JOIN c ON a.id = c.id", "on").unmodelled == differing);
}

TEST_CASE("a pruned partition leaves a left join to the whole tables") {
  CHECK_FALSE(joins_partitions(
      "SELECT * FROM a LEFT JOIN b ON a.id = b.id AND b.id < 10 WHERE a.v = 1", "on"));
}

TEST_CASE("groups by the partition key are each partition's, others are finished above") {
  const std::string whole =
      explain_text(planned("SELECT id, count(*) FROM a GROUP BY id", "on").plan);
  CHECK_THAT(whole, Contains("Append") && !Contains("Partial"));
  CHECK(whole.starts_with("Append"));
  const std::string finished = explain_text(planned("SELECT count(*), sum(v) FROM a", "on").plan);
  CHECK_THAT(finished, Contains("Finalize Aggregate") && Contains("Partial Aggregate"));
  CHECK_THAT(explain_text(planned("SELECT count(*), sum(v) FROM a", "off").plan),
             !Contains("Partial"));
}

TEST_CASE("a table below itself in a broken snapshot is nobody's partition") {
  CatalogSnapshot catalog = testing::catalog_of(kTables);
  for (auto& table : catalog.tables) {
    if (table.name == "a" || table.name == "b1") {
      table.parents.push_back(table.oid);
    }
  }
  const Planner planner{catalog, SizeModel::AsBuilt};
  for (const char* sql :
       {"SELECT * FROM a", "SELECT * FROM b", "SELECT * FROM a JOIN b USING (id)"}) {
    CHECK_NOTHROW(planner.plan(*planner.bind(sql), {}));
  }
}

}  // namespace
}  // namespace quern::planner_model
