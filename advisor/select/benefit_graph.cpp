#include "advisor/select/benefit_graph.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <queue>
#include <set>

namespace quern::advisor {

namespace {

/// Plans of one query that are made at once. The result depends on it, not on the threads.
constexpr std::size_t kAtOnce = 4;

/// Two sums in another order differ in the last bits.
constexpr double kSameCost = 1 + 1e-9;

/// By what they need.
using KnownCosts = std::map<IndexSet, Alternative>;

/// An alternative is of no use when another needs no more and costs no more.
std::vector<Alternative> undominated(const KnownCosts& costs) {
  std::vector<Alternative> kept;
  for (const auto& [needs, known] : costs) {
    const bool dominated =
        std::any_of(costs.begin(), costs.end(), [&, cost = known.cost](const auto& other) {
          return other.first != needs && contains_all(needs, other.first) &&
                 other.second.cost <= cost * kSameCost;
        });
    if (!dominated || needs.empty()) {
      kept.push_back(known);
    }
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Alternative& a, const Alternative& b) { return a.cost < b.cost; });
  return kept;
}

void note(KnownCosts& costs, const PlannedCost& planned) {
  const auto [entry, inserted] =
      costs.try_emplace(planned.used, Alternative{planned.used, planned.cost, planned.preferred});
  if (!inserted) {
    Alternative& known = entry->second;
    known.cost = std::min(known.cost, planned.cost);
    IndexSet both;
    std::set_union(known.preferred.begin(), known.preferred.end(), planned.preferred.begin(),
                   planned.preferred.end(), std::back_inserter(both));
    known.preferred = std::move(both);
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
    base_ = model_.cost(query_, {}).cost;
    costs_[{}].cost = base_;
    found_.floor = base_;
    discover(model_.relevant(query_), 0);
    while (!open_.empty()) {
      visit(next_nodes());
    }
    if (!found_.unknown.empty()) {
      price_single();
      price_lacking();
    }
    found_.alternatives = undominated(costs_);
    doubt();
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
    const Alternative* best = nullptr;
    for (const auto& [needs, known] : costs_) {
      if ((best == nullptr || known.cost < best->cost) && contains_all(node.indexes, needs)) {
        best = &known;
      }
    }
    if (best == nullptr || best->cost - node.at_least > limits_.tolerance) {
      return false;
    }
    found_.slack = std::max(found_.slack, best->cost - node.at_least);
    discover_without(node, best->needs, node.at_least);
    return true;
  }

  /// Those that only a plan of their own tells the cost of: a few, to be planned at once.
  std::vector<Node> next_nodes() {
    std::vector<Node> nodes;
    while (!open_.empty() && nodes.size() < kAtOnce) {
      Node node = open_.top();
      open_.pop();
      // Two sums in another order differ in the last bits.
      if (base_ - node.at_least <= limits_.tolerance * kSameCost) {
        found_.slack = std::max(found_.slack, base_ - node.at_least);
      } else if (stands_in(node)) {
        continue;
      } else if (plans_ >= std::min(limits_.plans, limits_.calls / 2)) {
        leave_unknown({.without = all_but(node.indexes), .at_least = node.at_least});
      } else {
        ++plans_;
        nodes.push_back(std::move(node));
      }
    }
    return nodes;
  }

  void visit(const std::vector<Node>& nodes) {
    std::vector<IndexSet> sets;
    for (const Node& node : nodes) {
      sets.push_back(node.indexes);
    }
    const std::vector<PlannedCost> planned = model_.costs(query_, sets);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      note(costs_, planned[i]);
      found_.floor = std::min(found_.floor, planned[i].cost);
      planned_.emplace_back(nodes[i].indexes, planned[i].cost);
      discover_without(nodes[i], planned[i].used, planned[i].cost);
    }
  }

  /// An alternative that is cheaper than a plan that could have taken it.
  void doubt() {
    for (const auto& [indexes, cost] : planned_) {
      for (Alternative& known : found_.alternatives) {
        known.doubted |= known.cost * kSameCost < cost && contains_all(indexes, known.needs);
      }
    }
  }

