// Selection against brute force: every subset of small random instances, the same cost function.
#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <random>

#include <catch2/catch.hpp>

#include "advisor/select/benefit_graph.hpp"
#include "advisor/select/choose.hpp"
#include "advisor/select/evaluator.hpp"
#include "advisor/select/greedy.hpp"
#include "advisor/select/integer_program.hpp"

#include "tests/support/plans_model.hpp"

using namespace quern::advisor;

namespace {

SelectionProblem random_problem(Random& random, int candidates) {
  const int queries = uniform(random, 1, 8);
  const PlansModel model = random_model(random, candidates, queries);
  SelectionProblem problem;
  for (int a = 0; a < candidates; ++a) {
    problem.sizes.push_back(uniform(random, 10, 100));
    problem.maintenance.push_back(uniform(random, 0, 300));
  }
  for (int q = 0; q < queries; ++q) {
    problem.queries.push_back(
        explore(model, static_cast<std::size_t>(q), uniform(random, 1, 5), {10000}));
  }
  if (uniform(random, 0, 1) == 1) {
    HotGroup group{.existing_cost = static_cast<double>(uniform(random, 0, 900))};
    for (int a = 0; a < candidates; ++a) {
      if (uniform(random, 0, 2) == 0) {
        group.blockers.push_back(a);
      }
      group.entry_costs.emplace_back(a, uniform(random, 0, 300));
    }
    problem.hot.push_back(group);
  }
  problem.budget = uniform(random, 20, 60 * candidates);
  problem.max_indexes = uniform(random, 1, candidates + 1);
  problem.charge = uniform(random, 0, 50);
  problem.charge_per_byte = uniform(random, 0, 2);
  return problem;
}

/// Each kind of limit in half of the instances, around what half of the candidates take.
void add_limits(SelectionProblem& problem, Random& random) {
  const int candidates = static_cast<int>(problem.sizes.size());
  const auto rarely = [&](double most) {
    return uniform(random, 0, 1) == 0 ? 1e300 : most * uniform(random, 0, 60) / 100;
  };
  problem.budget = rarely(55.0 * candidates);
  problem.max_indexes = 100;
  problem.max_write_cost = rarely(150.0 * candidates);
  for (int a = 0; a < candidates; ++a) {
    problem.wal.push_back(uniform(random, 0, 1000));
    problem.build_seconds.push_back(uniform(random, 1, 60));
  }
  for (HotGroup& group : problem.hot) {
    group.existing_wal = uniform(random, 0, 3000);
    for (int a = 0; a < candidates; ++a) {
      group.entry_wal.emplace_back(a, uniform(random, 0, 1000));
    }
  }
  problem.max_wal = rarely(500.0 * candidates);
  problem.max_build_seconds = rarely(30.0 * candidates);
  CountLimit even{.at_most = uniform(random, 0, 2)};
  for (int a = 0; a < candidates; a += 2) {
    even.members.push_back(a);
  }
  problem.counts = {even};
}

Selection brute_force(const SelectionProblem& problem) {
  Selection best{.cost = 1e300};
  const unsigned count = 1U << problem.sizes.size();
  for (unsigned bits = 0; bits < count; ++bits) {
    IndexSet set;
    for (int a = 0; a < static_cast<int>(problem.sizes.size()); ++a) {
      if ((bits >> a) & 1U) {
        set.push_back(a);
      }
    }
    if (feasible(problem, set) && objective(problem, set) < best.cost) {
      best.chosen = set;
      best.cost = objective(problem, set);
    }
  }
  return best;
}

}  // namespace

TEST_CASE("the benefit graph knows the cost under every set of candidates") {
  Random random{7};
  for (int round = 0; round < 50; ++round) {
    const int candidates = uniform(random, 1, 7);
    const PlansModel model = random_model(random, candidates, 1);
    const SelectionQuery query = explore(model, 0, 1, {100000});
    for (unsigned bits = 0; bits < (1U << candidates); ++bits) {
      IndexSet set;
      for (int a = 0; a < candidates; ++a) {
        if ((bits >> a) & 1U) {
          set.push_back(a);
        }
      }
      CHECK(query_cost(query, set) == model.cost(0, set).cost);
    }
    CHECK(query.floor == model.cost(0, model.relevant(0)).cost);
  }
}

