#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "advisor/advice.hpp"
#include "advisor/review/review.hpp"

namespace quern::advisor {

/// A table, what it is a part of, and its parts: a query on any of them may use its index.
[[nodiscard]] std::set<Oid> family_of(Oid table, const CatalogSnapshot& catalog);
[[nodiscard]] bool uses_any(const PlannedClass& query, const std::set<Oid>& tables);

/// The workload under the chosen set, without more and more of the existing indexes. A statement is
/// planned again only where its plan could be another: where it reads one of the indexes that go,
/// or where one of them is unique, which may prove something to the planner without being read. Any
/// other plan stays possible and the cheapest (within the 1 % that add_path() takes for equal, and
/// as far as the genetic search of join orders does not happen on another).
class Replanning {
 public:
  explicit Replanning(const ReviewInput& input);

  /// Query classes on the table that cost more than kTolerance more without these indexes, too, of
  /// its own and of its partitions, than without those that are gone; with both plans.
  [[nodiscard]] std::vector<QueryEffect> slower_without(const std::vector<const Index*>& indexes,
                                                        Oid table);

  /// Those last asked about are gone.
  void let_go();

 private:
  using Plan = std::shared_ptr<const planner_model::PlanResult>;

  [[nodiscard]] Plan without(std::size_t sample, const Plan& now,
                             const std::vector<const Index*>& indexes,
                             const std::vector<std::string>& names) const;

  const ReviewInput& input_;
  std::vector<std::string> gone_ = {};
  std::vector<Plan> now_;                ///< by sample, where it was asked for
  std::vector<std::string> asked_ = {};  ///< gone, and those last asked about
  std::vector<Plan> without_;            ///< by sample, of those last asked about
};

}  // namespace quern::advisor
