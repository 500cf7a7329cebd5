// EXPLAIN's text of a plan's nodes.
#include "planner-model/whatif/plan_node.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using quern::Cost;
using quern::planner_model::PlanNode;

namespace {

std::string text_of_cost(double cost) {
  PlanNode node;
  node.node_type = "Result";
  node.startup = Cost{0};
  node.total = Cost{cost};
  node.rows = quern::Rows{1};
  return explain_text(node);
}

}  // namespace

TEST_CASE("a cost between two hundredths is rounded as printf rounds it") {
  // 0.285 and the like are a little less or more than they look; 0.125 and 8.375 are exact.
  std::vector<double> costs{0, 0.125, 0.375, 8.375, 1e12 + 0.125, 1e15, 3.5e17};
  for (int i = 0; i < 4000; ++i) {
    const double between = i * 2.285 + 0.005;
    const double infinity = std::numeric_limits<double>::infinity();
    costs.insert(costs.end(), {between, std::nextafter(between, infinity),
                               std::nextafter(between, -infinity), i * 0.0025, i / 200.0});
  }
  for (const double cost : costs) {
    std::array<char, 400> expected{};
    (void)std::snprintf(expected.data(), expected.size(),
                        "Result  (cost=0.00..%.2f rows=1 width=0)", cost);
    REQUIRE(text_of_cost(cost) == expected.data());
  }
  CHECK(text_of_cost(8.305) == "Result  (cost=0.00..8.30 rows=1 width=0)");
}
