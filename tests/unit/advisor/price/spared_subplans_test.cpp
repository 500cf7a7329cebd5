// A subquery in WHERE runs for the rows that the cheaper conditions beside it leave: EXPLAIN counts
// it for every row, which is a cost on paper.
#include <algorithm>

#include <catch2/catch.hpp>

#include "planner-model/whatif/planner.hpp"

#include "advisor/advise.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

const std::string kSubquery =
    "(SELECT count(*) FROM reviews r WHERE r.title = c.email AND r.rating > 1) > 3";
const std::string kSpared =
    "SELECT c.id FROM customers c WHERE c.loyalty_points > 100000 AND " + kSubquery;
const std::string kEvery = "SELECT c.id FROM customers c WHERE " + kSubquery;

planner_model::PlanResult planned(
    const std::string& sql, const std::vector<std::string>& ddl = {},
    planner_model::Counting counting = planner_model::Counting::WhatRuns) {
  const planner_model::Planner planner{shop(), planner_model::SizeModel::AsBuilt, counting};
  planner_model::IndexConfiguration configuration;
  for (const auto& one : ddl) {
    configuration.created.push_back(planner.hypothetical(one));
  }
  return planner.plan(*planner.bind(sql), configuration);
}

}  // namespace

TEST_CASE("a subquery behind a cheaper condition counts for the rows that this leaves") {
  const auto every = planned(kEvery);
  const auto spared = planned(kSpared);
  CHECK(every.counted == every.total);
  CHECK(every.subplans_spared == 0);
  CHECK(spared.subplans_spared == 1);
  // Both totals count it for every customer.
  CHECK(spared.total.value() == Approx(every.total.value()).epsilon(0.01));
  CHECK(spared.counted < 0.01 * spared.total);
  // What is left is the scan of the table.
  const auto scan = planned("SELECT c.id FROM customers c WHERE c.loyalty_points > 100000");
  CHECK(spared.counted > scan.total);
}

TEST_CASE("an index that finds the same rows saves the scan, not the subquery") {
  const auto before = planned(kSpared);
  const auto after = planned(kSpared, {"CREATE INDEX by_points ON customers (loyalty_points)"});
  CHECK(after.total < 0.01 * before.total);
  CHECK(after.counted.value() == Approx(after.total.value()));
  const auto scan = planned("SELECT c.id FROM customers c WHERE c.loyalty_points > 100000");
  CHECK(before.counted - after.counted < scan.total);
}

TEST_CASE("asked to count as EXPLAIN does, the total stays") {
  const auto explained = planned(kSpared, {}, planner_model::Counting::AsExplained);
  CHECK(explained.counted == explained.total);
}

TEST_CASE("the advice says that EXPLAIN's total counts more rows") {
  const Advice advice = advise(workload_of("-- quern: calls=900\n" + kSpared + ";\n"), shop(), {});
  CHECK(std::any_of(advice.caveats.begin(), advice.caveats.end(), [](const std::string& caveat) {
    return caveat.find("whose cheaper conditions the server checks first") != std::string::npos;
  }));
  CHECK(advice.cost.reads_before.value() ==
        Approx(900 * planned(kSpared).counted.value()).epsilon(1e-6));
}
