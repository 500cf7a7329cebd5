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
    if (roles_[a].empty()) {
      return true;
    }
    const auto& rivals = with_role_.at(roles_[a].front());
    return std::any_of(rivals.begin(), rivals.end(),
                       [&](std::size_t b) { return a != b && dominates(b, a); });
  }

 private:
  [[nodiscard]] bool dominates(std::size_t b, std::size_t a) const {
    if (problem_.sizes[b] > problem_.sizes[a] ||
        problem_.maintenance[b] > problem_.maintenance[a] ||
        !std::includes(roles_[b].begin(), roles_[b].end(), roles_[a].begin(), roles_[a].end())) {
      return false;
    }
    bool alike = problem_.sizes[b] == problem_.sizes[a] &&
                 problem_.maintenance[b] == problem_.maintenance[a] && roles_[b] == roles_[a];
    for (std::size_t g = 0; g < problem_.hot.size(); ++g) {
      const HotShare& ours = hot_[b][g];
      const HotShare& theirs = hot_[a][g];
      if (ours.blocks > theirs.blocks || ours.entries > theirs.entries) {
        return false;
      }
      alike = alike && ours.blocks == theirs.blocks && ours.entries == theirs.entries;
    }
    return !alike || b < a;
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
