#include "advisor/select/extend.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

#include "collector/base/in_parallel.hpp"

#include "advisor/select/benefit_graph.hpp"
#include "advisor/select/cost_model.hpp"
#include "advisor/select/workload_cost.hpp"

namespace quern::advisor {

namespace {

/// Improvements smaller than this share are rounding.
constexpr double kWorthwhile = 1e-6;

/// Indexes that are taken out at once.
constexpr std::size_t kMostOut = 8;

/// Indexes for which others are to make room.
constexpr std::size_t kMostIn = 16;

IndexSet with(IndexSet set, int index) {
  set.insert(std::lower_bound(set.begin(), set.end(), index), index);
  return set;
}

/// How far one of the queries that are planned at once may go.
struct Share {
  const CostModel& model;
  const Patience& patience;
  std::size_t query;
  double until;  ///< of CostModel::spent()

  [[nodiscard]] bool used_up() const { return model.spent(query) > until || patience.late(); }
};

/// Calls `work` for these queries, for several at once, each with its share of what is left.
void share_out(const CostModel& model, const Patience& patience,
               const std::vector<std::size_t>& queries,
               const std::function<void(const Share&)>& work) {
  const std::vector<double> shares = patience.shares(queries);
  in_parallel(queries.size(), [&](std::size_t i) {
    work({model, patience, queries[i], shares[i]});
  });
}

std::vector<std::size_t> all_queries(const CostModel& model) {
  std::vector<std::size_t> all(model.queries());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// Plans a query under the choice and one more candidate of `rest`, for each that a plan would use,
/// had it all of them; then for each that it would use without these; and so on. The others are
/// worth nothing even together.
void plan_beside(const Share& share, const IndexSet& chosen, IndexSet rest,
                 const std::function<void(int, const PlannedCost&)>& visit) {
  const CostModel& model = share.model;
  const std::size_t q = share.query;
  const double now = model.cost(q, chosen).cost;
  while (!rest.empty() && !share.used_up()) {
    IndexSet all;
    std::set_union(chosen.begin(), chosen.end(), rest.begin(), rest.end(), std::back_inserter(all));
    const PlannedCost planned = model.cost(q, all);
    IndexSet used;
    std::set_intersection(rest.begin(), rest.end(), planned.used.begin(), planned.used.end(),
                          std::back_inserter(used));
    if (used.empty() || now - planned.cost <= kWorthwhile * now) {
      return;
    }
    for (const int index : used) {
      if (share.used_up()) {
        return;
      }
      visit(index, model.cost(q, with(chosen, index)));
    }
    IndexSet others;
    std::set_difference(rest.begin(), rest.end(), used.begin(), used.end(),
                        std::back_inserter(others));
    rest = std::move(others);
  }
}

class Extension {
 public:
  Extension(const CostModel& model, const std::vector<double>& weights,
            const SelectionProblem& problem, IndexSet chosen, Prefer prefer,
            const Patience& patience, int barred = -1)
      : model_{model},
        weights_{weights},
        problem_{problem},
        chosen_{std::move(chosen)},
        prefer_{prefer},
        patience_{patience},
        barred_{barred},
        saved_(model.queries()) {}

  IndexSet run() {
    price_all();
    while (!patience_.over()) {
      const int best = best_step();
      if (best < 0) {
        break;
      }
      chosen_ = with(std::move(chosen_), best);
      std::vector<std::size_t> touched;
      for (std::size_t q = 0; q < saved_.size(); ++q) {
        if (saved_[q].count(best) != 0) {
          touched.push_back(q);
        }
      }
      price(touched);
    }
    return chosen_;
  }

  /// Those not chosen that would be worth having, were there room for them, what earns most first.
  IndexSet wanted() {
    only_that_fit_ = false;
    price_all();
    std::vector<std::pair<double, int>> order;
    for (const auto& [index, net] : net_savings()) {
      order.emplace_back(-net, index);
    }
    std::sort(order.begin(), order.end());
    IndexSet sorted;
    for (const auto& [earned, index] : order) {
      sorted.push_back(index);
    }
    return sorted;
  }

 private:
  void price_all() { price(all_queries(model_)); }

  /// What each further candidate alone saves in these queries.
  void price(const std::vector<std::size_t>& queries) {
    share_out(model_, patience_, queries, [&](const Share& share) {
      saved_[share.query].clear();
      if (!share.used_up()) {
        price_query(share);
      }
    });
  }

  void price_query(const Share& share) {
    const std::size_t q = share.query;
    const double now = model_.cost(q, chosen_).cost;
    plan_beside(share, chosen_, that_fit(model_.relevant(q)),
                [&](int index, const PlannedCost& planned) {
                  const double saved = weights_[q] * (now - planned.cost);
                  if (saved > 0) {
                    saved_[q][index] = saved;
                  }
                });
  }

  [[nodiscard]] IndexSet that_fit(const IndexSet& candidates) const {
    IndexSet fitting;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(fitting), [&](int index) {
      return index != barred_ && !std::binary_search(chosen_.begin(), chosen_.end(), index) &&
             (!only_that_fit_ || feasible(problem_, with(chosen_, index)));
    });
    return fitting;
  }

  /// What each further candidate earns, beyond its writes and charges, where that is anything.
  [[nodiscard]] std::map<int, double> net_savings() const {
    std::map<int, double> earned;
    double reads = 0;
    for (std::size_t q = 0; q < saved_.size(); ++q) {
      reads += weights_[q] * model_.cost(q, chosen_).cost;
      for (const auto& [index, saved] : saved_[q]) {
        earned[index] += saved;
      }
    }
    const double writes = write_cost(problem_, chosen_);
    for (auto& [index, net] : earned) {
      net -= write_cost(problem_, with(chosen_, index)) - writes + charges(problem_, {index});
    }
    std::erase_if(earned, [&](const auto& entry) { return entry.second <= kWorthwhile * reads; });
    return earned;
  }

  [[nodiscard]] int best_step() const {
    int best = -1;
    double best_rate = 0;
    for (const auto& [index, net] : net_savings()) {
      const double bytes = std::max(1.0, problem_.sizes[static_cast<std::size_t>(index)]);
      const double rate = prefer_ == Prefer::Earned ? net : net / bytes;
      if (rate > best_rate && feasible(problem_, with(chosen_, index))) {
        best_rate = rate;
        best = index;
      }
    }
    return best;
  }

  const CostModel& model_;
  const std::vector<double>& weights_;
  const SelectionProblem& problem_;
  IndexSet chosen_;
  Prefer prefer_;
  const Patience& patience_;
  int barred_;                                ///< is not added
  bool only_that_fit_ = true;                 ///< candidates that are priced
  std::vector<std::map<int, double>> saved_;  ///< by query and candidate
};

}  // namespace

IndexSet extended(const CostModel& model, const std::vector<double>& weights,
                  const SelectionProblem& problem, IndexSet chosen, Prefer prefer,
                  const Patience& patience) {
  return Extension{model, weights, problem, std::move(chosen), prefer, patience}.run();
}

namespace {

/// Those that may go, the least earned a byte first.
IndexSet by_worth(const CostModel& model, const std::vector<double>& weights,
                  const SelectionProblem& problem, const IndexSet& set) {
  const std::vector<double> costs = costs_without_each(model, problem, weights, set);
  const double least = cost_of(model, problem, weights, set);
  std::vector<std::pair<double, int>> order;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (!contains_all(problem.must_have, {set[i]})) {
      const double bytes = std::max(1.0, problem.sizes[static_cast<std::size_t>(set[i])]);
      order.emplace_back((costs[i] - least) / bytes, set[i]);
    }
  }
  std::sort(order.begin(), order.end());
  IndexSet sorted;
  for (const auto& [worth, index] : order) {
    sorted.push_back(index);
  }
  return sorted;
}

/// A choice that only gets better.
class Exchange {
 public:
  Exchange(const CostModel& model, const std::vector<double>& weights,
           const SelectionProblem& problem, IndexSet chosen, const Patience& patience)
      : model_{model},
        weights_{weights},
        problem_{problem},
        patience_{patience},
        chosen_{std::move(chosen)},
        least_{judged(chosen_)} {}

