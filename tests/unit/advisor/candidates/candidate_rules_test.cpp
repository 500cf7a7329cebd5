// The numbered rules, one table occurrence at a time.
#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "advisor/candidates/find_candidates.hpp"
#include "advisor/candidates/rules.hpp"
#include "advisor/price/relevance.hpp"

#include "tests/support/ddl_catalog.hpp"

using namespace quern;
using namespace quern::advisor;
using planner_model::ClauseKind;
using planner_model::ClauseUse;
using planner_model::TableUse;
using quern::testing::catalog_of;

namespace {

const char* const kShop = R"(
CREATE TABLE customers (id int PRIMARY KEY, email text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int, status text, placed_at timestamptz, total numeric, note text);
CREATE INDEX orders_status_placed_at_idx ON orders (status, placed_at);
)";

CatalogSnapshot shop() {
  CatalogSnapshot catalog = catalog_of(kShop);
  catalog.collate = "C.UTF-8";
  return catalog;
}

const Table& orders_of(const CatalogSnapshot& catalog) {
  return *std::find_if(catalog.tables.begin(), catalog.tables.end(),
                       [](const Table& table) { return table.name == "orders"; });
}

constexpr std::int16_t kCustomer = 2;
constexpr std::int16_t kStatus = 3;
constexpr std::int16_t kPlaced = 4;
constexpr std::int16_t kTotal = 5;
constexpr std::int16_t kNote = 6;

/// "definition  rule", sorted.
std::set<std::string> proposed(const CatalogSnapshot& catalog, const std::vector<TableUse>& uses) {
  std::set<std::string> found;
  const auto set = find_candidates({{.fingerprint = "q", .weight = 1, .uses = uses}}, catalog, {});
  for (const auto& candidate : set.candidates) {
    found.insert(definition_text(candidate.definition, orders_of(catalog)) + "  " + candidate.rule);
  }
  return found;
}

TableUse on_orders(const CatalogSnapshot& catalog, std::vector<ClauseUse> clauses) {
  return {.table = orders_of(catalog).oid, .clauses = std::move(clauses), .whole_row = true};
}

}  // namespace

TEST_CASE("equality columns, the most selective first") {
  const auto catalog = shop();
  CHECK(proposed(catalog, {on_orders(catalog, {{.column = kTotal, .selectivity = 0.5},
                                               {.column = kCustomer, .selectivity = 0.01}})}) ==
        std::set<std::string>{"(customer_id)  C01 equality", "(customer_id, total)  C01 equality",
                              "(total)  C01 equality"});
}

TEST_CASE("equality, then one range; what exists is not proposed again") {
  const auto catalog = shop();
  CHECK(proposed(catalog, {on_orders(catalog, {{.column = kStatus},
                                               {.column = kPlaced, .kind = ClauseKind::Range}})}) ==
        std::set<std::string>{"(placed_at)  C02 equality, then range"});
}

TEST_CASE("equality, then the order, read backwards where it begins descending") {
  const auto catalog = shop();
  TableUse use = on_orders(catalog, {{.column = kCustomer}});
  use.order_by = {{.column = kPlaced, .descending = true, .nulls_first = true}};
  use.has_limit = true;
  const auto found = proposed(catalog, {use});
  CHECK(found.count("(customer_id, placed_at)  C03 equality, then order by") == 1);
}

TEST_CASE("an IN list does not stand before an order") {
  const auto catalog = shop();
  TableUse use = on_orders(catalog, {{.column = kCustomer, .kind = ClauseKind::EqualAny}});
  use.order_by = {{.column = kTotal}};
  const auto found = proposed(catalog, {use});
  CHECK(found.count("(customer_id, total)  C03 equality, then order by") == 0);
  CHECK(found.count("(total)  C03 equality, then order by") == 1);
}

