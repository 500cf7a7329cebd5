// The choice beside brute force: some statements of a sample, some of their candidates, random
// weights, write costs and budgets. Every subset is priced by the full planner, from nothing that
// the choice has learned.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "collector/catalog/snapshot_document.hpp"
#include "collector/collect.hpp"

#include "advisor/candidates/find_candidates.hpp"
#include "advisor/price/useful.hpp"
#include "advisor/select/choose.hpp"

using namespace quern;
using namespace quern::advisor;

namespace {

constexpr std::size_t kMostCandidates = 12;

struct Sample {
  CatalogSnapshot catalog;
  planner_model::Planner planner{catalog};
  PlannedWorkload all;

  explicit Sample(const std::string& folder)
      : catalog{collector::read_snapshot(folder + "/catalog.json.gz")},
        all{plan_workload(
            collector::collect({folder + "/queries.sql"}, {.format = collector::LogFormat::Sql}),
            planner)} {}
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}

  std::size_t below(std::size_t n) { return engine_() % n; }

  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) / 9007199254740992.0;
  }

 private:
  std::mt19937_64 engine_;
};

struct Instance {
  PlannedWorkload workload;
  std::vector<double> weights;
  std::vector<SizedCandidate> candidates;
  SelectionProblem problem;
};

Instance random_instance(const Sample& sample, Random& random) {
  Instance instance;
  std::vector<QueryUses> uses;
  const std::size_t queries = 2 + random.below(4);
  while (instance.workload.classes.size() < queries) {
    PlannedClass query = sample.all.classes[random.below(sample.all.classes.size())];
    PlannedSample one = sample.all.samples[query.samples.front()];
    // Brute force plans each statement hundreds of times: not those that join very much.
    if (query.uses.size() > 4) {
      continue;
    }
    uses.push_back({.fingerprint = query.fingerprint,
                    .weight = one.before.counted.value(),
                    .uses = query.uses});
    one.query_class = instance.workload.classes.size();
    query.samples = {instance.workload.samples.size()};
    instance.workload.samples.push_back(std::move(one));
    instance.workload.classes.push_back(std::move(query));
    instance.weights.push_back(std::exp(random.between(0, 6)));
  }
  auto found = find_candidates(uses, sample.catalog, {}).candidates;
  while (found.size() > kMostCandidates) {
    found.erase(found.begin() + static_cast<std::ptrdiff_t>(random.below(found.size())));
  }
  instance.candidates = size_candidates(found, sample.planner).sized;
  double bytes = 0;
  double reads = 0;
  for (std::size_t q = 0; q < instance.weights.size(); ++q) {
    reads += instance.weights[q] * instance.workload.samples[q].before.counted.value();
  }
  for (const auto& candidate : instance.candidates) {
    bytes += candidate.size.value();
    instance.problem.sizes.push_back(candidate.size.value());
    instance.problem.maintenance.push_back(reads * random.between(0, 0.05));
  }
  instance.problem.budget = random.below(3) == 0 ? 1e18 : bytes * random.between(0.1, 0.7);
  instance.problem.max_indexes = random.below(3) == 0 ? 2 : 1000;
  return instance;
}

/// Reads and writes under a set, by planning every statement again. A plan depends on the
/// candidates of the statement's own tables alone.
class FullPlanner {
 public:
  FullPlanner(const Sample& sample, const Instance& instance)
      : instance_{instance}, costs_{sample.planner, instance.workload, instance.candidates} {}

  double cost(const IndexSet& set) {
    double sum = write_cost(instance_.problem, set);
    for (std::size_t q = 0; q < instance_.weights.size(); ++q) {
      IndexSet own;
      std::set_intersection(set.begin(), set.end(), costs_.relevant(q).begin(),
                            costs_.relevant(q).end(), std::back_inserter(own));
      const auto [known, is_new] = known_.try_emplace({q, own}, 0);
      if (is_new) {
        known->second = costs_.plan(q, own).counted.value();
      }
      sum += instance_.weights[q] * known->second;
    }
    return sum;
  }

 private:
  const Instance& instance_;
  PlannerCosts costs_;
  std::map<std::pair<std::size_t, IndexSet>, double> known_;
};

double brute_force(const Instance& instance, FullPlanner& judge) {
  double best = judge.cost({});
  const auto count = instance.candidates.size();
  for (std::uint32_t bits = 1; bits < (1U << count); ++bits) {
    IndexSet set;
    for (std::size_t a = 0; a < count; ++a) {
      if ((bits >> a & 1U) != 0) {
        set.push_back(static_cast<int>(a));
      }
    }
    if (feasible(instance.problem, set)) {
      best = std::min(best, judge.cost(set));
    }
  }
  return best;
}

}  // namespace

TEST_CASE("the choice is what brute force finds with the full planner, and its bound holds",
          "[select]") {
  const std::string name = GENERATE("shop", "warehouse");
  const Sample sample{QUERN_SOURCE_DIR "/samples/" + name};
  Random random{20};
  int equal = 0;
  constexpr int kInstances = 20;
  for (int i = 0; i < kInstances; ++i) {
    Instance instance = random_instance(sample, random);
    INFO(name << " " << i << ": " << instance.weights.size() << " statements, "
              << instance.candidates.size() << " candidates");
    FullPlanner judge{sample, instance};
    const double best = brute_force(instance, judge);
    PlannerCosts costs{sample.planner, instance.workload, instance.candidates};
    keep_useful(costs, instance.candidates, {});
    const Choice choice =
        choose(costs, instance.weights, instance.problem, {.tolerance = 0, .charge_share = 0});
    REQUIRE(feasible(instance.problem, choice.chosen));
    const double chosen = judge.cost(choice.chosen);
    CHECK(chosen == Approx(choice.reads_after + choice.writes_added));
    CHECK(choice.objective_bound <= best * (1 + 1e-9));
    // Accesses within 0.3 % of each other count as one.
    CHECK(chosen <= best * (1 + kSameAccess));
    equal += chosen <= best * (1 + 1e-6) ? 1 : 0;
  }
  CHECK(equal >= kInstances * 9 / 10);
}
