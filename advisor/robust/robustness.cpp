#include "advisor/robust/robustness.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "collector/base/in_parallel.hpp"

#include "advisor/choice_evidence.hpp"

namespace quern::advisor {

namespace {

using planner_model::Assumptions;

/// Queries by which a proposal is judged: those with so much of its gain, and no more than these.
constexpr double kMostOfGain = 0.8;
constexpr std::size_t kMostQueries = 3;
/// Plans that are made in any case, and for each planned sample.
constexpr std::size_t kPlans = 400;
constexpr std::size_t kPlansPerSample = 4;
/// Where an extreme matters, as many plans again are made of the milder steps.
constexpr double kMostOfEffort = 2;
constexpr double kUsualRandomPage = 4.0;

struct Judged {
  const PlannedClass* query;
  double weight;
};

std::vector<Judged> judged_queries(const Proposal& proposal, const PlannedWorkload& planned) {
  double whole = 0;
  for (const QueryEffect& effect : proposal.queries) {
    whole += std::max(0.0, weighted_gain(effect));
  }
  std::vector<Judged> judged;
  double covered = 0;
  for (const QueryEffect& effect : proposal.queries) {  // those that gain most come first
    if (weighted_gain(effect) <= 0 || judged.size() == kMostQueries ||
        covered >= kMostOfGain * whole) {
      break;
    }
    const auto query =
        std::find_if(planned.classes.begin(), planned.classes.end(),
                     [&](const auto& one) { return one.fingerprint == effect.fingerprint; });
    judged.push_back({&*query, effect.calls * effect.evidence_factor});
    covered += weighted_gain(effect);
  }
  return judged;
}

/// Milliseconds that a plan of each takes.
double effort_of(const std::vector<Judged>& judged, const ChoiceInput& input) {
  return std::accumulate(judged.begin(), judged.end(), 0.0, [&](double sum, const Judged& one) {
    return sum + input.costs.effort(one.query->samples.front());
  });
}

/// One proposal under assumptions.
class Trial {
 public:
  Trial(const ChoiceInput& input, int index, std::vector<Judged> judged)
      : input_{input}, judged_{std::move(judged)}, without_{input.choice.chosen} {
    without_.erase(std::remove(without_.begin(), without_.end(), index), without_.end());
  }

  /// Share of the judged queries' cost that the index saves; each by its first sample.
  [[nodiscard]] double saved_share(const Assumptions& assumed) const {
    double before = 0;
    double after = 0;
    for (const auto& [query, weight] : judged_) {
      const std::size_t sample = query->samples.front();
      before += weight * cost(sample, without_, assumed);
      after += weight * cost(sample, input_.choice.chosen, assumed);
    }
    return before > 0 ? 1 - after / before : 0;
  }

  /// By recorded execution, of all judged queries that have several.
  [[nodiscard]] std::vector<double> saved_by_sample() const {
    std::vector<double> shares;
    for (const auto& [query, weight] : judged_) {
      for (const std::size_t sample : query->samples) {
        const double before = input_.costs.cost(sample, without_).cost;
        const double after = input_.costs.cost(sample, input_.choice.chosen).cost;
        if (query->samples.size() > 1 && before > 0) {
          shares.push_back(1 - after / before);
        }
      }
    }
    return shares;
  }

  [[nodiscard]] std::size_t queries() const { return judged_.size(); }

 private:
  [[nodiscard]] double cost(std::size_t sample, const IndexSet& set,
                            const Assumptions& assumed) const {
    return input_.costs.plan(sample, set, {}, assumed).counted.value();
  }

