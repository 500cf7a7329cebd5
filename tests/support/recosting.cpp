#include "tests/support/recosting.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <random>

#include "collector/collect.hpp"

#include "advisor/candidates/find_candidates.hpp"
#include "advisor/price/planned_workload.hpp"
#include "advisor/price/useful.hpp"
#include "advisor/select/benefit_graph.hpp"

namespace quern::testing {

using namespace quern::advisor;

namespace {

constexpr int kSets = 20;       // a statement
constexpr int kPricings = 500;  // of each set, so that a clock can see them

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Of what pricing needs: the alternatives and the sets that are not known in full.
double bytes_of(const SelectionQuery& query) {
  const auto of_set = [](const IndexSet& set) { return sizeof(int) * set.capacity(); };
  std::size_t bytes = sizeof query;
  for (const Alternative& alternative : query.alternatives) {
    bytes += sizeof alternative + of_set(alternative.needs);
  }
  for (const auto* list : {&query.unknown, &query.lacking}) {
    for (const UnknownSets& sets : *list) {
      bytes += sizeof sets + of_set(sets.without);
    }
  }
  return static_cast<double>(bytes + query.substitutes.size() * sizeof(query.substitutes[0]));
}

std::vector<SizedCandidate> candidates_of(const PlannedWorkload& workload,
                                          const CatalogSnapshot& catalog,
                                          const planner_model::Planner& planner) {
  std::vector<QueryUses> uses;
  for (const PlannedClass& query : workload.classes) {
    double cost = 0;
    for (const std::size_t sample : query.samples) {
      cost += workload.samples[sample].weight * workload.samples[sample].before.counted.value();
    }
    uses.push_back({.fingerprint = query.fingerprint, .weight = cost, .uses = query.uses});
  }
  return size_candidates(find_candidates(uses, catalog, {}).candidates, planner).sized;
}

/// Each of the statement's candidates with an even chance.
IndexSet random_set(const IndexSet& relevant, std::mt19937_64& random) {
  IndexSet set;
  for (const int index : relevant) {
    if ((random() >> 20 & 1U) != 0) {
      set.push_back(index);
    }
  }
  return set;
}

void compare(Recosting& total, const PlannerCosts& costs, std::size_t sample,
             const SelectionQuery& query, std::mt19937_64& random) {
  for (int i = 0; i < kSets; ++i) {
    const IndexSet set = random_set(costs.relevant(sample), random);
    double priced = 0;
    total.nanoseconds += 1e9 / kPricings * seconds([&] {
                           for (int repeat = 0; repeat < kPricings; ++repeat) {
                             priced += query_cost(query, set) / kPricings;
                           }
                         });
    double planned = 0;
    total.planning_us += 1e6 * seconds([&] { planned = costs.plan(sample, set).counted.value(); });
    const bool exact = std::abs(priced - planned) <= 1e-3 * planned;
    const bool flagged = !is_exact(query, set);
    total.exact += exact ? 1 : 0;
    total.flagged += flagged ? 1 : 0;
    total.differing += flagged && !exact ? 1 : 0;
    double& worst = flagged ? total.worst_flagged : total.worst_unflagged;
    worst = std::max(worst, std::abs(priced - planned) / planned);
    ++total.compared;
  }
}

}  // namespace

Recosting measure_recosting(const CatalogSnapshot& catalog, const std::string& statements) {
  const planner_model::Planner planner{catalog};
  const PlannedWorkload workload = plan_workload(
      collector::collect({statements}, {.format = collector::LogFormat::Sql}), planner);
  const auto candidates = candidates_of(workload, catalog, planner);
  PlannerCosts costs{planner, workload, candidates};
  keep_useful(costs, candidates, [](double) {});
  Recosting total;
  std::vector<SelectionQuery> queries;
  for (std::size_t sample = 0; sample < workload.samples.size(); ++sample) {
    queries.push_back(explore(costs, sample, 1, {.plans = 128, .tolerance = 0}));
    total.alternatives += queries.back().alternatives.size();
    total.bytes += bytes_of(queries.back());
  }
  total.statements = queries.size();
  std::mt19937_64 random{7};
  for (std::size_t sample = 0; sample < queries.size(); ++sample) {
    compare(total, costs, sample, queries[sample], random);
  }
  total.nanoseconds /= static_cast<double>(total.compared);
  total.planning_us /= static_cast<double>(total.compared);
  return total;
}

}  // namespace quern::testing