TEST_CASE("a set that differs by an index or two costs what the whole objective says") {
  Random random{11};
  const auto one_of = [&](const IndexSet& set) {
    return set[static_cast<std::size_t>(uniform(random, 0, static_cast<int>(set.size()) - 1))];
  };
  for (int round = 0; round < 50; ++round) {
    const int candidates = uniform(random, 3, 9);
    SelectionProblem problem = random_problem(random, candidates);
    for (SelectionQuery& query : problem.queries) {
      for (int a = 0; a + 1 < candidates; a += 2) {
        query.substitutes.emplace_back(a, uniform(random, a + 1, candidates - 1));
      }
    }
    IndexSet all(static_cast<std::size_t>(candidates));
    std::iota(all.begin(), all.end(), 0);
    Evaluator evaluator{problem};
    for (int step = 0; step < 20; ++step) {
      IndexSet chosen;
      std::copy_if(all.begin(), all.end(), std::back_inserter(chosen),
                   [&](int) { return uniform(random, 0, 1) == 1; });
      evaluator.move_to(chosen);
      CHECK(evaluator.cost() == objective(problem, chosen));
      const int removed = chosen.empty() || uniform(random, 0, 2) == 0 ? -1 : one_of(chosen);
      const int added = one_of(all);
      IndexSet next = without(chosen, removed);
      const std::vector<double> costs =
          removed < 0 ? std::vector<double>{} : evaluator.query_costs(removed);
      for (std::size_t q = 0; q < costs.size(); ++q) {
        CHECK(costs[q] == query_cost(problem.queries[q], next));
      }
      if (added == removed) {
        continue;
      }
      next = without(std::move(next), added);
      next.insert(std::lower_bound(next.begin(), next.end(), added), added);
      CHECK(evaluator.cost_of(next, removed, {added}) == Approx(objective(problem, next)));
      CHECK(evaluator.cost() == objective(problem, chosen));
    }
  }
}

TEST_CASE("a benefit graph that is cut off prices single candidates and keeps a floor") {
  const PlansModel model{{{{{}, 1000}, {{0}, 500}, {{1}, 400}, {{2, 3}, 50}, {{4}, 300}}}, 5};
  const SelectionQuery query = explore(model, 0, 1, {2});
  CHECK(query_cost(query, {1}) == 400);
  CHECK(query_cost(query, {4}) == 300);
  CHECK(query_cost(query, {2, 3}) == 50);
  CHECK(query.floor <= 50);
  CHECK_FALSE(query.unknown.empty());
}

TEST_CASE("a query whose plans are dear is planned about as often as it may be") {
  std::vector<Alternative> plans{{{}, 1000}};
  for (int a = 0; a + 1 < 40; ++a) {
    plans.push_back({{a, a + 1}, 900.0 - a});
    plans.push_back({{a}, 950.0 - a});
  }
  const auto calls = [&](const ExploreLimits& limits) {
    const PlansModel model{{plans}, 40};
    (void)explore(model, 0, 1, limits);
    return model.calls;
  };
  CHECK(calls({16}) > 60);
  CHECK(calls({16, 0, 10}) <= 15);
}

/// Whose every plan takes a second.
class DearModel : public PlansModel {
 public:
  using PlansModel::PlansModel;

  [[nodiscard]] double effort(std::size_t) const override { return 1000; }
};

TEST_CASE("a choice that the time limit cuts short is no worse than what earns most a byte") {
  // The pair {0, 1} saves most, and each of the others more for its size.
  std::vector<std::vector<Alternative>> queries{{{{}, 1000}, {{0, 1}, 100}}};
  SelectionProblem problem{.sizes = {60, 60}, .maintenance = {0, 0}, .budget = 100};
  for (int a = 2; a < 12; ++a) {
    queries.push_back({{{}, 500}, {{a}, 100}});
    problem.sizes.push_back(10);
    problem.maintenance.push_back(0);
  }
  const DearModel model{queries, 12};
  const Choice choice = choose(model, std::vector<double>(queries.size(), 1.0), problem,
                               {.time_limit_seconds = 1, .charge_share = 0});
  CHECK(choice.reads_after == 1000 + 10 * 100);
}

