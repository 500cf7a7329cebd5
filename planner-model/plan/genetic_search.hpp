#pragma once

#include <cstdint>
#include <vector>

#include "planner-model/plan/planner_info.hpp"

namespace quern::planner_model {

/// The numbers that the genetic search draws: geqo_random.c. From 15 on xoroshiro128** (pg_prng.c),
/// before that the generator of erand48() (erand48.c).
class GeneticDraws {
 public:
  GeneticDraws(double seed, bool as_erand48);

  /// From 0 on, below 1: geqo_rand().
  [[nodiscard]] double fraction();

  /// One of lowest to highest: geqo_randint().
  [[nodiscard]] int between(int lowest, int highest);

 private:
  std::uint64_t next();

  bool as_erand48_;
  std::uint64_t first_ = 0;  ///< the state; erand48(): its 48 bits
  std::uint64_t second_ = 0;
};

/// One order in which the relations are offered for joining, and what its best plan costs.
struct Tour {
  std::vector<int> genes = {};  ///< relations, from 1
  double worth = 0;
};

/// Ascending by worth, equal ones in the order that the server's sort leaves them: pg_qsort(),
/// sort_template.h.
void sort_tours(std::vector<Tour>& tours);

/// Edge recombination crossover of two tours: geqo_erx.c.
[[nodiscard]] std::vector<int> recombined(const std::vector<int>& mother,
                                          const std::vector<int>& father, GeneticDraws& draws);

/// geqo(), geqo_main.c: the server's choice, since its draws begin from the setting geqo_seed for
/// every query level.
[[nodiscard]] RelOptInfo* genetic_join_search(PlannerInfo& root,
                                              const std::vector<RelOptInfo*>& initial);

}  // namespace quern::planner_model