  IndexSet run() {
    while (!patience_.over() && (one_leaves() || several_leave() || one_comes())) {
    }
    return chosen_;
  }

 private:
  [[nodiscard]] double judged(const IndexSet& set) const {
    return cost_of(model_, problem_, weights_, set) + charges(problem_, set);
  }

  [[nodiscard]] IndexSet by_worth(const IndexSet& set) const {
    return advisor::by_worth(model_, weights_, problem_, set);
  }

  /// Whether this, extended, is cheaper than the choice: then it is the choice.
  bool better(const IndexSet& rest, int barred = -1) {
    IndexSet other =
        Extension{model_, weights_, problem_, rest, Prefer::EarnedPerByte, patience_, barred}.run();
    const double cost = judged(other);
    if (patience_.over() || cost >= least_ * (1 - kWorthwhile)) {
      return false;
    }
    chosen_ = std::move(other);
    least_ = cost;
    return true;
  }

  bool one_leaves() {
    const IndexSet order = by_worth(chosen_);
    return std::any_of(order.begin(), order.end(), [&](int index) {
      return !patience_.over() && better(without(chosen_, index), index);
    });
  }

  /// Several small ones stand in the way of a large one that earns more a byte.
  bool several_leave() {
    const IndexSet order = by_worth(chosen_);
    IndexSet rest = chosen_;
    for (std::size_t i = 0; i < std::min(order.size(), kMostOut) && !patience_.over(); ++i) {
      rest = without(std::move(rest), order[i]);
      if (i > 0 && better(rest)) {
        return true;
      }
    }
    return false;
  }

