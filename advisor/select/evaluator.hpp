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

  /// Candidates that some query can use; no other is worth a look.
  [[nodiscard]] const IndexSet& useful() const { return useful_; }

 private:
  const SelectionProblem& problem_;
  std::vector<std::vector<std::size_t>> queries_of_;  ///< by candidate
  IndexSet useful_;
  IndexSet chosen_;
  std::vector<double> query_costs_;
  double reads_ = 0;
  double cost_ = 0;
};

}  // namespace quern::advisor
