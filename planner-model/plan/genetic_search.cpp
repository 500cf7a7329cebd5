// The search of join orders for many relations: optimizer/geqo (geqo_main.c, geqo_pool.c,
// geqo_eval.c, geqo_selection.c, geqo_recombination.c), PostgreSQL 15.
#include "planner-model/plan/genetic_search.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "planner-model/plan/join_rels.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

[[noreturn]] void refuse() {
  throw UserError{"could not find a join order that the query allows"};
}

/// The joins that one tour makes are forgotten before the next one is tried, with all that was
/// made for them: the lists of relations start over (geqo_eval()), and the memory.
class Scratch {
 public:
  Scratch(PlannerInfo& root, const std::vector<RelOptInfo*>& initial)
      : root_{root}, joins_{root.join_rels.size()}, by_relids_{root.join_by_relids} {
    rels_ = initial;
    for (auto* rel : root.base) {
      if (rel != nullptr) {
        rels_.push_back(rel);
        rels_.insert(rels_.end(), rel->members.begin(), rel->members.end());
        add_nested(*rel);
      }
    }
    keep();
  }

  void clear() {
    root_.join_rels.resize(joins_);
    root_.join_by_relids = by_relids_;
    if (states() != states_) {
      keep();  // a relation keeps what a tour was the first to ask for, such as its unique rows
      return;
    }
    auto& global = *root_.global;
    global.paths.shrink(paths_);
    global.params.shrink(params_);
    global.targets.shrink(targets_);
    global.joins.shrink(special_joins_);
    global.rels.shrink(made_);
    global.part_clauses.shrink(part_clauses_);
  }

 private:
  /// What of a relation may point to new paths.
  struct State {
    const Path* unique = nullptr;
    const Path* cheapest = nullptr;
    std::size_t params = 0;
    std::size_t paths = 0;
    std::size_t partial_paths = 0;
    bool operator==(const State&) const = default;
  };

  /// Partitions that are partitioned themselves.
  void add_nested(const RelOptInfo& rel) {
    for (auto* part : live_parts(rel)) {
      if (part->is_append) {
        rels_.push_back(part);
        add_nested(*part);
      }
    }
  }

  [[nodiscard]] std::vector<State> states() const {
    std::vector<State> states;
    states.reserve(rels_.size());
    for (const auto* rel : rels_) {
      states.push_back({rel->cheapest_unique, rel->cheapest_total, rel->param_infos.size(),
                        rel->paths.size(), rel->partial_paths.size()});
    }
    return states;
  }

  void keep() {
    states_ = states();
    const auto& global = *root_.global;
    paths_ = global.paths.size();
    params_ = global.params.size();
    targets_ = global.targets.size();
    special_joins_ = global.joins.size();
    made_ = global.rels.size();
    part_clauses_ = global.part_clauses.size();
  }

  PlannerInfo& root_;
  std::size_t joins_;
  FlatMap<Relids, RelOptInfo*> by_relids_;
  std::vector<RelOptInfo*> rels_ = {};
  std::vector<State> states_ = {};
  std::size_t paths_ = 0, params_ = 0, targets_ = 0, special_joins_ = 0, made_ = 0,
              part_clauses_ = 0;
};

/// Relations joined so far, of gimme_tree().
struct Clump {
  RelOptInfo* rel = nullptr;
  int size = 1;
};

class GeneticSearch {
 public:
  GeneticSearch(PlannerInfo& root, const std::vector<RelOptInfo*>& initial)
      : root_{root},
        initial_{initial},
        draws_{root.global->cost.geqo_seed, root.global->cost.server.draws_with_erand48()},
        scratch_{root, initial} {}

  RelOptInfo* run() {
    fill_pool();
    sort_tours(pool_);
    const int given = root_.global->cost.geqo_generations;
    const std::size_t generations = given > 0 ? static_cast<std::size_t>(given) : pool_.size();
    for (std::size_t i = 0; i < generations && !spent(); ++i) {
      const auto [mother, father] = parents();
      Tour child;
      child.genes = recombined(pool_[mother].genes, pool_[father].genes, draws_);
      child.worth = worth_of(child.genes);
      spread(std::move(child));
    }
    if (spent()) {
      root_.global->unmodelled.insert("genetic join search (cut short)");
    }
    auto* best = tree_of(pool_.front().genes);
    if (best == nullptr) {
      refuse();
    }
    return best;
  }

 private:
  /// What is left of planning's work goes to the best tour so far, and to what is planned above.
  [[nodiscard]] bool spent() const { return root_.global->work_left < least_work_; }

  /// gimme_pool_size()
  [[nodiscard]] std::size_t pool_size() const {
    const auto& cost = root_.global->cost;
    if (cost.geqo_pool_size >= 2) {
      return static_cast<std::size_t>(cost.geqo_pool_size);
    }
    const double size = std::pow(2.0, static_cast<double>(initial_.size()) + 1.0);
    return static_cast<std::size_t>(
        std::clamp(size, 10.0 * cost.geqo_effort, 50.0 * cost.geqo_effort));
  }

