// WAL of a row as the model predicts it, beside the server's: a small run with a floor. The full
// one: quern-oracle --wal 30 --seed N.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/support/wal_oracle.hpp"

using namespace quern::testing;

TEST_CASE("WAL of rows and of VACUUM is near the server's", "[wal]") {
  std::ostringstream progress;
  const WalResults results = run_wal(
      {.seed = 3, .tables = 3, .largest_table = 4000, .images = false, .times = false}, progress);
  print_wal(std::cout, results, 2);
  const auto within = std::count_if(results.cases.begin(), results.cases.end(),
                                    [](const auto& one) { return std::abs(one.error()) <= 0.15; });
  REQUIRE(results.cases.size() >= 15);
  CHECK(static_cast<double>(within) >= 0.95 * static_cast<double>(results.cases.size()));

  double real = 0;
  double model = 0;
  for (const VacuumCase& one : results.vacuums) {
    INFO(one.index << ", " << one.detail);
    CHECK(one.model == Approx(one.real).epsilon(0.6));
    real += one.real * one.dead_rows;
    model += one.model * one.dead_rows;
  }
  REQUIRE(results.vacuums.size() >= 5);
  CHECK(model == Approx(real).epsilon(0.25));  // of some indexes of twenty pages
}

TEST_CASE("ranks of equal order correlate fully, of opposite order not at all", "[wal]") {
  const std::vector<Slowdown> same = {{"a", "", 1, 10}, {"b", "", 2, 11}, {"c", "", 3, 12}};
  const std::vector<Slowdown> opposite = {{"a", "", 1, 12}, {"b", "", 2, 11}, {"c", "", 3, 10}};
  CHECK(rank_correlation(same) == Approx(1));
  CHECK(rank_correlation(opposite) == Approx(-1));
}
