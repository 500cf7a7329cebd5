// Laws that hold for the whole pipeline, on a small workload over the sample's catalog.
#include <algorithm>

#include <catch2/catch.hpp>

#include "advisor/advise.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

const char* const kQueries = R"(
-- quern: calls=500
SELECT * FROM addresses WHERE customer_id = 7;
-- quern: calls=300
SELECT id, rating FROM reviews WHERE customer_id = 5 ORDER BY created_at DESC LIMIT 10;
-- quern: calls=200
SELECT id, total FROM orders ORDER BY placed_at DESC LIMIT 20;
-- quern: calls=100
SELECT o.id, s.carrier FROM orders o JOIN shipments s ON s.order_id = o.id WHERE o.customer_id = 12;
-- quern: calls=50
SELECT * FROM payments WHERE provider_ref = 'x';
-- quern: calls=1000
UPDATE sessions SET last_seen_at = now() WHERE id = 5;
-- quern: calls=40
SELECT count(*) FROM sessions WHERE last_seen_at > '2025-09-01';
)";

Workload queries() {
  return workload_of(kQueries);
}

std::string digest(const Advice& advice) {
  std::string text;
  for (const auto& proposal : advice.proposals) {
    text +=
        proposal.id + " " + std::to_string(proposal.net_benefit.value()) + " " + proposal.rationale;
    for (const auto& line : proposal.ddl_up) {
      text += line;
    }
    for (const auto& line : proposal.evidence) {
      text += line;
    }
    for (const auto& effect : proposal.queries) {
      text += effect.fingerprint + std::to_string(effect.after.value());
    }
  }
  for (const auto& candidate : advice.candidates) {
    text += candidate.ddl + candidate.rule + candidate.verdict;
  }
  return text + std::to_string(advice.cost.lower_bound.value());
}

double total_after(const Advice& advice) {
  return (advice.cost.reads_after + advice.cost.writes_after).value();
}

}  // namespace

TEST_CASE("the order of the workload's classes does not change a byte of the advice") {
  Workload workload = queries();
  REQUIRE(workload.classes.size() == 7);
  const std::string straight = digest(advise(workload, shop(), {}));
  std::reverse(workload.classes.begin(), workload.classes.end());
  CHECK(digest(advise(workload, shop(), {})) == straight);
}

TEST_CASE("advice fits its limits, and its bound is a bound") {
  const Workload workload = queries();
  const Advice free = advise(workload, shop(), {});
  REQUIRE(free.storage_added.value() > 0);
  CHECK(free.cost.lower_bound.value() <= total_after(free) * (1 + 1e-9));
  CHECK(free.cost.reads_after < free.cost.reads_before);
  // Every benefit graph of so small a workload is complete: the choice is the best one.
  CHECK(free.cost.gap >= 0);
  CHECK(free.cost.gap < 1e-4);
  const Bytes half = free.storage_added / 2;
  const Advice tight = advise(workload, shop(), {.budget = half});
  CHECK(tight.storage_added <= half);
  CHECK(total_after(tight) >= free.cost.lower_bound.value() * (1 - 1e-9));
  const Advice one = advise(workload, shop(), {.max_indexes = 1});
  CHECK(std::count_if(one.proposals.begin(), one.proposals.end(), [](const Proposal& p) {
          return p.kind == ProposalKind::CreateIndex || p.kind == ProposalKind::ReplaceIndex;
        }) <= 1);
  for (std::size_t i = 1; i < free.pareto.size(); ++i) {
    CHECK(free.pareto[i].storage > free.pareto[i - 1].storage);
    CHECK(free.pareto[i].cost < free.pareto[i - 1].cost);
  }
}

TEST_CASE("every proposal can be undone and says what it rests on") {
  for (const auto& proposal : advise(queries(), shop(), {}).proposals) {
    INFO(proposal.id);
    if (proposal.kind == ProposalKind::CreateIndex || proposal.kind == ProposalKind::DropIndex ||
        proposal.kind == ProposalKind::ReplaceIndex) {
      CHECK_FALSE(proposal.ddl_up.empty());
      // A unique index that found duplicates may find them again: its warning says so.
      CHECK((!proposal.ddl_down.empty() || proposal.rule == "M32 invalid"));
      CHECK_FALSE(proposal.evidence.empty());
    }
  }
}

TEST_CASE("what the time limit leaves out of the advice is said, and the numbers stay") {
  const Advice whole = advise(queries(), shop(), {});
  const Advice hurried = advise(queries(), shop(), {.time_limit_seconds = 1e-6});
  REQUIRE_FALSE(hurried.proposals.empty());
  bool any_without = false;
  for (const auto& proposal : hurried.proposals) {
    if (proposal.kind != ProposalKind::CreateIndex) {
      continue;
    }
    REQUIRE(proposal.robustness);
    CHECK_FALSE(proposal.robustness->complete);
    CHECK(proposal.net_benefit.value() > 0);
    for (const auto& effect : proposal.queries) {
      CHECK(effect.before > effect.after);
      CHECK_FALSE(effect.plan_after.node_type.empty());
      any_without = any_without || effect.plan_before.node_type.empty();
    }
  }
  CHECK(any_without);
  const auto caveats = [](const Advice& advice) {
    return std::count_if(advice.caveats.begin(), advice.caveats.end(), [](const auto& caveat) {
      return caveat.find("time limit left out") != std::string::npos ||
             caveat.find("want of time") != std::string::npos;
    });
  };
  CHECK(caveats(hurried) == 2);
  CHECK(caveats(whole) == 0);
}
