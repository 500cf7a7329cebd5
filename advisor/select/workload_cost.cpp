#include "advisor/select/workload_cost.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "collector/base/in_parallel.hpp"

namespace quern::advisor {

namespace {

/// Σ weight · of(query), which runs for several queries at once.
double weighted_sum(const std::vector<double>& weights,
                    const std::function<double(std::size_t)>& of) {
  std::vector<double> each(weights.size());
  in_parallel(weights.size(), [&](std::size_t q) { each[q] = weights[q] * of(q); });
  return std::accumulate(each.begin(), each.end(), 0.0);
}

/// Of one query. What its plan does not use makes no difference: plans made for other sets may
/// differ by up to 1 % where an index hides what is cheaper, and in one heavy query that is more
/// than small indexes save in all others.
std::vector<double> reads_without_each(const CostModel& model, std::size_t query,
                                       const IndexSet& set) {
  const PlannedCost own = model.cost(query, set);
  std::vector<IndexSet> rests;
  for (const int index : own.used) {
    rests.push_back(without(set, index));
  }
  const std::vector<PlannedCost> planned = model.costs(query, rests);
  std::vector<double> reads(set.size(), own.cost);
  for (std::size_t i = 0; i < own.used.size(); ++i) {
    const auto place = std::lower_bound(set.begin(), set.end(), own.used[i]);
    reads[static_cast<std::size_t>(place - set.begin())] = planned[i].cost;
  }
  return reads;
}

}  // namespace

double replanned_reads(const CostModel& model, const std::vector<double>& weights,
                       const IndexSet& chosen) {
  return weighted_sum(weights, [&](std::size_t q) { return model.replanned(q, chosen).cost; });
}

double cost_of(const CostModel& model, const SelectionProblem& problem,
               const std::vector<double>& weights, const IndexSet& chosen) {
  return weighted_sum(weights, [&](std::size_t q) { return model.cost(q, chosen).cost; }) +
         write_cost(problem, chosen);
}

std::vector<double> costs_without_each(const CostModel& model, const SelectionProblem& problem,
                                       const std::vector<double>& weights, const IndexSet& set) {
  std::vector<std::vector<double>> reads(model.queries());
  in_parallel(model.queries(),
              [&](std::size_t q) { reads[q] = reads_without_each(model, q, set); });
  std::vector<double> costs;
  for (std::size_t i = 0; i < set.size(); ++i) {
    double cost = write_cost(problem, without(set, set[i]));
    for (std::size_t q = 0; q < reads.size(); ++q) {
      cost += weights[q] * reads[q][i];
    }
    costs.push_back(cost);
  }
  return costs;
}

}  // namespace quern::advisor
