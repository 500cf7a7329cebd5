#include "advisor/select/extend.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "advisor/select/cost_model.hpp"
#include "advisor/select/in_parallel.hpp"
#include "advisor/select/workload_cost.hpp"

namespace quern::advisor {

namespace {

/// Improvements smaller than this share are rounding.
constexpr double kWorthwhile = 1e-6;

/// Indexes that are taken out at once.
constexpr std::size_t kMostOut = 8;

IndexSet with(IndexSet set, int index) {
  set.insert(std::lower_bound(set.begin(), set.end(), index), index);
  return set;
}

class Extension {
 public:
  Extension(const CostModel& model, const std::vector<double>& weights,
            const SelectionProblem& problem, IndexSet chosen, const std::function<bool()>& stopped,
            int barred = -1)
      : model_{model},
        weights_{weights},
        problem_{problem},
        chosen_{std::move(chosen)},
        stopped_{stopped},
        barred_{barred},
        saved_(model.queries()) {
    std::vector<std::size_t> all(model.queries());
    for (std::size_t q = 0; q < all.size(); ++q) {
      all[q] = q;
    }
    price(all);
  }

  IndexSet run() {
    while (!stopped_()) {  // and so priced in full
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

 private:
  /// What each further candidate alone saves in these queries.
  void price(const std::vector<std::size_t>& queries) {
    in_parallel(queries.size(), [&](std::size_t i) {
      saved_[queries[i]].clear();
      if (!stopped_()) {
        price_query(queries[i]);
      }
    });
  }

  /// Those that the query's plan would use, had it all; then those that it would use without
  /// these; and so on. The rest are worth nothing even together.
  void price_query(std::size_t q) {
    const double now = model_.cost(q, chosen_).cost;
    IndexSet rest = that_fit(model_.relevant(q));
    while (!rest.empty()) {
      IndexSet all;
      std::set_union(chosen_.begin(), chosen_.end(), rest.begin(), rest.end(),
                     std::back_inserter(all));
      const PlannedCost planned = model_.cost(q, all);
      IndexSet used;
      std::set_intersection(rest.begin(), rest.end(), planned.used.begin(), planned.used.end(),
                            std::back_inserter(used));
      if (used.empty() || now - planned.cost <= kWorthwhile * now) {
        return;
      }
      for (const int index : used) {
        const double saved = weights_[q] * (now - model_.cost(q, with(chosen_, index)).cost);
        if (saved > 0) {
          saved_[q][index] = saved;
        }
      }
      IndexSet others;
      std::set_difference(rest.begin(), rest.end(), used.begin(), used.end(),
                          std::back_inserter(others));
      rest = std::move(others);
    }
  }

  [[nodiscard]] IndexSet that_fit(const IndexSet& candidates) const {
    IndexSet fitting;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(fitting), [&](int index) {
      return index != barred_ && !std::binary_search(chosen_.begin(), chosen_.end(), index) &&
             feasible(problem_, with(chosen_, index));
    });
    return fitting;
  }

  [[nodiscard]] int best_step() const {
    std::map<int, double> earned;
    double reads = 0;
    for (std::size_t q = 0; q < saved_.size(); ++q) {
      reads += weights_[q] * model_.cost(q, chosen_).cost;
      for (const auto& [index, saved] : saved_[q]) {
        earned[index] += saved;
      }
    }
    const double writes = write_cost(problem_, chosen_);
    int best = -1;
    double best_rate = 0;
    for (const auto& [index, saved] : earned) {
      const IndexSet next = with(chosen_, index);
      const double net = saved - (write_cost(problem_, next) - writes) - charges(problem_, {index});
      const double rate = net / std::max(1.0, problem_.sizes[static_cast<std::size_t>(index)]);
      if (net > kWorthwhile * reads && rate > best_rate && feasible(problem_, next)) {
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
  const std::function<bool()>& stopped_;
  int barred_;                                ///< is not added
  std::vector<std::map<int, double>> saved_;  ///< by query and candidate
};

}  // namespace

IndexSet extended(const CostModel& model, const std::vector<double>& weights,
                  const SelectionProblem& problem, IndexSet chosen,
                  const std::function<bool()>& stopped) {
  return Extension{model, weights, problem, std::move(chosen), stopped}.run();
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

}  // namespace

IndexSet exchanged(const CostModel& model, const std::vector<double>& weights,
                   const SelectionProblem& problem, IndexSet chosen,
                   const std::function<bool()>& stopped) {
  const auto judged = [&](const IndexSet& set) {
    return cost_of(model, problem, weights, set) + charges(problem, set);
  };
  double least = judged(chosen);
  const auto better_without = [&](const IndexSet& rest, int barred) {
    IndexSet other = Extension{model, weights, problem, rest, stopped, barred}.run();
    const double cost = judged(other);
    if (stopped() || cost >= least * (1 - kWorthwhile)) {
      return false;
    }
    chosen = std::move(other);
    least = cost;
    return true;
  };
  for (bool better = true; better && !stopped();) {
    const IndexSet order = by_worth(model, weights, problem, chosen);
    const IndexSet before = chosen;
    better = std::any_of(order.begin(), order.end(), [&](int index) {
      return !stopped() && better_without(without(before, index), index);
    });
    // Several small ones stand in the way of a large one that earns more a byte.
    IndexSet rest = before;
    for (std::size_t i = 0; !better && i < std::min(order.size(), kMostOut) && !stopped(); ++i) {
      rest = without(std::move(rest), order[i]);
      better = i > 0 && better_without(rest, -1);
    }
  }
  return chosen;
}

}  // namespace quern::advisor
