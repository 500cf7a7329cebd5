#include "advisor/price/useful.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "collector/base/in_parallel.hpp"

#include "advisor/select/problem.hpp"

namespace quern::advisor {

namespace {

using planner_model::IndexAccess;

/// Of accesses that do the same: the cheapest, and on the way down to the smallest those that are
/// the cheapest of their size. The rest of a long list differ from these by little.
constexpr std::size_t kMostOfEach = 3;
/// A statement whose plan takes so many milliseconds, as one that joins a dozen tables does, is
/// left one of each: its plans are too dear to try the rest.
constexpr double kDear = 10;
constexpr double kSame = 1 + kSameAccess;

/// What accesses must share to stand for each other.
using Purpose = std::tuple<std::uint32_t, std::uint64_t, std::vector<int>, bool>;
/// What a candidate can do for the query, where that beats what exists: the cost by purpose.
using Abilities = std::map<Purpose, double>;

bool same(const Abilities& a, const Abilities& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second <= y.second * kSame && y.second <= x.second * kSame;
  });
}

std::map<int, Abilities> abilities_of(const PlannerCosts& costs,
                                      const std::vector<IndexAccess>& accesses) {
  std::map<Purpose, double> existing;
  std::map<int, Abilities> all;
  for (const auto& access : accesses) {
    Purpose purpose{access.place, access.outer, access.order, access.bitmap};
    const int candidate = costs.candidate_named(access.index);
    auto& known = candidate < 0 ? existing : all[candidate];
    const auto [cost, fresh] = known.try_emplace(std::move(purpose), access.total.value());
    cost->second = std::min(cost->second, access.total.value());
  }
  for (auto& [candidate, abilities] : all) {
    std::erase_if(abilities, [&](const auto& ability) {
      const auto known = existing.find(ability.first);
      return known != existing.end() && known->second <= ability.second;
    });
  }
  std::erase_if(all, [](const auto& entry) { return entry.second.empty(); });
  return all;
}

struct Contender {
  double total;
  double size;
  int candidate;
  auto operator<=>(const Contender&) const = default;
};

void keep_best(std::vector<Contender> contenders, std::size_t most, std::set<int>& kept) {
  std::sort(contenders.begin(), contenders.end());
  std::vector<int> frugal;
  double smallest = 1e300;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    if (i < most) {
      kept.insert(contenders[i].candidate);
    }
    if (contenders[i].size < smallest) {
      smallest = contenders[i].size;
      frugal.push_back(contenders[i].candidate);
    }
  }
  const auto first = frugal.end() - static_cast<std::ptrdiff_t>(std::min(most, frugal.size()));
  kept.insert(first, frugal.end());
}

class Choosing {
 public:
  Choosing(const std::vector<SizedCandidate>& candidates, std::map<int, Abilities> abilities)
      : candidates_{candidates}, abilities_{std::move(abilities)} {
    for (const auto& [candidate, own] : abilities_) {
      by_size_.push_back(candidate);
    }
    std::stable_sort(by_size_.begin(), by_size_.end(),
                     [&](int a, int b) { return size(a) < size(b); });
    for (const int candidate : by_size_) {
      place_[candidate] = candidate;
      for (const int smaller : distinct_) {
        if (same(abilities_[smaller], abilities_[candidate])) {
          place_[candidate] = smaller;
          break;
        }
      }
      if (place_[candidate] == candidate) {
        distinct_.push_back(candidate);
      }
    }
  }

  [[nodiscard]] std::set<int> kept(const IndexSet& best, std::size_t most) const {
    std::map<Purpose, std::vector<Contender>> contests;
    for (const int candidate : distinct_) {
      for (const auto& [purpose, total] : abilities_.at(candidate)) {
        contests[purpose].push_back({total, size(candidate), candidate});
      }
    }
    std::set<int> kept;
    for (const int candidate : best) {
      const auto place = place_.find(candidate);
      kept.insert(place == place_.end() ? candidate : place->second);
    }
    for (auto& [purpose, contenders] : contests) {
      keep_best(std::move(contenders), most, kept);
    }
    return kept;
  }

  [[nodiscard]] std::vector<std::pair<int, int>> substitutes(const std::set<int>& kept) const {
    std::vector<std::pair<int, int>> all;
    for (const auto& [candidate, place] : place_) {
      if (candidate != place && kept.count(place) != 0 && kept.count(candidate) == 0) {
        all.emplace_back(candidate, place);
      }
    }
    return all;
  }

 private:
  [[nodiscard]] double size(int candidate) const {
    return candidates_[static_cast<std::size_t>(candidate)].size.value();
  }

  const std::vector<SizedCandidate>& candidates_;
  std::map<int, Abilities> abilities_;
  std::vector<int> by_size_;
  std::vector<int> distinct_;
  std::map<int, int> place_;
};

void keep_useful_for(PlannerCosts& costs, const std::vector<SizedCandidate>& candidates,
                     std::size_t query) {
  if (costs.relevant(query).empty()) {
    return;
  }
  std::vector<IndexAccess> accesses;
  const PlannedCost best = costs.with_all(query, accesses);
  const Choosing choosing{candidates, abilities_of(costs, accesses)};
  const std::set<int> kept =
      choosing.kept(best.used, costs.effort(query) > kDear ? 1 : kMostOfEach);
  costs.explore_only(query, {kept.begin(), kept.end()}, choosing.substitutes(kept));
}

}  // namespace

void keep_useful(PlannerCosts& costs, const std::vector<SizedCandidate>& candidates,
                 const std::function<void(double)>& progress) {
  in_parallel(
      costs.queries(), [&](std::size_t query) { keep_useful_for(costs, candidates, query); },
      progress);
}

}  // namespace quern::advisor
