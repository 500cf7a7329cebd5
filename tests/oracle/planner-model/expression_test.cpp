#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"

#include "planner-model/plan/deparse.hpp"
#include "planner-model/query/bind.hpp"

#include "tests/support/cluster.hpp"

// The server and the model read the same expression and print it back, the server as a CHECK
// constraint's definition. Parse analysis and printing must agree for the texts to be equal: every
// chosen operator, coercion and literal type shows. (COLLATE apart: planning turns it into a
// relabelling, and the binder does so at once.)
namespace quern::testing {

using planner_model::Binder;
using planner_model::DeparseContext;
using planner_model::ExprPtr;
using planner_model::TypeSystem;

namespace {

struct TableExpressions {
  std::string table;
  std::vector<std::string> expressions;
};

const std::vector<TableExpressions>& expressions() {
  static const std::vector<TableExpressions> all = {
      {"orders",
       {"id = 5",
        "id = 5.5",
        "id > -7",
        "id = '12'",
        "id IN (1, 2, 3)",
        "id NOT IN (1, 2)",
        "id BETWEEN 3 AND 9",
        "id NOT BETWEEN 3 AND 9",
        "id = ANY ('{1,2}')",
        "id <> ALL (ARRAY[1, 2])",
        "id + customer_id > 10",
        "-id < 0",
        "id % 7 = 0",
        "id::text = '4958'",
        "id::int = 4",
        "id / 2.0 > 1",
        "id = 10000000000",
        "customer_id = 10000000000",
        "id::numeric(10,2) = 3",
        "status = 'paid'",
        "status IN ('paid', 'packed')",
        "status <> 'cancelled'",
        "status > 'pending'::order_status",
        "status::text LIKE 'p%'",
        "NOT status = 'paid'",
        "total > 300",
        "total >= 99.90",
        "total = 1e3",
        "total * 1.2 > 50",
        "round(total) = 5",
        "round(total, 1) = 5",
        "total BETWEEN 5 AND 21.5",
        "total::int > 5",
        "total = '7'",
        "currency = 'EUR'",
        "currency IN ('EUR', 'CHF')",
        "currency LIKE 'E%'",
        "lower(currency) = 'eur'",
        "currency::text = 'EUR'",
        "currency || 'x' = 'EURx'",
        "placed_at >= '2025-01-01'",
        "placed_at >= DATE '2025-01-01'",
        "placed_at >= TIMESTAMP '2025-01-01 10:00'",
        "placed_at > now() - interval '7 days'",
        "placed_at > now() - '1 day'::interval",
        "placed_at::date = '2025-06-10'",
        "date(placed_at) = '2025-06-10'",
        "extract(year FROM placed_at) = 2024",
        "extract('month' FROM placed_at) = 3",
        "date_part('year', placed_at) = 2024",
        "date_trunc('month', placed_at) = '2025-01-01'",
        "placed_at AT TIME ZONE 'UTC' > '2025-01-01'",
        "placed_at < CURRENT_TIMESTAMP",
        "placed_at < CURRENT_DATE",
        "placed_at < LOCALTIMESTAMP",
        "placed_at < current_timestamp(3)",
        "placed_at::timestamp(0) > '2025-01-01'",
        "to_char(placed_at, 'YYYY-MM') = '2025-01'",
        "age(placed_at) > '1 year'",
        "placed_at - updated_at > '1 hour'",
        "(placed_at, id) > ('2025-01-01', 5)",
        "(customer_id, id) = (1, 2)",
        "(customer_id, id) IN ((1, 2), (3, 4))",
        "ROW(customer_id, id) >= ROW(5, 6)",
        "gift",
        "NOT gift",
        "gift = true",
        "gift IS TRUE",
        "gift IS NOT FALSE",
        "gift IS UNKNOWN",
        "gift OR note IS NOT NULL",
        "gift AND total > 3 AND note IS NULL",
        "(gift OR total > 5) AND (note IS NULL OR id = 3)",
        "note IS DISTINCT FROM 'x'",
        "note IS NOT DISTINCT FROM NULL",
        "coupon_id IS NULL",
        "coalesce(coupon_id, 0) = 0",
        "coalesce(note, '') <> ''",
        "nullif(note, '') IS NULL",
        "greatest(id, customer_id) > 5",
        "least(total, 5) = 5",
        "CASE WHEN gift THEN 1 ELSE 0 END = 1",
        "CASE status WHEN 'paid' THEN 1 WHEN 'packed' THEN 2 END = 1",
        "CASE WHEN total > 5 THEN 'a' END = 'a'",
        "CASE currency WHEN 'EUR' THEN total ELSE total * 2 END > 5",
        "note = 'it''s'",
        "note LIKE '%x\\_%'",
        "note ILIKE '%x%'",
        "note NOT LIKE 'a%'",
        "note NOT ILIKE 'a%'",
        "note ~ '^a'",
        "note ~* 'b'",
        "note !~ 'c'",
        "note SIMILAR TO 'a%'",
        "length(note) > 3",
        "substring(note FROM 1 FOR 3) = 'abc'",
        "substring(note, 1, 3) = 'abc'",
        "substr(note, 2) = 'x'",
        "position('a' IN note) > 0",
        "trim(note) = 'x'",
        "trim(leading 'x' from note) = ''",
        "left(note, 2) = 'ab'",
        "upper(note) || 'x' = 'AX'",
        "overlay(note placing 'x' from 1) = 'y'",

        "concat(note, id) = 'x5'",
        "concat_ws(',', note, 'b') = 'x'",
        "format('%s', note) = 'x'",
        "note = E'tab\\t'",
        "note = 'a' || 'b'",
        "md5(note) = 'x'",
        "mod(id, 2) = 1",
        "abs(id) = 3",
        "power(total, 2) > 5",
        "sqrt(total) > 2",
        "total::float8 > 1.5",
        "total::real > 1.5",
        "id::varchar = '5'",
        "id::varchar(3) = '5'",
        "note::varchar(10) = 'x'",
        "note::char(3) = 'abc'",
        "id::smallint = 3",
        "1 = 1",
        "true",
        "'a' = note",
        "5 < id",
        "num_nulls(note, coupon_id) = 1"}},
      {"products",
       {"tags @> '{eco,premium}'",
        "tags && ARRAY['eco']",
        "'eco' = ANY (tags)",
        "tags[1] = 'eco'",
        "array_length(tags, 1) > 2",
        "cardinality(tags) = 0",
        "tags = '{}'",

        "attributes @> '{\"color\": \"red\"}'",
        "attributes ->> 'color' = 'red'",
        "attributes -> 'a' ->> 'b' = 'c'",
        "attributes #>> '{a,b}' = 'c'",
        "attributes ? 'color'",
        "attributes ?| ARRAY['a', 'b']",
        "(attributes ->> 'size')::int > 5",
        "(attributes ->> 'size')::numeric BETWEEN 1 AND 2",
        "jsonb_typeof(attributes) = 'object'",
        "sku = 'SKU-000303'",
        "sku LIKE 'SKU-0003%'",
        "sku IN ('a', 'b')",
        "sku = ANY ('{a,b}')",
        "sku || 'x' = 'y'",
        "lower(sku) = 'x'",
        "upper(name) LIKE 'A%'",
        "price::int = 5",
        "weight_grams / 1000.0 > 2",
        "weight_grams * 2 = 5",
        "id = 2303.0",
        "price = 5",
        "discontinued_at IS NULL AND active",
        "active IS NOT TRUE",
        "weight_grams::float8 > 2",
        "to_tsvector('simple', name) @@ to_tsquery('simple', 'a')",
        "name ^@ 'Sm'"}},
      {"sessions",
       {"token = '216ed476-d720-034d-b95d-f644f90b7d09'", "token::text = 'x'",
        "expires_at < now() + interval '1 hour' * 2", "expires_at - created_at > interval '1 day'",
        "(created_at, expires_at) OVERLAPS (now(), now())", "id = 1 AND customer_id IS NULL"}},
      {"inventory",
       {"quantity < reorder_level", "quantity - reserved > 5", "quantity = 5", "warehouse_id = 3",
        "warehouse_id IN (1, 2)", "counted_at > CURRENT_DATE - 7",
        "counted_at > '2025-01-01'::date", "counted_at + 1 > '2025-01-01'",
        "quantity::numeric / 3 > 1", "warehouse_id = product_id", "counted_at > now()",
        "warehouse_id + 1::smallint = 3"}},
      {"addresses",
       {"country = 'CH'", "country = 'CH'::text", "city = country", "postcode = '1000'",
        "postcode::int = 1000", "city || ', ' || country = 'x'", "postcode LIKE country",
        "upper(country) = city"}}};
  return all;
}

/// The server breaks lines in CASE here; EXPLAIN does not.
std::string one_line(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    const std::size_t next = text.find_first_not_of(" \n", at);
    text.replace(at, next - at, at > 0 && text[at - 1] == '(' ? "" : " ");
  }
  return text;
}

std::string server_print(pqxx::work& work, const std::string& table, const std::string& sql) {
  pqxx::subtransaction savepoint{work, "one"};
  savepoint.exec("ALTER TABLE " + table + " ADD CONSTRAINT q CHECK (" + sql + ") NOT VALID");
  return savepoint
      .exec(
          "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = 'q' AND "
          "conrelid = '" +
          table + "'::regclass")
      .at(0)
      .at(0)
      .c_str();
}  // the savepoint is rolled back

}  // namespace

