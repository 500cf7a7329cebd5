// What ANALYZE would find of an expression, told from its column's statistics, beside what it finds
// once an index on the expression is there.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <vector>

#include <catch2/catch.hpp>

#include "collector/catalog/read_catalog.hpp"

#include "planner-model/whatif/planner.hpp"

#include "tests/support/cluster.hpp"

using namespace quern;
using namespace quern::planner_model;
using quern::testing::Cluster;

namespace {

/// 30,000 rows: ANALYZE sees each, so that the statistics are the same in every run.
const std::string kPeople = R"(
  create table people as
  select i as id,
         (array['Ann', 'Bob', 'Cleo', 'Dan', 'Eve'])[1 + h % 5] || '.' || i || '@Example.COM' as email,
         (array['Active', 'ACTIVE', 'active', 'Closed', 'Frozen'])[1 + least(h % 9, 4)] as state,
         (array['Ann', 'Bob', 'Cleo', 'Dan', 'Eve', 'Fay'])[1 + least(h % 13, 5)] as given,
         (array['Stone', 'Wood', 'Iron', 'Salt'])[1 + least(h / 13 % 7, 3)] as family,
         case when h % 4 > 0 then 'N' || (h % 800) || ' Road' end as street,
         timestamp '2023-01-01' + (h * 63 || ' seconds')::interval as created_at,
         timestamp '2023-01-01' + (i * 35 || ' minutes')::interval as seen_at,
         ((h % 90000) / 100.0)::numeric(10, 2) as amount,
         (h % 5000) as points,
         jsonb_build_object('sku', 'S' || h % 700, 'kind', (array['a', 'b', 'c'])[1 + h % 17 / 8],
                            'n', i, 'price', (h % 900) / 10.0)
           || case when h % 3 > 0 then jsonb_build_object('meta', jsonb_build_object(
                'tier', (array['gold', 'tin'])[1 + least(h % 10, 1)], 'seats', h % 40)) else '{}' end as doc
  from (select i, (i * 2654435761 % 1000003)::int as h from generate_series(1, 30000) i) rows;
  analyze people;
)";

struct Case {
  std::string expression;
  std::vector<std::string> conditions;  ///< "$" stands for the expression
};

const std::vector<Case> kCases = {
    {"lower(email)", {"$ = 'bob.77@example.com'", "$ < 'bob'", "$ LIKE 'cleo.1%'"}},
    {"lower(state)", {"$ = 'active'", "$ = 'closed'", "$ = 'other'", "$ <> 'active'"}},
    {"upper(street)", {"$ = 'N17 ROAD'", "$ > 'N5'", "$ IS NULL"}},
    {"date_trunc('month', created_at)", {"$ = '2023-07-01'", "$ >= '2024-06-01'"}},
    {"date_trunc('day', seen_at)", {"$ = '2023-07-09'", "$ < '2023-02-01'"}},
    {"(created_at::date)", {"$ = '2024-02-03'", "$ BETWEEN '2024-02-03' AND '2024-02-20'"}},
    {"extract(year from created_at)", {"$ = 2023", "$ > 2023"}},
    {"(amount * 2)", {"$ > 1700", "$ < 20"}},
    {"(points % 10)", {"$ = 3", "$ >= 7"}},
    {"length(street)", {"$ = 9", "$ > 8"}},
    {"coalesce(street, 'none')", {"$ = 'none'", "$ = 'N3 Road'"}},
    {"(doc ->> 'sku')", {"$ = 'S44'", "$ < 'S3'"}},
    {"(doc ->> 'kind')", {"$ = 'a'", "$ = 'c'"}},
    {"(doc -> 'meta' ->> 'tier')", {"$ = 'gold'", "$ = 'tin'", "$ IS NULL"}},
    {"((doc #>> '{meta,seats}')::int)", {"$ = 7", "$ > 30"}},
    {"split_part(email, '.', 1)", {"$ = 'Dan'", "$ < 'Bob'"}},
    {"(given || ' ' || family)", {"$ = 'Ann Stone'", "$ LIKE 'Bob %'", "$ ILIKE '%wood%'"}},
    {"(amount * points)", {"$ > 3000000", "$ < 1000"}},
    {"coalesce(street, family)", {"$ = 'Wood'", "$ = 'N3 Road'"}},
    {"substr(email, 1, 3)", {"$ = 'Bob'", "$ = 'Zoe'"}},
};

std::string with(const std::string& condition, const std::string& expression) {
  std::string text = condition;
  text.replace(text.find('$'), 1, expression);
  return text;
}

double rows_of_json(const std::string& plan) {
  return std::stod(plan.substr(plan.find("\"Plan Rows\": ") + 13));
}

double factor(double a, double b) {
  return std::max(a, b) / std::max(1.0, std::min(a, b));
}

struct Compared {
  double guessed = 0;   ///< how many times off the default is
  double expected = 0;  ///< and what is derived
};

}  // namespace

TEST_CASE("statistics of an expression are told from its column's", "[selectivity]") {
  const std::string database = "expressions";
  auto& cluster = Cluster::instance();
  cluster.query("drop database if exists " + database, "postgres");
  cluster.query("create database " + database, "postgres");
  cluster.query(kPeople, database);
  const CatalogSnapshot catalog = collector::read_catalog(cluster.dsn(database));
  const Planner as_known{catalog};
  const Planner as_analyzed{catalog, SizeModel::AsBuilt, Counting::WhatRuns,
                            Expressions::AsAnalyzed};
  std::vector<Compared> compared;
  for (const Case& one : kCases) {
    const std::string create = "create index probe on people (" + one.expression + ")";
    cluster.query(create + "; analyze people", database);
    const IndexConfiguration there{.created = {as_analyzed.hypothetical(create)}};
    for (const std::string& condition : one.conditions) {
      const std::string sql = "select * from people where " + with(condition, one.expression);
      const double server = rows_of_json(cluster.explain_json(sql, {}, database));
      const double guess = as_known.plan(*as_known.bind(sql), there).rows.value();
      const double derived = as_analyzed.plan(*as_analyzed.bind(sql), there).rows.value();
      compared.push_back({factor(guess, server), factor(derived, server)});
      std::cout << std::setw(60) << std::left << with(condition, one.expression) << " server "
                << std::setw(7) << server << " guess " << std::setw(7) << guess << " derived "
                << derived << '\n';
    }
    cluster.query("drop index probe", database);
  }
  const auto within = [&](double limit, double Compared::*which) {
    return static_cast<double>(
               std::count_if(compared.begin(), compared.end(),
                             [&](const Compared& one) { return one.*which <= limit; })) /
           static_cast<double>(compared.size());
  };
  INFO("within 1.3: " << within(1.3, &Compared::expected)
                      << ", within 2: " << within(2, &Compared::expected)
                      << "; by default within 2: " << within(2, &Compared::guessed));
  CHECK(within(2, &Compared::expected) >= 0.9);
  CHECK(within(2, &Compared::expected) > within(2, &Compared::guessed));
  cluster.query("drop database " + database, "postgres");
}
