// An EXISTS under OR is planned twice: the server counts the subplan that runs row by row, and runs
// the hashed one. What only the first reads lowers EXPLAIN's total and no execution.
#include <algorithm>

#include <catch2/catch.hpp>

#include "planner-model/whatif/planner.hpp"

#include "advisor/advise.hpp"
#include "advisor/price/planner_costs.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

const std::string kStart = "SELECT count(*) FROM customers c WHERE c.loyalty_points > 100000 OR ";
const std::string kExists =
    kStart + "EXISTS (SELECT 1 FROM reviews r WHERE r.customer_id = c.id AND r.rating = 1)";
const std::string kIn = kStart + "c.id IN (SELECT r.customer_id FROM reviews r WHERE r.rating = 1)";
const std::string kByCustomer = "CREATE INDEX reviews_by_customer ON reviews (customer_id)";
const std::string kByRating = "CREATE INDEX reviews_by_rating ON reviews (rating, customer_id)";

planner_model::PlanResult planned(const std::string& sql, const std::vector<std::string>& ddl) {
  const planner_model::Planner planner{shop()};
  planner_model::IndexConfiguration configuration;
  for (const auto& one : ddl) {
    configuration.created.push_back(planner.hypothetical(one));
  }
  return planner.plan(*planner.bind(sql), configuration);
}

bool proposes(const Advice& advice, const std::string& columns) {
  return std::any_of(advice.proposals.begin(), advice.proposals.end(), [&](const auto& proposal) {
    return proposal.title.find("reviews (" + columns) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("a hashed EXISTS costs as run what the same IN costs") {
  for (const std::vector<std::string>& ddl :
       {std::vector<std::string>{}, {kByCustomer}, {kByRating}, {kByCustomer, kByRating}}) {
    const auto exists = planned(kExists, ddl);
    const auto in = planned(kIn, ddl);
    CAPTURE(ddl.size(), exists.total.value());
    CHECK(exists.total > 10 * in.total);
    CHECK(exists.counted.value() == Approx(in.total.value()).epsilon(1e-4));
    CHECK(in.counted == in.total);
  }
}

TEST_CASE("an index that only the unhashed EXISTS reads lowers the total, not what runs") {
  const auto before = planned(kExists, {});
  const auto after = planned(kExists, {kByCustomer});
  CHECK(after.total < 0.1 * before.total);
  CHECK(after.counted.value() == Approx(before.counted.value()).epsilon(1e-4));
  CHECK(after.indexes_used.empty());
  CHECK(after.indexes_priced == std::vector<std::string>{"reviews_by_customer"});
}

TEST_CASE("no budget goes to an index whose gain is on paper only, and the advice says so") {
  const Advice advice = advise(workload_of("-- quern: calls=900\n" + kExists + ";\n"), shop(), {});
  CHECK_FALSE(proposes(advice, "customer_id"));
  CHECK(advice.cost.reads_before.value() ==
        Approx(900 * planned(kIn, {}).total.value()).epsilon(1e-4));
  CHECK(std::any_of(advice.caveats.begin(), advice.caveats.end(), [](const std::string& caveat) {
    return caveat.find("runs with a hashed subplan") != std::string::npos;
  }));
}

TEST_CASE("what other sets' plans have only priced is left out of a set at once, to the same end") {
  const planner_model::Planner planner{shop()};
  PlannedWorkload workload;
  REQUIRE(add_class(workload, planner, {.fingerprint = "one", .sql = kExists, .calls = 1},
                    {{.sql = kExists, .parameters_complete = true}}));
  std::vector<SizedCandidate> candidates;
  for (const std::string& ddl :
       {std::string{"CREATE INDEX a ON reviews (customer_id, rating) INCLUDE (id)"},
        std::string{"CREATE INDEX b ON reviews (customer_id, rating)"},
        std::string{"CREATE INDEX c ON reviews (customer_id) WHERE rating = 1"},
        std::string{"CREATE INDEX d ON reviews (customer_id) INCLUDE (id)"}, kByCustomer, kByRating,
        std::string{"CREATE INDEX f ON reviews (rating)"}}) {
    const planner_model::HypotheticalIndex part = planner.hypothetical(ddl);
    candidates.push_back(
        {.index = {.definition = definition_of(part.definition), .name = part.definition.name},
         .ddl = ddl,
         .parts = {part},
         .size = part.size});
  }
  const PlannerCosts costs{planner, workload, candidates};
  for (unsigned bits = (1U << candidates.size()) - 1; bits > 0; --bits) {
    IndexSet set;
    for (int a = 0; a < static_cast<int>(candidates.size()); ++a) {
      if ((bits >> static_cast<unsigned>(a)) & 1U) {
        set.push_back(a);
      }
    }
    const PlannerCosts anew{planner, workload, candidates};
    CAPTURE(bits);
    const PlannedCost expected = anew.replanned(0, set);
    const PlannedCost planned = costs.replanned(0, set);
    CHECK(planned.cost == Approx(expected.cost).epsilon(1e-6));
    CHECK(planned.used == expected.used);
  }
}

TEST_CASE("what reads the hashed subplan's rows faster earns what it saves there") {
  const Advice advice = advise(workload_of("-- quern: calls=900\n" + kExists + ";\n"), shop(), {});
  CHECK(proposes(advice, "rating"));
  CHECK(advice.cost.reads_after < advice.cost.reads_before);
  CHECK(advice.cost.reads_after.value() >=
        Approx(900 * planned(kIn, {kByRating}).total.value()).epsilon(0.02));
}

TEST_CASE("an index chosen for another query tells that EXPLAIN's total falls by more") {
  const Advice advice = advise(
      workload_of(
          "-- quern: calls=900\n" + kStart +
          "EXISTS (SELECT 1 FROM reviews r WHERE r.customer_id = c.id AND r.title <> r.body);"
          "\n-- quern: calls=5000\nSELECT id, rating FROM reviews WHERE customer_id = 5;\n"),
      shop(), {});
  const auto found =
      std::find_if(advice.proposals.begin(), advice.proposals.end(), [](const auto& proposal) {
        return proposal.title.find("reviews (customer_id") != std::string::npos;
      });
  REQUIRE(found != advice.proposals.end());
  CHECK(std::any_of(found->evidence.begin(), found->evidence.end(), [](const std::string& line) {
    return line.find("Not counted: EXPLAIN's total of 1 query class falls") == 0;
  }));
}

TEST_CASE("counted as EXPLAIN counts, the index that only the total reads is worth its fall") {
  AdviceOptions options;
  options.counting = planner_model::Counting::AsExplained;
  const Advice advice =
      advise(workload_of("-- quern: calls=900\n" + kExists + ";\n"), shop(), options);
  CHECK(proposes(advice, "customer_id"));
  CHECK(advice.cost.reads_before.value() == Approx(900 * planned(kExists, {}).total.value()));
  CHECK(advice.cost.reads_after < 0.1 * advice.cost.reads_before);
  CHECK(std::any_of(advice.caveats.begin(), advice.caveats.end(), [](const std::string& caveat) {
    return caveat.find("Costs are EXPLAIN's totals") == 0;
  }));
}
