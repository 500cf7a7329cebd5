// A class that takes far longer, or far less, than its plan stands for.
#include <algorithm>

#include <catch2/catch.hpp>

#include "advisor/advise.hpp"

#include "tests/support/shop.hpp"

using namespace quern;
using namespace quern::advisor;
using quern::testing::shop;
using quern::testing::workload_of;

namespace {

/// Two lookups that scan their tables today. A page takes a microsecond, a row a tenth of one: some
/// milliseconds for the payments.
const char* const kStatements =
    "-- quern: calls=100 mean_ms={}\n"
    "SELECT * FROM payments WHERE provider_ref = 'x';\n"
    "-- quern: calls=100 mean_ms=1\n"
    "SELECT * FROM addresses WHERE customer_id = 7;\n";

Calibration calibration() {
  Calibration prices;
  for (Coefficient& coefficient : prices.coefficients) {
    coefficient = {.milliseconds = 0.0001, .low = 0.0001, .high = 0.0001};
  }
  prices.scatter = 0.3;
  prices.plans = 20;
  return prices;
}

Advice advice_at(const std::string& mean_ms) {
  std::string sql = kStatements;
  sql.replace(sql.find("{}"), 2, mean_ms);
  return advise(workload_of(sql), shop(), {.calibration = calibration()});
}

const Proposal& payments_index(const Advice& advice) {
  const auto found = std::find_if(
      advice.proposals.begin(), advice.proposals.end(),
      [](const Proposal& proposal) { return proposal.index.find("payments_provider_ref") == 0; });
  REQUIRE(found != advice.proposals.end());
  return *found;
}

bool says(const Proposal& proposal, const std::string& what) {
  return std::any_of(proposal.evidence.begin(), proposal.evidence.end(),
                     [&](const auto& text) { return text.find(what) != std::string::npos; });
}

}  // namespace

TEST_CASE("a class that takes far longer than its plan counts more, and the proposal says so") {
  const Advice advice = advice_at("5000");
  const Proposal& slow = payments_index(advice);
  CHECK(slow.queries.front().evidence_factor == Approx(10));
  CHECK(says(slow, "took longer than their cost stands for"));
  CHECK(says(slow, "as much as 10.0 times"));
  // The gain is what was measured, less what the index still takes.
  REQUIRE(slow.time);
  CHECK(slow.time->saved_ms > 0.9 * 100 * 5000);
  CHECK(slow.time->saved_ms < 100 * 5000);
}

TEST_CASE("one that takes less counts less; one as expected counts as it is") {
  const Advice quick = advice_at("0.01");
  CHECK(payments_index(quick).queries.front().evidence_factor < 0.5);
  CHECK(says(payments_index(quick), "took less time than their cost stands for"));
  const double before = payments_index(advice_at("0.01")).net_benefit.value();
  const Advice usual = advice_at("20");
  CHECK(payments_index(usual).queries.front().evidence_factor == 1);
  CHECK_FALSE(says(payments_index(usual), "stands for"));
  CHECK(before < payments_index(usual).net_benefit.value());
}

TEST_CASE(
    "a class whose recorded plan is not today's counts as it is: its time was another plan's") {
  const auto advice_after = [](const std::string& observed) {
    std::string sql = kStatements;
    sql.replace(sql.find("{}"), 2, "5000");
    Workload workload = workload_of(sql);
    for (QueryClass& query : workload.classes) {
      if (query.sql.find("payments") != std::string::npos) {
        query.plans = {{.shape = "0", .calls = 100, .example = observed}};
      }
    }
    return advise(workload, shop(), {.calibration = calibration()});
  };
  const Advice other = advice_after(
      R"({"Plan": {"Node Type": "Index Scan", "Relation Name": "payments", "Index Name": "gone"}})");
  CHECK(payments_index(other).queries.front().evidence_factor == 1);
  CHECK(std::count_if(other.caveats.begin(), other.caveats.end(), [](const auto& caveat) {
          return caveat.find("1 query class ran by other plans") == 0;
        }) == 1);
  const Advice same =
      advice_after(R"({"Plan": {"Node Type": "Seq Scan", "Relation Name": "payments"}})");
  CHECK(payments_index(same).queries.front().evidence_factor == Approx(10));
}
