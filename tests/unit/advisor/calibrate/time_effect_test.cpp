// Times of estimated plans: counted as executed ones are, and scaled by what was measured.
#include "advisor/calibrate/time_effect.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"
#include "collector/collect.hpp"

#include "advisor/price/planned_workload.hpp"

using namespace quern;
using namespace quern::advisor;
using planner_model::Planner;

namespace {

const std::string kShopFolder = QUERN_SOURCE_DIR "/samples/shop";

const CatalogSnapshot& shop() {
  static const CatalogSnapshot kShop = collector::read_snapshot(kShopFolder + "/catalog.json.gz");
  return kShop;
}

const Table& table_of(const std::string& name) {
  return *std::find_if(shop().tables.begin(), shop().tables.end(),
                       [&](const Table& table) { return table.name == name; });
}

Work work_of(const std::string& sql) {
  const Planner planner{shop()};
  const std::vector<SizedCandidate> none;
  return EstimatedWork{shop(), none}.of(planner.plan(*planner.bind(sql)).plan, 0);
}

}  // namespace

TEST_CASE("a sequential scan reads each page and row of the table once") {
  const Table& products = table_of("products");
  const Work work = work_of("SELECT * FROM products WHERE price > 10 AND active");
  CHECK(work[Component::SequentialPage] == Approx(products.pages));
  CHECK(work[Component::ScannedRow] == Approx(products.reltuples));
  CHECK(work[Component::Condition] == Approx(2 * products.reltuples));
  CHECK(work[Component::IndexEntry] == 0);
}

TEST_CASE("a lookup by key reads an entry and a few pages; in a loop as often as it runs") {
  const Work one = work_of("SELECT * FROM customers WHERE id = 7");
  CHECK(one[Component::IndexEntry] == Approx(1));
  CHECK(one[Component::RandomPage] >= 2);
  CHECK(one[Component::RandomPage] <= 5);
  const Work loop = work_of(
      "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id BETWEEN 1 AND 9");
  CHECK(loop[Component::IndexEntry] > 10 * one[Component::IndexEntry]);
}

TEST_CASE("a LIMIT takes its share of a scan, and all of a sort below it") {
  const double all = work_of("SELECT * FROM events")[Component::ScannedRow];
  CHECK(work_of("SELECT * FROM events LIMIT 10")[Component::ScannedRow] < all / 100);
  const Work sorted = work_of("SELECT * FROM reviews ORDER BY title LIMIT 10");
  CHECK(sorted[Component::ScannedRow] == Approx(table_of("reviews").reltuples));
  // Of a sort by groups the first ones.
  const Work grouped = work_of("SELECT * FROM orders ORDER BY customer_id, placed_at LIMIT 10");
  CHECK(grouped[Component::IndexEntry] > 10);
  CHECK(grouped[Component::IndexEntry] < table_of("orders").reltuples / 100);
}

TEST_CASE("what the model says of the sample's logged statements is near what they took") {
  const Workload workload = collector::collect({kShopFolder + "/logs/postgresql.log.gz"}, {});
  const Calibration calibration = calibrate(workload, shop().settings);
  CHECK(calibration.plans >= 25);
  const Planner planner{shop()};
  const PlannedWorkload planned = plan_workload(workload, planner);
  const std::vector<SizedCandidate> none;
  const EstimatedWork estimated{shop(), none};
  int compared = 0;
  int near = 0;
  for (const PlannedClass& query : planned.classes) {
    const bool reads = query.kind == StatementKind::Select && query.total && query.calls > 0;
    const double measured =
        reads ? static_cast<double>(query.total->count()) / 1000 / query.calls : 0;
    if (measured < 5) {
      continue;
    }
    const PredictedTime predicted = predicted_time(
        calibration,
        estimated.of(planned.samples[query.samples.front()].before.plan, calibration.pages_read));
    ++compared;
    near += std::abs(std::log(predicted.milliseconds / measured)) < std::log(3) ? 1 : 0;
  }
  INFO(near << " of " << compared);
  CHECK(compared >= 15);
  CHECK(near >= 0.7 * compared);
}