  const ChoiceInput& input_;
  std::vector<Judged> judged_;
  IndexSet without_;
};

struct Axis {
  const char* assumption;
  double usual;  ///< at which the proposal was made
  std::vector<double> extremes;
  std::vector<double> milder;
  Assumptions (*at)(double);
};

std::vector<Axis> axes(const CatalogSnapshot& catalog) {
  const auto found = catalog.settings.find("random_page_cost");
  const double random_page = found == catalog.settings.end()
                                 ? kUsualRandomPage
                                 : std::strtod(found->second.c_str(), nullptr);
  return {{"rows", 1, {0.1, 10}, {0.5, 2}, [](double factor) { return Assumptions{factor}; }},
          {"random_page_cost", random_page, {1.1, 8}, {2, 4}, [](double cost) {
             return Assumptions{1, cost};
           }}};
}

bool depends(const Robustness& robustness, double saved_share) {
  return saved_share < kKept * robustness.saved_share;
}

void try_axis(const Trial& trial, const Axis& axis, Robustness& robustness) {
  const auto try_at = [&](double value) {
    const double saved = trial.saved_share(axis.at(value));
    robustness.scenarios.push_back({axis.assumption, value, saved});
    return depends(robustness, saved);
  };
  for (std::size_t side = 0; side < axis.extremes.size(); ++side) {
    const double extreme = axis.extremes[side];
    const bool beyond = side == 0 ? extreme < axis.usual : extreme > axis.usual;
    if (!beyond || !try_at(extreme)) {
      continue;
    }
    for (const double mild : axis.milder) {
      const bool between = (mild - axis.usual) * (extreme - axis.usual) > 0 &&
                           std::abs(mild - axis.usual) < std::abs(extreme - axis.usual);
      if (between) {
        (void)try_at(mild);
      }
    }
  }
}

Robustness tried(const Trial& trial, const std::vector<double>& saved_by_sample,
                 const CatalogSnapshot& catalog) {
  Robustness robustness{.saved_share = trial.saved_share({}), .queries = trial.queries()};
  for (const Axis& axis : axes(catalog)) {
    try_axis(trial, axis, robustness);
  }
  double ordinal = 0;
  for (const double saved : saved_by_sample) {
    robustness.scenarios.push_back({"parameters", ++ordinal, saved});
  }
  return robustness;
}

std::string percent(double share) {
  return share < 0 ? fmt::format("costs {:.0f} % more", -100 * share)
                   : fmt::format("saves {:.0f} %", 100 * share);
}

std::string condition_words(const Scenario& scenario) {
  if (scenario.assumption == "rows") {
    return scenario.value > 1
               ? fmt::format("{:.0f} times as many rows as estimated", scenario.value)
               : fmt::format("a {} of the rows estimated", scenario.value > 0.2 ? "half" : "tenth");
  }
  return scenario.assumption == "random_page_cost"
             ? fmt::format("random_page_cost at {:.2g}", scenario.value)
             : "one of the recorded parameter values";
}

/// The mildest change on which the saving depends; of parameter values the worst.
const Scenario* weakest(const Robustness& robustness, const Axis& axis) {
  const Scenario* found = nullptr;
  const auto distance = [&](const Scenario& scenario) {
    return axis.usual > 0 ? std::abs(std::log(scenario.value / axis.usual)) : scenario.saved_share;
  };
  for (const Scenario& scenario : robustness.scenarios) {
    if (scenario.assumption == axis.assumption && depends(robustness, scenario.saved_share) &&
        (found == nullptr || distance(scenario) < distance(*found))) {
      found = &scenario;
    }
  }
  return found;
}

void tell(Proposal& proposal, const CatalogSnapshot& catalog) {
  std::vector<Axis> all = axes(catalog);
  all.push_back({"parameters", 0, {}, {}, nullptr});
  bool depends_on_any = false;
  for (const Axis& axis : all) {
    const Scenario* scenario = weakest(*proposal.robustness, axis);
    if (scenario == nullptr) {
      continue;
    }
    depends_on_any = true;
    proposal.warnings.push_back(fmt::format(
        "The gain depends on {}: with {} it {} of the cost of the quer{} that gain{} most, instead "
        "of {:.0f} %.",
        axis.assumption == std::string{"rows"}         ? "the row estimates"
        : axis.assumption == std::string{"parameters"} ? "the parameters"
                                                       : axis.assumption,
        condition_words(*scenario), percent(scenario->saved_share),
        proposal.robustness->queries == 1 ? "y" : "ies",
        proposal.robustness->queries == 1 ? "s" : "", 100 * proposal.robustness->saved_share));
  }
  if (depends_on_any && proposal.confidence > Confidence::Low) {
    proposal.confidence =
        proposal.confidence == Confidence::High ? Confidence::Medium : Confidence::Low;
  }
}

/// A class may gain on average while one of its recorded executions gets dearer.
void name_hurt_executions(Proposal& proposal, int index, const ChoiceInput& input) {
  IndexSet without = input.choice.chosen;
  without.erase(std::remove(without.begin(), without.end(), index), without.end());
  for (const PlannedClass& query : input.planned.classes) {
    const auto effect =
        std::find_if(proposal.queries.begin(), proposal.queries.end(),
                     [&](const auto& one) { return one.fingerprint == query.fingerprint; });
    const bool named =
        effect != proposal.queries.end() && effect->after > (1 + kTolerated) * effect->before;
    for (const std::size_t sample : query.samples) {
      const double before = input.costs.cost(sample, without).cost;
      const double after = input.costs.cost(sample, input.choice.chosen).cost;
      if (!named && query.samples.size() > 1 && after > (1 + kTolerated) * before) {
        proposal.warnings.push_back(
            fmt::format("Gets slower with one of its recorded parameters: {} ({:.2f} instead of "
                        "{:.2f} planner units).",
                        query.sql, after, before));
        break;
      }
    }
  }
}

}  // namespace

void add_robustness(std::vector<Proposal>& proposals, const ChoiceInput& input) {
  std::vector<std::size_t> order(proposals.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return proposals[a].net_benefit > proposals[b].net_benefit;
  });
  std::size_t left = kPlans + kPlansPerSample * input.planned.samples.size();
  double effort_left = input.patience.left_by_effort() / kMostOfEffort;
  std::vector<std::pair<std::size_t, Trial>> trials;
  for (const std::size_t p : order) {
    auto judged = judged_queries(proposals[p], input.planned);
    constexpr std::size_t kPlansEach = 10;  // two sets; as estimated, and four extremes
    const std::size_t plans = kPlansEach * judged.size();
    if (judged.empty()) {
      continue;
    }
    const double effort = kPlansEach * effort_of(judged, input) / 1e3;
    const bool affordable = plans <= left && effort <= effort_left;
    proposals[p].robustness = Robustness{.queries = judged.size(), .complete = affordable};
    if (affordable) {
      left -= plans;
      effort_left -= effort;
      trials.emplace_back(p, Trial{input, input.choice.chosen[p], std::move(judged)});
    }
  }
  // Costs by sample are kept where they are asked for first: not on several threads at once.
  for (std::size_t p = 0; p < proposals.size(); ++p) {
    name_hurt_executions(proposals[p], input.choice.chosen[p], input);
  }
  std::vector<std::vector<double>> by_sample;
  for (const auto& [p, trial] : trials) {
    by_sample.push_back(trial.saved_by_sample());
  }
  in_parallel(trials.size(), [&](std::size_t i) {
    const auto& [p, trial] = trials[i];
    proposals[p].robustness = tried(trial, by_sample[i], input.catalog);
  });
  for (const auto& [p, trial] : trials) {
    tell(proposals[p], input.catalog);
  }
}

}  // namespace quern::advisor
