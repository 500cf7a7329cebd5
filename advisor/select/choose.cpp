#include "advisor/select/choose.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "collector/base/in_parallel.hpp"

#include "advisor/select/benefit_graph.hpp"
#include "advisor/select/evaluator.hpp"
#include "advisor/select/extend.hpp"
#include "advisor/select/greedy.hpp"
#include "advisor/select/integer_program.hpp"
#include "advisor/select/pareto.hpp"
#include "advisor/select/patience.hpp"
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

/// Where indexes can save but little, little matters: so much of what they could.
constexpr double kOfSaving = 0.05;

/// Of the time limit; the rest is left to those who explain the choice.
constexpr double kChoiceShare = 0.65;
/// Of the time limit: no round of pruning begins later.
constexpr double kPruningShare = 0.8;
/// Of kChoiceShare; the rest is left to what plans made for the choice can better.
constexpr double kSearchShare = 0.8;

/// Each round of exploring may take so much of the time limit by CostModel::effort(): statements
/// that join a dozen tables would take minutes otherwise.
constexpr double kExploreShare = 0.35;
/// A query is worth so many plans whatever they take.
constexpr int kFewestCalls = 8;

/// Half of the time is the first solution's, the rest is shared by those after it.
double first_share(const ChooseOptions& options) {
  return options.time_limit_seconds / 2;
}

double later_share(const ChooseOptions& options) {
  constexpr std::size_t kBounds = 2;
  return options.time_limit_seconds / 2 / (kMostRounds + kBounds + kCurvePoints);
}

/// What every candidate together could do.
struct Prospect {
  std::vector<double> gains = {};    ///< by query, over its executions
  std::vector<double> efforts = {};  ///< of a plan of each, in milliseconds
  double gain = 0;                   ///< of all queries
  double ideal = 0;                  ///< what they all would still cost
};

Prospect prospect_of(const CostModel& model, const std::vector<double>& weights) {
  constexpr double kLeastEffort = 1e-3;
  std::vector<double> least(weights.size());
  in_parallel(weights.size(),
              [&](std::size_t q) { least[q] = model.cost(q, model.relevant(q)).cost; });
  Prospect prospect;
  for (std::size_t q = 0; q < weights.size(); ++q) {
    prospect.efforts.push_back(std::max(model.effort(q), kLeastEffort));
    prospect.gains.push_back(weights[q] * std::max(0.0, model.cost(q, {}).cost - least[q]));
    prospect.gain += prospect.gains.back();
    prospect.ideal += weights[q] * least[q];
  }
  return prospect;
}

/// How much each query's cost may be off, an execution, so that the workload's is off by at most
/// `share` of the ideal, and by no more than kOfSaving of what all candidates save or half of what
/// an index must earn. Half goes to the queries where candidates save least for what a plan takes,
/// as far as it leaves these unexplored; the rest is shared by the others, by what a plan of each
/// takes.
std::vector<double> tolerances_for(const Prospect& prospect, const std::vector<double>& weights,
                                   double share, double charge) {
  const std::vector<double>& gains = prospect.gains;
  const std::vector<double>& efforts = prospect.efforts;
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return gains[a] * efforts[b] < gains[b] * efforts[a];
  });
  std::vector<double> tolerances(weights.size(), 0.0);
  const double allowed =
      std::max(charge / 2, std::min(share * prospect.ideal, kOfSaving * prospect.gain));
  double left = allowed / 2;
  std::vector<std::size_t> others;
  double effort = 0;
  for (const std::size_t q : order) {
    if (gains[q] <= left) {
      left -= gains[q];
      tolerances[q] = weights[q] > 0 ? gains[q] / weights[q] : 1e300;
    } else {
      others.push_back(q);
      effort += efforts[q];
    }
  }
  for (const std::size_t q : others) {
    tolerances[q] = allowed / 2 * efforts[q] / effort / weights[q];
  }
  return tolerances;
}

