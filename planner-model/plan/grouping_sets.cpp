#include "planner-model/plan/grouping_sets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace quern::planner_model {

namespace {

using Columns = std::vector<int>;

bool includes(const std::set<int>& larger, const std::set<int>& smaller) {
  return std::includes(larger.begin(), larger.end(), smaller.begin(), smaller.end());
}

/// Hopcroft and Karp's matching in the order of lib/bipartite_match.c, so that ties fall as the
/// server's. Nodes count from 1; 0 is none.
class Matching {
 public:
  explicit Matching(const std::vector<std::vector<int>>& adjacency)
      : adjacency_{adjacency},
        of_left(adjacency.size(), 0),
        of_right(adjacency.size(), 0),
        distance_(adjacency.size(), 0) {
    while (breadth_first()) {
      for (std::size_t u = 1; u < adjacency_.size(); ++u) {
        if (of_left[u] == 0) {
          (void)depth_first(u);
        }
      }
    }
  }

 private:
  static constexpr int kFar = std::numeric_limits<int>::max();

  bool breadth_first() {
    std::vector<std::size_t> queue;
    distance_[0] = kFar;
    for (std::size_t u = 1; u < adjacency_.size(); ++u) {
      distance_[u] = of_left[u] == 0 ? 0 : kFar;
      if (of_left[u] == 0) {
        queue.push_back(u);
      }
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const std::size_t u = queue[head];
      if (distance_[u] >= distance_[0]) {
        continue;
      }
      for (auto v = adjacency_[u].rbegin(); v != adjacency_[u].rend(); ++v) {
        const auto next = static_cast<std::size_t>(of_right[static_cast<std::size_t>(*v)]);
        if (distance_[next] == kFar) {
          distance_[next] = distance_[u] + 1;
          queue.push_back(next);
        }
      }
    }
    return distance_[0] != kFar;
  }

  bool depth_first(std::size_t u) {
    if (u == 0) {
      return true;
    }
    if (distance_[u] == kFar) {
      return false;
    }
    for (auto v = adjacency_[u].rbegin(); v != adjacency_[u].rend(); ++v) {
      auto& taken_by = of_right[static_cast<std::size_t>(*v)];
      if (distance_[static_cast<std::size_t>(taken_by)] == distance_[u] + 1 &&
          depth_first(static_cast<std::size_t>(taken_by))) {
        taken_by = static_cast<int>(u);
        of_left[u] = *v;
        return true;
      }
    }
    distance_[u] = kFar;
    return false;
  }

  const std::vector<std::vector<int>>& adjacency_;

 public:
  std::vector<int> of_left;   ///< the right node matched with a left one
  std::vector<int> of_right;  ///< and back

 private:
  std::vector<int> distance_;
};

/// extract_rollup_sets(): `sets` are shortest first; so is each list of the result.
std::vector<std::vector<Columns>> chains_of(const std::vector<Columns>& sets) {
  const auto empty = static_cast<std::size_t>(std::count(sets.begin(), sets.end(), Columns{}));
  if (empty == sets.size()) {
    return {sets};
  }

  struct Distinct {
    std::set<int> columns;
    std::vector<Columns> originals;
  };

  std::vector<Distinct> nodes(1);
  std::vector<std::vector<int>> adjacency(1);
  std::size_t length_begin = 1;  // of the sets as long as this one
  std::size_t length = 0;
  for (const Columns& candidate : sets) {
    if (candidate.empty()) {
      continue;
    }
    if (candidate.size() > length) {
      length = candidate.size();
      length_begin = nodes.size();
    }
    std::set<int> columns(candidate.begin(), candidate.end());
    const auto same =
        std::find_if(nodes.begin() + static_cast<std::ptrdiff_t>(length_begin), nodes.end(),
                     [&](const auto& n) { return n.columns == columns; });
    if (same != nodes.end()) {
      same->originals.push_back(candidate);
      continue;
    }
    auto& smaller = adjacency.emplace_back();
    for (std::size_t k = length_begin; k-- > 1;) {
      if (includes(columns, nodes[k].columns)) {
        smaller.push_back(static_cast<int>(k));
      }
    }
    nodes.push_back({std::move(columns), {candidate}});
  }
  const Matching matching{adjacency};
  std::vector<std::size_t> chain(nodes.size(), 0);
  std::vector<std::vector<Columns>> chains;
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const auto u = static_cast<std::size_t>(matching.of_right[i]);
    const auto v = static_cast<std::size_t>(matching.of_left[i]);
    if (u > 0 && u < i) {
      chain[i] = chain[u];
    } else if (v > 0 && v < i) {
      chain[i] = chain[v];
    } else {
      chains.emplace_back();
      chain[i] = chains.size();
    }
    auto& list = chains[chain[i] - 1];
    list.insert(list.end(), nodes[i].originals.begin(), nodes[i].originals.end());
  }
  chains.front().insert(chains.front().begin(), empty, Columns{});
  return chains;
}

