// Times fitted to executed plans whose true prices are known.
#include "advisor/calibrate/calibration.hpp"

#include <cmath>
#include <random>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"

#include "advisor/calibrate/evidence.hpp"
#include "advisor/calibrate/least_squares.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}

  /// Even over the magnitudes between `low` and `high`.
  double between(double low, double high) {
    return low * std::pow(high / low, static_cast<double>(engine_() % 100001) / 100000);
  }

 private:
  std::mt19937_64 engine_;
};

Work prices() {
  Work price;
  price[Component::SequentialPage] = 0.004;
  price[Component::RandomPage] = 0.009;
  price[Component::ScannedRow] = 0.00009;
  price[Component::IndexEntry] = 0.0004;
  price[Component::Condition] = 0.00006;
  price[Component::Row] = 0.00005;
  price[Component::Comparison] = 0.00007;
  price[Component::NodeStart] = 0.003;
  return price;
}

double time_of(const Work& work, const Work& price) {
  double time = 0;
  for (std::size_t k = 0; k < kComponents; ++k) {
    time += work.amounts[k] * price.amounts[k];
  }
  return time;
}

/// A sequential scan under a sort beside an index scan, each as large as it likes.
ExecutedPlan random_plan(Random& random, double noise) {
  Work scan;
  scan[Component::NodeStart] = 1;
  scan[Component::SequentialPage] = random.between(10, 30000);
  scan[Component::ScannedRow] = scan[Component::SequentialPage] * random.between(5, 200);
  scan[Component::Condition] = scan[Component::ScannedRow] * std::floor(random.between(1, 4));
  scan[Component::Row] = scan[Component::ScannedRow] * random.between(0.001, 1);
  Work sort;
  sort[Component::NodeStart] = 1;
  sort[Component::Row] = scan[Component::Row];
  sort[Component::Comparison] = comparisons(scan[Component::Row], false);
  Work search;
  search[Component::NodeStart] = std::floor(random.between(1, 5000));
  search[Component::IndexEntry] = search[Component::NodeStart] * random.between(1, 300);
  search[Component::RandomPage] = search[Component::NodeStart] * random.between(3, 200);
  search[Component::Row] = search[Component::IndexEntry] * random.between(0.1, 1);
  ExecutedPlan plan;
  for (const Work& work : {scan, sort, search}) {
    plan.nodes.push_back({work, time_of(work, prices()) * random.between(1 / noise, noise)});
    plan.milliseconds += plan.nodes.back().milliseconds;
  }
  return plan;
}

std::vector<ExecutedPlan> random_plans(std::size_t count, double noise) {
  Random random{7};
  std::vector<ExecutedPlan> plans;
  for (std::size_t i = 0; i < count; ++i) {
    plans.push_back(random_plan(random, noise));
  }
  return plans;
}

const Coefficient& of(const Calibration& calibration, Component component) {
  return calibration.coefficients[static_cast<std::size_t>(component)];
}

}  // namespace

TEST_CASE("least squares: what the equations say, and never a negative price") {
  // 2 a + b = 5, a + 3 b = 10: a = 1, b = 3.
  const auto exact = nonnegative_least_squares({{{2, 1}, 5}, {{1, 3}, 10}});
  CHECK(exact[0] == Approx(1));
  CHECK(exact[1] == Approx(3));
  // Without the sign, b would be -1; then a alone has to explain both.
  const auto signed_ = nonnegative_least_squares({{{1, 0}, 2}, {{1, 1}, 1}});
  CHECK(signed_[0] == Approx(1.5));
  CHECK(signed_[1] == 0);
}

TEST_CASE("known prices are found again, each within its interval") {
  const Calibration calibration = fit(random_plans(60, 1.3), {});
  CHECK(calibration.plans == 60);
  CHECK(calibration.nodes == 180);
  CHECK(calibration.r_squared > 0.9);
  for (std::size_t k = 0; k < kComponents; ++k) {
    const Coefficient& found = calibration.coefficients[k];
    const double truth = prices().amounts[k];
    INFO(component_words(static_cast<Component>(k))
         << ": " << truth << " in " << found.low << " to " << found.high);
    CHECK(found.assumed == (truth == 0));
    if (truth > 0) {
      CHECK(found.low <= truth);
      CHECK(truth <= found.high);
      CHECK(found.high < 4 * truth);
    }
  }
}

