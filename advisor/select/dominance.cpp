#include "advisor/select/dominance.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace quern::advisor {

namespace {

/// A query and the candidate of its alternatives that can be taken the place of.
using Role = std::pair<std::size_t, int>;
using Roles = std::vector<Role>;  ///< sorted

std::vector<Roles> roles_of(const SelectionProblem& problem) {
  std::vector<Roles> roles(problem.sizes.size());
  for (std::size_t q = 0; q < problem.queries.size(); ++q) {
    const SelectionQuery& query = problem.queries[q];
    std::set<int> needed;
    for (const auto& alternative : query.alternatives) {
      needed.insert(alternative.needs.begin(), alternative.needs.end());
    }
    for (const auto& sets : query.lacking) {
      needed.insert(sets.without.begin(), sets.without.end());
    }
    for (const int index : needed) {
      roles[static_cast<std::size_t>(index)].emplace_back(q, index);
    }
    for (const auto& [index, place] : query.substitutes) {
      if (needed.count(place) != 0) {
        roles[static_cast<std::size_t>(index)].emplace_back(q, place);
      }
    }
  }
  for (auto& own : roles) {
    std::sort(own.begin(), own.end());
  }
  return roles;
}

/// What a candidate adds where updates lose HOT.
struct HotShare {
  bool blocks = false;
  double entries = 0;
  double wal = 0;
  bool operator==(const HotShare&) const = default;
};

std::vector<HotShare> hot_shares(const SelectionProblem& problem, int index) {
  std::vector<HotShare> shares;
  for (const auto& group : problem.hot) {
    HotShare share;
    share.blocks =
        std::find(group.blockers.begin(), group.blockers.end(), index) != group.blockers.end();
    for (const auto& [other, cost] : group.entry_costs) {
      share.entries += other == index ? cost : 0;
    }
    for (const auto& [other, wal] : group.entry_wal) {
      share.wal += other == index ? wal : 0;
    }
    shares.push_back(share);
  }
  return shares;
}

class Dominance {
 public:
  explicit Dominance(const SelectionProblem& problem)
      : problem_{problem}, roles_{roles_of(problem)} {
    for (std::size_t a = 0; a < roles_.size(); ++a) {
      hot_.push_back(hot_shares(problem, static_cast<int>(a)));
      for (const Role& role : roles_[a]) {
        with_role_[role].push_back(a);
      }
    }
  }

  [[nodiscard]] bool dominated(std::size_t a) const {
    if (contains_all(problem_.must_have, {static_cast<int>(a)})) {
      return false;
    }
    if (roles_[a].empty()) {
      return true;
    }
    const auto& rivals = with_role_.at(roles_[a].front());
    return std::any_of(rivals.begin(), rivals.end(),
                       [&](std::size_t b) { return a != b && dominates(b, a); });
  }

 private:
  [[nodiscard]] bool dominates(std::size_t b, std::size_t a) const {
    bool alike = true;
    for (const std::vector<double>* amounts :
         {&problem_.sizes, &problem_.maintenance, &problem_.wal, &problem_.build_seconds}) {
      if (!amounts->empty() && (*amounts)[b] > (*amounts)[a]) {
        return false;
      }
      alike = alike && (amounts->empty() || (*amounts)[b] == (*amounts)[a]);
    }
    if (!std::includes(roles_[b].begin(), roles_[b].end(), roles_[a].begin(), roles_[a].end()) ||
        !counted_as(b, a)) {
      return false;
    }
    for (std::size_t g = 0; g < problem_.hot.size(); ++g) {
      const HotShare& ours = hot_[b][g];
      const HotShare& theirs = hot_[a][g];
      if (ours.blocks > theirs.blocks || ours.entries > theirs.entries || ours.wal > theirs.wal) {
        return false;
      }
      alike = alike && ours == theirs;
    }
    return !alike || roles_[b] != roles_[a] || b < a;
  }

  /// Whether b counts in no limit in which a does not.
  [[nodiscard]] bool counted_as(std::size_t b, std::size_t a) const {
    return std::all_of(problem_.counts.begin(), problem_.counts.end(), [&](const auto& limit) {
      return !contains_all(limit.members, {static_cast<int>(b)}) ||
             contains_all(limit.members, {static_cast<int>(a)});
    });
  }

  const SelectionProblem& problem_;
  std::vector<Roles> roles_;
  std::vector<std::vector<HotShare>> hot_;
  std::map<Role, std::vector<std::size_t>> with_role_;
};

}  // namespace

std::vector<bool> dominated_candidates(const SelectionProblem& problem) {
  const Dominance dominance{problem};
  std::vector<bool> dominated;
  for (std::size_t a = 0; a < problem.sizes.size(); ++a) {
    dominated.push_back(dominance.dominated(a));
  }
  return dominated;
}

}  // namespace quern::advisor
