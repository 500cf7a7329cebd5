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
/// Different queries may be asked about at once.
class PlannerCosts : public CostModel {
 public:
  /// All must outlive this.
  PlannerCosts(const planner_model::Planner& planner, const PlannedWorkload& workload,
               const std::vector<SizedCandidate>& candidates);

  [[nodiscard]] std::size_t queries() const override { return workload_.samples.size(); }

  [[nodiscard]] const IndexSet& relevant(std::size_t query) const override {
    return useful_[query];
  }

  [[nodiscard]] PlannedCost cost(std::size_t query, const IndexSet& indexes) const override;

  /// The whole plan, not cached. `dropped` are existing indexes to imagine away.
  [[nodiscard]] planner_model::PlanResult plan(std::size_t query, const IndexSet& indexes,
                                               const std::vector<std::string>& dropped = {}) const;

  /// Which candidates a plan uses.
  [[nodiscard]] IndexSet used(const planner_model::PlanResult& plan) const;

  /// Candidates worth exploring: at first all that can matter. cost() answers for the others too.
  void explore_only(std::size_t query, IndexSet useful) { useful_[query] = std::move(useful); }

 private:
  [[nodiscard]] planner_model::IndexConfiguration configuration(std::size_t query,
                                                                const IndexSet& indexes) const;

  const planner_model::Planner& planner_;
  const PlannedWorkload& workload_;
  const std::vector<SizedCandidate>& candidates_;
  std::vector<IndexSet> relevant_;  ///< that can matter at all
  std::vector<IndexSet> useful_;
  std::map<std::string, int> by_name_;
  mutable std::vector<std::map<IndexSet, PlannedCost>> cache_;
};

}  // namespace quern::advisor
