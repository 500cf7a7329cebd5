// Partitions that now() leaves out are planned and counted by EXPLAIN, and skipped when the
// execution begins: what they cost is on paper only.
#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "planner-model/whatif/planner.hpp"

#include "advisor/advise.hpp"

#include "tests/support/ddl_catalog.hpp"
#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::workload_of;

namespace {

/// Four days of events; it is noon of the last.
CatalogSnapshot daily() {
  std::string ddl =
      "CREATE TABLE events (id bigint, at timestamptz NOT NULL, kind integer) "
      "PARTITION BY RANGE (at);";
  for (int day = 1; day <= 4; ++day) {
    ddl += fmt::format(
        "CREATE TABLE events_{0} (id bigint, at timestamptz NOT NULL, kind integer);", day);
  }
  CatalogSnapshot catalog = testing::catalog_of(ddl);
  catalog.settings["max_parallel_workers_per_gather"] = "0";
  catalog.taken_at = "2026-11-04T12:00:00Z";
  Table& parent = catalog.tables.front();
  parent.kind = 'p';
  parent.partition_key = "RANGE (at)";
  for (int day = 1; day <= 4; ++day) {
    Table& part = catalog.tables.at(static_cast<std::size_t>(day));
    part.parents = {parent.oid};
    part.partition_bound = fmt::format(
        "FOR VALUES FROM ('2026-11-{:02} 00:00:00+00') TO ('2026-11-{:02} 00:00:00+00')", day,
        day + 1);
  }
  return catalog;
}

planner_model::PlanResult planned(const CatalogSnapshot& catalog, const std::string& sql,
                                  planner_model::Counting counting) {
  const planner_model::Planner planner{catalog, planner_model::SizeModel::AsBuilt, counting};
  return planner.plan(*planner.bind(sql));
}

constexpr auto kRun = planner_model::Counting::WhatRuns;
const std::string kSinceThen = "SELECT count(*) FROM events WHERE kind = 7 AND at >= ";

}  // namespace

TEST_CASE("partitions that now() leaves out do not count among what runs") {
  const CatalogSnapshot catalog = daily();
  const auto stable = planned(catalog, kSinceThen + "now() - interval '12 hours'", kRun);
  const auto constant = planned(catalog, kSinceThen + "'2026-11-04 00:00:00+00'", kRun);
  const auto alone = planned(
      catalog, "SELECT count(*) FROM events_4 WHERE kind = 7 AND at >= now() - interval '12 hours'",
      kRun);
  CHECK(stable.partitions_skipped == 3);
  CHECK(constant.partitions_skipped == 0);
  CHECK(constant.counted == constant.total);
  CHECK(stable.total.value() > 3 * alone.total.value());
  CHECK(stable.counted.value() == Approx(alone.total.value()).epsilon(0.02));
}

TEST_CASE("all partitions count where their rows may come, or where EXPLAIN is asked") {
  const CatalogSnapshot catalog = daily();
  const auto all = planned(catalog, kSinceThen + "now() - interval '30 days'", kRun);
  CHECK(all.partitions_skipped == 0);
  CHECK(all.counted == all.total);
  const auto explained = planned(catalog, kSinceThen + "now() - interval '12 hours'",
                                 planner_model::Counting::AsExplained);
  CHECK(explained.counted == explained.total);
}

TEST_CASE("advice counts what runs of the partitions, and says so") {
  const auto advice_for = [&](planner_model::Counting counting) {
    AdviceOptions options;
    options.counting = counting;
    return advise(
        workload_of("-- quern: calls=900\n" + kSinceThen + "now() - interval '12 hours';\n"),
        daily(), options);
  };
  const Advice run = advice_for(kRun);
  const Advice explained = advice_for(planner_model::Counting::AsExplained);
  CHECK(run.cost.reads_before.value() < 0.3 * explained.cost.reads_before.value());
  const auto says_so = [](const Advice& advice) {
    return std::any_of(advice.caveats.begin(), advice.caveats.end(), [](const std::string& caveat) {
      return caveat.find("partitions that now() and the like leave out") != std::string::npos;
    });
  };
  CHECK(says_so(run));
  CHECK_FALSE(says_so(explained));
}
