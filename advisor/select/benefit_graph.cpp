#include "advisor/select/benefit_graph.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace quern::advisor {

namespace {

/// Two sums in another order differ in the last bits.
constexpr double kSameCost = 1 + 1e-9;

IndexSet without(const IndexSet& set, int index) {
  IndexSet rest;
  std::copy_if(set.begin(), set.end(), std::back_inserter(rest),
               [index](int other) { return other != index; });
  return rest;
}

/// An alternative is of no use when another needs no more and costs no more.
std::vector<Alternative> undominated(std::map<IndexSet, double> costs) {
  std::vector<Alternative> kept;
  for (const auto& [needs, cost] : costs) {
    const bool dominated =
        std::any_of(costs.begin(), costs.end(), [&, c = cost](const auto& other) {
          return other.first != needs && contains_all(needs, other.first) &&
                 other.second <= c * kSameCost;
        });
    if (!dominated || needs.empty()) {
      kept.push_back({needs, cost});
    }
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Alternative& a, const Alternative& b) { return a.cost < b.cost; });
  return kept;
}

void note(std::map<IndexSet, double>& costs, const PlannedCost& planned) {
  const auto [entry, inserted] = costs.try_emplace(planned.used, planned.cost);
  if (!inserted) {
    entry->second = std::min(entry->second, planned.cost);
  }
}

}  // namespace

SelectionQuery explore(const CostModel& model, std::size_t query, double weight, int max_plans) {
  struct Node {
    IndexSet indexes;
    double parent_cost;
  };

  std::map<IndexSet, double> costs;
  const PlannedCost base = model.cost(query, {});
  costs[{}] = base.cost;
  int plans = 1;
  double floor = base.cost;
  std::set<IndexSet> seen{{}};
  std::deque<Node> open;
  if (const IndexSet& all = model.relevant(query); !all.empty()) {
    open.push_back({all, 0});
    seen.insert(all);
  }
  while (!open.empty() && plans < max_plans) {
    const Node node = std::move(open.front());
    open.pop_front();
    const PlannedCost planned = model.cost(query, node.indexes);
    ++plans;
    note(costs, planned);
    floor = std::min(floor, planned.cost);
    for (const int used : planned.used) {
      if (IndexSet child = without(node.indexes, used); seen.insert(child).second) {
        open.push_back({std::move(child), planned.cost});
      }
    }
  }
  if (!open.empty()) {
    for (const Node& node : open) {
      floor = std::min(floor, node.parent_cost);
    }
    for (const int index : model.relevant(query)) {
      note(costs, model.cost(query, {index}));
    }
  }
  return {.weight = weight, .alternatives = undominated(std::move(costs)), .floor = floor};
}

bool learn(SelectionQuery& query, const PlannedCost& planned, const IndexSet& under) {
  if (planned.cost * kSameCost >= query_cost(query, under)) {
    return false;
  }
  std::map<IndexSet, double> costs;
  for (const auto& alternative : query.alternatives) {
    costs[alternative.needs] = alternative.cost;
  }
  note(costs, planned);
  query.alternatives = undominated(std::move(costs));
  query.floor = std::min(query.floor, planned.cost);
  return true;
}

}  // namespace quern::advisor
