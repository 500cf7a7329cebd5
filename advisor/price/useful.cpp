#include "advisor/price/useful.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace quern::advisor {

namespace {

/// Improvements below this share of a query are not worth an index.
constexpr double kWorthwhile = 0.005;
/// The best for a query; the rest of a long list differ from these by little.
constexpr std::size_t kMostUseful = 16;

}  // namespace

void keep_useful(PlannerCosts& costs, const std::function<void(double)>& progress) {
  for (std::size_t query = 0; query < costs.queries(); ++query) {
    const IndexSet all = costs.relevant(query);
    const double before = costs.cost(query, {}).cost;
    std::set<int> kept;
    std::vector<std::pair<double, int>> helpful;
    for (const int index : all) {
      const PlannedCost alone = costs.cost(query, {index});
      if (!alone.used.empty() && alone.cost < (1 - kWorthwhile) * before) {
        helpful.emplace_back(alone.cost, index);
      }
    }
    std::sort(helpful.begin(), helpful.end());
    for (std::size_t i = 0; i < std::min(helpful.size(), kMostUseful); ++i) {
      kept.insert(helpful[i].second);
    }
    const IndexSet best = costs.cost(query, all).used;
    kept.insert(best.begin(), best.end());
    costs.restrict_to(query, {kept.begin(), kept.end()});
    if (progress) {
      progress(static_cast<double>(query + 1) / static_cast<double>(costs.queries()));
    }
  }
}

}  // namespace quern::advisor
