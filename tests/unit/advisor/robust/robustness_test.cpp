// What a proposal's gain rests on.
#include "advisor/robust/robustness.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "advisor/advise.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using planner_model::Planner;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

std::vector<Proposal> created(const std::string& statements) {
  auto proposals = advise(workload_of(statements), shop(), {}).proposals;
  std::erase_if(proposals, [](const Proposal& proposal) {
    return proposal.kind != ProposalKind::CreateIndex &&
           proposal.kind != ProposalKind::ReplaceIndex;
  });
  return proposals;
}

bool warns(const Proposal& proposal, const std::string& of) {
  return std::any_of(proposal.warnings.begin(), proposal.warnings.end(),
                     [&](const auto& text) { return text.find(of) != std::string::npos; });
}

double share_at(const Proposal& proposal, const std::string& assumption, double value) {
  for (const Scenario& scenario : proposal.robustness->scenarios) {
    if (scenario.assumption == assumption && scenario.value == value) {
      return scenario.saved_share;
    }
  }
  FAIL("no scenario " << assumption << " " << value);
  return 0;
}

}  // namespace

TEST_CASE("a row factor multiplies what a table's own conditions let through, up to all rows") {
  const Planner planner{shop()};
  const auto query = planner.bind("SELECT id FROM orders WHERE placed_at > '2025-09-01'");
  const auto rows = [&](double factor) {
    return planner.plan(*query, {.assumed = {.row_factor = factor}}).rows.value();
  };
  const double estimated = rows(1);
  REQUIRE(estimated > 100);
  CHECK(rows(2) == Approx(2 * estimated).epsilon(0.01));
  CHECK(rows(0.1) == Approx(estimated / 10).epsilon(0.01));
  CHECK(rows(1e6) <= planner.plan(*planner.bind("SELECT id FROM orders")).rows.value());
  CHECK(planner.plan(*query).rows.value() == estimated);
}

TEST_CASE("an assumed random_page_cost plans as the setting does") {
  CatalogSnapshot cheap = shop();
  cheap.settings["random_page_cost"] = "1.1";
  const Planner as_set{cheap};
  const Planner as_assumed{shop()};
  for (const char* const sql : {"SELECT * FROM orders WHERE customer_id = 7",
                                "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id "
                                "WHERE c.id < 100"}) {
    CHECK(as_assumed.plan(*as_assumed.bind(sql), {.assumed = {.random_page_cost = 1.1}})
              .total.value() == Approx(as_set.plan(*as_set.bind(sql)).total.value()));
  }
}

TEST_CASE("a lookup by a nearly unique value saves whatever the estimates are") {
  const auto proposals =
      created("-- quern: calls=500\nSELECT * FROM payments WHERE provider_ref = 'abc';\n");
  REQUIRE(proposals.size() == 1);
  REQUIRE(proposals[0].robustness);
  CHECK(proposals[0].robustness->complete);
  CHECK(proposals[0].robustness->saved_share > 0.9);
  CHECK(share_at(proposals[0], "rows", 10) > 0.5);
  CHECK(share_at(proposals[0], "random_page_cost", 8) > 0.5);
  CHECK_FALSE(warns(proposals[0], "The gain depends on"));
}

TEST_CASE("an index for a range that a sequential scan would win with more rows says so") {
  // A column that does not follow the table's order, and a range that fills much of its index's
  // worth: a few times the rows, and reading the table is as cheap.
  const auto proposals = created(
      "-- quern: calls=500\n"
      "SELECT id, street, city FROM addresses WHERE customer_id BETWEEN 100 AND 2500;\n");
  REQUIRE(proposals.size() == 1);
  REQUIRE(proposals[0].robustness);
  CHECK(share_at(proposals[0], "rows", 10) < kKept * proposals[0].robustness->saved_share);
  CHECK(warns(proposals[0], "The gain depends on the row estimates"));
  CHECK(proposals[0].confidence < Confidence::High);
}