TEST_CASE("join columns, with constants before and after") {
  const auto catalog = shop();
  const auto found = proposed(
      catalog, {on_orders(catalog, {{.column = kCustomer, .is_join = true, .join_table = 1},
                                    {.column = kTotal}})});
  CHECK(found.count("(customer_id)  C04 join columns") == 1);
  CHECK(found.count("(customer_id, total)  C04 join columns") == 1);
  CHECK(found.count("(total, customer_id)  C04 join columns") == 1);
}

TEST_CASE("the statement's other columns come along as INCLUDE") {
  const auto catalog = shop();
  TableUse use = on_orders(catalog, {{.column = kCustomer}});
  use.whole_row = false;
  use.referenced = {kCustomer, kTotal};
  CHECK(proposed(catalog, {use}).count("(customer_id) INCLUDE (total)  C06 covering") == 1);
}

TEST_CASE("a recurring condition makes a partial index") {
  const auto catalog = shop();
  const auto found = proposed(catalog, {on_orders(catalog, {{.column = kCustomer},
                                                            {.column = kTotal,
                                                             .kind = ClauseKind::IsNull,
                                                             .text = "total IS NULL",
                                                             .selectivity = 0.1}})});
  CHECK(found.count("(customer_id) WHERE (total IS NULL)  C07 partial") == 1);
}

TEST_CASE("an expression and a pattern get the index that they can use") {
  const auto catalog = shop();
  CHECK(proposed(catalog, {on_orders(catalog, {{.expression = "(lower(note))"}})}) ==
        std::set<std::string>{"((lower(note)))  C08 expression"});
  CHECK(proposed(catalog, {on_orders(catalog, {{.column = kNote, .kind = ClauseKind::Pattern}})}) ==
        std::set<std::string>{"(note text_pattern_ops)  C09 pattern"});
  auto plain = shop();
  plain.collate = "C";
  CHECK(proposed(plain, {on_orders(plain, {{.column = kNote, .kind = ClauseKind::Pattern}})}) ==
        std::set<std::string>{"(note)  C09 pattern"});
}

TEST_CASE("the order of the queries does not matter") {
  const auto catalog = shop();
  QueryUses a{
      .fingerprint = "a", .weight = 2, .uses = {on_orders(catalog, {{.column = kCustomer}})}};
  QueryUses b{.fingerprint = "b",
              .weight = 1,
              .uses = {on_orders(catalog, {{.column = kCustomer}, {.column = kTotal}})}};
  const auto text = [&](const std::vector<QueryUses>& queries) {
    std::string all;
    for (const auto& candidate : find_candidates(queries, catalog, {}).candidates) {
      all += candidate.name + " " + definition_text(candidate.definition, orders_of(catalog)) +
             candidate.rule + "\n";
    }
    return all;
  };
  CHECK(text({a, b}) == text({b, a}));
}

TEST_CASE("block ranges are for values that follow the table's order, not for ties that seem to") {
  const auto brin_on_status = [](double correlation) {
    CatalogSnapshot catalog = shop();
    Table& orders = const_cast<Table&>(orders_of(catalog));
    orders.pages = 5000;
    ColumnStatistics statistics{.n_distinct = 2,
                                .most_common_values = {"done", "open"},
                                .most_common_frequencies = {0.9, 0.1}};
    statistics.correlation = correlation;
    orders.columns[kStatus - 1].statistics = statistics;
    ClauseUse clause{.column = kStatus, .kind = ClauseKind::Equal, .text = "(status = 'open')"};
    clause.selectivity = 0.1;
    clause.classes = {{.access_method = "brin"}};
    const auto found = proposed(catalog, {on_orders(catalog, {clause})});
    return std::any_of(found.begin(), found.end(),
                       [](const auto& text) { return text.starts_with("USING brin"); });
  };
  CHECK_FALSE(brin_on_status(0.82));  // 0.9 * 0.9 + 0.1 * 0.1: anywhere in the table
  CHECK(brin_on_status(1));
}