TEST_CASE("what a benefit graph leaves out stays within what it says") {
  Random random{11};
  bool any_unknown = false;
  bool any_slack = false;
  for (int round = 0; round < 200; ++round) {
    const int candidates = uniform(random, 1, 7);
    const PlansModel model = random_model(random, candidates, 1);
    const ExploreLimits limits{uniform(random, 2, 12), uniform(random, 0, 300) * 1.0,
                               uniform(random, 4, 40)};
    const SelectionQuery query = explore(model, 0, 1, limits);
    any_unknown = any_unknown || !query.unknown.empty();
    any_slack = any_slack || query.slack > 0;
    CHECK(query.slack <= limits.tolerance);
    for (unsigned bits = 0; bits < (1U << candidates); ++bits) {
      IndexSet set;
      for (int a = 0; a < candidates; ++a) {
        if ((bits >> a) & 1U) {
          set.push_back(a);
        }
      }
      const double truth = model.cost(0, set).cost;
      double at_least = query_cost(query, set) - query.slack;
      for (const auto& unknown : query.unknown) {
        const bool excluded = std::any_of(unknown.without.begin(), unknown.without.end(),
                                          [&](int index) { return contains_all(set, {index}); });
        at_least = excluded ? at_least : std::min(at_least, unknown.at_least);
      }
      CHECK(at_least <= truth);
      CHECK(truth <= query_cost(query, set));
    }
  }
  CHECK(any_unknown);
  CHECK(any_slack);
}

TEST_CASE("the integer program finds what brute force finds") {
  Random random{42};
  for (int round = 0; round < 60; ++round) {
    const SelectionProblem problem = random_problem(random, uniform(random, 1, 10));
    const Selection exact = brute_force(problem);
    const Selection found = select_by_integer_program(problem, Floors::Ignored, {30});
    INFO("round " << round);
    CHECK(found.cost == Approx(exact.cost).epsilon(1e-7));
    CHECK(found.optimal);
    CHECK(found.bound <= exact.cost * (1 + 1e-9));
    CHECK(found.bound >= exact.cost * (1 - 1e-6));
    CHECK(feasible(problem, found.chosen));
  }
}

TEST_CASE("every limit holds in the integer program as it does in brute force") {
  Random random{17};
  std::map<Limit, int> binding;
  for (int round = 0; round < 80; ++round) {
    SelectionProblem problem = random_problem(random, uniform(random, 2, 9));
    const IndexSet unlimited = select_by_integer_program(problem, Floors::Ignored, {30}).chosen;
    add_limits(problem, random);
    const Selection exact = brute_force(problem);
    const Selection found = select_by_integer_program(problem, Floors::Ignored, {30});
    ++binding[broken_limit(problem, unlimited)];
    INFO("round " << round);
    REQUIRE(feasible(problem, found.chosen));
    CHECK(found.cost == Approx(exact.cost).epsilon(1e-7));
    CHECK(relaxed_bound(problem) <= exact.cost * (1 + 1e-9));
    CHECK(feasible(problem, select_greedy(problem).chosen));
  }
  for (const Limit limit :
       {Limit::Storage, Limit::CountOfTable, Limit::WriteCost, Limit::Wal, Limit::BuildTime}) {
    CHECK(binding[limit] > 0);
  }
}

TEST_CASE("what must be there is chosen, free of charge, and counts in every limit") {
  Random random{19};
  int obeyed = 0;
  for (int round = 0; round < 80; ++round) {
    const int candidates = uniform(random, 2, 9);
    SelectionProblem problem = random_problem(random, candidates);
    const IndexSet wanted = select_by_integer_program(problem, Floors::Ignored, {30}).chosen;
    add_limits(problem, random);
    problem.must_have = {uniform(random, 0, candidates - 1)};
    if (!feasible(problem, problem.must_have)) {
      continue;
    }
    const Selection exact = brute_force(problem);
    const Selection found = select_by_integer_program(problem, Floors::Ignored, {30});
    INFO("round " << round);
    REQUIRE(feasible(problem, found.chosen));
    CHECK(contains_all(found.chosen, problem.must_have));
    CHECK(found.cost == Approx(exact.cost).epsilon(1e-7));
    CHECK(contains_all(select_greedy(problem).chosen, problem.must_have));
    CHECK(charges(problem, problem.must_have) == 0);
    obeyed += contains_all(wanted, problem.must_have) ? 0 : 1;
  }
  CHECK(obeyed > 10);
}

TEST_CASE("a curve's knee is where the next unit spent begins to bring less") {
  std::vector<ParetoChoice> curve{{0, 100}, {10, 30}, {20, 25}, {40, 20}};
  mark_knee(curve);
  CHECK_FALSE(curve[0].knee);
  CHECK(curve[1].knee);
  CHECK_FALSE(curve[2].knee);
  std::vector<ParetoChoice> line{{0, 100}, {40, 20}};
  mark_knee(line);
  CHECK_FALSE(line[1].knee);
}