TEST_CASE("expressions are understood and printed as the server does", "[oracle]") {
  const std::string dsn = Cluster::instance().dsn("shop");
  const CatalogSnapshot catalog = collector::read_catalog(dsn);
  const TypeSystem types{catalog};
  const Binder binder{catalog, types};
  pqxx::connection connection{dsn};
  pqxx::work work{connection};
  for (const auto& [name, list] : expressions()) {
    const auto table = std::find_if(catalog.tables.begin(), catalog.tables.end(),
                                    [&](const Table& one) { return one.name == name; });
    REQUIRE(table != catalog.tables.end());
    DeparseContext context;
    context.types = &types;
    context.range_name = [&](int) { return table->name; };
    context.column_name = [&](int, int attno) {
      const auto column = std::find_if(table->columns.begin(), table->columns.end(),
                                       [&](const Column& one) { return one.number == attno; });
      return column == table->columns.end() ? std::string{"ctid"} : column->name;
    };
    for (const std::string& sql : list) {
      INFO(name << ": " << sql);
      const std::string expected = one_line(server_print(work, name, sql));
      std::string printed;
      CHECK_NOTHROW(printed = deparse(binder.bind_table_expression(sql, *table), context));
      CHECK(printed == expected);
    }
  }
}

}  // namespace quern::testing