TEST_CASE("covers: prefixes, both directions, INCLUDE and predicates") {
  const IndexDefinition ab{.table = 1, .keys = {{.column = 1}, {.column = 2}}};
  CHECK(covers(ab, {.table = 1, .keys = {{.column = 1}}}));
  CHECK_FALSE(covers(ab, {.table = 1, .keys = {{.column = 2}}}));
  CHECK_FALSE(covers(ab, {.table = 2, .keys = {{.column = 1}}}));
  CHECK(covers(ab, {.table = 1, .keys = {{.column = 1, .descending = true, .nulls_first = true}}}));
  CHECK_FALSE(covers(
      ab, {.table = 1,
           .keys = {{.column = 1}, {.column = 2, .descending = true, .nulls_first = true}}}));
  CHECK(covers(ab, {.table = 1, .keys = {{.column = 1}}, .included = {2}}));
  // Over fewer rows an index answers its condition as well: outbox (id) WHERE NOT sent.
  CHECK_FALSE(covers(ab, {.table = 1, .keys = {{.column = 1}}, .predicate = "(x IS NULL)"}));
  IndexDefinition part = ab;
  part.predicate = "(x IS NULL)";
  CHECK_FALSE(covers(part, {.table = 1, .keys = {{.column = 1}}}));
  CHECK(covers(part, {.table = 1, .keys = {{.column = 1}}, .predicate = "x IS NULL"}));
  CHECK_FALSE(
      covers(ab, {.table = 1, .keys = {{.column = 1, .operator_class = "text_pattern_ops"}}}));
  const IndexDefinition two{
      .table = 1, .keys = {{.column = 1}}, .predicate = "((x IS NULL) AND (y = ' AND '::text))"};
  CHECK(covers(
      two,
      {.table = 1, .keys = {{.column = 1}}, .predicate = "((y = ' AND '::text) AND (x IS NULL))"}));
  CHECK_FALSE(covers(two, part));
}

namespace {

/// A table of many columns, and classes that compare some of them.
CatalogSnapshot wide_table() {
  std::string columns;
  for (int c = 1; c <= 12; ++c) {
    columns += (c == 1 ? "" : ", ") + std::string{"c"} + std::to_string(c) + " int";
  }
  return catalog_of("CREATE TABLE orders (" + columns + ");");
}

QueryUses comparing(const CatalogSnapshot& catalog, const std::string& name, double weight,
                    const std::vector<std::int16_t>& columns) {
  TableUse use = on_orders(catalog, {});
  for (const auto column : columns) {
    use.clauses.push_back({.column = column, .selectivity = 0.01});
  }
  return {.fingerprint = name, .weight = weight, .uses = {use}};
}

std::size_t serving(const CandidateSet& set, const std::string& fingerprint) {
  return static_cast<std::size_t>(
      std::count_if(set.candidates.begin(), set.candidates.end(),
                    [&](const auto& candidate) { return candidate.serves.contains(fingerprint); }));
}

}  // namespace

