#include "advisor/explain_choice.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "collector/base/in_parallel.hpp"

#include "advisor/choice_evidence.hpp"
#include "advisor/migrate/index_ddl.hpp"
#include "advisor/price/build_time.hpp"
#include "advisor/price/foreign_keys.hpp"
#include "advisor/wishes.hpp"

namespace quern::advisor {

namespace {

/// A log shorter than this may miss hourly and daily work.
constexpr std::int64_t kShortLogMicroseconds = 3600LL * 1000 * 1000;

QueryEffect effect_on(const ChoiceInput& input, const PlannedClass& query, const IndexSet& before,
                      const IndexSet& after, int index) {
  QueryEffect effect{.fingerprint = query.fingerprint, .sql = query.sql, .calls = query.calls};
  effect.evidence_factor = query.evidence_factor;
  if (query.total && query.calls > 0) {
    effect.measured_mean = Microseconds{
        static_cast<std::int64_t>(static_cast<double>(query.total->count()) / query.calls)};
  }
  for (const auto sample : query.samples) {
    const double share = input.planned.samples[sample].share;
    effect.before += Cost{share * input.costs.cost(sample, before).cost};
    const PlannedCost planned = input.costs.cost(sample, after);
    effect.after += Cost{share * planned.cost};
    effect.uses_index |= std::binary_search(planned.used.begin(), planned.used.end(), index);
  }
  return effect;
}

/// Plans are kept for the first sample only: the slowest execution seen.
void add_plans(QueryEffect& effect, const ChoiceInput& input, const PlannedClass& query,
               const IndexSet& before, const IndexSet& after, int index) {
  if (input.left_out.contains({query.samples.front(), index})) {
    effect.plan_after = input.costs.plan(query.samples.front(), after).plan;
    return;
  }
  effect.plan_before = input.costs.plan(query.samples.front(), before).plan;
  planner_model::PlanResult planned = input.costs.plan(query.samples.front(), after);
  effect.plan_after = std::move(planned.plan);
  effect.analyzed = std::move(planned.indexes_analyzed);
  if (input.calibration) {
    effect.time = time_effect(*input.calibration, input.estimated, effect.measured_mean,
                              query.kind != StatementKind::Select,
                              {input.planned.samples[query.samples.front()].before.plan,
                               effect.plan_before, effect.plan_after});
  }
}

/// EXPLAIN's total today, where the server guesses.
std::optional<Cost> guessed_today(const ChoiceInput& input, const PlannedClass& query) {
  Cost mean;
  bool guessed = false;
  for (const auto sample : query.samples) {
    const PlannedSample& planned = input.planned.samples[sample];
    guessed |= planned.before.guessed.has_value();
    mean += planned.share * planned.before.guessed.value_or(planned.before.counted);
  }
  return guessed ? std::optional{mean} : std::nullopt;
}

std::string share_text(double share) {
  return share >= 0.1 ? fmt::format("{:.0f} %", 100 * share) : fmt::format("{:.2g} %", 100 * share);
}

void sort_effects(std::vector<QueryEffect>& effects) {
  std::sort(effects.begin(), effects.end(), [](const QueryEffect& a, const QueryEffect& b) {
    const double gain_a = weighted_gain(a);
    const double gain_b = weighted_gain(b);
    return gain_a != gain_b ? gain_a > gain_b : a.fingerprint < b.fingerprint;
  });
}

/// Scans of the candidate in a plan, and those that read nothing but it.
struct Scans {
  std::size_t all = 0;
  std::size_t alone = 0;
};

void count_scans(const planner_model::PlanNode& node, const SizedCandidate& candidate,
                 Scans& scans) {
  const bool its = !node.index.empty() && std::any_of(candidate.parts.begin(),
                                                      candidate.parts.end(), [&](const auto& part) {
                                                        return part.definition.name == node.index;
                                                      });
  if (its) {
    ++scans.all;
    scans.alone += node.node_type == "Index Only Scan" ? 1 : 0;
  }
  for (const auto& child : node.children) {
    count_scans(child, candidate, scans);
  }
}

bool read_alone(const QueryEffect& effect, const SizedCandidate& candidate) {
  Scans scans;
  count_scans(effect.plan_after, candidate, scans);
  return scans.all > 0 && scans.alone == scans.all;
}

std::string counted(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// "3 query classes and 1 check of a foreign key would be answered through this index ..."
std::string rationale_of(const Proposal& proposal, const SizedCandidate& candidate) {
  std::size_t users = 0;
  std::size_t checks = 0;
  std::size_t alone = 0;
  for (const QueryEffect& effect : proposal.queries) {
    if (effect.uses_index) {
      ++(is_foreign_key_check(effect) ? checks : users);
      alone += read_alone(effect, candidate) ? 1 : 0;
    }
  }
  const std::string who =
      checks == 0  ? counted(users, "query class", "query classes")
      : users == 0 ? counted(checks, "check of a foreign key", "checks of foreign keys")
                   : counted(users, "query class", "query classes") + " and " +
                         counted(checks, "check of a foreign key", "checks of foreign keys");
  const char* const kAlone = "alone, without visiting the table where its pages are all-visible";
  const std::string how =
      alone == 0 ? "instead of reading more of the table"
      : alone == users + checks
          ? kAlone
          : fmt::format("instead of reading more of the table, {} of them {}", alone, kAlone);
  return fmt::format(
      "{}{} would be answered through this index {}. Without it the chosen set would cost {} "
      "of the recorded workload more.",
      proposal.rule == kAskedRule ? "You asked for this index. " : "", who, how,
      share_text(proposal.share_of_workload));
}

Proposal proposal_for(const ChoiceInput& input, std::size_t position, IndexNames& names) {
  const int index = input.choice.chosen[position];
  const SizedCandidate& candidate = input.candidates[static_cast<std::size_t>(index)];
  const Table& table = *find_table(input.catalog, candidate.index.definition.table);
  Proposal proposal{.id = "create-" + candidate.index.name, .kind = ProposalKind::CreateIndex};
  proposal.table = relation_name(input.catalog, table.schema, table.name);
  proposal.index = candidate.index.name;
  proposal.rule = candidate.index.rule;
  proposal.title = fmt::format("Create an index on {} {}", proposal.table,
                               definition_text(candidate.index.definition, table));
  const Migration migration =
      create_index(candidate.index.definition, candidate.index.name, input.catalog, names);
  proposal.ddl_up = migration.up;
  proposal.ddl_down = migration.down;
  proposal.size = candidate.size;
  proposal.build_seconds = build_seconds(candidate, input.catalog);
  proposal.writes = input.writes.effect(candidate);

  const IndexSet rest = without(input.choice.chosen, index);
  for (const auto& query : input.planned.classes) {
    if (!concerns(query, table.oid)) {
      continue;
    }
    QueryEffect effect = effect_on(input, query, rest, input.choice.chosen, index);
    const bool changed =
        effect.before > kFuzz * effect.after || effect.after > kFuzz * effect.before;
    if (effect.uses_index || changed) {
      add_plans(effect, input, query, rest, input.choice.chosen, index);
      proposal.read_benefit += Cost{weighted_gain(effect)};
      proposal.queries.push_back(std::move(effect));
    }
  }
  sort_effects(proposal.queries);
  proposal.leave_one_out = Cost{input.choice.leave_one_out[position]};
  proposal.net_benefit = *proposal.leave_one_out;
  proposal.share_of_workload = std::clamp(
      proposal.net_benefit.value() / std::max(1e-9, input.choice.reads_before), 0.0, 1.0);
  proposal.rationale = rationale_of(proposal, candidate);
  add_evidence(proposal, input, candidate);
  judge_confidence(proposal, input, table);
  name_hurt(proposal);
  if (proposal.rule == kAskedRule && proposal.net_benefit.value() <= 0) {
    proposal.warnings.emplace_back("It was asked for; the recorded workload gains nothing by it.");
  }
  const std::int64_t covered = input.workload.until_us - input.workload.from_us;
  if (covered > 0 && covered < kShortLogMicroseconds) {
    const double minutes = std::ceil(static_cast<double>(covered) / 60e6);
    proposal.warnings.push_back(
        fmt::format("The log covers only {:.0f} minute{}: rarer work is not seen.", minutes,
                    minutes == 1 ? "" : "s"));
  }
  proposal.warnings.insert(proposal.warnings.end(), migration.cautions.begin(),
                           migration.cautions.end());
  return proposal;
}

/// Whether EXPLAIN counts the candidate somewhere in a subplan that does not run.
bool is_only_priced(const ChoiceInput& input, int index) {
  for (std::size_t sample = 0; sample < input.costs.queries(); ++sample) {
    const IndexSet& priced = input.costs.only_priced(sample);
    if (std::binary_search(priced.begin(), priced.end(), index)) {
      return true;
    }
  }
  return false;
}

std::string verdict_of(const ChoiceInput& input, int index, const std::set<int>& useful) {
  if (useful.contains(index)) {
    return "what it saves beyond the chosen indexes does not pay for its writes, its space or the "
           "least benefit asked for";
  }
  return is_only_priced(input, index)
             ? "EXPLAIN's total falls by it, in what does not run: no plan gets cheaper"
             : "no plan gets cheaper by it";
}

/// The plan of a sample without one of the chosen indexes.
struct Wanted {
  double gain;  ///< what the index saves there
  std::size_t sample;
  std::size_t position;  ///< of the index in the choice
};

/// How many of these there is patience for, so that as much is left to those who come after.
std::size_t affordable_of(const std::vector<Wanted>& wanted, const ChoiceInput& input) {
  double left = 1e3 * input.patience.left_by_effort() / 2;
  const auto first_left_out = std::find_if(wanted.begin(), wanted.end(), [&](const Wanted& plan) {
    left -= input.costs.effort(plan.sample);
    return left < 0;
  });
  return static_cast<std::size_t>(first_left_out - wanted.begin());
}

}  // namespace

void plan_ahead(ChoiceInput& input) {
  const IndexSet& chosen = input.choice.chosen;
  std::vector<IndexSet> rests;
  for (const int index : chosen) {
    rests.push_back(without(chosen, index));
  }
  std::vector<std::vector<Wanted>> by_sample(input.costs.queries());
  in_parallel(by_sample.size(), [&](std::size_t sample) {
    const PlannedSample& planned = input.planned.samples[sample];
    const double cost = input.costs.cost(sample, chosen).cost;
    const std::vector<PlannedCost> costs = input.costs.costs(sample, rests);
    if (sample != input.planned.classes[planned.query_class].samples.front()) {
      return;  // no plan of it is shown
    }
    (void)input.costs.plan(sample, chosen);
    for (std::size_t i = 0; i < rests.size(); ++i) {
      if (costs[i].cost != cost) {
        by_sample[sample].push_back({planned.weight * (costs[i].cost - cost), sample, i});
      }
    }
  });
  std::vector<Wanted> wanted;
  for (const auto& of_sample : by_sample) {
    wanted.insert(wanted.end(), of_sample.begin(), of_sample.end());
  }
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const Wanted& a, const Wanted& b) { return a.gain > b.gain; });
  const std::size_t affordable = affordable_of(wanted, input);
  in_parallel(affordable, [&](std::size_t i) {
    (void)input.costs.plan(wanted[i].sample, rests[wanted[i].position]);
  });
  for (std::size_t i = affordable; i < wanted.size(); ++i) {
    input.left_out.emplace(wanted[i].sample, chosen[wanted[i].position]);
  }
}