/// reorder_grouping_sets(): largest first, each a prefix of the one before; the order of ORDER BY
/// as far as it goes.
std::vector<GroupingSet> in_prefix_order(const std::vector<Columns>& chain, Columns order_by) {
  std::vector<GroupingSet> result;
  Columns previous;
  for (const Columns& candidate : chain) {
    Columns fresh;
    std::copy_if(candidate.begin(), candidate.end(), std::back_inserter(fresh), [&](int column) {
      return std::find(previous.begin(), previous.end(), column) == previous.end();
    });
    while (order_by.size() > previous.size() && !fresh.empty()) {
      const auto wanted = std::find(fresh.begin(), fresh.end(), order_by[previous.size()]);
      if (wanted == fresh.end()) {
        order_by.clear();
        break;
      }
      previous.push_back(*wanted);
      fresh.erase(wanted);
    }
    previous.insert(previous.end(), fresh.begin(), fresh.end());
    result.insert(result.begin(), GroupingSet{.columns = previous});
  }
  return result;
}

/// ORDER BY as positions in GROUP BY; -1 where it orders by something else.
Columns order_columns(const Query& query) {
  Columns columns;
  for (const auto& item : query.order_by) {
    const auto found = std::find_if(query.group_by.begin(), query.group_by.end(),
                                    [&](const auto& group) { return group.ref == item.ref; });
    columns.push_back(
        found == query.group_by.end() ? -1 : static_cast<int>(found - query.group_by.begin()));
  }
  return columns;
}

Rollup hashed_set(const GroupingSet& set) {
  return {.columns = set.columns, .sets = {set}, .hashable = true, .hashed = true};
}

/// DiscreteKnapsack() with items of equal value: as many as fit; ties fall as the server's.
std::set<std::size_t> knapsack(int capacity, const std::vector<int>& weights) {
  const auto size = static_cast<std::size_t>(capacity) + 1;
  std::vector<int> values(size, 0);
  std::vector<std::set<std::size_t>> sets(size);
  for (std::size_t item = 0; item < weights.size(); ++item) {
    for (int room = capacity; room >= weights[item]; --room) {
      const auto to = static_cast<std::size_t>(room);
      const auto from = static_cast<std::size_t>(room - weights[item]);
      if (values[to] <= values[from] + 1) {
        sets[to] = std::set<std::size_t>{sets[from]};
        sets[to].insert(item);
        values[to] = values[from] + 1;
      }
    }
  }
  return sets.back();
}

/// Which of the rollups after the first are hashed, by position.
std::set<std::size_t> rollups_to_hash(const GroupingSets& plan, double available,
                                      const GroupingMemory& memory) {
  std::vector<std::size_t> candidates;
  std::vector<int> weights;
  const double scale = std::max(available / (20.0 * static_cast<double>(plan.rollups.size())), 1.0);
  const int capacity = static_cast<int>(std::floor(available / scale));
  for (std::size_t r = 1; r < plan.rollups.size(); ++r) {
    if (plan.rollups[r].hashable) {
      const double bytes = memory.table(plan.rollups[r].groups());
      candidates.push_back(r);
      weights.push_back(static_cast<int>(std::min(std::floor(bytes / scale), capacity + 1.0)));
    }
  }
  std::set<std::size_t> chosen;
  for (const std::size_t item : knapsack(capacity, weights)) {
    chosen.insert(candidates[item]);
  }
  return chosen;
}

}  // namespace

double Rollup::groups() const {
  double total = 0;
  for (const auto& set : sets) {
    total += set.groups;
  }
  return total;
}

double GroupingSets::groups() const {
  double total = 0;
  for (const auto& rollup : rollups) {
    total += rollup.groups();
  }
  for (const auto& set : unsortable) {
    total += set.groups;
  }
  return total;
}