TEST_CASE("a choice from graphs cut off early learns the plans that its bound hopes for") {
  constexpr int kCandidates = 8;
  constexpr int kInstances = 30;
  Random random{11};
  int best = 0;
  for (int i = 0; i < kInstances; ++i) {
    const int queries = uniform(random, 1, 6);
    const PlansModel model = random_model(random, kCandidates, queries);
    SelectionProblem problem{.budget = static_cast<double>(uniform(random, 60, 250))};
    for (int a = 0; a < kCandidates; ++a) {
      problem.sizes.push_back(uniform(random, 10, 100));
      problem.maintenance.push_back(uniform(random, 0, 100));
    }
    const std::vector<double> weights(static_cast<std::size_t>(queries), 1.0);
    const Choice choice = choose(model, weights, problem,
                                 {.plans_per_query = 2,
                                  .most_plans_per_query = 2,
                                  .wanted_gap = 0,
                                  .tolerance = 0,
                                  .charge_share = 0});
    SelectionProblem known = problem;
    for (int q = 0; q < queries; ++q) {
      known.queries.push_back(explore(model, static_cast<std::size_t>(q), 1, {10000}));
    }
    const double least = brute_force(known).cost;
    const double cost = choice.reads_after + choice.writes_added;
    INFO("instance " << i);
    REQUIRE(feasible(problem, choice.chosen));
    CHECK(cost >= least * (1 - 1e-9));
    CHECK(choice.objective_bound <= least * (1 + 1e-9));
    best += cost <= least * (1 + 1e-9) ? 1 : 0;
  }
  CHECK(best >= 0.9 * kInstances);
}

TEST_CASE("greedy fits the budget, is never better than the optimum and never worse than nothing") {
  Random random{3};
  for (int round = 0; round < 60; ++round) {
    const SelectionProblem problem = random_problem(random, uniform(random, 1, 9));
    const Selection greedy = select_greedy(problem);
    CHECK(feasible(problem, greedy.chosen));
    CHECK(greedy.cost <= objective(problem, {}));
    CHECK(greedy.cost >= brute_force(problem).cost * (1 - 1e-9));
  }
}

TEST_CASE("a larger budget is never worse") {
  Random random{11};
  for (int round = 0; round < 20; ++round) {
    SelectionProblem problem = random_problem(random, 8);
    problem.max_indexes = 100;
    double previous = 1e300;
    for (double budget = 20; budget < 900; budget += 110) {
      problem.budget = budget;
      const Selection found = select_by_integer_program(problem, Floors::Ignored, {30});
      CHECK(found.cost <= previous * (1 + 1e-9));
      previous = found.cost;
    }
  }
}

TEST_CASE("an index that makes updates lose HOT pays for the entries of the others") {
  SelectionProblem problem;
  problem.sizes = {1, 1};
  problem.maintenance = {0, 0};
  problem.queries = {{.weight = 1, .alternatives = {{{0}, 50}, {{}, 100}}, .floor = 50},
                     {.weight = 1, .alternatives = {{{1}, 70}, {{}, 100}}, .floor = 70}};
  problem.hot = {{.blockers = {0}, .existing_cost = 30, .entry_costs = {{0, 10}, {1, 25}}}};
  // 0 alone: saves 50, costs 40. 1 alone: saves 30. Both: saves 80, costs 65.
  const Selection found = select_by_integer_program(problem, Floors::Ignored, {30});
  CHECK(found.chosen == IndexSet{1});
  CHECK(found.cost == Approx(170));
}

TEST_CASE("nothing to choose from") {
  SelectionProblem problem;
  problem.queries = {{.weight = 2, .alternatives = {{{}, 10}}, .floor = 10}};
  const Selection found = select_by_integer_program(problem, Floors::Allowed, {30});
  CHECK(found.chosen.empty());
  CHECK(found.cost == 20);
  CHECK(found.bound == 20);
}

TEST_CASE("an index that helps many queries too little to explore any of them is still found") {
  std::vector<std::vector<Alternative>> plans{{{{}, 100000}, {{0}, 1}}};
  for (int q = 0; q < 20; ++q) {
    plans.push_back({{{}, 100}, {{1}, 90}, {{2}, 89}});  // 2 is what the first plan uses
  }
  const PlansModel model{plans, 3};
  const std::vector<double> weights(plans.size(), 1.0);
  SelectionProblem problem{.sizes = {10, 10, 10}, .maintenance = {5, 5, 1e6}};
  const ChooseOptions coarse{.tolerance = 0.2, .charge_share = 0};
  CHECK(choose(model, weights, problem, coarse).chosen == IndexSet{0, 1});

  problem.budget = 15;  // no room for both
  CHECK(choose(model, weights, problem, coarse).chosen == IndexSet{0});

  problem.budget = 100;
  problem.maintenance[1] = 250;  // more than the 200 that it saves
  CHECK(choose(model, weights, problem, coarse).chosen == IndexSet{0});
}
