#include "advisor/select/greedy.hpp"

#include <algorithm>
#include <set>

#include "advisor/select/evaluator.hpp"

namespace quern::advisor {

namespace {

/// Improvements smaller than this share are rounding.
constexpr double kWorthwhile = 1e-9;

IndexSet with(IndexSet set, const IndexSet& more) {
  set.insert(set.end(), more.begin(), more.end());
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  return set;
}

/// Steps of greedy: each candidate that helps, and each pair that some query needs as a whole.
std::set<IndexSet> steps(const SelectionProblem& problem, const Evaluator& evaluator) {
  std::set<IndexSet> found;
  for (const int index : evaluator.useful()) {
    found.insert({index});
  }
  for (const auto& query : problem.queries) {
    for (const auto& alternative : query.alternatives) {
      if (alternative.needs.size() == 2 || alternative.needs.size() == 3) {
        found.insert(alternative.needs);
      }
    }
  }
  return found;
}

/// One removal or swap that lowers the objective, or keeps it and takes less space.
bool improve_once(const SelectionProblem& problem, Evaluator& evaluator) {
  const IndexSet chosen = evaluator.chosen();
  const double bytes = bytes_of(problem, chosen);
  const auto accept = [&](IndexSet next, int removed, const IndexSet& added) {
    const double next_bytes = bytes_of(problem, next);
    const double cost = evaluator.cost_of(next, removed, added);
    const double margin = kWorthwhile * evaluator.cost();
    const bool cheaper = cost < evaluator.cost() - margin;
    const bool smaller = cost < evaluator.cost() + margin && next_bytes < bytes &&
                         objective(problem, next) <= evaluator.cost();
    if ((!cheaper && !smaller) || !feasible(problem, next)) {
      return false;
    }
    evaluator.move_to(std::move(next));
    return true;
  };
  for (const int index : chosen) {
    const IndexSet rest = without(chosen, index);
    if (accept(rest, index, {})) {
      return true;
    }
    const std::vector<double> costs = evaluator.query_costs(index);
    // What the other one has to save at least, rounding aside; it adds to writes and charges.
    const double wanted =
        evaluator.cost_of(rest, index, {}) - (1 + 2 * kWorthwhile) * evaluator.cost();
    for (const int other : evaluator.useful()) {
      if (evaluator.most_saved(other, costs) >= wanted &&
          !std::binary_search(chosen.begin(), chosen.end(), other) &&
          accept(with(rest, {other}), index, {other})) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

double trivial_bound(const SelectionProblem& problem) {
  double bound = 0;
  for (const auto& query : problem.queries) {
    bound += query.weight * query.floor;
  }
  return bound;
}

IndexSet improved(const SelectionProblem& problem, IndexSet chosen) {
  Evaluator evaluator{problem};
  evaluator.move_to(std::move(chosen));
  while (improve_once(problem, evaluator)) {
  }
  return evaluator.chosen();
}

Selection select_greedy(const SelectionProblem& problem) {
  Evaluator evaluator{problem};
  evaluator.move_to(problem.must_have);
  const std::set<IndexSet> all_steps = steps(problem, evaluator);
  for (;;) {
    IndexSet best;
    double best_rate = 0;
    const double bytes = bytes_of(problem, evaluator.chosen());
    std::vector<double> most_saved(problem.sizes.size(), 0.0);
    for (const int index : evaluator.useful()) {
      most_saved[static_cast<std::size_t>(index)] = evaluator.most_saved(index);
    }
    for (const IndexSet& step : all_steps) {
      double most = 0;
      for (const int index : step) {
        most += most_saved[static_cast<std::size_t>(index)];
      }
      if (most <= kWorthwhile / 2 * evaluator.cost()) {
        continue;
      }
      IndexSet next = with(evaluator.chosen(), step);
      if (next.size() == evaluator.chosen().size() || !feasible(problem, next)) {
        continue;
      }
      const double saved = evaluator.cost() - evaluator.cost_of(next, -1, step);
      const double rate = saved / std::max(1.0, bytes_of(problem, next) - bytes);
      if (saved > kWorthwhile * evaluator.cost() && rate > best_rate) {
        best_rate = rate;
        best = std::move(next);
      }
    }
    if (best.empty()) {
      break;
    }
    evaluator.move_to(std::move(best));
  }
  const IndexSet chosen = improved(problem, evaluator.chosen());
  return {.chosen = chosen,
          .cost = objective(problem, chosen),
          .bound = trivial_bound(problem),
          .optimal = false,
          .method = "greedy"};
}

}  // namespace quern::advisor
