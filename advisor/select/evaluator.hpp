#pragma once

#include <cstdint>
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
  [[nodiscard]] double cost_of(const IndexSet& next, int removed, const IndexSet& added);

  /// What the queries cost under the current set without `removed`.
  [[nodiscard]] std::vector<double> query_costs(int removed);

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

  /// An alternative; its needs are places of one query, up to `end` of needs_.
  struct Way {
    double cost;
    std::uint32_t end;
  };

  void add_ways(std::size_t query);

  /// Counts a candidate in, or out, wherever it serves.
  void serve(int index, int by) {
    for (const std::uint32_t place : serves_[static_cast<std::size_t>(index)]) {
      served_[place] += by;
    }
  }

  /// query_cost() under the candidates that are counted in.
  [[nodiscard]] double served_cost(std::size_t query) const;

  const SelectionProblem& problem_;
  std::vector<std::vector<Help>> helps_;  ///< by candidate
  std::vector<Way> ways_;                 ///< of all queries, each query's the cheapest first
  std::vector<std::uint32_t> needs_;      ///< of all ways
  std::vector<std::uint32_t> first_way_;  ///< by query, and the end
  std::vector<std::vector<std::uint32_t>> serves_;  ///< by candidate: places that it can take
  std::vector<int> served_;                         ///< by place: candidates that take it
  IndexSet useful_;
  IndexSet chosen_;
  std::vector<double> query_costs_;
  double reads_ = 0;
  double cost_ = 0;
};

}  // namespace quern::advisor