GroupingSets plan_grouping_sets(const Query& query) {
  const auto all = [&](const Columns& set, const auto& can) {
    return std::all_of(set.begin(), set.end(), [&](int column) {
      return can(query.group_by[static_cast<std::size_t>(column)]);
    });
  };
  const auto sortable = [](const SortGroupClause& group) { return group.sort_operator != 0; };
  const auto hashable = [](const SortGroupClause& group) { return group.hashable; };
  GroupingSets plan;
  std::vector<Columns> sorted;
  for (const Columns& set : query.grouping_sets) {
    if (all(set, sortable)) {
      sorted.push_back(set);
    } else {
      plan.unsortable.push_back({.columns = set});
      plan.any_hashable = true;
    }
  }
  const auto chains = sorted.empty() ? std::vector<std::vector<Columns>>{} : chains_of(sorted);
  for (const auto& chain : chains) {
    Rollup rollup{
        .sets = in_prefix_order(chain, chains.size() == 1 ? order_columns(query) : Columns{})};
    rollup.columns = rollup.sets.front().columns;
    rollup.hashable = !rollup.columns.empty() && all(rollup.columns, hashable);
    plan.any_hashable |= rollup.hashable;
    plan.rollups.push_back(std::move(rollup));
  }
  return plan;
}

std::optional<GroupingChoice> hashed_grouping(const GroupingSets& plan, bool in_order,
                                              const GroupingMemory& memory) {
  const bool keep_first = in_order && !plan.rollups.empty();
  const double hashed_groups = plan.groups() - (keep_first ? plan.rollups.front().groups() : 0);
  if (memory.table(hashed_groups) > memory.limit && !plan.rollups.empty()) {
    return std::nullopt;
  }
  std::vector<GroupingSet> sets = plan.unsortable;
  for (std::size_t r = keep_first ? 1 : 0; r < plan.rollups.size(); ++r) {
    if (!plan.rollups[r].hashable) {
      return std::nullopt;
    }
    sets.insert(sets.end(), plan.rollups[r].sets.begin(), plan.rollups[r].sets.end());
  }
  GroupingChoice choice{.strategy = GroupingStrategy::Hashed};
  Rollup empty;
  for (const auto& set : sets) {
    if (set.columns.empty()) {
      empty.sets.push_back({.groups = 1});
    } else {
      choice.rollups.push_back(hashed_set(set));
    }
  }
  if (choice.rollups.empty()) {
    return std::nullopt;
  }
  if (keep_first) {
    choice.rollups.push_back(plan.rollups.front());
    choice.strategy = GroupingStrategy::Mixed;
  } else if (!empty.sets.empty()) {
    choice.rollups.push_back(std::move(empty));
    choice.strategy = GroupingStrategy::Mixed;
  }
  return choice;
}

std::vector<GroupingChoice> sorted_grouping(const GroupingSets& plan, bool can_hash,
                                            const GroupingMemory& memory) {
  std::vector<GroupingChoice> choices;
  if (plan.rollups.empty()) {
    return choices;
  }
  if (can_hash && plan.any_hashable) {
    std::vector<GroupingSet> hashed = plan.unsortable;
    double unsortable_groups = 0;
    for (const auto& set : plan.unsortable) {
      unsortable_groups += set.groups;
    }
    const double available = memory.limit - memory.table(unsortable_groups);
    std::set<std::size_t> taken;
    if (available > 0 && plan.rollups.size() > 1) {
      taken = rollups_to_hash(plan, available, memory);
    }
    std::vector<Rollup> rollups;
    for (std::size_t r = 0; r < plan.rollups.size(); ++r) {
      if (taken.contains(r)) {
        hashed.insert(hashed.end(), plan.rollups[r].sets.begin(), plan.rollups[r].sets.end());
      } else {
        rollups.push_back(plan.rollups[r]);
      }
    }
    for (const auto& set : hashed) {
      rollups.insert(rollups.begin(), hashed_set(set));
    }
    if (!hashed.empty()) {
      choices.push_back({GroupingStrategy::Mixed, std::move(rollups)});
    }
  }
  if (plan.unsortable.empty()) {
    choices.push_back({GroupingStrategy::Sorted, plan.rollups});
  }
  return choices;
}

}  // namespace quern::planner_model
