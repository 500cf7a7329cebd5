#include "advisor/select/greedy.hpp"

#include <algorithm>
#include <set>

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

IndexSet without(IndexSet set, int index) {
  set.erase(std::remove(set.begin(), set.end(), index), set.end());
  return set;
}

double bytes_of(const SelectionProblem& problem, const IndexSet& set) {
  double bytes = 0;
  for (const int index : set) {
    bytes += problem.sizes[static_cast<std::size_t>(index)];
  }
  return bytes;
}

/// Steps of greedy: each candidate, and each set that some query needs as a whole.
std::set<IndexSet> steps(const SelectionProblem& problem) {
  std::set<IndexSet> found;
  for (std::size_t i = 0; i < problem.sizes.size(); ++i) {
    found.insert({static_cast<int>(i)});
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

}  // namespace

double trivial_bound(const SelectionProblem& problem) {
  double bound = 0;
  for (const auto& query : problem.queries) {
    bound += query.weight * query.floor;
  }
  return bound;
}

IndexSet improved(const SelectionProblem& problem, IndexSet chosen) {
  double cost = objective(problem, chosen);
  for (bool changed = true; changed;) {
    changed = false;
    const auto accept = [&](const IndexSet& other) {
      if (!feasible(problem, other)) {
        return false;
      }
      const double other_cost = objective(problem, other);
      const bool cheaper = other_cost < cost - kWorthwhile * cost;
      const bool smaller =
          other_cost <= cost && bytes_of(problem, other) < bytes_of(problem, chosen);
      if (cheaper || smaller) {
        chosen = other;
        cost = other_cost;
        changed = true;
      }
      return cheaper || smaller;
    };
    for (const int index : IndexSet{chosen}) {
      if (accept(without(chosen, index))) {
        break;
      }
      const auto count = static_cast<int>(problem.sizes.size());
      for (int other = 0; other < count && !changed; ++other) {
        if (!std::binary_search(chosen.begin(), chosen.end(), other)) {
          accept(with(without(chosen, index), {other}));
        }
      }
      if (changed) {
        break;
      }
    }
  }
  return chosen;
}

Selection select_greedy(const SelectionProblem& problem) {
  IndexSet chosen;
  double cost = objective(problem, chosen);
  const std::set<IndexSet> all_steps = steps(problem);
  for (;;) {
    IndexSet best;
    double best_rate = 0;
    for (const IndexSet& step : all_steps) {
      IndexSet next = with(chosen, step);
      if (next.size() == chosen.size() || !feasible(problem, next)) {
        continue;
      }
      const double saved = cost - objective(problem, next);
      const double added_bytes = bytes_of(problem, next) - bytes_of(problem, chosen);
      const double rate = saved / std::max(1.0, added_bytes);
      if (saved > kWorthwhile * cost && rate > best_rate) {
        best_rate = rate;
        best = std::move(next);
      }
    }
    if (best.empty()) {
      break;
    }
    chosen = std::move(best);
    cost = objective(problem, chosen);
  }
  chosen = improved(problem, std::move(chosen));
  return {.chosen = chosen,
          .cost = objective(problem, chosen),
          .bound = trivial_bound(problem),
          .optimal = false,
          .method = "greedy"};
}

}  // namespace quern::advisor