  /// random_init_pool(); init_tour() shuffles from the inside out.
  void fill_pool() {
    constexpr int kMostTries = 20'000;  // the server goes on for as long as one in 10,000 is valid
    const std::size_t size = pool_size();
    for (int tries = 0; pool_.size() < size && (pool_.empty() || !spent()); ++tries) {
      if (tries == kMostTries) {
        refuse();
      }
      Tour tour;
      tour.genes.push_back(1);
      for (int i = 1; i < static_cast<int>(initial_.size()); ++i) {
        const auto j = static_cast<std::size_t>(draws_.between(0, i));
        tour.genes.push_back(j < tour.genes.size() ? tour.genes[j] : i + 1);
        tour.genes[j] = i + 1;
      }
      tour.worth = worth_of(tour.genes);
      if (tour.worth < DBL_MAX) {
        pool_.push_back(std::move(tour));
      }
    }
  }

  /// geqo_eval()
  double worth_of(const std::vector<int>& genes) {
    const auto* rel = tree_of(genes);
    const double worth = rel != nullptr ? rel->cheapest_total->total : DBL_MAX;
    scratch_.clear();
    return worth;
  }

  /// geqo_selection(): two different ones, better ones more often.
  std::pair<std::size_t, std::size_t> parents() {
    const std::size_t first = biased();
    std::size_t second = biased();
    while (pool_.size() > 1 && first == second) {
      second = biased();
    }
    return {first, second};
  }

  /// linear_rand()
  std::size_t biased() {
    const double bias = root_.global->cost.geqo_selection_bias;
    const auto most = static_cast<double>(pool_.size());
    double index = -1;
    while (!(index >= 0.0 && index < most)) {
      const double square = bias * bias - 4.0 * (bias - 1.0) * draws_.fraction();
      index = most * (bias - (square > 0.0 ? std::sqrt(square) : square)) / 2.0 / (bias - 1.0);
    }
    return static_cast<std::size_t>(index);
  }

  /// spread_chromo(): in its place among the tours, of which the worst goes.
  void spread(Tour&& tour) {
    if (tour.worth > pool_.back().worth) {
      return;
    }
    std::size_t top = 0;
    std::size_t middle = pool_.size() / 2;
    std::size_t bottom = pool_.size() - 1;
    std::size_t index = 0;
    for (;;) {
      if (tour.worth <= pool_[top].worth) {
        index = top;
        break;
      }
      if (tour.worth == pool_[middle].worth) {
        index = middle;
        break;
      }
      if (tour.worth == pool_[bottom].worth || bottom - top <= 1) {
        index = bottom;
        break;
      }
      (tour.worth < pool_[middle].worth ? bottom : top) = middle;
      middle = top + (bottom - top) / 2;
    }
    pool_.pop_back();
    pool_.insert(pool_.begin() + static_cast<std::ptrdiff_t>(index), std::move(tour));
  }

  /// gimme_tree(): null when the tour leads to no valid order.
  RelOptInfo* tree_of(const std::vector<int>& genes) {
    std::vector<Clump> clumps;
    for (const int gene : genes) {
      merge(clumps, {initial_[static_cast<std::size_t>(gene) - 1]}, false);
    }
    if (clumps.size() > 1) {
      std::vector<Clump> forced;
      for (const Clump& clump : clumps) {
        merge(forced, clump, true);
      }
      clumps = std::move(forced);
    }
    return clumps.size() == 1 ? clumps.front().rel : nullptr;
  }

  /// merge_clump(): with the first clump that it may join, which may then join others.
  void merge(std::vector<Clump>& clumps, Clump clump, bool force) {
    for (std::size_t i = 0; i < clumps.size();) {
      auto& old = *clumps[i].rel;
      RelOptInfo* joined = force || have_relevant_joinclause(root_, old, *clump.rel) ||
                                   have_join_order_restriction(root_, old, *clump.rel)
                               ? make_join_rel(root_, old, *clump.rel)
                               : nullptr;
      if (joined == nullptr) {
        ++i;
        continue;
      }
      finish_join_rel(root_, *joined);
      clump = {joined, clumps[i].size + clump.size};
      clumps.erase(clumps.begin() + static_cast<std::ptrdiff_t>(i));
      i = 0;
    }
    const auto place =
        clump.size == 1 ? clumps.end()
                        : std::find_if(clumps.begin(), clumps.end(),
                                       [&](const Clump& other) { return clump.size > other.size; });
    clumps.insert(place, clump);
  }

  PlannerInfo& root_;
  const std::vector<RelOptInfo*>& initial_;
  GeneticDraws draws_;
  Scratch scratch_;
  std::vector<Tour> pool_ = {};
  long least_work_ = root_.global->work_left / 4;
};

}  // namespace

RelOptInfo* genetic_join_search(PlannerInfo& root, const std::vector<RelOptInfo*>& initial) {
  RelOptInfo* joined = GeneticSearch{root, initial}.run();
  // Each tour follows from what all before it cost, so that any index may have hidden a cheaper
  // one.
  for (const auto* rel : root.base) {
    for (const IndexOptInfo* index : rel != nullptr ? rel->indexes : std::vector<IndexOptInfo*>{}) {
      if (index->created) {
        joined->preferred_indexes.push_back(index);
      }
    }
  }
  return joined;
}

}  // namespace quern::planner_model
