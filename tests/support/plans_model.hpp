// A planner small enough to look through, for selection beside brute force.
#pragma once

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "advisor/select/cost_model.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// Queries that pick the cheapest of a few plans, each of which needs some candidates.
class PlansModel : public CostModel {
 public:
  explicit PlansModel(std::vector<std::vector<Alternative>> plans, int candidates)
      : plans_{std::move(plans)}, relevant_(plans_.size()) {
    for (auto& relevant : relevant_) {
      for (int a = 0; a < candidates; ++a) {
        relevant.push_back(a);
      }
    }
  }

  std::size_t queries() const override { return plans_.size(); }

  const IndexSet& relevant(std::size_t query) const override { return relevant_[query]; }

  PlannedCost cost(std::size_t query, const IndexSet& indexes) const override {
    ++calls;
    PlannedCost best{.cost = 1e300};
    for (const auto& plan : plans_[query]) {
      if (plan.cost < best.cost && contains_all(indexes, plan.needs)) {
        best = {plan.cost, plan.needs};
      }
    }
    return best;
  }

  mutable int calls = 0;

 private:
  std::vector<std::vector<Alternative>> plans_;
  std::vector<IndexSet> relevant_;
};

using Random = std::mt19937;

inline int uniform(Random& random, int from, int to) {
  return from + static_cast<int>(random() % static_cast<unsigned>(to - from + 1));
}

inline PlansModel random_model(Random& random, int candidates, int queries) {
  std::vector<std::vector<Alternative>> all;
  for (int q = 0; q < queries; ++q) {
    std::vector<Alternative> plans{{{}, 1000.0 + uniform(random, 0, 1000)}};
    for (int k = uniform(random, 0, 6); k > 0; --k) {
      IndexSet needs;
      for (int n = uniform(random, 1, 3); n > 0; --n) {
        needs.push_back(uniform(random, 0, candidates - 1));
      }
      std::sort(needs.begin(), needs.end());
      needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
      plans.push_back({needs, static_cast<double>(uniform(random, 1, 999))});
    }
    all.push_back(std::move(plans));
  }
  return PlansModel{std::move(all), candidates};
}

}  // namespace quern::advisor
