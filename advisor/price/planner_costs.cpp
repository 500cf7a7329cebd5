#include "advisor/price/planner_costs.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "advisor/price/relevance.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

using planner_model::IndexConfiguration;
using planner_model::PlanResult;

PlannerCosts::PlannerCosts(const planner_model::Planner& planner, const PlannedWorkload& workload,
                           const std::vector<SizedCandidate>& candidates)
    : planner_{planner},
      workload_{workload},
      candidates_{candidates},
      relevant_(workload.samples.size()),
      substitutes_(workload.samples.size()),
      known_(workload.samples.size()) {
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
                              const std::vector<std::string>& dropped,
                              const planner_model::Assumptions& assumed) const {
  IndexConfiguration wanted = configuration(query, indexes);
  wanted.dropped = dropped;
  wanted.assumed = assumed;
  return planner_.plan(*workload_.samples[query].query, wanted);
}

int PlannerCosts::candidate_named(const std::string& index) const {
  const auto candidate = by_name_.find(index);
  return candidate == by_name_.end() ? -1 : candidate->second;
}

IndexSet PlannerCosts::used(const PlanResult& plan) const {
  std::set<int> found;
  for (const auto* names : {&plan.indexes_used, &plan.indexes_priced}) {
    for (const auto& name : *names) {
      if (const int candidate = candidate_named(name); candidate >= 0) {
        found.insert(candidate);
      }
    }
  }
  return {found.begin(), found.end()};
}

IndexSet PlannerCosts::that_matter(std::size_t query, const IndexSet& indexes) const {
  IndexSet matter;
  std::set_intersection(indexes.begin(), indexes.end(), relevant_[query].begin(),
                        relevant_[query].end(), std::back_inserter(matter));
  return matter;
}

PlannedCost PlannerCosts::keep(std::size_t query, IndexSet under, const PlanResult& plan) const {
  PlannedCost planned{.cost = plan.total.value(), .used = used(plan)};
  known_[query].push_back({std::move(under), planned});
  return planned;
}

std::vector<IndexSet> PlannerCosts::parts(std::size_t query) const {
  std::map<Oid, std::map<KeyPart, IndexSet>> by_table;
  for (const int index : useful_[query]) {
    const auto& definition = candidates_[static_cast<std::size_t>(index)].index.definition;
    by_table[definition.table][definition.keys.front()].push_back(index);
  }
  std::vector<IndexSet> parts;
  for (auto& [table, by_first_key] : by_table) {
    IndexSet all;
    for (const auto& [key, indexes] : by_first_key) {
      all.insert(all.end(), indexes.begin(), indexes.end());
      if (by_first_key.size() > 1) {
        parts.push_back(indexes);
      }
    }
    std::sort(all.begin(), all.end());
    parts.push_back(std::move(all));
  }
  return parts;
}

PlannedCost PlannerCosts::cost(std::size_t query, const IndexSet& indexes) const {
  const IndexSet matter = that_matter(query, indexes);
  for (const auto& [under, planned] : known_[query]) {
    if (contains_all(matter, planned.used) && contains_all(under, matter)) {
      return planned;
    }
  }
  return replanned(query, matter);
}

PlannedCost PlannerCosts::replanned(std::size_t query, const IndexSet& indexes) const {
  IndexSet matter = that_matter(query, indexes);
  if (matter.empty()) {
    return {.cost = workload_.samples[query].before.total.value()};
  }
  for (const auto& [under, planned] : known_[query]) {
    if (under == matter) {
      return planned;
    }
  }
  const PlanResult result = plan(query, matter);
  return keep(query, std::move(matter), result);
}

PlannedCost PlannerCosts::with_all(std::size_t query,
                                   std::vector<planner_model::IndexAccess>& accesses) const {
  const IndexSet& all = relevant_[query];
  return keep(query, all,
              planner_.plan(*workload_.samples[query].query, configuration(query, all), accesses));
}

}  // namespace quern::advisor
