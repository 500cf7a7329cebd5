#include "advisor/select/choose.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include <fmt/format.h>

#include "collector/base/in_parallel.hpp"

#include "advisor/select/benefit_graph.hpp"
#include "advisor/select/extend.hpp"
#include "advisor/select/greedy.hpp"
#include "advisor/select/integer_program.hpp"
#include "advisor/select/pareto.hpp"
#include "advisor/select/workload_cost.hpp"

namespace quern::advisor {

namespace {

/// Each round teaches at least one plan; more are needed only where graphs were cut off.
constexpr int kMostRounds = 4;
/// As often are the plans learned that a bound hopes for.
constexpr int kMostHopes = 8;
/// Where a bound is too far away, the queries behind it are explored with so many times the plans.
constexpr int kMorePlans = 4;

/// A bound this near to the best one is good enough, of the wanted gap.
constexpr double kBoundTolerance = 0.5;

/// Of the time limit; the rest is left to what plans made for the choice can better.
constexpr double kSearchShare = 0.8;

/// Half of the time is the first solution's, the rest is shared by those after it.
double first_share(const ChooseOptions& options) {
  return options.time_limit_seconds / 2;
}

double later_share(const ChooseOptions& options) {
  constexpr std::size_t kBounds = 2;
  return options.time_limit_seconds / 2 / (kMostRounds + kBounds + kCurvePoints);
}

/// How much each query's cost may be off, an execution, so that the workload's is off by at most
/// `share` of what it would be with every candidate. Half goes to the queries that candidates help
/// least, as far as it leaves these unexplored; the rest is shared evenly by the others.
std::vector<double> tolerances_for(const CostModel& model, const std::vector<double>& weights,
                                   double share) {
  std::vector<double> gains(weights.size());
  std::vector<std::size_t> by_gain(weights.size());
  double ideal = 0;
  for (std::size_t q = 0; q < weights.size(); ++q) {
    const double least = model.cost(q, model.relevant(q)).cost;
    ideal += weights[q] * least;
    gains[q] = weights[q] * std::max(0.0, model.cost(q, {}).cost - least);
    by_gain[q] = q;
  }
  std::stable_sort(by_gain.begin(), by_gain.end(),
                   [&](std::size_t a, std::size_t b) { return gains[a] < gains[b]; });
  std::vector<double> tolerances(weights.size(), 0.0);
  double left = share * ideal / 2;
  std::size_t place = 0;
  for (; place < by_gain.size() && gains[by_gain[place]] <= left; ++place) {
    const std::size_t q = by_gain[place];
    left -= gains[q];
    tolerances[q] = weights[q] > 0 ? gains[q] / weights[q] : 1e300;
  }
  const auto others = static_cast<double>(by_gain.size() - place);
  for (; place < by_gain.size(); ++place) {
    const std::size_t q = by_gain[place];
    tolerances[q] = share * ideal / 2 / others / weights[q];
  }
  return tolerances;
}

/// Explores these queries with at most so many plans each. What was planned before is known.
void explore_queries(const CostModel& model, const std::vector<double>& weights,
                     const std::vector<double>& tolerances, std::vector<std::size_t> queries,
                     int plans, SelectionProblem& problem,
                     const std::function<void(double)>& progress) {
  // The most work first, so that no thread is left with it alone at the end.
  std::stable_sort(queries.begin(), queries.end(), [&](std::size_t a, std::size_t b) {
    return model.relevant(a).size() > model.relevant(b).size();
  });
  in_parallel(
      queries.size(),
      [&](std::size_t i) {
        const std::size_t q = queries[i];
        problem.queries[q] = explore(model, q, weights[q], {plans, tolerances[q]});
      },
      progress);
}

/// Calls `learn_of` for each query, for several at once; whether one learned something.
bool any_learned(const CostModel& model, const std::function<bool(std::size_t)>& learn_of) {
  std::vector<char> learned(model.queries());
  in_parallel(model.queries(), [&](std::size_t q) { learned[q] = learn_of(q) ? 1 : 0; });
  return std::find(learned.begin(), learned.end(), 1) != learned.end();
}

/// Whether re-planning shows the set to be cheaper than its alternatives say, for some query.
bool learn_all(const CostModel& model, SelectionProblem& problem, const IndexSet& chosen) {
  return any_learned(model, [&](std::size_t q) {
    return learn(problem.queries[q], model.replanned(q, chosen), chosen);
  });
}

/// Plans what a bound hopes for: it is as cheap, or the next bound knows better.
bool put_to_the_test(const CostModel& model, SelectionProblem& problem, const IndexSet& hopeful) {
  return any_learned(model, [&](std::size_t q) {
    const PlannedCost planned = model.replanned(q, hopeful);
    const bool cheaper = learn(problem.queries[q], planned, hopeful);
    return refute(problem.queries[q], model.relevant(q), planned, hopeful) || cheaper;
  });
}

/// `start`: the best choice so far. `seconds` are the first solution's.
Selection solve_and_learn(const CostModel& model, SelectionProblem& problem, const IndexSet& start,
                          const ChooseOptions& options, double seconds) {
  Selection selection{.chosen = start};
  for (int round = 0; round < kMostRounds; ++round) {
    selection = select_by_integer_program(
        problem, Floors::Ignored,
        {.time_limit_seconds = round == 0 ? seconds : later_share(options),
         .start = selection.chosen});
    if (!learn_all(model, problem, selection.chosen)) {
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
    const double cost = replanned_reads(model, weights, chosen) + write_cost(problem, chosen);
    const std::vector<double> costs = costs_without_each(model, problem, weights, chosen);
    int worst = -1;
    double least = 0;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const int index = chosen[i];
      if (contains_all(problem.must_have, {index})) {
        continue;
      }
      const double earned = costs[i] - cost - charges(problem, {index});
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

/// By how much the workload may be cheaper than alternatives that stood in for others say.
double slack_of(const SelectionProblem& problem) {
  double slack = 0;
  for (const auto& query : problem.queries) {
    slack += query.weight * query.slack;
    if (!query.substitutes.empty()) {
      slack += query.weight * query.floor * kSameAccess;
    }
  }
  return slack;
}

/// Queries whose benefit graph was cut off: they enter a bound with what they cost at least.
std::size_t cut_off(const SelectionProblem& problem) {
  return static_cast<std::size_t>(
      std::count_if(problem.queries.begin(), problem.queries.end(),
                    [](const auto& query) { return !query.unknown.empty(); }));
}

/// The time limit of the whole choice: past it no further round begins.
class Deadline {
 public:
  explicit Deadline(double seconds)
      : end_{std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds)} {}

  [[nodiscard]] bool passed() const { return std::chrono::steady_clock::now() > end_; }

 private:
  std::chrono::time_point<std::chrono::steady_clock, std::chrono::duration<double>> end_;
};

struct Bound {
  double objective = 0;   ///< no choice has a lower one
  bool optimal = false;   ///< proven to be the best bound of the program
  IndexSet hopeful = {};  ///< what would be chosen if unknown plans were as cheap as they may be
};

/// The relaxation's bound where it is near enough to `objective`, or a `rough` one is asked for;
/// otherwise the integer program's.
Bound bounded(const SelectionProblem& problem, const IndexSet& chosen, double objective,
              const ChooseOptions& options, bool rough) {
  const double slack = slack_of(problem);
  const double relaxed = relaxed_bound(problem) - slack;
  if (objective - relaxed <= options.wanted_gap / 2 * relaxed || rough) {
    return {relaxed, true, {}};
  }
  const Selection selection =
      select_by_integer_program(problem, Floors::Allowed,
                                {.time_limit_seconds = later_share(options),
                                 .gap = options.wanted_gap * kBoundTolerance,
                                 .start = chosen});
  return {std::max(relaxed, selection.bound - slack), selection.optimal, selection.chosen};
}

/// Queries that could cost less than is known, or as little with other indexes, by enough to matter
/// to the gap.
std::vector<std::size_t> worth_more_plans(const SelectionProblem& problem, double gap) {
  std::vector<std::pair<double, std::size_t>> doubts;
  double total = 0;
  for (std::size_t q = 0; q < problem.queries.size(); ++q) {
    const SelectionQuery& query = problem.queries[q];
    const double base = query_cost(query, {});
    double least = base;
    for (const auto& unknown : query.unknown) {
      least = std::min(least, unknown.at_least);
    }
    if (least < base) {
      doubts.emplace_back(query.weight * (base - least), q);
      total += doubts.back().first;
    }
  }
  // The largest first, until the others can not explain the gap.
  std::sort(doubts.rbegin(), doubts.rend());
  std::vector<std::size_t> queries;
  for (const auto& [amount, q] : doubts) {
    if (total <= gap / 4) {
      break;
    }
    queries.push_back(q);
    total -= amount;
  }
  return queries;
}

/// Two bounds: of the objective that was asked for, which says how good the search was; and of the
/// cost alone, which says what is left to gain by indexes that earn less than asked for.
void add_bounds(Choice& choice, SelectionProblem problem, const Bound& asked) {
  const double cost = choice.reads_after + choice.writes_added;
  choice.objective_bound = std::min(asked.objective, cost + choice.charges);
  const std::size_t incomplete = cut_off(problem);
  choice.gap_basis = fmt::format(
      "integer program{} over {} candidates; benefit graphs complete for {} of {} planned "
      "samples{}.",
      asked.optimal || problem.sizes.empty() ? ", solved to optimality,"
                                             : ", stopped by the time limit,",
      problem.sizes.size(), problem.queries.size() - incomplete, problem.queries.size(),
      incomplete == 0 ? "" : ", the others enter with the least cost that any set could give them");
  problem.charge = 0;
  problem.charge_per_byte = 0;
  choice.lower_bound = std::min(relaxed_bound(problem) - slack_of(problem), cost);
  if (choice.charges > 0) {
    choice.gap_basis +=
        " Each index must earn what was asked for, in the choice as in its bound; the lower bound "
        "of the cost takes every index that saves anything.";
  }
}

/// Whether no limit is felt: a choice twice as large would be within all of them.
bool has_room(SelectionProblem problem, const IndexSet& chosen) {
  problem.budget /= 2;
  problem.max_indexes /= 2;
  for (CountLimit& limit : problem.counts) {
    limit.at_most /= 2;
  }
  problem.max_write_cost /= 2;
  problem.max_wal /= 2;
  problem.max_build_seconds /= 2;
  return feasible(problem, chosen);
}

/// Takes the set as the choice, re-planned. Returns its objective.
double settle(const CostModel& model, const std::vector<double>& weights, SelectionProblem& problem,
              IndexSet chosen, Choice& choice) {
  choice.chosen = std::move(chosen);
  choice.reads_after = replanned_reads(model, weights, choice.chosen);
  learn_all(model, problem, choice.chosen);
  choice.writes_added = write_cost(problem, choice.chosen);
  choice.charges = charges(problem, choice.chosen);
  return choice.reads_after + choice.writes_added + choice.charges;
}

/// Takes the set as the choice if it is cheaper, once what does not earn its keep is left out.
void take_if_better(const CostModel& model, const std::vector<double>& weights,
                    SelectionProblem& problem, IndexSet more, Choice& choice) {
  const IndexSet before = choice.chosen;
  const double objective = choice.reads_after + choice.writes_added + choice.charges;
  if (more != before &&
      settle(model, weights, problem, pruned(model, problem, weights, std::move(more)), choice) >
          objective) {
    settle(model, weights, problem, before, choice);
  }
}

/// What single indexes add to the choice that the alternatives, explored to a tolerance, do not
/// know of.
void extend(const CostModel& model, const std::vector<double>& weights, SelectionProblem& problem,
            const Deadline& deadline, Choice& choice) {
  take_if_better(model, weights, problem,
                 extended(model, weights, problem, choice.chosen, Prefer::EarnedPerByte,
                          [&] { return deadline.passed(); }),
                 choice);
}

/// Solves again with what plans near the choice teach, as long as that makes it cheaper.
void refine(const CostModel& model, const std::vector<double>& weights, SelectionProblem& problem,
            const ChooseOptions& options, const Deadline& deadline, Choice& choice) {
  for (IndexSet before = {-1}; before != choice.chosen && !deadline.passed();) {
    before = choice.chosen;
    learn_near(model, problem, before, [&] { return deadline.passed(); });
    take_if_better(model, weights, problem,
                   solve_and_learn(model, problem, before, options, later_share(options)).chosen,
                   choice);
  }
}

/// What a greedy search by plans finds, where that is cheaper: it sees what graphs that were cut
/// off do not know of.
void start_greedily(const CostModel& model, const std::vector<double>& weights,
                    SelectionProblem& problem, const Deadline& deadline, Choice& choice) {
  IndexSet greedy = extended(model, weights, problem, problem.must_have, Prefer::Earned,
                             [&] { return deadline.passed(); });
  learn_all(model, problem, greedy);
  take_if_better(model, weights, problem, std::move(greedy), choice);
}

/// Exchanges indexes of the choice.
void exchange(const CostModel& model, const std::vector<double>& weights, SelectionProblem& problem,
              const Deadline& deadline, Choice& choice) {
  const auto stopped = [&] { return deadline.passed(); };
  IndexSet start = extended(model, weights, problem, choice.chosen, Prefer::EarnedPerByte, stopped);
  take_if_better(model, weights, problem,
                 exchanged(model, weights, problem, std::move(start), stopped), choice);
}

/// Where a limit is felt, by all means, as long as one of them finds a cheaper choice.
void better_by_plans(const CostModel& model, const std::vector<double>& weights,
                     SelectionProblem& problem, const ChooseOptions& options,
                     const Deadline& deadline, Choice& choice) {
  for (IndexSet before = {-1}; before != choice.chosen && !deadline.passed();) {
    refine(model, weights, problem, options, deadline, choice);
    before = choice.chosen;
    exchange(model, weights, problem, deadline, choice);
  }
}

/// Chooses, and bounds what any choice could cost. What the bound's program would choose, were
/// unknown plans as cheap as they may be, is planned as well: where that teaches, both start again.
/// Returns the objective. `rough`: more is about to be known.
double choose_and_bound(const CostModel& model, const std::vector<double>& weights,
                        SelectionProblem& problem, const ChooseOptions& options,
                        const Deadline& deadline, bool rough, Choice& choice, Bound& bound) {
  double objective = 0;
  for (int round = 0; round < kMostHopes; ++round) {
    IndexSet solved =
        solve_and_learn(model, problem, choice.chosen, options, first_share(options)).chosen;
    objective =
        settle(model, weights, problem, pruned(model, problem, weights, std::move(solved)), choice);
    bound = bounded(problem, choice.chosen, objective, options, rough);
    if (objective - bound.objective <= options.wanted_gap * bound.objective || rough ||
        deadline.passed() || !put_to_the_test(model, problem, bound.hopeful)) {
      break;
    }
  }
  return objective;
}

}  // namespace

Choice choose(const CostModel& model, const std::vector<double>& weights, SelectionProblem problem,
              const ChooseOptions& options) {
  problem.queries.assign(model.queries(), {});
  std::vector<std::size_t> queries(model.queries());
  std::iota(queries.begin(), queries.end(), 0);
  const std::vector<double> tolerances = tolerances_for(model, weights, options.tolerance);
  Choice choice{.reads_before = replanned_reads(model, weights, {})};
  problem.charge = options.charge_share * choice.reads_before;
  if (options.database_bytes > 0) {
    problem.charge_per_byte = 100 * problem.charge / options.database_bytes;
  }
  const Deadline search{kSearchShare * options.time_limit_seconds};
  const Deadline deadline{options.time_limit_seconds};
  Bound bound;
  bool near_enough = true;
  bool free = true;
  for (int plans = options.plans_per_query; !queries.empty(); plans *= kMorePlans) {
    explore_queries(model, weights, tolerances, queries, plans, problem, options.progress);
    learn_all(model, problem, choice.chosen);
    const bool rough = plans == options.plans_per_query && plans < options.most_plans_per_query;
    const double objective =
        choose_and_bound(model, weights, problem, options, search, rough, choice, bound);
    const double gap = objective - bound.objective;
    near_enough = gap <= options.wanted_gap * bound.objective;
    free = has_room(problem, choice.chosen);
    if (!free && rough) {
      start_greedily(model, weights, problem, search, choice);
      refine(model, weights, problem, options, search, choice);
    }
    queries.clear();
    if (!near_enough && plans < options.most_plans_per_query && !search.passed()) {
      queries = worth_more_plans(problem, gap);
    }
  }
  if (!free) {
    better_by_plans(model, weights, problem, options, deadline, choice);
  } else if (!near_enough && !deadline.passed()) {
    extend(model, weights, problem, deadline, choice);
  }
  const double cost = choice.reads_after + choice.writes_added;
  for (const double without_it : costs_without_each(model, problem, weights, choice.chosen)) {
    choice.leave_one_out.push_back(without_it - cost);
  }
  add_bounds(choice, problem, bound);
  choice.problem = std::move(problem);
  return choice;
}

void draw_curves(const CostModel& model, const std::vector<double>& weights,
                 const ChooseOptions& options, Choice& choice) {
  const auto judge = [&](const IndexSet& set) {
    return cost_of(model, choice.problem, weights, set);
  };
  const double time_limit = later_share(options);
  choice.pareto = storage_curve(choice.problem, choice.chosen, judge, time_limit);
  choice.write_pareto = write_curve(choice.problem, choice.chosen, judge, time_limit);
}

}  // namespace quern::advisor
