#include "planner-model/plan/genetic_search.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "planner-model/whatif/planner.hpp"

#include "tests/support/ddl_catalog.hpp"

namespace quern::planner_model {
namespace {

// SELECT setseed(S); SELECT random(), ...; of PostgreSQL 15, which draws by the same generator.
TEST_CASE("the genetic search draws what the server draws") {
  GeneticDraws zero{0.0, false};
  CHECK(zero.fraction() == 0.8702553105818676);
  CHECK(zero.fraction() == 0.426569726107606);
  CHECK(zero.fraction() == 0.6684808914837377);
  GeneticDraws half{0.5, false};
  CHECK(half.fraction() == 0.9851677175347999);
  CHECK(half.fraction() == 0.825301858027981);
}

TEST_CASE("numbers are drawn from the whole range and from nowhere else") {
  for (const bool as_erand48 : {false, true}) {
    GeneticDraws draws{0.25, as_erand48};
    std::vector<int> seen(7, 0);
    for (int i = 0; i < 1000; ++i) {
      const int drawn = draws.between(2, 6);
      REQUIRE((drawn >= 2 && drawn <= 6));
      ++seen[static_cast<std::size_t>(drawn)];
    }
    CHECK(std::all_of(seen.begin() + 2, seen.end(), [](int times) { return times > 100; }));
    CHECK(draws.between(3, 3) == 3);
  }
}

TEST_CASE("tours are sorted by worth, however many are equal") {
  for (const int tours : {1, 2, 6, 7, 8, 40, 41, 250}) {
    for (const int worths : {1, 3, 1000}) {
      GeneticDraws draws{0.5, false};
      std::vector<Tour> pool;
      for (int i = 0; i < tours; ++i) {
        pool.push_back({{i}, static_cast<double>(draws.between(1, worths))});
      }
      sort_tours(pool);
      CHECK(std::is_sorted(pool.begin(), pool.end(),
                           [](const Tour& a, const Tour& b) { return a.worth < b.worth; }));
      std::vector<int> left;
      for (const Tour& tour : pool) {
        left.push_back(tour.genes.front());
      }
      std::sort(left.begin(), left.end());
      std::vector<int> all(static_cast<std::size_t>(tours));
      std::iota(all.begin(), all.end(), 0);
      CHECK(left == all);
    }
  }
}

TEST_CASE("a child has every relation of its parents once") {
  GeneticDraws draws{0.0, false};
  for (int genes = 2; genes <= 40; ++genes) {
    std::vector<int> mother(static_cast<std::size_t>(genes));
    std::iota(mother.begin(), mother.end(), 1);
    std::vector<int> father = mother;
    for (std::size_t i = father.size(); i > 1; --i) {
      std::swap(father[i - 1],
                father[static_cast<std::size_t>(draws.between(0, static_cast<int>(i) - 1))]);
    }
    std::vector<int> child = recombined(mother, father, draws);
    std::sort(child.begin(), child.end());
    CHECK(child == mother);
  }
}

TEST_CASE("any index may have changed which orders the genetic search tried") {
  const auto catalog = testing::catalog_of("CREATE TABLE t (id int PRIMARY KEY, a int);");
  const Planner planner{catalog};
  const auto preferred = [&](int tables) {
    std::string from = "t t1";
    for (int i = 2; i <= tables; ++i) {
      from += ", t t" + std::to_string(i);
    }
    const auto query = planner.bind("SELECT 1 FROM " + from);
    return planner.plan(*query, {{planner.hypothetical("CREATE INDEX t_a_idx ON t (a)")}, {}})
        .indexes_preferred;
  };
  CHECK(preferred(12) == std::vector<std::string>{"t_a_idx"});
  CHECK(preferred(2).empty());
}

// Planning once refused where many tables and indexes meet, and with it the advice on a workload.
TEST_CASE("the searches of join orders end with the best found when planning's work is spent") {
  const auto [threshold, pool] = GENERATE(std::pair{12, 8000}, std::pair{20, 8000});
  auto catalog = testing::catalog_of("CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int);");
  catalog.settings["geqo_threshold"] = std::to_string(threshold);
  catalog.settings["geqo_pool_size"] = std::to_string(pool);
  const Planner planner{catalog};
  std::string from = "t t1";
  std::string where = "t1.b = 5";
  for (int i = 2; i <= 17; ++i) {
    from += fmt::format(", t t{}", i);
    where += fmt::format(" AND t{}.a = t1.a", i);
  }
  const auto query = planner.bind("SELECT 1 FROM " + from + " WHERE " + where);
  const PlanResult plan = planner.plan(*query, {{planner.hypothetical("CREATE INDEX ON t (a, b)"),
                                                 planner.hypothetical("CREATE INDEX ON t (a, c)")},
                                                {}});
  INFO(plan.paths);
  CHECK(plan.total.value() > 0);
  CHECK(std::count(plan.unmodelled.begin(), plan.unmodelled.end(),
                   "genetic join search (cut short)") == 1);
}

}  // namespace
}  // namespace quern::planner_model
