#include "advisor/select/evaluator.hpp"

#include <algorithm>
#include <map>

namespace quern::advisor {

namespace {

/// By candidate that a query's alternatives need, or that can take the place of one: what the
/// cheapest of these alternatives costs.
std::map<int, double> least_costs(const SelectionQuery& query) {
  std::map<int, double> least;
  for (const auto& alternative : query.alternatives) {  // the cheapest come first
    for (const int index : alternative.needs) {
      least.try_emplace(index, alternative.cost);
    }
  }
  const std::map<int, double> needed = least;
  for (const auto& [index, place] : query.substitutes) {
    if (const auto found = needed.find(place); found != needed.end()) {
      const auto own = least.try_emplace(index, found->second).first;
      own->second = std::min(own->second, found->second);
    }
  }
  return least;
}

}  // namespace

Evaluator::Evaluator(const SelectionProblem& problem)
    : problem_{problem}, helps_(problem.sizes.size()) {
  for (std::size_t q = 0; q < problem.queries.size(); ++q) {
    for (const auto& [index, least] : least_costs(problem.queries[q])) {
      helps_[static_cast<std::size_t>(index)].push_back({q, least});
    }
  }
  for (std::size_t a = 0; a < helps_.size(); ++a) {
    if (!helps_[a].empty()) {
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
    for (const Help& help : helps_[static_cast<std::size_t>(index)]) {
      changed.push_back(help.query);
    }
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

std::vector<double> Evaluator::query_costs(const IndexSet& rest, int removed) const {
  std::vector<double> costs = query_costs_;
  for (const Help& help : helps_[static_cast<std::size_t>(removed)]) {
    costs[help.query] = query_cost(problem_.queries[help.query], rest);
  }
  return costs;
}

double Evaluator::most_saved(int added, const std::vector<double>& query_costs) const {
  double saved = 0;
  for (const auto& [query, least] : helps_[static_cast<std::size_t>(added)]) {
    saved += problem_.queries[query].weight * std::max(0.0, query_costs[query] - least);
  }
  return saved;
}

}  // namespace quern::advisor
