#include "advisor/select/evaluator.hpp"

#include <algorithm>
#include <limits>
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
    : problem_{problem}, helps_(problem.sizes.size()), serves_(problem.sizes.size()) {
  for (std::size_t q = 0; q < problem.queries.size(); ++q) {
    for (const auto& [index, least] : least_costs(problem.queries[q])) {
      helps_[static_cast<std::size_t>(index)].push_back({q, least});
    }
    add_ways(q);
  }
  first_way_.push_back(static_cast<std::uint32_t>(ways_.size()));
  for (std::size_t a = 0; a < helps_.size(); ++a) {
    if (!helps_[a].empty()) {
      useful_.push_back(static_cast<int>(a));
    }
  }
  move_to({});
}

void Evaluator::add_ways(std::size_t query) {
  first_way_.push_back(static_cast<std::uint32_t>(ways_.size()));
  std::map<int, std::uint32_t> places;
  for (const auto& alternative : problem_.queries[query].alternatives) {
    for (const int index : alternative.needs) {
      const auto place =
          places.try_emplace(index, static_cast<std::uint32_t>(served_.size())).first->second;
      if (place == served_.size()) {
        served_.push_back(0);
        serves_[static_cast<std::size_t>(index)].push_back(place);
      }
      needs_.push_back(place);
    }
    ways_.push_back({alternative.cost, static_cast<std::uint32_t>(needs_.size())});
  }
  for (const auto& [index, place] : problem_.queries[query].substitutes) {
    if (const auto found = places.find(place); found != places.end()) {
      serves_[static_cast<std::size_t>(index)].push_back(found->second);
    }
  }
}

double Evaluator::served_cost(std::size_t query) const {
  std::uint32_t way = first_way_[query];
  std::uint32_t need = way == 0 ? 0 : ways_[way - 1].end;
  for (; way < first_way_[query + 1]; ++way) {
    const std::uint32_t end = ways_[way].end;
    while (need < end && served_[needs_[need]] > 0) {
      ++need;
    }
    if (need == end) {
      return ways_[way].cost;
    }
    need = end;
  }
  return std::numeric_limits<double>::infinity();
}

void Evaluator::move_to(IndexSet chosen) {
  for (const int index : chosen_) {
    serve(index, -1);
  }
  chosen_ = std::move(chosen);
  for (const int index : chosen_) {
    serve(index, 1);
  }
  query_costs_.clear();
  reads_ = 0;
  cost_ = write_cost(problem_, chosen_) + charges(problem_, chosen_);
  for (std::size_t q = 0; q < problem_.queries.size(); ++q) {
    query_costs_.push_back(served_cost(q));
    reads_ += problem_.queries[q].weight * query_costs_.back();
    cost_ += problem_.queries[q].weight * query_costs_.back();
  }
}

double Evaluator::cost_of(const IndexSet& next, int removed, const IndexSet& added) {
  std::vector<std::size_t> changed;
  const auto change = [&](int index, int by) {
    serve(index, by);
    for (const Help& help : helps_[static_cast<std::size_t>(index)]) {
      changed.push_back(help.query);
    }
  };
  if (removed >= 0) {
    change(removed, -1);
  }
  for (const int index : added) {
    change(index, 1);
  }
  if (added.size() + (removed >= 0 ? 1 : 0) > 1) {
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  }
  double reads = reads_;
  for (const std::size_t q : changed) {
    reads += problem_.queries[q].weight * (served_cost(q) - query_costs_[q]);
  }
  if (removed >= 0) {
    serve(removed, 1);
  }
  for (const int index : added) {
    serve(index, -1);
  }
  return reads + write_cost(problem_, next) + charges(problem_, next);
}

std::vector<double> Evaluator::query_costs(int removed) {
  serve(removed, -1);
  std::vector<double> costs = query_costs_;
  for (const Help& help : helps_[static_cast<std::size_t>(removed)]) {
    costs[help.query] = served_cost(help.query);
  }
  serve(removed, 1);
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
