#include "advisor/select/problem.hpp"

#include <algorithm>
#include <limits>

namespace quern::advisor {

bool contains_all(const IndexSet& set, const IndexSet& wanted) {
  return wanted.size() <= set.size() &&
         std::includes(set.begin(), set.end(), wanted.begin(), wanted.end());
}

namespace {

double known_cost(const SelectionQuery& query, const IndexSet& chosen) {
  const auto allowed = std::find_if(
      query.alternatives.begin(), query.alternatives.end(),
      [&](const Alternative& alternative) { return contains_all(chosen, alternative.needs); });
  return allowed == query.alternatives.end() ? std::numeric_limits<double>::infinity()
                                             : allowed->cost;
}

}  // namespace

IndexSet as_known(const SelectionQuery& query, const IndexSet& chosen) {
  IndexSet known = chosen;
  for (const auto& [index, place] : query.substitutes) {
    if (std::binary_search(chosen.begin(), chosen.end(), index)) {
      known.push_back(place);
    }
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return known;
}

double query_cost(const SelectionQuery& query, const IndexSet& chosen) {
  if (!query.substitutes.empty()) {
    const IndexSet known = as_known(query, chosen);
    if (known.size() != chosen.size()) {
      return known_cost(query, known);
    }
  }
  return known_cost(query, chosen);
}

double write_cost(const SelectionProblem& problem, const IndexSet& chosen) {
  double total = 0;
  const auto is_chosen = [&](int index) {
    return std::binary_search(chosen.begin(), chosen.end(), index);
  };
  for (const int index : chosen) {
    total += problem.maintenance[static_cast<std::size_t>(index)];
  }
  for (const auto& group : problem.hot) {
    if (std::none_of(group.blockers.begin(), group.blockers.end(), is_chosen)) {
      continue;
    }
    total += group.existing_cost;
    for (const auto& [index, cost] : group.entry_costs) {
      total += is_chosen(index) ? cost : 0;
    }
  }
  return total;
}

double charges(const SelectionProblem& problem, const IndexSet& chosen) {
  double total = 0;
  for (const int index : chosen) {
    total +=
        problem.charge + problem.charge_per_byte * problem.sizes[static_cast<std::size_t>(index)];
  }
  return total;
}

double objective(const SelectionProblem& problem, const IndexSet& chosen) {
  double total = write_cost(problem, chosen) + charges(problem, chosen);
  for (const auto& query : problem.queries) {
    total += query.weight * query_cost(query, chosen);
  }
  return total;
}

bool feasible(const SelectionProblem& problem, const IndexSet& chosen) {
  double bytes = 0;
  for (const int index : chosen) {
    bytes += problem.sizes[static_cast<std::size_t>(index)];
  }
  return bytes <= problem.budget && static_cast<int>(chosen.size()) <= problem.max_indexes;
}

}  // namespace quern::advisor
