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
  std::vector<IndexSet> rests;
  for (const int index : set) {
    rests.push_back(without(set, index));
  }
  std::vector<std::vector<PlannedCost>> planned(model.queries());
  in_parallel(model.queries(), [&](std::size_t q) { planned[q] = model.costs(q, rests); });
  std::vector<double> costs;
  for (std::size_t i = 0; i < rests.size(); ++i) {
    double reads = 0;
    for (std::size_t q = 0; q < planned.size(); ++q) {
      reads += weights[q] * planned[q][i].cost;
    }
    costs.push_back(reads + write_cost(problem, rests[i]));
  }
  return costs;
}

}  // namespace quern::advisor
