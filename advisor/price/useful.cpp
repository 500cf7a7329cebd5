#include "advisor/price/useful.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "advisor/select/in_parallel.hpp"

namespace quern::advisor {

namespace {

/// Improvements below this share of a query are not worth an index.
constexpr double kWorthwhile = 0.005;
/// Of each table: the cheapest plans, and the most saved a byte, so that a narrow index stands
/// beside its covering variants. The rest of a long list differ from these by little.
constexpr std::size_t kMostCheap = 4;
constexpr std::size_t kMostFrugal = 3;

struct Helpful {
  int index;
  double cost;
  double rate;  ///< saved a byte
};

void keep_best(std::vector<Helpful> helpful, std::set<int>& kept) {
  const auto take = [&](std::size_t count) {
    for (std::size_t i = 0; i < std::min(helpful.size(), count); ++i) {
      kept.insert(helpful[i].index);
    }
  };
  std::sort(helpful.begin(), helpful.end(), [](const Helpful& a, const Helpful& b) {
    return std::tie(a.cost, a.index) < std::tie(b.cost, b.index);
  });
  take(kMostCheap);
  std::sort(helpful.begin(), helpful.end(), [](const Helpful& a, const Helpful& b) {
    return std::tuple{-a.rate, a.index} < std::tuple{-b.rate, b.index};
  });
  take(kMostFrugal);
}

void keep_useful_for(PlannerCosts& costs, const std::vector<SizedCandidate>& candidates,
                     std::size_t query) {
  const IndexSet all = costs.relevant(query);
  const double before = costs.cost(query, {}).cost;
  std::map<Oid, std::vector<Helpful>> by_table;
  for (const int index : all) {
    const PlannedCost alone = costs.cost(query, {index});
    const SizedCandidate& candidate = candidates[static_cast<std::size_t>(index)];
    if (!alone.used.empty() && alone.cost < (1 - kWorthwhile) * before) {
      by_table[candidate.index.definition.table].push_back(
          {index, alone.cost, (before - alone.cost) / std::max(1.0, candidate.size.value())});
    }
  }
  std::set<int> kept;
  for (auto& [table, helpful] : by_table) {
    keep_best(std::move(helpful), kept);
  }
  const IndexSet best = costs.cost(query, all).used;
  kept.insert(best.begin(), best.end());
  costs.explore_only(query, {kept.begin(), kept.end()});
}

}  // namespace

void keep_useful(PlannerCosts& costs, const std::vector<SizedCandidate>& candidates,
                 const std::function<void(double)>& progress) {
  in_parallel(
      costs.queries(), [&](std::size_t query) { keep_useful_for(costs, candidates, query); },
      progress);
}

}  // namespace quern::advisor