  [[nodiscard]] bool affordable(std::size_t calls) const {
    return static_cast<std::size_t>(plans_) + calls < static_cast<std::size_t>(limits_.calls);
  }

  [[nodiscard]] IndexSet all_but(const IndexSet& indexes) const {
    IndexSet others;
    const IndexSet& all = model_.relevant(query_);
    std::set_difference(all.begin(), all.end(), indexes.begin(), indexes.end(),
                        std::back_inserter(others));
    return others;
  }

  /// Each candidate alone, but for those that all together are worth nothing: what is left when the
  /// plan's own are taken away until none is of use.
  void price_single() {
    IndexSet useless = model_.relevant(query_);
    std::vector<IndexSet> sets;
    while (affordable(sets.size())) {
      const PlannedCost planned = model_.cost(query_, useless);
      ++plans_;
      note(costs_, planned);
      if (planned.used.empty() || base_ - planned.cost <= limits_.tolerance * kSameCost) {
        break;
      }
      IndexSet rest;
      std::set_difference(useless.begin(), useless.end(), planned.used.begin(), planned.used.end(),
                          std::back_inserter(rest));
      useless = std::move(rest);
      for (const int index : planned.used) {
        sets.push_back({index});
      }
    }
    // Those of the plans with more candidates come first.
    sets.resize(
        std::min(sets.size(), static_cast<std::size_t>(std::max(0, limits_.calls - plans_))));
    std::sort(sets.begin(), sets.end());
    plans_ += static_cast<int>(sets.size());
    for (const PlannedCost& planned : model_.costs(query_, sets)) {
      note(costs_, planned);
    }
  }

  /// What the query costs without the candidates of a part that the plan with all others uses; then
  /// without those that it uses instead, and so on; in the end without the part. Of all parts at
  /// once.
  void price_lacking() {
    constexpr int kSteps = 8;
    const std::vector<IndexSet> parts = model_.parts(query_);
    std::vector<std::pair<const IndexSet*, IndexSet>> open;  // a part, and what is left out of it
    for (const IndexSet& part : parts) {
      open.emplace_back(&part, IndexSet{});
    }
    for (int step = 0; step <= kSteps && !open.empty() && affordable(open.size()); ++step) {
      std::vector<IndexSet> lacking;
      for (auto& [part, left_out] : open) {
        lacking.push_back(step == kSteps ? *part : left_out);
      }
      const std::vector<PlannedCost> planned = lack(lacking);
      std::vector<std::pair<const IndexSet*, IndexSet>> further;
      for (std::size_t i = 0; i < open.size(); ++i) {
        IndexSet used;
        std::set_intersection(planned[i].used.begin(), planned[i].used.end(),
                              open[i].first->begin(), open[i].first->end(),
                              std::back_inserter(used));
        if (!used.empty()) {
          IndexSet more;
          std::set_union(lacking[i].begin(), lacking[i].end(), used.begin(), used.end(),
                         std::back_inserter(more));
          further.emplace_back(open[i].first, std::move(more));
        }
      }
      open = std::move(further);
    }
    std::stable_sort(found_.lacking.begin(), found_.lacking.end(),
                     [](const auto& a, const auto& b) { return a.at_least > b.at_least; });
  }

  std::vector<PlannedCost> lack(const std::vector<IndexSet>& without) {
    std::vector<IndexSet> rests;
    for (const IndexSet& left_out : without) {
      rests.push_back(all_but(left_out));
    }
    std::vector<PlannedCost> planned = model_.costs(query_, rests);
    plans_ += static_cast<int>(rests.size());
    for (std::size_t i = 0; i < without.size(); ++i) {
      note(costs_, planned[i]);
      if (planned[i].cost > found_.floor * kSameCost) {
        found_.lacking.push_back({without[i], planned[i].cost});
      }
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
  double base_ = 0;  ///< without any candidate
  KnownCosts costs_;
  std::vector<std::pair<IndexSet, double>> planned_;
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
  KnownCosts costs;
  for (const auto& alternative : query.alternatives) {
    costs[alternative.needs] = alternative;
  }
  note(costs, planned);
  query.alternatives = undominated(costs);
  query.floor = std::min(query.floor, planned.cost);
  return true;
}

}  // namespace quern::advisor
