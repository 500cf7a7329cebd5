// The order of joins: joinrels.c (join_search_one_level()), allpaths.c (make_rel_from_joinlist(),
// standard_join_search()), PostgreSQL 15.
#include <algorithm>
#include <cstdint>

#include "planner-model/plan/join_rels.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// The server turns to its genetic search from this many relations on.
constexpr std::size_t kGeqoThreshold = 12;

/// Every join order, as long as they are not too many; else the one that keeps the intermediate
/// results small.
class JoinSearch {
 public:
  JoinSearch(PlannerInfo& root, std::vector<RelOptInfo*> initial)
      : root_{root}, levels_(initial.size() + 1) {
    levels_[1] = std::move(initial);
  }

  RelOptInfo* run() {
    const bool genetic = levels_[1].size() >= kGeqoThreshold;
    // About a second's work, and what the server itself spends there: pool size times generations.
    constexpr std::size_t kMostJoins = 20'000;
    most_joins_ = genetic ? kMostJoins : SIZE_MAX;
    for (std::size_t level = 2; level < levels_.size(); ++level) {
      search_level(level);
      if (spent()) {
        root_.global->unmodelled.insert("genetic join search (joined greedily instead)");
        return greedy();
      }
      for (auto* rel : levels_[level]) {
        finish(*rel);
      }
    }
    if (genetic) {
      root_.global->unmodelled.insert("genetic join search (searched exhaustively instead)");
    }
    if (levels_.back().empty()) {
      throw UserError{"could not find a join order that the query allows"};
    }
    return levels_.back().front();
  }

 private:
  [[nodiscard]] bool spent() const { return joins_ >= most_joins_; }

  void finish(RelOptInfo& rel) {
    if (rel.relids != root_.all_base) {
      generate_useful_gather_paths(root_, rel, false);
    }
    set_cheapest(rel);
    if (rel.cheapest_total == nullptr) {
      throw UserError{"could not find a join order that the query allows"};
    }
  }

  /// Joins the two whose join has the fewest rows, again and again; those without a clause between
  /// them last (greedy operator ordering, Fegaras 1998). What gimme_tree() (geqo_eval.c) makes of
  /// one tour, without its chance.
  RelOptInfo* greedy() {
    std::vector<RelOptInfo*> clumps = levels_[1];

    struct Candidate {
      std::size_t a;
      std::size_t b;
      RelOptInfo* rel;
    };

    std::vector<Candidate> candidates;
    const auto consider = [&](std::size_t a, std::size_t b, bool need_clause) {
      if (need_clause && !have_relevant_joinclause(root_, *clumps[a], *clumps[b]) &&
          !have_join_order_restriction(root_, *clumps[a], *clumps[b])) {
        return;
      }
      if (auto* rel = make_join_rel(root_, *clumps[a], *clumps[b])) {
        finish(*rel);
        candidates.push_back({a, b, rel});
      }
    };
    const auto consider_all = [&](bool need_clause) {
      for (std::size_t a = 0; a < clumps.size(); ++a) {
        for (std::size_t b = a + 1; b < clumps.size(); ++b) {
          if (clumps[a] != nullptr && clumps[b] != nullptr) {
            consider(a, b, need_clause);
          }
        }
      }
    };
    consider_all(true);
    for (std::size_t left = clumps.size(); left > 1; --left) {
      if (candidates.empty()) {
        consider_all(false);
      }
      const auto best = std::min_element(
          candidates.begin(), candidates.end(),
          [](const Candidate& x, const Candidate& y) { return x.rel->rows < y.rel->rows; });
      if (best == candidates.end()) {
        throw UserError{"could not find a join order that the query allows"};
      }
      const Candidate chosen = *best;
      std::erase_if(candidates, [&](const Candidate& other) {
        return other.a == chosen.a || other.b == chosen.a || other.a == chosen.b ||
               other.b == chosen.b;
      });
      clumps[chosen.a] = chosen.rel;
      clumps[chosen.b] = nullptr;
      for (std::size_t other = 0; other < clumps.size(); ++other) {
        if (other != chosen.a && clumps[other] != nullptr) {
          consider(std::min(other, chosen.a), std::max(other, chosen.a), true);
        }
      }
    }
    return *std::find_if(clumps.begin(), clumps.end(),
                         [](const RelOptInfo* rel) { return rel != nullptr; });
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
  std::size_t joins_ = 0;  ///< considered so far
  std::size_t most_joins_ = SIZE_MAX;
};

}  // namespace

RelOptInfo* make_rel_from_joinlist(PlannerInfo& root, const std::vector<JoinListItem>& items) {
  std::vector<RelOptInfo*> initial;
  for (const auto& item : items) {
    initial.push_back(item.range != 0 ? root.base[static_cast<std::size_t>(item.range)]
                                      : make_rel_from_joinlist(root, item.items));
  }
  if (initial.size() == 1) {
    return initial.front();
  }
  return JoinSearch{root, std::move(initial)}.run();
}

}  // namespace quern::planner_model
