#include "advisor/price/planner_costs.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "advisor/price/relevance.hpp"

namespace quern::advisor {

using planner_model::IndexConfiguration;
using planner_model::PlanResult;

PlannerCosts::PlannerCosts(const planner_model::Planner& planner, const PlannedWorkload& workload,
                           const std::vector<SizedCandidate>& candidates)
    : planner_{planner},
      workload_{workload},
      candidates_{candidates},
      relevant_(workload.samples.size()),
      cache_(workload.samples.size()) {
  for (std::size_t s = 0; s < workload.samples.size(); ++s) {
    const auto& uses = workload.classes[workload.samples[s].query_class].uses;
    for (std::size_t a = 0; a < candidates.size(); ++a) {
      if (std::any_of(uses.begin(), uses.end(), [&](const auto& use) {
            return can_matter(candidates[a].index.definition, use);
          })) {
        relevant_[s].push_back(static_cast<int>(a));
      }
    }
  }
  useful_ = relevant_;
  for (std::size_t a = 0; a < candidates.size(); ++a) {
    by_name_[candidates[a].index.name] = static_cast<int>(a);
    for (const auto& part : candidates[a].parts) {
      by_name_[part.definition.name] = static_cast<int>(a);
    }
  }
}

IndexConfiguration PlannerCosts::configuration(std::size_t query, const IndexSet& indexes) const {
  IndexConfiguration configuration;
  for (const int index : indexes) {
    if (std::binary_search(relevant_[query].begin(), relevant_[query].end(), index)) {
      const auto& parts = candidates_[static_cast<std::size_t>(index)].parts;
      configuration.created.insert(configuration.created.end(), parts.begin(), parts.end());
    }
  }
  return configuration;
}

PlanResult PlannerCosts::plan(std::size_t query, const IndexSet& indexes,
                              const std::vector<std::string>& dropped) const {
  IndexConfiguration wanted = configuration(query, indexes);
  wanted.dropped = dropped;
  return planner_.plan(*workload_.samples[query].query, wanted);
}

IndexSet PlannerCosts::used(const PlanResult& plan) const {
  std::set<int> found;
  for (const auto& name : plan.indexes_used) {
    if (const auto candidate = by_name_.find(name); candidate != by_name_.end()) {
      found.insert(candidate->second);
    }
  }
  return {found.begin(), found.end()};
}

PlannedCost PlannerCosts::cost(std::size_t query, const IndexSet& indexes) const {
  IndexSet matter;
  std::set_intersection(indexes.begin(), indexes.end(), relevant_[query].begin(),
                        relevant_[query].end(), std::back_inserter(matter));
  const PlanResult& before = workload_.samples[query].before;
  if (matter.empty()) {
    return {.cost = before.total.value()};
  }
  if (const auto known = cache_[query].find(matter); known != cache_[query].end()) {
    return known->second;
  }
  const PlanResult result = plan(query, matter);
  const PlannedCost planned{.cost = result.total.value(), .used = used(result)};
  cache_[query].emplace(std::move(matter), planned);
  return planned;
}

}  // namespace quern::advisor
