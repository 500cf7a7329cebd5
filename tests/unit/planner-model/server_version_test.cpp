// One statement a difference between the planners of PostgreSQL 13 to 18 (ServerVersion).
#include "planner-model/cost/server_version.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "planner-model/whatif/plan_node.hpp"
#include "planner-model/whatif/planner.hpp"

#include "tests/support/ddl_catalog.hpp"

namespace quern::planner_model {
namespace {

using Catch::Matchers::Contains;

constexpr const char* kShop =
    "CREATE TABLE customers (id int PRIMARY KEY, name text, city text NOT NULL);"
    "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, total int, placed date);"
    "CREATE INDEX orders_customer ON orders (customer, placed);";

std::string plan_on(int major, const std::string& sql) {
  CatalogSnapshot catalog = testing::catalog_of(kShop);
  catalog.server_version = major * 10000;
  const Planner planner{catalog, SizeModel::AsBuilt};
  return explain_text(planner.plan(*planner.bind(sql), {}).plan);
}

TEST_CASE("a version is known by its major number") {
  CHECK(ServerVersion{130023}.major() == 13);
  CHECK_FALSE(ServerVersion{130023}.memoizes());
  CHECK(ServerVersion{140000}.memoizes());
  CHECK_FALSE(ServerVersion{170011}.counts_disabled_nodes());
  CHECK(ServerVersion{180004}.counts_disabled_nodes());
}

TEST_CASE("since 17 a NOT NULL column decides IS NULL") {
  const std::string sql = "SELECT * FROM orders WHERE customer IS NULL AND total > 5";
  CHECK_THAT(plan_on(16, sql), Contains("customer IS NULL"));
  CHECK_THAT(plan_on(17, sql), Contains("One-Time Filter: false"));
}

TEST_CASE("since 17 a correlated IN is a join") {
  const std::string sql =
      "SELECT * FROM customers c WHERE c.id IN "
      "(SELECT o.customer FROM orders o WHERE o.total > length(c.name))";
  CHECK_THAT(plan_on(16, sql), Contains("SubPlan"));
  CHECK_THAT(plan_on(17, sql), !Contains("SubPlan"));
}

TEST_CASE("since 18 a table joined to itself by its key is read once") {
  const std::string sql = "SELECT a.name, b.city FROM customers a JOIN customers b ON a.id = b.id";
  CHECK_THAT(plan_on(17, sql), Contains("Join"));
  const std::string plan = plan_on(18, sql);
  CHECK_THAT(plan, !Contains("Join") && Contains("customers b"));
}

TEST_CASE("since 18 a join that is not by a whole key stays") {
  const std::string sql =
      "SELECT a.total, b.total FROM orders a JOIN orders b ON a.customer = b.customer";
  CHECK_THAT(plan_on(18, sql), Contains("Join") || Contains("Nested Loop"));
}

TEST_CASE("since 18 an OR of one column's values is one index condition") {
  const std::string sql = "SELECT * FROM customers WHERE id = 7 OR id = 9";
  CHECK_THAT(plan_on(17, sql), !Contains("ANY"));
  CHECK_THAT(plan_on(18, sql), Contains("id = ANY ('{7,9}'::integer[])"));
}

TEST_CASE("since 18 INTERSECT has two inputs") {
  const std::string sql = "SELECT id FROM customers INTERSECT SELECT customer FROM orders";
  CHECK_THAT(plan_on(17, sql), Contains("Append"));
  CHECK_THAT(plan_on(18, sql), !Contains("Append"));
}

TEST_CASE("since 16 rows reach an ordered aggregate sorted") {
  const std::string sql =
      "SELECT city, string_agg(name, ',' ORDER BY name) FROM customers GROUP BY 1";
  CHECK_THAT(plan_on(15, sql), !Contains("Sort Key: city, name"));
  CHECK_THAT(plan_on(16, sql), Contains("Sort Key: city, name"));
}

TEST_CASE("since 17 an unnested column gives as many rows as its statistics say") {
  const auto rows_on = [](int major) {
    CatalogSnapshot catalog =
        testing::catalog_of("CREATE TABLE lists (id int PRIMARY KEY, items int NOT NULL)");
    catalog.server_version = major * 10000;
    auto& items = catalog.tables.front().columns[1];
    items.type = 1007;  // int4[]
    auto& statistics = items.statistics.emplace();
    statistics.element_count_histogram = {1, 2, 3, 2.4};
    const Planner planner{catalog, SizeModel::AsBuilt};
    const auto plan =
        planner.plan(*planner.bind("SELECT unnest(items) FROM lists WHERE id = 1"), {});
    return plan.plan.rows.value();
  };
  CHECK(rows_on(16) == 10);
  CHECK(rows_on(17) == 2);
}

}  // namespace
}  // namespace quern::planner_model