std::vector<Proposal> index_proposals(const ChoiceInput& input) {
  IndexNames names{input.catalog};
  for (const int index : input.choice.chosen) {
    const CandidateIndex& chosen = input.candidates[static_cast<std::size_t>(index)].index;
    (void)names.choose(chosen.name, find_table(input.catalog, chosen.definition.table)->schema);
  }
  std::vector<Proposal> proposals;
  for (std::size_t position = 0; position < input.choice.chosen.size(); ++position) {
    proposals.push_back(proposal_for(input, position, names));
  }
  return proposals;
}

std::vector<QueryEffect> workload_effects(const ChoiceInput& input) {
  std::vector<QueryEffect> effects;
  for (const auto& query : input.planned.classes) {
    QueryEffect effect = effect_on(input, query, {}, input.choice.chosen, -1);
    add_plans(effect, input, query, {}, input.choice.chosen, -1);
    effect.guessed_before = guessed_today(input, query);
    effect.uses_index =
        std::any_of(query.samples.begin(), query.samples.end(), [&](std::size_t sample) {
          return !input.costs.cost(sample, input.choice.chosen).used.empty();
        });
    effects.push_back(std::move(effect));
  }
  std::sort(effects.begin(), effects.end(), [](const QueryEffect& a, const QueryEffect& b) {
    const double cost_a = a.calls * a.before.value();
    const double cost_b = b.calls * b.before.value();
    return cost_a != cost_b ? cost_a > cost_b : a.fingerprint < b.fingerprint;
  });
  return effects;
}

std::vector<Candidate> candidate_verdicts(const ChoiceInput& input) {
  std::set<int> useful;
  for (std::size_t sample = 0; sample < input.costs.queries(); ++sample) {
    const auto& relevant = input.costs.relevant(sample);
    useful.insert(relevant.begin(), relevant.end());
  }
  std::vector<Candidate> verdicts;
  for (std::size_t a = 0; a < input.candidates.size(); ++a) {
    const int index = static_cast<int>(a);
    const auto& chosen = input.choice.chosen;
    const bool is_chosen = std::binary_search(chosen.begin(), chosen.end(), index);
    verdicts.push_back({.ddl = input.candidates[a].ddl,
                        .rule = input.candidates[a].index.rule,
                        .size = input.candidates[a].size,
                        .chosen = is_chosen,
                        .verdict = is_chosen ? "chosen" : verdict_of(input, index, useful)});
  }
  return verdicts;
}

}  // namespace quern::advisor