TEST_CASE("without noise the prices are exact, and so is a plan's time") {
  const auto plans = random_plans(30, 1);
  const Calibration calibration = fit(plans, {});
  for (const Component component : {Component::SequentialPage, Component::IndexEntry}) {
    CHECK(of(calibration, component).milliseconds == Approx(prices()[component]).epsilon(1e-3));
  }
  const PredictedTime time = predicted_time(calibration, plans[3].nodes[0].work);
  CHECK(time.milliseconds == Approx(plans[3].nodes[0].milliseconds).epsilon(1e-3));
  CHECK(time.low <= time.milliseconds);
  CHECK(time.milliseconds <= time.high);
}

TEST_CASE("the same plans give the same calibration, interval and all") {
  const auto plans = random_plans(20, 1.5);
  CHECK(fit(plans, {}) == fit(plans, {}));
}

TEST_CASE("one plan in ten that waited for something else does not bend the prices") {
  auto plans = random_plans(60, 1.1);
  for (std::size_t i = 0; i < plans.size(); i += 10) {
    plans[i].nodes[0].milliseconds *= 50;
  }
  const Calibration calibration = fit(plans, {});
  CHECK(of(calibration, Component::SequentialPage).milliseconds ==
        Approx(prices()[Component::SequentialPage]).epsilon(0.5));
}

TEST_CASE("too few plans, and plans that are all alike, are refused with the reason") {
  CHECK_THROWS_WITH(fit(random_plans(kFewestPlans - 1, 1.2), {}), Catch::Contains("too few"));
  CHECK_THROWS_WITH(fit({}, {}), Catch::Contains("log_analyze"));
  auto alike = random_plans(20, 1.2);
  for (auto& plan : alike) {
    for (auto& node : plan.nodes) {
      node.work[Component::Condition] = 3 * node.work[Component::ScannedRow];
    }
  }
  CHECK_THROWS_WITH(fit(alike, {}), Catch::Contains("can not tell these apart") &&
                                        Catch::Contains("scanned row") &&
                                        Catch::Contains("condition"));
}

TEST_CASE("what no plan shows is priced at the planner's ratio, and said to be assumed") {
  const Calibration calibration = fit(random_plans(30, 1.2), {});
  const Coefficient& unseen = of(calibration, Component::HashedRow);
  CHECK(unseen.assumed);
  CHECK(unseen.milliseconds > 0);
  CHECK(unseen.low < unseen.milliseconds);
  CHECK(unseen.high > unseen.milliseconds);
}

TEST_CASE("an executed plan's counters become work") {
  const char* const kPlan = R"json({"Plan": {"Node Type": "Sort", "Actual Rows": 10,
    "Actual Loops": 1, "Actual Total Time": 9.5, "Actual Startup Time": 9.4,
    "Sort Method": "quicksort", "Shared Hit Blocks": 90, "Shared Read Blocks": 10,
    "Plans": [{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Actual Rows": 10,
    "Actual Loops": 1, "Actual Total Time": 9.0, "Actual Startup Time": 0.1,
    "Rows Removed by Filter": 990, "Filter": "((a > 1) AND (b < 2))",
    "Shared Hit Blocks": 90, "Shared Read Blocks": 10}]}})json";
  const ExecutedPlan plan = executed_work(kPlan);
  REQUIRE(plan.nodes.size() == 2);
  CHECK(plan.milliseconds == Approx(9.5));
  const NodeWork& sort = plan.nodes[0];
  CHECK(sort.milliseconds == Approx(0.5));
  CHECK(sort.work[Component::Comparison] == Approx(10 * std::log2(10)));
  CHECK(sort.work[Component::SequentialPage] == 0);
  const NodeWork& scan = plan.nodes[1];
  CHECK(scan.milliseconds == Approx(9));
  CHECK(scan.work[Component::SequentialPage] == 100);
  CHECK(scan.work[Component::PageRead] == 10);
  CHECK(scan.work[Component::ScannedRow] == 1000);
  CHECK(scan.work[Component::Condition] == 2000);
  CHECK(scan.work[Component::Row] == 10);
  CHECK(executed_work(R"({"Plan": {"Node Type": "Result", "Plan Rows": 1}})").nodes.empty());
  CHECK(executed_work("{").nodes.empty());
}

TEST_CASE("evidence corrects an estimate only beyond its interval, and never without limit") {
  const PredictedTime predicted{10, 4, 25};
  CHECK(evidence_factor(10, predicted) == 1);
  CHECK(evidence_factor(25, predicted) == 1);
  CHECK(evidence_factor(50, predicted) == Approx(2));
  CHECK(evidence_factor(2, predicted) == Approx(0.5));
  CHECK(evidence_factor(1e6, predicted) == kMostCorrection);
  CHECK(evidence_factor(0, predicted) == 1 / kMostCorrection);
}
