#include "advisor/select/benefit_graph.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <queue>
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

namespace {

/// Candidates whose plans are still unknown; what is known of them is that they are no cheaper than
/// the plan with one more.
struct Node {
  IndexSet indexes;
  double at_least;
  std::size_t number;  ///< in the order of discovery

  /// Of a priority queue's order: what could be cheapest first.
  bool operator<(const Node& other) const {
    return at_least != other.at_least ? at_least > other.at_least : number > other.number;
  }
};

class Exploration {
 public:
  Exploration(const CostModel& model, std::size_t query, double weight, const ExploreLimits& limits)
      : model_{model}, query_{query}, limits_{limits}, found_{.weight = weight} {}

  SelectionQuery run() {
    found_.substitutes = model_.substitutes(query_);
    const double base = model_.cost(query_, {}).cost;
    costs_[{}] = base;
    found_.floor = base;
    discover(model_.relevant(query_), 0);
    while (!open_.empty()) {
      const Node node = open_.top();
      open_.pop();
      // Two sums in another order differ in the last bits.
      if (base - node.at_least <= limits_.tolerance * kSameCost) {
        found_.slack = std::max(found_.slack, base - node.at_least);
      } else if (!stands_in(node)) {
        visit(node);
      }
    }
    if (!found_.unknown.empty()) {
      for (const int index : model_.relevant(query_)) {
        note(costs_, model_.cost(query_, {index}));
      }
      price_lacking();
    }
    found_.alternatives = undominated(std::move(costs_));
    return std::move(found_);
  }

 private:
  void discover(IndexSet indexes, double at_least) {
    if (!indexes.empty() && seen_.insert(indexes).second) {
      open_.push({std::move(indexes), at_least, seen_.size()});
    }
  }

  void discover_without(const Node& node, const IndexSet& used, double at_least) {
    for (const int index : used) {
      discover(without(node.indexes, index), at_least);
    }
  }

  /// A known plan that the node allows and that can hardly be undercut stands for the node's own.
  bool stands_in(const Node& node) {
    const std::pair<const IndexSet, double>* best = nullptr;
    for (const auto& known : costs_) {
      if ((best == nullptr || known.second < best->second) &&
          contains_all(node.indexes, known.first)) {
        best = &known;
      }
    }
    if (best == nullptr || best->second - node.at_least > limits_.tolerance) {
      return false;
    }
    found_.slack = std::max(found_.slack, best->second - node.at_least);
    discover_without(node, best->first, node.at_least);
    return true;
  }

  void visit(const Node& node) {
    if (plans_ >= limits_.plans) {
      IndexSet missing;
      const IndexSet& all = model_.relevant(query_);
      std::set_difference(all.begin(), all.end(), node.indexes.begin(), node.indexes.end(),
                          std::back_inserter(missing));
      leave_unknown({.without = std::move(missing), .at_least = node.at_least});
      return;
    }
    const PlannedCost planned = model_.cost(query_, node.indexes);
    ++plans_;
    note(costs_, planned);
    found_.floor = std::min(found_.floor, planned.cost);
    discover_without(node, planned.used, planned.cost);
  }

  void price_lacking() {
    for (const auto& part : model_.parts(query_)) {
      lack(part);
    }
    std::stable_sort(found_.lacking.begin(), found_.lacking.end(),
                     [](const auto& a, const auto& b) { return a.at_least > b.at_least; });
  }

  /// Without the candidates of a part that the plan with all others uses; then without those that
  /// it uses instead, and so on; in the end without the part.
  void lack(const IndexSet& part) {
    constexpr int kSteps = 8;
    IndexSet without;
    for (int step = 0; step < kSteps; ++step) {
      const PlannedCost planned = lacking(without);
      IndexSet used;
      std::set_intersection(planned.used.begin(), planned.used.end(), part.begin(), part.end(),
                            std::back_inserter(used));
      if (used.empty()) {
        return;
      }
      IndexSet more;
      std::set_union(without.begin(), without.end(), used.begin(), used.end(),
                     std::back_inserter(more));
      without = std::move(more);
    }
    (void)lacking(part);
  }

  PlannedCost lacking(const IndexSet& without) {
    const IndexSet& all = model_.relevant(query_);
    IndexSet rest;
    std::set_difference(all.begin(), all.end(), without.begin(), without.end(),
                        std::back_inserter(rest));
    PlannedCost planned = model_.cost(query_, rest);
    note(costs_, planned);
    if (planned.cost > found_.floor * kSameCost) {
      found_.lacking.push_back({without, planned.cost});
    }
    return planned;
  }

  /// The first ones, which cost the least, are kept apart; the others are taken together.
  void leave_unknown(UnknownSets sets) {
    constexpr std::size_t kApart = 8;
    auto& unknown = found_.unknown;
    if (unknown.size() < kApart) {
      unknown.push_back(std::move(sets));
      return;
    }
    UnknownSets& last = unknown.back();
    IndexSet both;
    std::set_intersection(last.without.begin(), last.without.end(), sets.without.begin(),
                          sets.without.end(), std::back_inserter(both));
    last = {std::move(both), std::min(last.at_least, sets.at_least)};
  }

  const CostModel& model_;
  std::size_t query_;
  const ExploreLimits& limits_;
  SelectionQuery found_;
  std::map<IndexSet, double> costs_;
  std::set<IndexSet> seen_;
  std::priority_queue<Node> open_;
  int plans_ = 1;
};

}  // namespace

SelectionQuery explore(const CostModel& model, std::size_t query, double weight,
                       const ExploreLimits& limits) {
  return Exploration{model, query, weight, limits}.run();
}

bool refute(SelectionQuery& query, const IndexSet& relevant, const PlannedCost& planned,
            const IndexSet& under) {
  const bool hoped = std::any_of(query.unknown.begin(), query.unknown.end(), [&](const auto& sets) {
    return sets.at_least * kSameCost < planned.cost;
  });
  const IndexSet known = as_known(query, under);
  IndexSet without;
  std::set_difference(relevant.begin(), relevant.end(), known.begin(), known.end(),
                      std::back_inserter(without));
  const bool is_new =
      std::none_of(query.lacking.begin(), query.lacking.end(), [&](const auto& sets) {
        return sets.at_least >= planned.cost && contains_all(without, sets.without);
      });
  if (!hoped || !is_new || without.empty()) {
    return false;
  }
  query.lacking.push_back({std::move(without), planned.cost});
  std::stable_sort(query.lacking.begin(), query.lacking.end(),
                   [](const auto& a, const auto& b) { return a.at_least > b.at_least; });
  return true;
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
