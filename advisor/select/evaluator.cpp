#include "advisor/select/evaluator.hpp"

#include <algorithm>
#include <set>

namespace quern::advisor {

Evaluator::Evaluator(const SelectionProblem& problem)
    : problem_{problem}, queries_of_(problem.sizes.size()) {
  for (std::size_t q = 0; q < problem.queries.size(); ++q) {
    const auto& query = problem.queries[q];
    std::set<int> needed;
    for (const auto& alternative : query.alternatives) {
      needed.insert(alternative.needs.begin(), alternative.needs.end());
    }
    std::set<int> useful = needed;
    for (const auto& [index, place] : query.substitutes) {
      if (needed.count(place) != 0) {
        useful.insert(index);
      }
    }
    for (const int index : useful) {
      queries_of_[static_cast<std::size_t>(index)].push_back(q);
    }
  }
  for (std::size_t a = 0; a < queries_of_.size(); ++a) {
    if (!queries_of_[a].empty()) {
      useful_.push_back(static_cast<int>(a));
    }
  }
  move_to({});
}

void Evaluator::move_to(IndexSet chosen) {
  chosen_ = std::move(chosen);
  query_costs_.clear();
  reads_ = 0;
  for (const auto& query : problem_.queries) {
    query_costs_.push_back(query_cost(query, chosen_));
    reads_ += query.weight * query_costs_.back();
  }
  cost_ = objective(problem_, chosen_);
}

double Evaluator::cost_of(const IndexSet& next, int removed, const IndexSet& added) const {
  std::vector<std::size_t> changed;
  const auto note = [&](int index) {
    const auto& queries = queries_of_[static_cast<std::size_t>(index)];
    changed.insert(changed.end(), queries.begin(), queries.end());
  };
  if (removed >= 0) {
    note(removed);
  }
  for (const int index : added) {
    note(index);
  }
  if (added.size() + (removed >= 0 ? 1 : 0) > 1) {
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  }
  double reads = reads_;
  for (const std::size_t q : changed) {
    const auto& query = problem_.queries[q];
    reads += query.weight * (query_cost(query, next) - query_costs_[q]);
  }
  return reads + write_cost(problem_, next) + charges(problem_, next);
}

}  // namespace quern::advisor
