#include "advisor/select/extend.hpp"

#include <algorithm>
#include <map>

#include "advisor/select/cost_model.hpp"
#include "advisor/select/in_parallel.hpp"

namespace quern::advisor {

namespace {

/// Improvements smaller than this share are rounding.
constexpr double kWorthwhile = 1e-6;

IndexSet with(IndexSet set, int index) {
  set.insert(std::lower_bound(set.begin(), set.end(), index), index);
  return set;
}

class Extension {
 public:
  Extension(const CostModel& model, const std::vector<double>& weights,
            const SelectionProblem& problem, IndexSet chosen, const std::function<bool()>& stopped)
      : model_{model},
        weights_{weights},
        problem_{problem},
        chosen_{std::move(chosen)},
        stopped_{stopped},
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
      const std::size_t q = queries[i];
      const double now = model_.cost(q, chosen_).cost;
      saved_[q].clear();
      if (stopped_()) {
        return;
      }
      for (const int index : model_.relevant(q)) {
        if (std::binary_search(chosen_.begin(), chosen_.end(), index) ||
            !feasible(problem_, with(chosen_, index))) {
          continue;
        }
        const double saved = weights_[q] * (now - model_.cost(q, with(chosen_, index)).cost);
        if (saved > 0) {
          saved_[q][index] = saved;
        }
      }
    });
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
  std::vector<std::map<int, double>> saved_;  ///< by query and candidate
};

}  // namespace

IndexSet extended(const CostModel& model, const std::vector<double>& weights,
                  const SelectionProblem& problem, IndexSet chosen,
                  const std::function<bool()>& stopped) {
  return Extension{model, weights, problem, std::move(chosen), stopped}.run();
}

}  // namespace quern::advisor