TEST_CASE("one heavy class does not crowd out the candidates of the others") {
  const auto catalog = wide_table();
  const std::vector<QueryUses> queries{
      comparing(catalog, "heavy", 1000, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
      comparing(catalog, "light", 1, {10, 11})};
  const auto all = find_candidates(queries, catalog, {});
  const auto set = find_candidates(queries, catalog, {.per_table = 6});
  REQUIRE(serving(all, "heavy") > 6);
  CHECK(serving(set, "heavy") >= 6);
  CHECK(serving(set, "light") > 0);
  CHECK(set.candidates.size() <= 6 + 6);
  CHECK(set.left_out == all.candidates.size() - set.candidates.size());
}

TEST_CASE("limits on candidates hold, keep the heaviest class, and do not depend on the order") {
  const auto catalog = wide_table();
  std::minstd_rand random{7};
  for (int round = 0; round < 50; ++round) {
    std::vector<QueryUses> queries;
    for (int q = 0; q < 5; ++q) {
      std::set<std::int16_t> columns;
      for (int n = 0; n < 4; ++n) {
        columns.insert(static_cast<std::int16_t>(1 + random() % 12));
      }
      queries.push_back(
          comparing(catalog, std::to_string(q), std::pow(10, q), {columns.begin(), columns.end()}));
    }
    const std::size_t per_table = 2 + random() % 12;
    const std::size_t total = 2 + random() % 12;
    const CandidateLimits limits{.per_table = per_table, .total = total};
    const auto all = find_candidates(queries, catalog, {});
    const auto set = find_candidates(queries, catalog, limits);
    INFO("round " << round << ", " << per_table << " a table, " << total << " in all");
    CHECK(set.candidates.size() <= std::min(total, 2 * per_table));
    CHECK(set.candidates.size() >= std::min({total, per_table, all.candidates.size()}));
    CHECK(set.candidates.size() + set.left_out == all.candidates.size());
    CHECK(serving(set, "4") >= 1);
    std::reverse(queries.begin(), queries.end());
    const auto again = find_candidates(queries, catalog, limits);
    REQUIRE(again.candidates.size() == set.candidates.size());
    for (std::size_t i = 0; i < set.candidates.size(); ++i) {
      CHECK(again.candidates[i].definition == set.candidates[i].definition);
    }
  }
}

TEST_CASE("the nearest first, by an index that reads in that order") {
  const auto catalog = catalog_of("CREATE TABLE orders (id int, place point, area box);");
  const planner_model::Planner planner{catalog};
  const auto answer = [&](const std::string& order) {
    const auto uses = planner.table_uses(*planner.bind("SELECT id FROM orders " + order));
    std::set<std::string> found = proposed(catalog, uses);
    std::erase_if(found, [](const std::string& text) {
      return text.find(kNearestRule) == std::string::npos;
    });
    for (const auto& candidate :
         find_candidates({{.fingerprint = "q", .weight = 1, .uses = uses}}, catalog, {})
             .candidates) {
      CHECK(can_matter(candidate.definition, uses.front()));
    }
    return found;
  };
  const std::set<std::string> nearest{"USING gist (place)  C15 nearest first",
                                      "USING spgist (place kd_point_ops)  C15 nearest first",
                                      "USING spgist (place)  C15 nearest first"};
  CHECK(answer("ORDER BY place <-> point '(1,2)' LIMIT 5") == nearest);
  CHECK(answer("ORDER BY point '(1,2)' <-> place LIMIT 5") == nearest);
  CHECK(answer("ORDER BY place <-> point '(1,2)'").empty());
  CHECK(answer("ORDER BY place <-> point '(1,2)' DESC LIMIT 5").empty());
  CHECK(answer("ORDER BY place <-> point '(1,2)', id LIMIT 5").empty());
  CHECK(answer("ORDER BY id LIMIT 5").empty());
}

TEST_CASE("conditions in another order keep the same rows, text in quotes is one word") {
  const auto over = [](const char* predicate) {
    return IndexDefinition{.table = 1, .keys = {{.column = 1}}, .predicate = predicate};
  };
  CHECK(covers(over("((b = 1) AND (a IS NULL))"), over("(a IS NULL AND (b = 1))")));
  CHECK_FALSE(covers(over("((b = 1) AND (a IS NULL))"), over("(a IS NULL)")));
  CHECK_FALSE(covers(over("(a = 'x\" AND y' AND b)"), over("(b AND y' AND a = 'x\")")));
}

TEST_CASE("what a column is computed of beneath an outer join is what an index holds") {
  const auto catalog = shop();
  const planner_model::Planner planner{catalog};
  const auto uses = planner.table_uses(
      *planner.bind("SELECT c.email, o.noted FROM customers c LEFT JOIN (SELECT customer_id, "
                    "coalesce(note, 'none') "
                    "AS noted FROM orders) o ON o.customer_id = c.id WHERE c.id < 20"));
  const auto found = proposed(catalog, uses);
  const bool covering = std::any_of(found.begin(), found.end(), [](const std::string& text) {
    return text.find("(customer_id) INCLUDE (note)") != std::string::npos;
  });
  CHECK(covering);
  for (const std::string& text : found) {
    INFO(text);
    CHECK(text.find('?') == std::string::npos);
  }
}