  /// One that earns more than those that stand in its way, if less a byte than what else could
  /// take their place.
  bool one_comes() {
    IndexSet candidates =
        Extension{model_, weights_, problem_, chosen_, Prefer::Earned, patience_}.wanted();
    candidates.resize(std::min(candidates.size(), kMostIn));
    return std::any_of(candidates.begin(), candidates.end(), [&](int index) {
      const IndexSet rest = patience_.over() ? IndexSet{} : room_for(index);
      return !rest.empty() && better(rest);
    });
  }

  /// The choice with the index, and without those that earn least a byte beside it, as many as it
  /// takes; empty: that is not enough.
  [[nodiscard]] IndexSet room_for(int index) const {
    IndexSet rest = with(chosen_, index);
    for (const int other : by_worth(rest)) {
      if (feasible(problem_, rest)) {
        break;
      }
      if (other != index) {
        rest = without(std::move(rest), other);
      }
    }
    return feasible(problem_, rest) ? rest : IndexSet{};
  }

  const CostModel& model_;
  const std::vector<double>& weights_;
  const SelectionProblem& problem_;
  const Patience& patience_;
  IndexSet chosen_;
  double least_;
};

}  // namespace

void learn_near(const CostModel& model, SelectionProblem& problem, const IndexSet& chosen,
                const Patience& patience) {
  share_out(model, patience, all_queries(model), [&](const Share& share) {
    if (share.used_up()) {
      return;
    }
    const std::size_t q = share.query;
    SelectionQuery& query = problem.queries[q];
    const PlannedCost now = model.cost(q, chosen);
    learn(query, now, chosen);
    IndexSet others;
    std::copy_if(model.relevant(q).begin(), model.relevant(q).end(), std::back_inserter(others),
                 [&](int index) {
                   return !std::binary_search(chosen.begin(), chosen.end(), index) &&
                          problem.sizes[static_cast<std::size_t>(index)] <= problem.budget;
                 });
    plan_beside(share, chosen, std::move(others), [&](int index, const PlannedCost& planned) {
      learn(query, planned, with(chosen, index));
    });
    for (const int index : now.used) {
      if (share.used_up()) {
        return;
      }
      const IndexSet rest = without(chosen, index);
      learn(query, model.cost(q, rest), rest);
    }
  });
}

IndexSet exchanged(const CostModel& model, const std::vector<double>& weights,
                   const SelectionProblem& problem, IndexSet chosen, const Patience& patience) {
  return Exchange{model, weights, problem, std::move(chosen), patience}.run();
}

}  // namespace quern::advisor
