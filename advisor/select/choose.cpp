#include "advisor/select/choose.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "advisor/select/benefit_graph.hpp"
#include "advisor/select/greedy.hpp"
#include "advisor/select/in_parallel.hpp"
#include "advisor/select/integer_program.hpp"

namespace quern::advisor {

namespace {

/// Each round teaches at least one plan; more are needed only where graphs were cut off.
constexpr int kMostRounds = 4;

/// Budgets of the Pareto curve, as shares of what the unlimited choice takes.
constexpr std::array kBudgetShares{0.05, 0.1, 0.2, 0.35, 0.5, 0.75};

/// Half of the time is the first solution's, the rest is shared by those after it.
double first_share(const ChooseOptions& options) {
  return options.time_limit_seconds / 2;
}

double later_share(const ChooseOptions& options) {
  constexpr std::size_t kBounds = 2;
  return options.time_limit_seconds / 2 / (kMostRounds + kBounds + kBudgetShares.size());
}

void explore_all(const CostModel& model, const std::vector<double>& weights,
                 SelectionProblem& problem, const ChooseOptions& options) {
  problem.queries.assign(model.queries(), {});
  in_parallel(
      model.queries(),
      [&](std::size_t q) {
        problem.queries[q] = explore(model, q, weights[q], options.plans_per_query);
      },
      options.progress);
}

double replanned_reads(const CostModel& model, const std::vector<double>& weights,
                       const IndexSet& chosen) {
  double reads = 0;
  for (std::size_t q = 0; q < model.queries(); ++q) {
    reads += weights[q] * model.cost(q, chosen).cost;
  }
  return reads;
}

double replanned_cost(const CostModel& model, const SelectionProblem& problem,
                      const std::vector<double>& weights, const IndexSet& chosen) {
  return replanned_reads(model, weights, chosen) + write_cost(problem, chosen);
}

IndexSet without(IndexSet set, int index) {
  set.erase(std::remove(set.begin(), set.end(), index), set.end());
  return set;
}

Selection solve_and_learn(const CostModel& model, SelectionProblem& problem,
                          const ChooseOptions& options) {
  Selection selection;
  for (int round = 0; round < kMostRounds; ++round) {
    selection = select_by_integer_program(problem, Floors::Ignored,
                                          round == 0 ? first_share(options) : later_share(options));
    bool learned = false;
    for (std::size_t q = 0; q < model.queries(); ++q) {
      learned |= learn(problem.queries[q], model.cost(q, selection.chosen), selection.chosen);
    }
    if (!learned) {
      break;
    }
  }
  return selection;
}

/// Removes indexes that re-planning shows not to earn their charge: the planner may do as well with
/// what is left, although the alternatives said otherwise.
IndexSet pruned(const CostModel& model, const SelectionProblem& problem,
                const std::vector<double>& weights, IndexSet chosen) {
  for (;;) {
    const double cost = replanned_cost(model, problem, weights, chosen);
    int worst = -1;
    double least = 0;
    for (const int index : chosen) {
      const double without_it = replanned_cost(model, problem, weights, without(chosen, index));
      const double earned = without_it - cost - charges(problem, {index});
      if (earned <= least) {
        least = earned;
        worst = index;
      }
    }
    if (worst < 0) {
      return chosen;
    }
    chosen = without(std::move(chosen), worst);
  }
}

/// Queries whose benefit graph was cut off: they enter a bound with their floor.
std::size_t cut_off(const SelectionProblem& problem) {
  return static_cast<std::size_t>(std::count_if(
      problem.queries.begin(), problem.queries.end(),
      [](const auto& query) { return query.alternatives.front().cost > query.floor; }));
}

/// Two bounds: of the objective that was asked for, which says how good the search was; and of the
/// cost alone, which says what is left to gain by indexes that earn less than asked for.
void add_bounds(Choice& choice, SelectionProblem problem, const ChooseOptions& options) {
  const double cost = choice.reads_after + choice.writes_added;
  choice.charges = charges(problem, choice.chosen);
  const Selection asked = select_by_integer_program(problem, Floors::Allowed, later_share(options));
  choice.objective_bound = std::min(asked.bound, cost + choice.charges);
  const std::size_t incomplete = cut_off(problem);
  choice.gap_basis = fmt::format(
      "integer program{} over {} candidates; benefit graphs complete for {} of {} planned "
      "samples{}.",
      asked.optimal ? ", solved to optimality," : ", stopped by the time limit,",
      problem.sizes.size(), problem.queries.size() - incomplete, problem.queries.size(),
      incomplete == 0 ? "" : ", the others enter with the least cost that any set could give them");
  problem.charge = 0;
  problem.charge_per_byte = 0;
  const Selection any = select_by_integer_program(problem, Floors::Allowed, later_share(options));
  choice.lower_bound = std::min(any.bound, cost);
  if (choice.charges > 0) {
    choice.gap_basis +=
        " Each index must earn what was asked for, in the choice as in its bound; the lower bound "
        "of the cost takes every index that saves anything.";
  }
}

void add_pareto(Choice& choice, const CostModel& model, SelectionProblem problem,
                const std::vector<double>& weights, const ChooseOptions& options) {
  double used = 0;
  for (const int index : choice.chosen) {
    used += problem.sizes[static_cast<std::size_t>(index)];
  }
  choice.pareto.push_back({0, replanned_cost(model, problem, weights, {}), {}});
  for (const double share : kBudgetShares) {
    problem.budget = share * used;
    const Selection selection =
        select_by_integer_program(problem, Floors::Ignored, later_share(options));
    double bytes = 0;
    for (const int index : selection.chosen) {
      bytes += problem.sizes[static_cast<std::size_t>(index)];
    }
    const double cost = replanned_cost(model, problem, weights, selection.chosen);
    if (cost < choice.pareto.back().cost && bytes > choice.pareto.back().bytes) {
      choice.pareto.push_back({bytes, cost, selection.chosen});
    }
  }
  const double cost = choice.reads_after + choice.writes_added;
  if (used > choice.pareto.back().bytes && cost < choice.pareto.back().cost) {
    choice.pareto.push_back({used, cost, choice.chosen});
  }
}

}  // namespace

Choice choose(const CostModel& model, const std::vector<double>& weights, SelectionProblem problem,
              const ChooseOptions& options) {
  explore_all(model, weights, problem, options);
  Choice choice{.reads_before = replanned_reads(model, weights, {})};
  problem.charge = options.charge_share * choice.reads_before;
  if (options.database_bytes > 0) {
    problem.charge_per_byte = 100 * problem.charge / options.database_bytes;
  }
  const Selection selection = solve_and_learn(model, problem, options);
  choice.chosen = pruned(model, problem, weights, selection.chosen);
  choice.reads_after = replanned_reads(model, weights, choice.chosen);
  choice.writes_added = write_cost(problem, choice.chosen);
  const double cost = choice.reads_after + choice.writes_added;
  for (const int index : choice.chosen) {
    choice.leave_one_out.push_back(
        replanned_cost(model, problem, weights, without(choice.chosen, index)) - cost);
  }
  add_bounds(choice, problem, options);
  add_pareto(choice, model, problem, weights, options);
  return choice;
}

}  // namespace quern::advisor