TEST_CASE("plans whose times nothing explains are refused, with what to do") {
  Workload workload = collector::collect({kShopFolder + "/logs/postgresql.log.gz"}, {});
  bool slow = false;
  for (QueryClass& query : workload.classes) {
    for (ObservedPlan& plan : query.plans) {
      // As on a machine that stands still now and then: all of a plan's times move together.
      slow = !slow;
      const std::string_view exponent = slow ? "e2" : "e-2";
      for (std::size_t at = plan.example.find(" Time\":"); at != std::string::npos;
           at = plan.example.find(" Time\":", at + 1)) {
        const std::size_t number = plan.example.find_first_of("0123456789", at);
        plan.example.insert(plan.example.find_first_not_of("0123456789.", number), exponent);
      }
    }
  }
  CHECK_THROWS_WITH(calibrate(workload, shop().settings),
                    Catch::Contains("within a factor of") && Catch::Contains("auto_explain"));
}

TEST_CASE("the measured mean is where times start; the same plan takes the same time") {
  Calibration calibration;
  for (Coefficient& coefficient : calibration.coefficients) {
    coefficient = {.milliseconds = 0.001, .low = 0.0005, .high = 0.002};
  }
  calibration.scatter = 0.3;
  const Planner planner{shop()};
  const std::vector<SizedCandidate> none;
  const EstimatedWork estimated{shop(), none};
  const auto query = planner.bind("SELECT * FROM payments WHERE provider_ref = 'x'");
  const auto today = planner.plan(*query).plan;
  const auto indexed =
      planner
          .plan(*query,
                {.created = {planner.hypothetical("CREATE INDEX i ON payments (provider_ref)")}})
          .plan;
  REQUIRE(indexed.total < today.total);
  const Microseconds mean{20000};
  const auto same = time_effect(calibration, estimated, mean, false, {today, today, today});
  REQUIRE(same);
  CHECK(same->before_ms == Approx(20));
  CHECK(same->after_ms == Approx(20));
  CHECK(same->after_high_ms == Approx(20));
  const auto faster = time_effect(calibration, estimated, mean, false, {today, today, indexed});
  REQUIRE(faster);
  CHECK(faster->before_ms == Approx(20));
  CHECK(faster->after_ms < 1);
  CHECK(faster->after_low_ms < faster->after_ms);
  CHECK(faster->after_ms < faster->after_high_ms);
  CHECK_FALSE(time_effect(calibration, estimated, std::nullopt, false, {today, today, indexed}));
  // A write keeps what its reads do not explain, and saves no more than it takes.
  const auto write = time_effect(calibration, estimated, mean, true, {today, today, indexed});
  REQUIRE(write);
  CHECK(write->after_ms >= 0);
  CHECK(write->after_ms < write->before_ms);

  QueryEffect effect{.calls = 100, .time = faster};
  const auto gain = time_gain({effect});
  REQUIRE(gain);
  CHECK(gain->saved_ms == Approx(100 * (faster->before_ms - faster->after_ms)));
  CHECK(gain->low_ms <= gain->saved_ms);
  CHECK(gain->saved_ms <= gain->high_ms);
  CHECK_FALSE(time_gain({QueryEffect{.calls = 3}}));
}

TEST_CASE("times that may be lost are said to be") {
  Workload workload;
  workload.until_us = 60'000'000;
  const std::vector<QueryEffect> queries{
      {.calls = 10,
       .time = TimeEffect{.before_ms = 5, .after_ms = 2, .after_low_ms = 1, .after_high_ms = 9}}};
  CHECK(time_gain_words({.saved_ms = 30, .low_ms = 20, .high_ms = 40}, queries, workload) ==
        "about 3.00 ms a call of the query that gains most; 30.0 ms in the recorded period in all "
        "(95 %: 20.0 to 40.0 ms)");
  CHECK(time_gain_words({.saved_ms = 30, .low_ms = -40, .high_ms = 40}, queries, workload) ==
        "about 3.00 ms a call of the query that gains most; 30.0 ms in the recorded period in all "
        "(95 %: 40.0 ms lost to 40.0 ms saved)");
  CHECK(time_gain_words({.saved_ms = -30, .low_ms = -40, .high_ms = 40}, queries, workload) ==
        "nothing that can be told: 30.0 ms lost in the recorded period in all (95 %: 40.0 ms lost "
        "to 40.0 ms saved)");
}
