// What the user limits, wants and forbids, through the whole pipeline.
#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "collector/base/failure.hpp"

#include "advisor/advise.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

const char* const kStatements = R"(
-- quern: calls=500
SELECT * FROM addresses WHERE customer_id = 7;
-- quern: calls=300
SELECT id, rating FROM reviews WHERE customer_id = 5 ORDER BY created_at DESC LIMIT 10;
-- quern: calls=200
SELECT id, total FROM orders ORDER BY placed_at DESC LIMIT 20;
-- quern: calls=200
SELECT max(total) FROM orders;
-- quern: calls=40
INSERT INTO orders (customer_id, status, total, placed_at) VALUES (1, 'paid', 10, now());
)";

Advice advice_with(const AdviceOptions& options) {
  return advise(workload_of(kStatements), shop(), options);
}

std::vector<const Proposal*> created(const Advice& advice) {
  std::vector<const Proposal*> found;
  for (const auto& proposal : advice.proposals) {
    if (proposal.kind == ProposalKind::CreateIndex || proposal.kind == ProposalKind::ReplaceIndex) {
      found.push_back(&proposal);
    }
  }
  return found;
}

bool creates(const Advice& advice, const std::string& index) {
  const auto all = created(advice);
  return std::any_of(all.begin(), all.end(),
                     [&](const auto* proposal) { return proposal->index == index; });
}

double added_writes(const Advice& advice) {
  return (advice.cost.writes_after - advice.cost.writes_before).value();
}

}  // namespace

TEST_CASE(
    "an index that must be there is chosen though nothing gains by it, and the rest around it") {
  const Advice free = advice_with({});
  const Advice advice = advice_with({.must_have = {"CREATE INDEX ON payments (created_at)"}});
  REQUIRE(creates(advice, "payments_created_at_idx"));
  for (const auto* proposal : created(free)) {
    CHECK(creates(advice, proposal->index));
  }
  const auto all = created(advice);
  const auto found = std::find_if(all.begin(), all.end(), [](const auto* proposal) {
    return proposal->index == "payments_created_at_idx";
  });
  CHECK((*found)->rationale.find("asked for") != std::string::npos);
  CHECK_FALSE((*found)->warnings.empty());
}

TEST_CASE("what can not be asked for is refused with the reason") {
  const auto refused = [](const AdviceOptions& options, const std::string& why) {
    CHECK_THROWS_WITH(advice_with(options), Catch::Contains(why));
  };
  refused({.must_have = {"CREATE UNIQUE INDEX ON payments (provider_ref)"}}, "only plain indexes");
  refused({.must_have = {"CREATE INDEX ON nothing (x)"}}, "--must-have");
  refused({.must_have = {"CREATE INDEX ON orders (customer_id)"}}, "is the same index");
  refused({.never = {"payments"}, .must_have = {"CREATE INDEX ON payments (amount)"}}, "--never");
  refused({.budget = Bytes{1000}, .must_have = {"CREATE INDEX ON payments (amount)"}}, "--budget");
  refused({.keep = {"orders_customer_idx_"}}, "no index of this name");
}

TEST_CASE("a name of --never that nothing has is told") {
  const Advice advice = advice_with({.never = {"adresses", "reviews"}});
  CHECK(std::count_if(advice.caveats.begin(), advice.caveats.end(), [](const auto& caveat) {
          return caveat.find("--never adresses") != std::string::npos;
        }) == 1);
  CHECK(std::none_of(advice.caveats.begin(), advice.caveats.end(), [](const auto& caveat) {
    return caveat.find("--never reviews") != std::string::npos;
  }));
}

TEST_CASE("an index named never to be created is not, and neither is one on a table so named") {
  const Advice free = advice_with({});
  REQUIRE(creates(free, "addresses_customer_id_idx"));
  REQUIRE(creates(free, "orders_placed_at_idx"));
  CHECK_FALSE(creates(advice_with({.never = {"orders_placed_at_idx"}}), "orders_placed_at_idx"));
  for (const auto* proposal : created(advice_with({.never = {"public.addresses"}}))) {
    CHECK(proposal->table != "addresses");
  }
}

