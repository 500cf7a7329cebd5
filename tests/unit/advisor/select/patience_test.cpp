// A search by plans ends where they have taken what they may, wherever it runs.
#include "advisor/select/patience.hpp"

#include <atomic>
#include <mutex>

#include <catch2/catch.hpp>

#include "advisor/select/extend.hpp"

#include "tests/support/plans_model.hpp"

using namespace quern::advisor;

namespace {

constexpr Patience::Clock::time_point kNoClock = Patience::Clock::time_point::max();

/// Whose every plan takes a second.
class SpendingModel : public CostModel {
 public:
  explicit SpendingModel(const PlansModel& plans) : plans_{plans}, spent_(plans.queries()) {}

  [[nodiscard]] std::size_t queries() const override { return plans_.queries(); }

  [[nodiscard]] const IndexSet& relevant(std::size_t query) const override {
    return plans_.relevant(query);
  }

  [[nodiscard]] double effort(std::size_t /*query*/) const override { return 1000; }

  [[nodiscard]] double spent(std::size_t query) const override { return spent_[query]; }

  [[nodiscard]] PlannedCost cost(std::size_t query, const IndexSet& indexes) const override {
    spent_[query] += 1000;
    const std::lock_guard lock{mutex_};
    return plans_.cost(query, indexes);
  }

  [[nodiscard]] double all_spent() const {
    double all = 0;
    for (const auto& spent : spent_) {
      all += spent;
    }
    return all;
  }

 private:
  const PlansModel& plans_;
  mutable std::mutex mutex_;
  mutable std::vector<std::atomic<double>> spent_;
};

/// Twenty queries, each with a candidate that serves it alone.
PlansModel twenty() {
  std::vector<std::vector<Alternative>> plans;
  for (int a = 0; a < 20; ++a) {
    plans.push_back({{{}, 1000}, {{a}, 900.0 - a}});
  }
  return PlansModel{plans, 20};
}

}  // namespace

TEST_CASE("patience is over when plans have taken so long, or by the clock") {
  const PlansModel plans = twenty();
  const SpendingModel model{plans};
  const Patience two{model, 2, kNoClock};
  CHECK_FALSE(two.over());
  (void)model.cost(0, {});
  CHECK(two.left() == Approx(1));
  (void)model.cost(3, {});
  CHECK(two.over());
  CHECK_FALSE(two.late());
  CHECK_FALSE(Patience{model}.over());
  CHECK(Patience(model, 1e9, Patience::Clock::now() - std::chrono::seconds{1}).over());
}

TEST_CASE("what is left is shared out by what plans take") {
  const PlansModel plans = twenty();
  const SpendingModel model{plans};
  (void)model.cost(1, {});
  const Patience nine{model, 9, kNoClock};
  CHECK(nine.shares({0, 1}) == std::vector<double>{4000, 5000});
}

TEST_CASE("a search by plans stops where its patience ends, the same each time") {
  const PlansModel plans = twenty();
  SelectionProblem problem;
  problem.sizes.assign(20, 1);
  problem.maintenance.assign(20, 0);
  const std::vector<double> weights(20, 1.0);
  const auto found = [&](double seconds) {
    const SpendingModel model{plans};
    const IndexSet set =
        extended(model, weights, problem, {}, Prefer::Earned, Patience{model, seconds, kNoClock});
    return std::pair{set, model.all_spent()};
  };
  const auto [all, most] = found(1e9);
  CHECK(all.size() == 20);
  const auto [some, spent] = found(most / 2e3);
  CHECK(some.size() < 20);
  CHECK(spent < most * 0.75);
  CHECK(found(most / 2e3) == std::pair{some, spent});
}