/// How many milliseconds' worth of planner calls each of these queries may take, so that all of
/// them take `most` together: those that need less leave the rest to the others.
double fair_share(const CostModel& model, const std::vector<std::size_t>& queries, int plans,
                  double most) {
  constexpr double kCallsOfPart = 3;  // price_lacking(), mostly
  std::vector<double> needs;
  for (const std::size_t q : queries) {
    const double calls = plans + static_cast<double>(model.relevant(q).size()) +
                         kCallsOfPart * static_cast<double>(model.parts(q).size());
    needs.push_back(calls * model.effort(q));
  }
  std::sort(needs.begin(), needs.end());
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const double share = most / static_cast<double>(needs.size() - i);
    if (needs[i] > share) {
      return share;
    }
    most -= needs[i];
  }
  return 1e300;
}

/// Explores these queries with at most so many plans each. What was planned before is known.
/// Returns those that the time limit cut short: more plans are not for them.
std::vector<std::size_t> explore_queries(const CostModel& model, const std::vector<double>& weights,
                                         const std::vector<double>& tolerances,
                                         std::vector<std::size_t> queries, int plans,
                                         const ChooseOptions& options, const Patience& patience,
                                         SelectionProblem& problem) {
  const double most = std::min(kExploreShare * options.time_limit_seconds,
                               std::max(0.0, patience.left_by_effort()));
  const double share = fair_share(model, queries, plans, 1e3 * most);
  const auto limits_of = [&](std::size_t q) {
    ExploreLimits limits{plans, tolerances[q]};
    if (const double effort = model.effort(q); share < limits.calls * effort) {
      limits.calls = std::max(kFewestCalls, static_cast<int>(share / effort));
    }
    return limits;
  };
  // The most work first, so that no thread is left with it alone at the end.
  std::stable_sort(queries.begin(), queries.end(), [&](std::size_t a, std::size_t b) {
    return model.relevant(a).size() > model.relevant(b).size();
  });
  in_parallel(
      queries.size(),
      [&](std::size_t i) {
        const std::size_t q = queries[i];
        problem.queries[q] = explore(model, q, weights[q], limits_of(q));
      },
      options.progress);
  std::erase_if(queries, [&](std::size_t q) { return limits_of(q).calls / 2 >= plans; });
  return queries;
}

/// Calls `learn_of` for each query, for several at once; whether one learned something.
bool any_learned(const CostModel& model, const std::function<bool(std::size_t)>& learn_of) {
  std::vector<char> learned(model.queries());
  in_parallel(model.queries(), [&](std::size_t q) { learned[q] = learn_of(q) ? 1 : 0; });
  return std::find(learned.begin(), learned.end(), 1) != learned.end();
}

/// Learns the plans that costs_without_each() has made.
void learn_without_each(const CostModel& model, SelectionProblem& problem, const IndexSet& chosen) {
  in_parallel(model.queries(), [&](std::size_t q) {
    const PlannedCost now = model.cost(q, chosen);
    learn(problem.queries[q], now, chosen);
    for (const int index : now.used) {
      const IndexSet rest = without(chosen, index);
      learn(problem.queries[q], model.cost(q, rest), rest);
    }
  });
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
                          const ChooseOptions& options, const Patience& patience, double seconds) {
  Selection selection{.chosen = start};
  for (int round = 0; round < kMostRounds; ++round) {
    selection = select_by_integer_program(
        problem, Floors::Ignored,
        {.time_limit_seconds = round == 0 ? seconds : later_share(options),
         .start = selection.chosen});
    if (!learn_all(model, problem, selection.chosen) || patience.over()) {
      break;
    }
  }
  return selection;
}

/// The chosen indexes that do not earn their charge beside the others, as re-planning shows, the
/// least earning first: the planner may do as well with what is left, although the alternatives
/// said otherwise.
std::vector<int> idle_of(const CostModel& model, const SelectionProblem& problem,
                         const std::vector<double>& weights, const IndexSet& chosen) {
  (void)replanned_reads(model, weights, chosen);
  const double cost = cost_of(model, problem, weights, chosen);
  const std::vector<double> costs = costs_without_each(model, problem, weights, chosen);
  std::vector<std::pair<double, int>> idle;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const double earned = costs[i] - cost - charges(problem, {chosen[i]});
    if (earned <= 0 && !contains_all(problem.must_have, {chosen[i]})) {
      idle.emplace_back(earned, chosen[i]);
    }
  }
  std::sort(idle.begin(), idle.end());
  std::vector<int> indexes;
  for (const auto& [earned, index] : idle) {
    indexes.push_back(index);
  }
  return indexes;
}