TEST_CASE("limits on tables, writes and builds hold in the advice") {
  const Advice free = advice_with({});
  const auto all = created(free);
  REQUIRE(std::count_if(all.begin(), all.end(),
                        [](const auto* proposal) { return proposal->table == "orders"; }) >= 2);
  REQUIRE(added_writes(free) > 0);

  std::map<std::string, int> by_table;
  for (const auto* proposal : created(advice_with({.max_indexes_per_table = 1}))) {
    CHECK(++by_table[proposal->table] <= 1);
  }

  const double share = 0.5 * added_writes(free) / free.cost.writes_before.value();
  const Advice frugal = advice_with({.max_write_overhead = share});
  CHECK(added_writes(frugal) <= share * frugal.cost.writes_before.value() * (1 + 1e-9));
  CHECK_FALSE(created(frugal).empty());

  double wal = 0;
  double seconds = 0;
  for (const auto* proposal : all) {
    wal += proposal->writes->wal_total.value();
    seconds += *proposal->build_seconds;
  }
  double less_wal = 0;
  for (const auto* proposal : created(advice_with({.max_wal = Bytes{wal / 2}}))) {
    less_wal += proposal->writes->wal_total.value();
  }
  CHECK(less_wal <= wal / 2 * (1 + 1e-9));
  double less_seconds = 0;
  for (const auto* proposal : created(advice_with({.max_build_seconds = seconds / 2}))) {
    less_seconds += *proposal->build_seconds;
  }
  CHECK(less_seconds <= seconds / 2 * (1 + 1e-9));
}

TEST_CASE("the curve over added write cost rises in writes and falls in reads") {
  const Advice advice = advice_with({});
  REQUIRE(advice.write_pareto.size() >= 2);
  for (std::size_t i = 1; i < advice.write_pareto.size(); ++i) {
    CHECK(advice.write_pareto[i].writes_added > advice.write_pareto[i - 1].writes_added);
    CHECK(advice.write_pareto[i].reads < advice.write_pareto[i - 1].reads);
  }
}

TEST_CASE(
    "where the widest index is over the budget a smaller one serves, and the advice says so") {
  const auto largest = [](const Advice& advice) {
    Bytes size{0};
    for (const auto* proposal : created(advice)) {
      size = std::max(size, *proposal->size);
    }
    return size;
  };
  const Bytes budget = 0.9 * largest(advice_with({}));
  const Advice tight = advice_with({.budget = budget});
  CHECK_FALSE(created(tight).empty());
  CHECK(tight.storage_added <= budget);
  CHECK(std::any_of(tight.caveats.begin(), tight.caveats.end(), [](const std::string& caveat) {
    return caveat.find("take more than the storage budget") != std::string::npos;
  }));
}

TEST_CASE("a proposal tells what its index adds to an inserted row and to planning") {
  const Advice advice = advice_with({});
  const auto writes_on = [&](const std::string& table) {
    const auto all = created(advice);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto* proposal) {
      return proposal->table == table && proposal->index != "orders_total_idx";
    });
    REQUIRE(found != all.end());
    return *(*found)->writes;
  };
  // 200 sorted by placed_at, 200 for max(total), 40 inserts.
  const WriteEffect orders = writes_on("orders");
  CHECK(orders.statements_planned == Approx(440));
  CHECK(orders.time_per_planning.count() == Approx(0.5));
  // New orders come at the end of an index on their time, new reviews of a customer anywhere.
  const WriteEffect reviews = writes_on("reviews");
  CHECK(reviews.statements_planned == Approx(300));
  CHECK(orders.time_per_insert.count() < 0.7 * reviews.time_per_insert.count());
}

TEST_CASE("a catalog of another database is doubted") {
  const auto doubted = [](const std::string& statements) {
    const Advice advice = advise(workload_of(statements), shop(), {});
    return std::any_of(advice.caveats.begin(), advice.caveats.end(), [](const auto& caveat) {
      return caveat.find("is it that of the workload's database?") != std::string::npos;
    });
  };
  const std::string own = "SELECT * FROM orders WHERE id = 7;\n";
  const std::string foreign = "SELECT * FROM patients WHERE id = 7;\nSELECT * FROM visits;\n";
  CHECK(doubted(own + foreign));
  CHECK_FALSE(doubted(own + "SELECT * FROM customers WHERE id = 7;\nSELECT * FROM patients;\n"));
}
