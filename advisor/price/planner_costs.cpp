#include "advisor/price/planner_costs.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "collector/base/in_parallel.hpp"

#include "advisor/price/relevance.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

using planner_model::IndexConfiguration;
using planner_model::PlanResult;

namespace {

/// Milliseconds that a path takes on one core: 0.4 to 0.7 µs where a dozen tables are joined.
constexpr double kOfPath = 0.5e-3;

IndexSet both(const IndexSet& a, const IndexSet& b) {
  IndexSet all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

}  // namespace

PlannerCosts::PlannerCosts(const planner_model::Planner& planner, const PlannedWorkload& workload,
                           const std::vector<SizedCandidate>& candidates)
    : planner_{planner},
      workload_{workload},
      candidates_{candidates},
      relevant_(workload.samples.size()),
      substitutes_(workload.samples.size()),
      only_priced_(workload.samples.size()),
      paths_(workload.samples.size()),
      spent_paths_(workload.samples.size()),
      known_(workload.samples.size()) {
  for (std::size_t s = 0; s < workload.samples.size(); ++s) {
    note_spent(s, workload.samples[s].before);
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
  name_candidates();
}

PlannerCosts::PlannerCosts(const PlannerCosts& other, const std::vector<SizedCandidate>& candidates,
                           const IndexSet& kept)
    : planner_{other.planner_},
      workload_{other.workload_},
      candidates_{candidates},
      relevant_{other.relevant_},
      useful_{other.useful_},
      substitutes_{other.substitutes_},
      only_priced_{other.only_priced_},
      paths_{other.paths_},
      spent_paths_(other.spent_paths_.size()),
      known_(other.known_.size()) {
  for (std::size_t query = 0; query < known_.size(); ++query) {
    spent_paths_[query] = other.spent_paths_[query].load();
    std::copy_if(other.known_[query].begin(), other.known_[query].end(),
                 std::back_inserter(known_[query]),
                 [&](const Known& known) { return contains_all(kept, known.under); });
  }
  name_candidates();
}

void PlannerCosts::name_candidates() {
  for (std::size_t a = 0; a < candidates_.size(); ++a) {
    by_name_[candidates_[a].index.name] = static_cast<int>(a);
    for (const auto& part : candidates_[a].parts) {
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
  if (assumed.row_factor != 1 || assumed.random_page_cost) {
    const PlanResult plan = made(query, indexes, dropped, assumed);
    note_spent(query, plan);
    return plan;
  }
  Asked asked{query, that_matter(query, indexes), dropped};
  if (std::get<1>(asked).empty() && dropped.empty()) {
    return workload_.samples[query].before;
  }
  {
    const std::lock_guard lock{plans_mutex_};
    if (const auto there = plans_.find(asked); there != plans_.end()) {
      return *there->second;
    }
  }
  auto plan = std::make_shared<const PlanResult>(made(query, indexes, dropped));
  const std::lock_guard lock{plans_mutex_};
  const auto [entry, first] = plans_.try_emplace(std::move(asked), std::move(plan));
  if (first) {  // two threads may have made it: what is spent does not depend on that
    note_spent(query, *entry->second);
  }
  return *entry->second;
}

PlanResult PlannerCosts::made(std::size_t query, const IndexSet& indexes,
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

IndexSet PlannerCosts::among(const std::vector<std::string>& indexes) const {
  std::set<int> found;
  for (const auto& name : indexes) {
    if (const int candidate = candidate_named(name); candidate >= 0) {
      found.insert(candidate);
    }
  }
  return {found.begin(), found.end()};
}

IndexSet PlannerCosts::priced_only(const PlanResult& plan) const {
  const IndexSet priced = among(plan.indexes_priced);
  const IndexSet used = among(plan.indexes_used);
  IndexSet only;
  std::set_difference(priced.begin(), priced.end(), used.begin(), used.end(),
                      std::back_inserter(only));
  return only;
}

IndexSet PlannerCosts::that_matter(std::size_t query, const IndexSet& indexes) const {
  IndexSet matter;
  std::set_intersection(indexes.begin(), indexes.end(), relevant_[query].begin(),
                        relevant_[query].end(), std::back_inserter(matter));
  return matter;
}

IndexSet PlannerCosts::idle_among(std::size_t query, const IndexSet& under,
                                  const PlanResult& plan) const {
  IndexSet idle = priced_only(plan);
  if (idle.empty()) {
    return idle;
  }
  const IndexSet used = among(plan.indexes_used);
  const auto& all = known_[query];
  const auto alike = std::find_if(all.rbegin(), all.rend(), [&](const Known& known) {
    return contains_all(known.idle, idle) && !have_common(known.idle, used);
  });
  if (alike != all.rend()) {
    idle.clear();
    std::set_intersection(under.begin(), under.end(), alike->idle.begin(), alike->idle.end(),
                          std::back_inserter(idle));
  }
  return idle;
}

PlannerCosts::Known PlannerCosts::keep(std::size_t query, IndexSet under, const PlanResult& plan,
                                       IndexSet idle) const {
  Known kept{.under = std::move(under), .idle = std::move(idle)};
  if (kept.idle.empty()) {
    kept.planned = {plan.counted.value(), among(plan.indexes_used), among(plan.indexes_preferred)};
  } else {
    IndexSet rest;
    std::set_difference(kept.under.begin(), kept.under.end(), kept.idle.begin(), kept.idle.end(),
                        std::back_inserter(rest));
    const Known* known_rest = known(query, rest);
    Known without_idle = known_rest != nullptr ? *known_rest : planned(query, std::move(rest));
    kept.planned = std::move(without_idle.planned);
    IndexSet more;
    std::set_intersection(kept.under.begin(), kept.under.end(), without_idle.idle.begin(),
                          without_idle.idle.end(), std::back_inserter(more));
    kept.idle = both(kept.idle, more);
  }
  known_[query].push_back(kept);
  return kept;
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

double PlannerCosts::effort(std::size_t query) const {
  return kOfPath * static_cast<double>(paths_[query]);
}

double PlannerCosts::spent(std::size_t query) const {
  return kOfPath * static_cast<double>(spent_paths_[query].load());
}

const PlannerCosts::Known* PlannerCosts::known(std::size_t query, const IndexSet& matter) const {
  const Known* nearest = nullptr;
  for (const Known& known : known_[query]) {
    if ((nearest == nullptr || known.under.size() < nearest->under.size()) &&
        contains_all(matter, known.planned.used) && contains_all(known.under, matter)) {
      nearest = &known;
    }
  }
  return nearest;
}

PlannedCost PlannerCosts::cost(std::size_t query, const IndexSet& indexes) const {
  const IndexSet matter = that_matter(query, indexes);
  const Known* nearest = known(query, matter);
  return nearest != nullptr ? nearest->planned : planned(query, matter).planned;
}

std::vector<PlannedCost> PlannerCosts::costs(std::size_t query,
                                             const std::vector<IndexSet>& sets) const {
  std::vector<IndexSet> unknown;
  for (const IndexSet& indexes : sets) {
    IndexSet matter = that_matter(query, indexes);
    if (!matter.empty() && known(query, matter) == nullptr &&
        std::find(unknown.begin(), unknown.end(), matter) == unknown.end()) {
      unknown.push_back(std::move(matter));
    }
  }
  std::vector<PlanResult> plans(unknown.size());
  in_parallel(unknown.size(), [&](std::size_t i) { plans[i] = made(query, unknown[i]); });
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    note_spent(query, plans[i]);
    IndexSet idle = idle_among(query, unknown[i], plans[i]);
    (void)keep(query, std::move(unknown[i]), plans[i], std::move(idle));
  }
  return CostModel::costs(query, sets);
}

PlannedCost PlannerCosts::replanned(std::size_t query, const IndexSet& indexes) const {
  return planned(query, that_matter(query, indexes)).planned;
}

PlannerCosts::Known PlannerCosts::planned(std::size_t query, IndexSet matter) const {
  if (matter.empty()) {
    return {.planned = {.cost = workload_.samples[query].before.counted.value()}};
  }
  for (const Known& known : known_[query]) {
    if (known.under == matter) {
      return known;
    }
  }
  const PlanResult plan = made(query, matter);
  note_spent(query, plan);
  IndexSet idle = idle_among(query, matter, plan);
  return keep(query, std::move(matter), plan, std::move(idle));
}

PlannedCost PlannerCosts::with_all(std::size_t query,
                                   std::vector<planner_model::IndexAccess>& accesses) {
  const IndexSet& all = relevant_[query];
  const PlanResult plan =
      planner_.plan(*workload_.samples[query].query, configuration(query, all), accesses);
  only_priced_[query] = priced_only(plan);
  paths_[query] = plan.paths;
  note_spent(query, plan);
  IndexSet idle = only_priced_[query];
  if (!idle.empty()) {
    idle = both(idle, never_run(accesses));
  }
  const PlanResult& before = workload_.samples[query].before;
  if (before.subplans_hashed > 0) {
    // What does not run without candidates, nor with all of them, never does.
    std::erase_if(accesses, [](const auto& access) { return !access.runs; });
  }
  return keep(query, all, plan, std::move(idle)).planned;
}

IndexSet PlannerCosts::never_run(const std::vector<planner_model::IndexAccess>& accesses) const {
  std::map<int, bool> runs;
  for (const auto& access : accesses) {
    if (const int candidate = candidate_named(access.index); candidate >= 0) {
      runs[candidate] |= access.runs;
    }
  }
  IndexSet never;
  for (const auto& [candidate, does] : runs) {
    if (!does) {
      never.push_back(candidate);
    }
  }
  return never;
}

}  // namespace quern::advisor
