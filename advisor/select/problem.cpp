#include "advisor/select/problem.hpp"

#include <algorithm>
#include <limits>

namespace quern::advisor {

bool contains_all(const IndexSet& set, const IndexSet& wanted) {
  return wanted.size() <= set.size() &&
         std::includes(set.begin(), set.end(), wanted.begin(), wanted.end());
}

bool have_common(const IndexSet& a, const IndexSet& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](int index) { return std::binary_search(b.begin(), b.end(), index); });
}

IndexSet without(IndexSet set, int index) {
  set.erase(std::remove(set.begin(), set.end(), index), set.end());
  return set;
}

namespace {

/// The cheapest way that `chosen` allows; null: none.
const Alternative* cheapest(const SelectionQuery& query, const IndexSet& chosen) {
  const auto allowed = std::find_if(
      query.alternatives.begin(), query.alternatives.end(),
      [&](const Alternative& alternative) { return contains_all(chosen, alternative.needs); });
  return allowed == query.alternatives.end() ? nullptr : &*allowed;
}

double known_cost(const SelectionQuery& query, const IndexSet& chosen) {
  const Alternative* allowed = cheapest(query, chosen);
  return allowed == nullptr ? std::numeric_limits<double>::infinity() : allowed->cost;
}

}  // namespace

IndexSet as_known(const SelectionQuery& query, const IndexSet& chosen) {
  IndexSet known = chosen;
  for (const int index : chosen) {
    auto substitute = std::lower_bound(query.substitutes.begin(), query.substitutes.end(),
                                       std::pair{index, std::numeric_limits<int>::min()});
    for (; substitute != query.substitutes.end() && substitute->first == index; ++substitute) {
      known.push_back(substitute->second);
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

bool is_exact(const SelectionQuery& query, const IndexSet& chosen) {
  const Alternative* allowed = cheapest(query, chosen);
  if (allowed == nullptr || allowed->doubted || query.slack > 0 ||
      !contains_all(chosen, allowed->preferred) || query_cost(query, chosen) != allowed->cost) {
    return false;
  }
  return std::none_of(query.unknown.begin(), query.unknown.end(), [&](const UnknownSets& sets) {
    return sets.at_least < allowed->cost && !have_common(chosen, sets.without);
  });
}

namespace {

/// Each candidate's own amount, and those of the updates that lose HOT.
template <class Existing, class Entries>
double written(const SelectionProblem& problem, const std::vector<double>& each, Existing existing,
               Entries entries, const IndexSet& chosen) {
  double total = 0;
  const auto is_chosen = [&](int index) {
    return std::binary_search(chosen.begin(), chosen.end(), index);
  };
  for (const int index : chosen) {
    total += each[static_cast<std::size_t>(index)];
  }
  for (const auto& group : problem.hot) {
    if (std::none_of(group.blockers.begin(), group.blockers.end(), is_chosen)) {
      continue;
    }
    total += group.*existing;
    for (const auto& [index, amount] : group.*entries) {
      total += is_chosen(index) ? amount : 0;
    }
  }
  return total;
}

double sum_of(const std::vector<double>& amounts, const IndexSet& chosen) {
  double total = 0;
  for (const int index : chosen) {
    total += amounts[static_cast<std::size_t>(index)];
  }
  return total;
}

bool within(const CountLimit& limit, const IndexSet& chosen) {
  return std::count_if(limit.members.begin(), limit.members.end(), [&](int index) {
           return std::binary_search(chosen.begin(), chosen.end(), index);
         }) <= limit.at_most;
}

}  // namespace

double bytes_of(const SelectionProblem& problem, const IndexSet& chosen) {
  return sum_of(problem.sizes, chosen);
}

double write_cost(const SelectionProblem& problem, const IndexSet& chosen) {
  return written(problem, problem.maintenance, &HotGroup::existing_cost, &HotGroup::entry_costs,
                 chosen);
}

double wal_added(const SelectionProblem& problem, const IndexSet& chosen) {
  return problem.wal.empty()
             ? 0
             : written(problem, problem.wal, &HotGroup::existing_wal, &HotGroup::entry_wal, chosen);
}

double charges(const SelectionProblem& problem, const IndexSet& chosen) {
  double total = 0;
  for (const int index : chosen) {
    const bool asked =
        std::binary_search(problem.must_have.begin(), problem.must_have.end(), index);
    total += asked ? 0
                   : problem.charge +
                         problem.charge_per_byte * problem.sizes[static_cast<std::size_t>(index)];
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

Limit broken_limit(const SelectionProblem& problem, const IndexSet& chosen) {
  if (!contains_all(chosen, problem.must_have)) {
    return Limit::MustHave;
  }
  if (bytes_of(problem, chosen) > problem.budget) {
    return Limit::Storage;
  }
  if (static_cast<int>(chosen.size()) > problem.max_indexes) {
    return Limit::Count;
  }
  if (!std::all_of(problem.counts.begin(), problem.counts.end(),
                   [&](const CountLimit& limit) { return within(limit, chosen); })) {
    return Limit::CountOfTable;
  }
  constexpr double kUnlimited = 1e300;
  if (problem.max_write_cost < kUnlimited && write_cost(problem, chosen) > problem.max_write_cost) {
    return Limit::WriteCost;
  }
  if (problem.max_wal < kUnlimited && wal_added(problem, chosen) > problem.max_wal) {
    return Limit::Wal;
  }
  if (!problem.build_seconds.empty() &&
      sum_of(problem.build_seconds, chosen) > problem.max_build_seconds) {
    return Limit::BuildTime;
  }
  return Limit::None;
}

bool feasible(const SelectionProblem& problem, const IndexSet& chosen) {
  return broken_limit(problem, chosen) == Limit::None;
}

}  // namespace quern::advisor
