// The order of joins: joinrels.c (join_search_one_level()), allpaths.c (make_rel_from_joinlist(),
// standard_join_search()), PostgreSQL 15.
#include <algorithm>
#include <cstdint>

#include "planner-model/plan/genetic_search.hpp"
#include "planner-model/plan/join_rels.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// Every join order: standard_join_search().
class JoinSearch {
 public:
  JoinSearch(PlannerInfo& root, std::vector<RelOptInfo*> initial)
      : root_{root}, levels_(initial.size() + 1) {
    levels_[1] = std::move(initial);
  }

  /// Null: they are more than can be tried in a few seconds, or with half of planning's work.
  RelOptInfo* run() {
    for (std::size_t level = 2; level < levels_.size(); ++level) {
      search_level(level);
      if (spent()) {
        return nullptr;
      }
      for (auto* rel : levels_[level]) {
        finish_join_rel(root_, *rel);
      }
    }
    if (levels_.back().empty()) {
      throw UserError{"could not find a join order that the query allows"};
    }
    return levels_.back().front();
  }

 private:
  [[nodiscard]] bool spent() const {
    return joins_ >= kMostJoins || root_.global->work_left < least_work_;
  }

  void join(std::size_t level, RelOptInfo& a, RelOptInfo& b) {
    if (spent()) {
      return;
    }
    ++joins_;
    if (auto* rel = make_join_rel(root_, a, b); rel != nullptr) {
      auto& list = levels_[level];
      if (std::find(list.begin(), list.end(), rel) == list.end()) {
        list.push_back(rel);
      }
    }
  }

  void by_clauses(std::size_t level, RelOptInfo& old, const std::vector<RelOptInfo*>& others,
                  std::size_t first) {
    for (std::size_t i = first; i < others.size(); ++i) {
      auto& other = *others[i];
      if (!overlaps(old.relids, other.relids) && (have_relevant_joinclause(root_, old, other) ||
                                                  have_join_order_restriction(root_, old, other))) {
        join(level, old, other);
      }
    }
  }

  void clauseless(std::size_t level, RelOptInfo& old, const std::vector<RelOptInfo*>& others) {
    for (auto* other : others) {
      if (!overlaps(other->relids, old.relids)) {
        join(level, old, *other);
      }
    }
  }

  /// join_search_one_level().
  void search_level(std::size_t level) {
    auto& previous = levels_[level - 1];
    for (std::size_t i = 0; i < previous.size() && !spent(); ++i) {
      auto& old = *previous[i];
      if (!old.join_info.empty() || old.has_ec_joins || has_join_restriction(root_, old)) {
        by_clauses(level, old, levels_[1], level == 2 ? i + 1 : 0);
      } else {
        clauseless(level, old, levels_[1]);
      }
    }
    for (std::size_t k = 2;; ++k) {
      const std::size_t other_level = level - k;
      if (level < k || k > other_level) {
        break;
      }
      for (std::size_t i = 0; i < levels_[k].size() && !spent(); ++i) {
        auto& old = *levels_[k][i];
        if (old.join_info.empty() && !old.has_ec_joins && !has_join_restriction(root_, old)) {
          continue;
        }
        const auto& others = levels_[other_level];
        for (std::size_t j = k == other_level ? i + 1 : 0; j < others.size(); ++j) {
          auto& other = *others[j];
          if (!overlaps(old.relids, other.relids) &&
              (have_relevant_joinclause(root_, old, other) ||
               have_join_order_restriction(root_, old, other))) {
            join(level, old, other);
          }
        }
      }
    }
    if (levels_[level].empty()) {
      for (auto* old : previous) {
        clauseless(level, *old, levels_[1]);
      }
    }
  }

  PlannerInfo& root_;
  std::vector<std::vector<RelOptInfo*>> levels_;
  static constexpr std::size_t kMostJoins = 100'000;
  std::size_t joins_ = 0;  ///< considered so far
  long least_work_ = root_.global->work_left / 2;
};

}  // namespace

void finish_join_rel(PlannerInfo& root, RelOptInfo& rel) {
  if (generate_partitionwise_join_paths(root, rel)) {
    mark_dummy_join(root, rel);
  }
  if (rel.relids != root.all_base) {
    generate_useful_gather_paths(root, rel, false);
  }
  set_cheapest(rel);
  if (rel.cheapest_total == nullptr) {
    throw UserError{"could not find a join order that the query allows"};
  }
}

RelOptInfo* make_rel_from_joinlist(PlannerInfo& root, const std::vector<JoinListItem>& items) {
  std::vector<RelOptInfo*> initial;
  for (const auto& item : items) {
    initial.push_back(item.range != 0 ? root.base[static_cast<std::size_t>(item.range)]
                                      : make_rel_from_joinlist(root, item.items));
  }
  if (initial.size() == 1) {
    return initial.front();
  }
  const auto& cost = root.global->cost;
  if (cost.geqo && initial.size() >= static_cast<std::size_t>(std::max(cost.geqo_threshold, 2))) {
    return genetic_join_search(root, initial);
  }
  const std::size_t known = root.join_rels.size();
  const auto known_by_relids = root.join_by_relids;
  if (auto* rel = JoinSearch{root, initial}.run()) {
    return rel;
  }
  root.global->unmodelled.insert("exhaustive join search (genetic instead)");
  root.join_rels.resize(known);
  root.join_by_relids = known_by_relids;
  return genetic_join_search(root, initial);
}

}  // namespace quern::planner_model
