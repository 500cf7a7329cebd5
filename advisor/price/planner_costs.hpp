#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner-model/whatif/planner.hpp"

#include "advisor/price/planned_workload.hpp"
#include "advisor/price/sized_candidate.hpp"
#include "advisor/select/cost_model.hpp"

namespace quern::advisor {

/// Selection's view of the planner: query = sample, candidate = sized candidate. Answers are cached
/// by the candidates that can matter, so that asking for a larger set costs nothing new.
class PlannerCosts : public CostModel {
 public:
  /// All must outlive this.
  PlannerCosts(const planner_model::Planner& planner, const PlannedWorkload& workload,
               const std::vector<SizedCandidate>& candidates);

  [[nodiscard]] std::size_t queries() const override { return workload_.samples.size(); }

  [[nodiscard]] const IndexSet& relevant(std::size_t query) const override {
    return relevant_[query];
  }

  [[nodiscard]] PlannedCost cost(std::size_t query, const IndexSet& indexes) const override;

  /// The whole plan, not cached. `dropped` are existing indexes to imagine away.
  [[nodiscard]] planner_model::PlanResult plan(std::size_t query, const IndexSet& indexes,
                                               const std::vector<std::string>& dropped = {}) const;

  /// Which candidates a plan uses.
  [[nodiscard]] IndexSet used(const planner_model::PlanResult& plan) const;

  /// Keeps only the given candidates of those relevant to a query: the others were priced and help
  /// in no plan of it.
  void restrict_to(std::size_t query, IndexSet useful) { relevant_[query] = std::move(useful); }

  [[nodiscard]] std::size_t plans_made() const { return plans_made_; }

 private:
  [[nodiscard]] planner_model::IndexConfiguration configuration(std::size_t query,
                                                                const IndexSet& indexes) const;

  const planner_model::Planner& planner_;
  const PlannedWorkload& workload_;
  const std::vector<SizedCandidate>& candidates_;
  std::vector<IndexSet> relevant_;
  std::map<std::string, int> by_name_;
  mutable std::vector<std::map<IndexSet, PlannedCost>> cache_;
  mutable std::size_t plans_made_ = 0;
};

}  // namespace quern::advisor
