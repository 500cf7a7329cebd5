#include "advisor/rewrite/propose.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "advisor/price/planned_workload.hpp"
#include "advisor/rewrite/n_plus_one.hpp"
#include "advisor/rewrite/price.hpp"

namespace quern::advisor {

namespace {

using rewrite::Finding;
using rewrite::Rule;

/// The text that rules look at: a sample as it was sent (literals decide many side conditions), or
/// the normalized text where there is none that parses.
struct Subject {
  std::string sql;
  ParameterValues parameters = {};
  std::string tables;  ///< that it reads or writes outside subqueries: "orders, customers"
};

std::string tables_of(const rewrite::Query& query) {
  std::vector<std::string> names;
  for (const rewrite::Block& block : query.blocks) {
    for (const rewrite::Source& source : block.sources) {
      if (block.top_level && source.table != nullptr &&
          std::find(names.begin(), names.end(), source.table->name) == names.end()) {
        names.push_back(source.table->name);
      }
    }
  }
  constexpr std::size_t kShown = 3;
  const std::size_t more = names.size() > kShown ? names.size() - kShown : 0;
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

std::optional<Subject> subject_of(const QueryClass& query, const CatalogSnapshot& catalog) {
  for (const SampleExecution& sample : planned_executions(query)) {
    if (const auto read = rewrite::Query::read(sample.sql, catalog)) {
      return Subject{sample.sql, sample.parameters_complete ? sample.parameters : ParameterValues{},
                     tables_of(*read)};
    }
  }
  if (const auto read = rewrite::Query::read(query.sql, catalog)) {
    return Subject{query.sql, {}, tables_of(*read)};
  }
  return std::nullopt;
}

Proposal skeleton(const QueryClass& query, const Rule& rule, const Finding& finding,
                  const Subject& subject) {
  Proposal proposal;
  proposal.id = fmt::format("rewrite-{}-{}", rule.id, query.fingerprint);
  const bool investigate = finding.correctness || finding.replacement.empty();
  proposal.kind = investigate ? ProposalKind::Investigate : ProposalKind::RewriteQuery;
  proposal.rule = rule.id;
  proposal.title = fmt::format("{}: {}{}{}", finding.correctness ? "Likely bug" : "Rewrite",
                               rule.name, subject.tables.empty() ? "" : " on ", subject.tables);
  proposal.rationale = finding.why;
  Rewrite rewrite{rule.id, rule.name, finding.equivalence, subject.sql, finding.replacement};
  for (const auto& condition : finding.conditions) {
    rewrite.conditions.push_back((condition.proven ? "proven: " : "to be confirmed: ") +
                                 condition.text);
  }
  proposal.rewrite = std::move(rewrite);
  const double total = Milliseconds{query.total}.count();
  const auto timed = query.calls > query.untimed ? query.calls - query.untimed : 0;
  proposal.evidence.push_back(
      timed == 0 ? fmt::format("measured: {} calls, no durations in the log", query.calls)
                 : fmt::format("measured: {} calls, {:.1f} ms in all, {:.3f} ms on average",
                               query.calls, total, total / static_cast<double>(timed)));
  return proposal;
}

QueryEffect effect_on(const QueryClass& query) {
  QueryEffect effect;
  effect.fingerprint = query.fingerprint;
  effect.sql = query.sql;
  effect.calls = static_cast<double>(query.calls);
  if (query.calls > query.untimed) {
    effect.measured_mean =
        Microseconds{query.total.count() / static_cast<std::int64_t>(query.calls - query.untimed)};
  }
  return effect;
}

void fill_price(Proposal& proposal, QueryEffect& effect, const rewrite::Price& price) {
  effect.before = price.before.counted;
  effect.after = price.after.counted;
  effect.plan_before = price.before.plan;
  effect.plan_after = price.after.plan;
  proposal.read_benefit = effect.calls * (effect.before - effect.after);
  proposal.net_benefit = proposal.read_benefit;
  proposal.evidence.push_back(fmt::format("estimated: planner cost {:.2f} before, {:.2f} after",
                                          effect.before.value(), effect.after.value()));
  if (!price.index.empty()) {
    proposal.warnings.push_back(
        "pays only together with an index, with which both costs are "
        "estimated: " +
        price.index);
    effect.uses_index = true;
  }
}

/// A replacement that would not read back as what the rule meant is never shown: Tree::sql()
/// throws.
std::optional<Finding> apply(const Rule& rule, rewrite::Query& query) {
  try {
    return rule.apply(query);
  } catch (const UserError&) {
    return std::nullopt;
  }
}

/// Nothing when the model shows that the rewrite does not pay, or that there is nothing to find.
std::optional<Proposal> proposal_for(const QueryClass& query, const Rule& rule,
                                     const Finding& finding, const Subject& subject,
                                     const planner_model::Planner& planner) {
  if (finding.of_many_rows &&
      rewrite::rows_before_limit(planner, subject.sql, subject.parameters) == Rows{1}) {
    return std::nullopt;
  }
  Proposal proposal = skeleton(query, rule, finding, subject);
  QueryEffect effect = effect_on(query);
  if (finding.correctness || finding.replacement.empty()) {
    proposal.confidence = finding.correctness ? Confidence::High : Confidence::Medium;
    proposal.queries.push_back(std::move(effect));
    return proposal;
  }
  const auto priced = rewrite::price(planner, subject.sql, subject.parameters, finding);
  if (const auto* price = std::get_if<rewrite::Price>(&priced)) {
    if (!price->is_cheaper()) {
      return std::nullopt;
    }
    fill_price(proposal, effect, *price);
    proposal.confidence =
        finding.equivalence == Equivalence::Proven ? Confidence::High : Confidence::Medium;
  } else {
    proposal.confidence = Confidence::Low;
    proposal.evidence.push_back("benefit unknown: " + std::get<rewrite::Unpriced>(priced).reason);
    for (const std::string& ddl : finding.indexes) {
      proposal.warnings.push_back("may pay only together with an index: " + ddl);
    }
  }
  proposal.queries.push_back(std::move(effect));
  return proposal;
}

Microseconds measured(const Workload& workload, const Proposal& proposal) {
  const auto found =
      std::find_if(workload.classes.begin(), workload.classes.end(), [&](const QueryClass& query) {
        return !proposal.queries.empty() && query.fingerprint == proposal.queries[0].fingerprint;
      });
  return found == workload.classes.end() ? Microseconds{0} : found->total;
}

}  // namespace

std::vector<Proposal> propose_rewrites(const Workload& workload, const CatalogSnapshot& catalog,
                                       const planner_model::Planner& planner,
                                       const AdviceOptions& options) {
  std::vector<Proposal> proposals = rewrite::n_plus_one(workload);
  for (std::size_t i = 0; i < workload.classes.size(); ++i) {
    const QueryClass& query = workload.classes[i];
    if (options.progress) {
      options.progress("rewrites",
                       static_cast<double>(i) / static_cast<double>(workload.classes.size()));
    }
    const auto subject = subject_of(query, catalog);
    if (!subject) {
      continue;
    }
    for (const Rule& rule : rewrite::rules()) {
      // A rule changes the tree it is given, so each gets its own.
      auto tree = rewrite::Query::read(subject->sql, catalog);
      for (const SampleExecution& sample : query.samples) {
        tree->samples.push_back(&sample);
      }
      if (const auto finding = apply(rule, *tree)) {
        if (auto proposal = proposal_for(query, rule, *finding, *subject, planner)) {
          proposals.push_back(std::move(*proposal));
        }
      }
    }
  }
  std::vector<std::pair<Microseconds, std::size_t>> order;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    order.emplace_back(measured(workload, proposals[i]), i);
  }
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    const Proposal& left = proposals[a.second];
    const Proposal& right = proposals[b.second];
    return std::tuple{right.net_benefit, b.first, left.id} <
           std::tuple{left.net_benefit, a.first, right.id};
  });
  std::vector<Proposal> sorted;
  for (const auto& [time, index] : order) {
    sorted.push_back(std::move(proposals[index]));
  }
  return sorted;
}

}  // namespace quern::advisor
