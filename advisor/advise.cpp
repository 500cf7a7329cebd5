#include "advisor/advise.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "advisor/calibrate/evidence.hpp"
#include "advisor/candidates/find_candidates.hpp"
#include "advisor/caveats.hpp"
#include "advisor/explain_choice.hpp"
#include "advisor/migrate/index_ddl.hpp"
#include "advisor/price/foreign_keys.hpp"
#include "advisor/price/useful.hpp"
#include "advisor/review/review.hpp"
#include "advisor/rewrite/instead.hpp"
#include "advisor/rewrite/propose.hpp"
#include "advisor/robust/robustness.hpp"
#include "advisor/select/choose.hpp"
#include "advisor/statistics/propose_statistics.hpp"
#include "advisor/wishes.hpp"

namespace quern::advisor {

namespace {

using planner_model::Planner;

/// Of the time left after the choice, for the curves, which are drawn meanwhile.
constexpr double kForCurves = 0.4;

void report(const AdviceOptions& options, const std::string& stage, double fraction) {
  if (options.progress) {
    options.progress(stage, fraction);
  }
}

std::vector<QueryUses> uses_of(const PlannedWorkload& planned, const AdviceOptions& options,
                               const CatalogSnapshot& catalog) {
  std::vector<QueryUses> all;
  for (const auto& query : planned.classes) {
    QueryUses uses{.fingerprint = query.fingerprint,
                   .foreign_key_check = query.foreign_key_check,
                   .uses = query.uses};
    for (const auto sample : query.samples) {
      uses.weight +=
          planned.samples[sample].weight * planned.samples[sample].before.counted.value();
    }
    std::erase_if(uses.uses, [&](const auto& use) {
      const Table* table = find_table(catalog, use.table);
      return table == nullptr || never_touched(options, *table);
    });
    all.push_back(std::move(uses));
  }
  return all;
}

std::vector<double> weights_of(const PlannedWorkload& planned) {
  std::vector<double> weights;
  for (const auto& sample : planned.samples) {
    weights.push_back(sample.weight);
  }
  return weights;
}

IndexSet all_of(const std::vector<SizedCandidate>& candidates) {
  IndexSet all(candidates.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

WorkloadCost workload_cost(const Choice& choice, const WritePrices& prices) {
  // Existing entries are written whatever is chosen: they belong to the bounds as well.
  const double existing = prices.existing_cost().value();
  const double after = choice.reads_after + choice.writes_added + existing;
  const double objective = after + choice.charges;
  const double bound = choice.objective_bound + existing;
  return {.reads_before = Cost{choice.reads_before},
          .reads_after = Cost{choice.reads_after},
          .writes_before = Cost{existing},
          .writes_after = Cost{existing + choice.writes_added},
          .lower_bound = Cost{choice.lower_bound + existing},
          .gap = bound > 0 ? (objective - bound) / bound : 0,
          .gap_basis = choice.gap_basis};
}

/// The planner knows: it refuses aggregates and mutable functions as the server does.
MayBeKey key_test(const Planner& planner) {
  return [&planner](Oid oid, const std::string& expression) {
    const CatalogSnapshot& catalog = planner.catalog();
    const Table& table = *find_table(catalog, oid);
    try {
      (void)planner.hypothetical(create_index_text(
          {.table = oid, .keys = {{.expression = expression}}}, "key_test", table, catalog));
      return true;
    } catch (const UserError&) {
      return false;
    }
  };
}

double database_bytes(const CatalogSnapshot& catalog) {
  double pages = 0;
  for (const auto& table : catalog.tables) {
    pages += static_cast<double>(table.pages);
  }
  for (const auto& index : catalog.indexes) {
    pages += static_cast<double>(index.pages);
  }
  return pages * catalog.block_size;
}

/// A drop that rests on a new index is part of that index's proposal: created first, then dropped.
void merge_review(Advice& advice, std::vector<Reviewed> reviewed) {
  for (auto& [drop, replacement] : reviewed) {
    const auto create = std::find_if(
        advice.proposals.begin(), advice.proposals.end(),
        [&, name = replacement](const Proposal& p) { return !name.empty() && p.index == name; });
    if (create == advice.proposals.end()) {
      advice.proposals.push_back(std::move(drop));
      continue;
    }
    const std::string old = drop.index;
    create->kind = ProposalKind::ReplaceIndex;
    create->title += ", replacing " + old;
    create->rationale += " " + drop.rationale;
    create->ddl_up.insert(create->ddl_up.end(), drop.ddl_up.begin(), drop.ddl_up.end());
    create->ddl_down.insert(create->ddl_down.begin(), drop.ddl_down.begin(), drop.ddl_down.end());
    create->evidence.insert(create->evidence.end(), drop.evidence.begin(), drop.evidence.end());
    create->warnings.insert(create->warnings.end(), drop.warnings.begin(), drop.warnings.end());
    create->net_benefit += drop.net_benefit;
    advice.storage_freed += drop.size.value_or(Bytes{0});
  }
}

/// Ranked by what is gained; drops and findings with nothing to gain in planner units by space.
void rank(std::vector<Proposal>& proposals) {
  std::sort(proposals.begin(), proposals.end(), [](const Proposal& a, const Proposal& b) {
    if (a.net_benefit != b.net_benefit) {
      return a.net_benefit > b.net_benefit;
    }
    const Bytes size_a = a.size.value_or(Bytes{0});
    const Bytes size_b = b.size.value_or(Bytes{0});
    return size_a != size_b ? size_a > size_b : a.id < b.id;
  });
}

void merge_rewrites(Advice& advice, std::vector<Proposal> rewrites, double workload_before,
                    const PlannedWorkload& planned) {
  std::map<std::string, double> factors;
  for (const PlannedClass& query : planned.classes) {
    factors[query.fingerprint] = query.evidence_factor;
  }
  for (auto& rewrite : rewrites) {
    for (QueryEffect& effect : rewrite.queries) {
      const auto found = factors.find(effect.fingerprint);
      effect.evidence_factor = found == factors.end() ? 1 : found->second;
    }
    if (rewrite.queries.size() == 1) {
      rewrite.read_benefit = rewrite.queries.front().evidence_factor * rewrite.read_benefit;
      rewrite.net_benefit = rewrite.queries.front().evidence_factor * rewrite.net_benefit;
    }
    rewrite.share_of_workload =
        std::clamp(rewrite.net_benefit.value() / std::max(1e-9, workload_before), 0.0, 1.0);
    advice.proposals.push_back(std::move(rewrite));
  }
}

void add_sums(Advice& advice) {
  for (const auto& proposal : advice.proposals) {
    if (proposal.kind == ProposalKind::CreateIndex || proposal.kind == ProposalKind::ReplaceIndex) {
      advice.storage_added += proposal.size.value_or(Bytes{0});
    } else if (proposal.kind == ProposalKind::DropIndex) {
      advice.storage_freed += proposal.size.value_or(Bytes{0});
    }
  }
}

void add_curves(Advice& advice, const Choice& choice) {
  for (const auto& [spent, cost, chosen, knee] : choice.pareto) {
    advice.pareto.push_back(
        {Bytes{spent}, Cost{cost}, static_cast<std::uint32_t>(chosen.size()), knee});
  }
  for (const auto& [spent, cost, chosen, knee] : choice.write_pareto) {
    advice.write_pareto.push_back(
        {Cost{spent}, Cost{cost}, static_cast<std::uint32_t>(chosen.size()), knee});
  }
}

void add_unmodelled(Advice& advice, const PlannedWorkload& planned,
                    const std::vector<UnsizedCandidate>& unsized) {
  std::map<std::string, std::size_t> classes;
  for (const auto& query : planned.classes) {
    std::map<std::string, bool> own;
    for (const auto sample : query.samples) {
      for (const auto& construct : planned.samples[sample].before.unmodelled) {
        own[construct] = true;
      }
    }
    for (const auto& [construct, present] : own) {
      classes[construct] += present ? 1 : 0;
    }
  }
  for (const auto& [construct, count] : classes) {
    advice.unmodelled.push_back(
        fmt::format("{} (in {} query class{})", construct, count, count == 1 ? "" : "es"));
  }
  for (const auto& candidate : unsized) {
    advice.unmodelled.push_back(fmt::format("{}: {}", candidate.ddl, candidate.reason));
  }
}

/// From the workload's own plans; says in `why_not` where they do not suffice.
std::optional<Calibration> calibrated(const Workload& workload, const CatalogSnapshot& catalog,
                                      std::string& why_not) {
  try {
    return calibrate(workload, catalog.settings);
  } catch (const UserError& error) {
    why_not = error.what();
    return std::nullopt;
  }
}

}  // namespace

Advice advise(const Workload& workload, const CatalogSnapshot& catalog,
              const AdviceOptions& options) {
  const auto began = Patience::Clock::now();
  check_names(options, catalog);
  const Planner planner{catalog, options.sizes, options.counting, expressions_of(options)};
  report(options, "planning the workload", 0);
  PlannedWorkload planned = plan_workload(workload, planner, options.role);
  WriteProfile profile = write_profile(planned, catalog);
  add_foreign_key_writes(profile, catalog);
  add_foreign_key_checks(planned, planner, profile);
  std::string uncalibrated;
  const std::optional<Calibration> calibration =
      options.calibration ? options.calibration : calibrated(workload, catalog, uncalibrated);
  if (calibration) {
    correct_by_evidence(planned, workload, *calibration, catalog);
  }

  report(options, "finding candidates", 0);
  CandidateSet found =
      find_candidates(uses_of(planned, options, catalog), catalog,
                      {.max_width = options.max_width, .may_be_key = key_test(planner)});
  std::vector<std::string> unknown_names = obey(options, planner, found);
  SizedCandidates sized = size_candidates(found.candidates, planner);
  const std::size_t too_large = leave_out_too_large(options, sized.sized);

  PlannerCosts costs{planner, planned, sized.sized};
  keep_useful(costs, sized.sized,
              [&](double done) { report(options, "pricing candidates", done); });
  const WritePrices prices{profile, catalog};
  const std::vector<double> weights = weights_of(planned);
  const ChooseOptions how{.time_limit_seconds = options.time_limit_seconds,
                          .began = began,
                          .charge_share = options.charge_share,
                          .database_bytes = database_bytes(catalog),
                          .progress = [&](double done) { report(options, "choosing", done); }};
  const Choice choice =
      choose(costs, weights, limited_problem(sized.sized, prices, workload, options, catalog), how);

  report(options, "explaining", 0);
  rename_chosen(sized.sized, choice.chosen, planner);
  const PlannerCosts named{costs, sized.sized, choice.chosen};
  // The curves are the solver's work, what follows is the planner's.
  const PlannerCosts judging{costs, sized.sized, all_of(sized.sized)};
  const auto end = Patience::clock_end(began, options.time_limit_seconds);
  const Patience patience{named, options.time_limit_seconds, end};
  const Patience while_drawing{
      judging, options.time_limit_seconds - patience.left_by_effort() * (1 - kForCurves), end};
  auto curves = std::async(std::launch::async,
                           [&judging, &weights, &how, &while_drawing, drawn = choice]() mutable {
                             draw_curves(judging, weights, how, while_drawing, drawn);
                             return drawn;
                           });
  ChoiceInput explained{workload, catalog, planned, named,       sized.sized,
                        choice,   profile, prices,  calibration, patience};
  plan_ahead(explained);
  Advice advice{.proposals = index_proposals(explained)};
  add_robustness(advice.proposals, explained);
  advice.cost = workload_cost(choice, prices);
  merge_review(advice, review_indexes({catalog, planned, named, sized.sized, choice.chosen, prices,
                                       options, Cost{choice.problem.charge}}));
  merge_rewrites(advice, propose_rewrites(workload, catalog, planner, options), choice.reads_before,
                 planned);
  name_rewrites_instead(advice.proposals);
  std::vector<IndexDefinition> created;
  for (const int index : choice.chosen) {
    created.push_back(sized.sized[static_cast<std::size_t>(index)].index.definition);
  }
  for (auto& proposal : propose_statistics(workload, planned, catalog, created)) {
    advice.proposals.push_back(std::move(proposal));
  }
  rank(advice.proposals);
  add_sums(advice);
  advice.queries = workload_effects(explained);
  advice.candidates = candidate_verdicts(explained);
  add_curves(advice, curves.get());
  add_unmodelled(advice, planned, sized.unsized);
  advice.unplanned = planned.unplanned;
  advice.caveats = std::move(unknown_names);
  add_caveats(advice, planned, profile, found, too_large, catalog, options.counting);
  add_left_out(advice, choice, explained.left_out);
  add_calibration(advice, calibration, uncalibrated, planned);
  return advice;
}

}  // namespace quern::advisor
