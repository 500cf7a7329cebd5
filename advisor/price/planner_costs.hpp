#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "planner-model/whatif/planner.hpp"

#include "advisor/price/planned_workload.hpp"
#include "advisor/price/sized_candidate.hpp"
#include "advisor/select/cost_model.hpp"

namespace quern::advisor {

/// Selection's view of the planner: query = sample, candidate = sized candidate. Plans are kept:
/// each answers for all sets between the candidates that it uses and those that it had. Different
/// queries may be asked about at once.
///
/// A query costs what its plan runs (PlanResult::counted). A candidate that a plan only prices
/// (PlanResult::indexes_priced) earns nothing there: the set costs what it does without it.
class PlannerCosts : public CostModel {
 public:
  /// All must outlive this.
  PlannerCosts(const planner_model::Planner& planner, const PlannedWorkload& workload,
               const std::vector<SizedCandidate>& candidates);

  /// The same candidates under other names. Of `other` the plans under parts of `kept` are known.
  PlannerCosts(const PlannerCosts& other, const std::vector<SizedCandidate>& candidates,
               const IndexSet& kept);

  [[nodiscard]] std::size_t queries() const override { return workload_.samples.size(); }

  [[nodiscard]] const IndexSet& relevant(std::size_t query) const override {
    return useful_[query];
  }

  [[nodiscard]] std::vector<IndexSet> parts(std::size_t query) const override;
  [[nodiscard]] double effort(std::size_t query) const override;
  [[nodiscard]] double spent(std::size_t query) const override;

  [[nodiscard]] std::vector<std::pair<int, int>> substitutes(std::size_t query) const override {
    return substitutes_[query];
  }

  [[nodiscard]] PlannedCost cost(std::size_t query, const IndexSet& indexes) const override;
  /// Plans that are not known are made at once.
  [[nodiscard]] std::vector<PlannedCost> costs(std::size_t query,
                                               const std::vector<IndexSet>& sets) const override;
  [[nodiscard]] PlannedCost replanned(std::size_t query, const IndexSet& indexes) const override;

  /// Plans the query with all its relevant candidates, and says how each of them could be used in
  /// what runs.
  PlannedCost with_all(std::size_t query, std::vector<planner_model::IndexAccess>& accesses);

  /// The candidate of an index name in a plan; -1: an existing index.
  [[nodiscard]] int candidate_named(const std::string& index) const;

  /// The whole plan; made once, but for assumptions. `dropped` are existing indexes to imagine
  /// away. May be asked for the same query at once.
  [[nodiscard]] planner_model::PlanResult plan(
      std::size_t query, const IndexSet& indexes, const std::vector<std::string>& dropped = {},
      const planner_model::Assumptions& assumed = {}) const;

  /// Candidates among the indexes of a plan.
  [[nodiscard]] IndexSet among(const std::vector<std::string>& indexes) const;

  /// Candidates that a plan prices and does not read, in no partition.
  [[nodiscard]] IndexSet priced_only(const planner_model::PlanResult& plan) const;

  /// Candidates that the plan with all of them prices and does not run.
  [[nodiscard]] const IndexSet& only_priced(std::size_t query) const { return only_priced_[query]; }

  /// Candidates worth exploring: at first all that can matter. cost() answers for the others too.
  /// `substitutes` do what a useful one does.
  void explore_only(std::size_t query, IndexSet useful,
                    std::vector<std::pair<int, int>> substitutes = {}) {
    useful_[query] = std::move(useful);
    substitutes_[query] = std::move(substitutes);
  }

 private:
  struct Known {
    IndexSet under = {};
    PlannedCost planned = {};
    /// Of `under`, what earns nothing: plans only price it.
    IndexSet idle = {};
  };

  void name_candidates();

  void note_spent(std::size_t query, const planner_model::PlanResult& plan) const {
    spent_paths_[query] += plan.paths;
  }

  [[nodiscard]] planner_model::PlanResult made(
      std::size_t query, const IndexSet& indexes, const std::vector<std::string>& dropped = {},
      const planner_model::Assumptions& assumed = {}) const;
  [[nodiscard]] IndexSet that_matter(std::size_t query, const IndexSet& indexes) const;
  /// Candidates that have accesses, none of which runs.
  [[nodiscard]] IndexSet never_run(const std::vector<planner_model::IndexAccess>& accesses) const;
  /// Of a set those that its plan only prices, and those that plans without these would, as far as
  /// other sets showed.
  [[nodiscard]] IndexSet idle_among(std::size_t query, const IndexSet& under,
                                    const planner_model::PlanResult& plan) const;
  /// Of the plans that answer for a set that which was made with the fewest others: more indexes
  /// may hide what is cheaper by up to 1 %, and sets that differ by one index must not differ by
  /// that.
  [[nodiscard]] const Known* known(std::size_t query, const IndexSet& matter) const;
  [[nodiscard]] Known planned(std::size_t query, IndexSet matter) const;
  /// A set with idle candidates costs what it does without them.
  Known keep(std::size_t query, IndexSet under, const planner_model::PlanResult& plan,
             IndexSet idle) const;
  [[nodiscard]] planner_model::IndexConfiguration configuration(std::size_t query,
                                                                const IndexSet& indexes) const;

  const planner_model::Planner& planner_;
  const PlannedWorkload& workload_;
  const std::vector<SizedCandidate>& candidates_;
  std::vector<IndexSet> relevant_;  ///< that can matter at all
  std::vector<IndexSet> useful_;
  std::vector<std::vector<std::pair<int, int>>> substitutes_;
  std::vector<IndexSet> only_priced_;
  std::vector<long> paths_;  ///< of the plan with all relevant candidates
  mutable std::vector<std::atomic<long>> spent_paths_;  ///< of all plans, by query
  std::map<std::string, int> by_name_;

  mutable std::vector<std::vector<Known>> known_;  ///< by query

  /// What plan() was asked for: the query, the candidates that matter to it, what is dropped.
  using Asked = std::tuple<std::size_t, IndexSet, std::vector<std::string>>;
  mutable std::mutex plans_mutex_;
  mutable std::map<Asked, std::shared_ptr<const planner_model::PlanResult>> plans_;
};

}  // namespace quern::advisor
