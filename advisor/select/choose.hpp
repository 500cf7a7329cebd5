#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "advisor/select/pareto.hpp"
#include "advisor/select/patience.hpp"
#include "advisor/select/problem.hpp"

namespace quern::advisor {

struct ChooseOptions {
  /// Of planning and of the clock: past two thirds of the one, or twice the other, no further
  /// round begins. The rest is for what explains the choice.
  double time_limit_seconds = 60;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  /// Of a benefit graph, at first and where the gap is wider than wanted; counts, so that results
  /// do not vary.
  int plans_per_query = 16;
  int most_plans_per_query = 1024;
  double wanted_gap = 0.01;
  /// Of the ideal, which is what the reads would cost with every candidate: smaller differences are
  /// not explored.
  double tolerance = 0.002;
  /// Of the ideal: what each index must earn. Of the cost before any index it would hide what one
  /// dear statement leaves to save in all others, and change once the indexes are there.
  double charge_share = 0.002;
  double database_bytes = 0;  ///< each hundredth of it must earn as much again; 0: space is free
  std::function<void(double)> progress = {};
};

struct Choice {
  IndexSet chosen = {};
  double reads_before = 0;
  double reads_after = 0;  ///< re-planned under the chosen set, not assembled
  double writes_added = 0;
  double charges = 0;          ///< what the chosen indexes must earn, beside what they cost
  double lower_bound = 0;      ///< reads and added writes of any set of candidates
  double objective_bound = 0;  ///< reads, added writes and charges of any set of candidates
  std::string gap_basis = {};
  std::vector<double> leave_one_out = {};       ///< by position in chosen: what is lost without it
  std::vector<ParetoChoice> pareto = {};        ///< over storage, of draw_curves()
  std::vector<ParetoChoice> write_pareto = {};  ///< over added write cost, likewise
  bool cut_short = false;         ///< the time limit ended the search for something better
  SelectionProblem problem = {};  ///< with all that was learned
};

/// Explores every query, solves, re-plans the answer exactly and repeats with what that teaches;
/// while the bound is further away than wanted, explores the queries that make it so further.
/// `problem` has sizes, maintenance, hot, budget and limit; weights are by query.
[[nodiscard]] Choice choose(const CostModel& model, const std::vector<double>& weights,
                            SelectionProblem problem, const ChooseOptions& options);

/// Solves the choice's problem again for less storage, and for less write cost.
/// As far as there is patience.
void draw_curves(const CostModel& model, const std::vector<double>& weights,
                 const ChooseOptions& options, const Patience& patience, Choice& choice);

}  // namespace quern::advisor
