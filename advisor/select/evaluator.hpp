#pragma once

#include <vector>

#include "advisor/select/problem.hpp"

namespace quern::advisor {

/// objective() of sets that differ little from a current one: only queries with an alternative that
/// needs a changed index are looked at again. The problem must outlive it.
class Evaluator {
 public:
  explicit Evaluator(const SelectionProblem& problem);

  void move_to(IndexSet chosen);

  [[nodiscard]] const IndexSet& chosen() const { return chosen_; }

  [[nodiscard]] double cost() const { return cost_; }

  /// Objective of the current set without `removed` (-1: none) and with `added`, all sorted.
  [[nodiscard]] double cost_of(const IndexSet& next, int removed, const IndexSet& added) const;

  /// What the queries cost under the current set without `removed`, which is left with `rest`.
  [[nodiscard]] std::vector<double> query_costs(const IndexSet& rest, int removed) const;

  /// What reads can save by one more candidate at most, where the queries cost this much each.
  [[nodiscard]] double most_saved(int added, const std::vector<double>& query_costs) const;

  [[nodiscard]] double most_saved(int added) const { return most_saved(added, query_costs_); }

  /// Candidates that some query can use; no other is worth a look.
  [[nodiscard]] const IndexSet& useful() const { return useful_; }

 private:
  /// A query that a candidate can help, and the least that it costs by an alternative that needs
  /// this one.
  struct Help {
    std::size_t query;
    double least;
  };

  const SelectionProblem& problem_;
  std::vector<std::vector<Help>> helps_;  ///< by candidate
  IndexSet useful_;
  IndexSet chosen_;
  std::vector<double> query_costs_;
  double reads_ = 0;
  double cost_ = 0;
};

}  // namespace quern::advisor