/// Leaves out the first of the idle indexes, and each other that the plans made so far show to be
/// idle still: of two that stand in for one another, one stays.
IndexSet without_idle(const SelectionProblem& problem, IndexSet chosen,
                      const std::vector<int>& idle) {
  Evaluator evaluator{problem};
  for (const int index : idle) {
    evaluator.move_to(chosen);
    IndexSet rest = without(chosen, index);
    if (index == idle.front() || evaluator.cost_of(rest, index, {}) <= evaluator.cost()) {
      chosen = std::move(rest);
    }
  }
  return chosen;
}

/// Removes indexes that do not earn their charge; no further round begins without patience.
IndexSet pruned(const CostModel& model, SelectionProblem& problem,
                const std::vector<double>& weights, IndexSet chosen, const Patience& patience) {
  for (;;) {
    const std::vector<int> idle = idle_of(model, problem, weights, chosen);
    if (idle.empty()) {
      return chosen;
    }
    learn_without_each(model, problem, chosen);
    chosen = without_idle(problem, std::move(chosen), idle);
    if (patience.over()) {
      return chosen;
    }
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

/// How far from its bound a choice may be.
double wanted_distance(const SelectionProblem& problem, double bound,
                       const ChooseOptions& options) {
  double before = 0;
  for (const auto& query : problem.queries) {
    before += query.weight * query_cost(query, {});
  }
  return std::max(problem.charge / 2,
                  std::min(options.wanted_gap * bound, kOfSaving * std::max(0.0, before - bound)));
}

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
  if (objective - relaxed <= wanted_distance(problem, relaxed, options) / 2 || rough) {
    return {relaxed, true, {}};
  }
  const Selection selection = select_by_integer_program(
      problem, Floors::Allowed,
      {.time_limit_seconds = later_share(options),
       .gap =
           kBoundTolerance * wanted_distance(problem, relaxed, options) / std::max(relaxed, 1e-9),
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

/// Takes the set as the choice if it is cheaper, once what does not earn its keep is left out; that
/// waits for the end of the search where there is no patience for it.
void take_if_better(const CostModel& model, const std::vector<double>& weights,
                    SelectionProblem& problem, IndexSet more, const Patience& patience,
                    Choice& choice) {
  const IndexSet before = choice.chosen;
  if (more == before) {
    return;
  }
  const double objective = choice.reads_after + choice.writes_added + choice.charges;
  if (!patience.over()) {
    more = pruned(model, problem, weights, std::move(more), patience);
  }
  if (settle(model, weights, problem, std::move(more), choice) > objective) {
    settle(model, weights, problem, before, choice);
  }
}

/// Solves again with what plans near the choice teach, as long as that makes it cheaper.
void refine(const CostModel& model, const std::vector<double>& weights, SelectionProblem& problem,
            const ChooseOptions& options, const Patience& patience, Choice& choice) {
  for (IndexSet before = {-1}; before != choice.chosen && !patience.over();) {
    before = choice.chosen;
    learn_near(model, problem, before, patience);
    take_if_better(
        model, weights, problem,
        solve_and_learn(model, problem, before, options, patience, later_share(options)).chosen,
        patience, choice);
  }
}

/// What a greedy search by plans finds, where that is cheaper: it sees what graphs that were cut
/// off do not know of. Taking what earns most is best where there is room, what earns most a byte
/// where there is little.
void start_greedily(const CostModel& model, const std::vector<double>& weights,
                    SelectionProblem& problem, const Patience& patience, Choice& choice) {
  for (const Prefer prefer : {Prefer::EarnedPerByte, Prefer::Earned}) {
    if (patience.over()) {
      return;
    }
    IndexSet greedy = extended(model, weights, problem, problem.must_have, prefer, patience);
    learn_all(model, problem, greedy);
    take_if_better(model, weights, problem, std::move(greedy), patience, choice);
  }
}

/// Exchanges indexes of the choice.
void exchange(const CostModel& model, const std::vector<double>& weights, SelectionProblem& problem,
              const Patience& patience, Choice& choice) {
  IndexSet start =
      extended(model, weights, problem, choice.chosen, Prefer::EarnedPerByte, patience);
  take_if_better(model, weights, problem,
                 exchanged(model, weights, problem, std::move(start), patience), patience, choice);
}

/// Where a limit is felt, or graphs that were cut off leave much in doubt: by all means, as long as
/// one of them finds a cheaper choice.
void better_by_plans(const CostModel& model, const std::vector<double>& weights,
                     SelectionProblem& problem, const ChooseOptions& options,
                     const Patience& patience, Choice& choice) {
  for (IndexSet before = {-1}; before != choice.chosen && !patience.over();) {
    refine(model, weights, problem, options, patience, choice);
    before = choice.chosen;
    exchange(model, weights, problem, patience, choice);
  }
}

/// Chooses, and bounds what any choice could cost. What the bound's program would choose, were
/// unknown plans as cheap as they may be, is planned as well: where that teaches, both start again.
/// Returns the objective. `rough`: more is about to be known.
double choose_and_bound(const CostModel& model, const std::vector<double>& weights,
                        SelectionProblem& problem, const ChooseOptions& options,
                        const Patience& patience, bool rough, Choice& choice, Bound& bound) {
  double objective = 0;
  for (int round = 0; round < kMostHopes; ++round) {
    const double seconds = std::clamp(patience.left(), later_share(options), first_share(options));
    take_if_better(
        model, weights, problem,
        solve_and_learn(model, problem, choice.chosen, options, patience, seconds).chosen, patience,
        choice);
    objective = choice.reads_after + choice.writes_added + choice.charges;
    bound = bounded(problem, choice.chosen, objective, options, rough);
    if (objective - bound.objective <= wanted_distance(problem, bound.objective, options) ||
        rough || patience.over() || !put_to_the_test(model, problem, bound.hopeful)) {
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
  Choice choice{.reads_before = replanned_reads(model, weights, {})};
  const Prospect prospect = prospect_of(model, weights);
  problem.charge = options.charge_share * prospect.ideal;
  const std::vector<double> tolerances =
      tolerances_for(prospect, weights, options.tolerance, problem.charge);
  if (options.database_bytes > 0) {
    problem.charge_per_byte = 100 * problem.charge / options.database_bytes;
  }
  const double seconds = kChoiceShare * options.time_limit_seconds;
  const auto end = Patience::clock_end(options.began, options.time_limit_seconds);
  const Patience search{model, kSearchShare * seconds, end};
  const Patience patience{model, seconds, end};
  const Patience pruning{model, kPruningShare * options.time_limit_seconds, end};
  Bound bound;
  choice.chosen = problem.must_have;
  bool near_enough = true;
  bool free = true;
  std::set<std::size_t> cut_short;
  for (int plans = options.plans_per_query; !queries.empty(); plans *= kMorePlans) {
    const auto cut =
        explore_queries(model, weights, tolerances, queries, plans, options, search, problem);
    cut_short.insert(cut.begin(), cut.end());
    settle(model, weights, problem, choice.chosen, choice);
    const bool rough = plans == options.plans_per_query && plans < options.most_plans_per_query;
    const double objective =
        choose_and_bound(model, weights, problem, options, search, rough, choice, bound);
    const double gap = objective - bound.objective;
    near_enough = gap <= wanted_distance(problem, bound.objective, options);
    free = has_room(problem, choice.chosen);
    if (rough && (!free || (!near_enough && !cut_short.empty()))) {
      start_greedily(model, weights, problem, search, choice);
      refine(model, weights, problem, options, search, choice);
    }
    queries.clear();
    if (!near_enough && plans < options.most_plans_per_query && !search.over()) {
      queries = worth_more_plans(problem, gap);
      std::erase_if(queries, [&](std::size_t q) { return cut_short.count(q) != 0; });
    }
  }
  if (!free || !near_enough) {
    better_by_plans(model, weights, problem, options, patience, choice);
  }
  choice.cut_short = (!free || !near_enough) && patience.over();
  if (choice.cut_short) {
    settle(model, weights, problem, pruned(model, problem, weights, choice.chosen, pruning),
           choice);
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
                 const ChooseOptions& options, const Patience& patience, Choice& choice) {
  const auto judge = [&](const IndexSet& set) {
    return cost_of(model, choice.problem, weights, set);
  };
  const CurveLimits limits{patience, later_share(options)};
  choice.pareto = storage_curve(choice.problem, choice.chosen, judge, limits);
  choice.write_pareto = write_curve(choice.problem, choice.chosen, judge, limits);
}

}  // namespace quern::advisor
