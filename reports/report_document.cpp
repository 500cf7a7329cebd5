#include "reports/report_document.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "advisor/price/foreign_keys.hpp"

#include "reports/document_profile.hpp"
#include "reports/document_proposal.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

using advisor::Advice;
using advisor::Proposal;
using advisor::ProposalKind;
using advisor::QueryEffect;

std::vector<std::string> cleaned(const std::vector<std::string>& texts) {
  std::vector<std::string> clean;
  clean.reserve(texts.size());
  for (const std::string& text : texts) {
    clean.push_back(clean_text(text));
  }
  return clean;
}

/// Keeps each distinct plan once.
class PlanTable {
 public:
  explicit PlanTable(std::vector<DocumentPlan>& plans) : plans_{plans} {}

  int add(const planner_model::PlanNode& plan) {
    if (plan.node_type.empty()) {
      return -1;
    }
    std::string json = clean_text(planner_model::explain_json(plan));
    const auto [entry, inserted] =
        numbers_.try_emplace(std::move(json), static_cast<int>(plans_.size()));
    if (inserted) {
      plans_.push_back({clean_text(planner_model::explain_text(plan)), entry->first});
    }
    return entry->second;
  }

 private:
  std::vector<DocumentPlan>& plans_;
  std::map<std::string, int> numbers_;
};

DocumentQuery worded(const QueryEffect& effect) {
  const std::string change = change_words(effect.before, effect.after);
  return {.fingerprint = clean_text(effect.fingerprint),
          .sql = clean_text(effect.sql),
          .calls = count_words(effect.calls),
          .before = cost_words(effect.before),
          .after = cost_words(effect.after),
          .change = change,
          .measured = effect.measured_mean ? duration_words(*effect.measured_mean) : "",
          .uses_index = effect.uses_index,
          .priced = effect.before.value() > 0 || effect.after.value() > 0,
          .same = change == "same",
          .calls_number = effect.calls,
          .before_number = effect.before.value(),
          .after_number = effect.after.value()};
}

DocumentProposal worded(const Proposal& proposal, const Workload& workload, PlanTable& plans) {
  DocumentProposal card{.id = clean_text(proposal.id),
                        .kind = std::string{kind_words(proposal.kind)},
                        .title = clean_text(proposal.title),
                        .rationale = clean_text(proposal.rationale),
                        .table = clean_text(proposal.table),
                        .index = clean_text(proposal.index),
                        .rule = clean_text(proposal.rule),
                        .confidence = std::string{confidence_words(proposal.confidence)},
                        .share = proposal.share_of_workload,
                        .ddl_up = cleaned(proposal.ddl_up),
                        .ddl_down = cleaned(proposal.ddl_down),
                        .ddl_essential = essential_statements(cleaned(proposal.ddl_up)),
                        .evidence = sentences(proposal.evidence),
                        .warnings = sentences(proposal.warnings)};
  add_price(card, proposal, workload);
  if (proposal.rewrite) {
    card.rewrite = {.rule = clean_text(proposal.rewrite->rule),
                    .name = clean_text(proposal.rewrite->name),
                    .equivalence = std::string{equivalence_words(proposal.rewrite->equivalence)},
                    .original = clean_text(proposal.rewrite->original),
                    .replacement = clean_text(proposal.rewrite->replacement),
                    .conditions = sentences(proposal.rewrite->conditions)};
  }
  std::size_t with_plans = 0;
  for (const QueryEffect& effect : proposal.queries) {
    DocumentQuery query = worded(effect);
    if (with_plans < kPlansPerProposal) {
      query.plan_before = plans.add(effect.plan_before);
      query.plan_after = plans.add(effect.plan_after);
      ++with_plans;
    }
    // What is neither better nor worse stands with the helped: it uses the index all the same.
    auto& side = effect.after > effect.before && !query.same ? card.hurt : card.helped;
    side.push_back(std::move(query));
  }
  return card;
}

std::string summary_of(const Advice& advice) {
  const auto count = [&](ProposalKind kind) {
    return std::count_if(advice.proposals.begin(), advice.proposals.end(),
                         [kind](const Proposal& p) { return p.kind == kind; });
  };
  std::vector<std::string> parts;
  const auto add = [&](long number, std::string_view one, std::string_view many) {
    if (number > 0) {
      parts.push_back(plural(static_cast<double>(number), one, many));
    }
  };
  add(count(ProposalKind::CreateIndex), "index to create", "indexes to create");
  add(count(ProposalKind::ReplaceIndex), "index to replace", "indexes to replace");
  add(count(ProposalKind::DropIndex), "index to drop", "indexes to drop");
  add(count(ProposalKind::RewriteQuery), "query to rewrite", "queries to rewrite");
  add(count(ProposalKind::CollectStatistics), "statistics object to create",
      "statistics objects to create");
  add(count(ProposalKind::Investigate), "finding to look into", "findings to look into");
  const Cost before = advice.cost.reads_before + advice.cost.writes_before;
  const Cost after = advice.cost.reads_after + advice.cost.writes_after;
  if (parts.empty()) {
    return advice.queries.empty()
               ? "No query class of this workload could be planned, so there is nothing to "
                 "propose; "
                 "the reasons are listed under what was not planned."
               : "No change is worth proposing: no index or rewrite within the limits saves more "
                 "than it costs.";
  }
  std::string list;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  }
  std::string sentence = list + ".";
  if (before.value() > 0) {
    sentence += fmt::format(
        " The chosen indexes change the workload's planner cost from {} to {} ({}), writes "
        "included.",
        cost_words(before), cost_words(after), change_words(before, after));
  }
  return sentence;
}

std::vector<DocumentFact> facts_of(const Workload& workload, const Advice& advice) {
  const Cost before = advice.cost.reads_before + advice.cost.writes_before;
  const Cost after = advice.cost.reads_after + advice.cost.writes_after;
  const auto checks = static_cast<double>(
      std::count_if(advice.queries.begin(), advice.queries.end(), advisor::is_foreign_key_check));
  const double planned = static_cast<double>(advice.queries.size()) - checks;
  const double unplanned = static_cast<double>(advice.unplanned.size());
  std::vector<DocumentFact> facts;
  facts.push_back({"Workload cost", fmt::format("{} to {}", cost_words(before), cost_words(after)),
                   change_words(before, after) + ", planner units"});
  facts.push_back(
      {"of which writes",
       fmt::format("{} to {}", cost_words(advice.cost.writes_before),
                   cost_words(advice.cost.writes_after)),
       change_words(advice.cost.writes_before, advice.cost.writes_after) + ", planner units"});
  facts.push_back({"Storage", fmt::format("{} added", size_words(advice.storage_added)),
                   fmt::format("{} freed", size_words(advice.storage_freed))});
  facts.push_back(time_covered(workload));
  facts.push_back({"Query classes planned",
                   fmt::format("{} of {}{}", count_words(planned), count_words(planned + unplanned),
                               checks == 0 ? ""
                                           : " and " + plural(checks, "check of a foreign key",
                                                              "checks of foreign keys")),
                   advice.unmodelled.empty() ? "every construct modelled"
                                             : plural(static_cast<double>(advice.unmodelled.size()),
                                                      "construct not modelled in full",
                                                      "constructs not modelled in full")});
  facts.push_back(
      {"Optimality gap",
       advice.cost.lower_bound.value() > 0 ? share_words(advice.cost.gap) : "not proved",
       first_clause(clean_text(advice.cost.gap_basis))});
  return facts;
}

std::string source_of(const Workload& workload, const CatalogSnapshot& catalog) {
  double calls = 0;
  for (const QueryClass& query : workload.classes) {
    calls += static_cast<double>(query.calls);
  }
  const auto classes = static_cast<double>(workload.classes.size());
  return fmt::format("PostgreSQL {}.{}; {} of {}", catalog.server_version / 10000,
                     catalog.server_version % 10000, plural(calls, "execution", "executions"),
                     plural(classes, "query class", "query classes"));
}

}  // namespace

ReportDocument build_document(const Workload& workload, const CatalogSnapshot& catalog,
                              const Advice& advice) {
  ReportDocument document{
      .title = catalog.database.empty() ? "Quern advice"
                                        : "Quern advice: " + clean_text(catalog.database),
      .source = source_of(workload, catalog),
      .summary = summary_of(advice),
      .facts = facts_of(workload, advice),
      .wal_period = wal_period(workload),
      .unmodelled = cleaned(advice.unmodelled),
      .caveats = sentences(advice.caveats),
      .cost_before = (advice.cost.reads_before + advice.cost.writes_before).value(),
      .cost_after = (advice.cost.reads_after + advice.cost.writes_after).value(),
      .lower_bound = advice.cost.lower_bound.value(),
      .bucket_seconds = workload.bucket_seconds};
  PlanTable plans{document.plans};
  for (const Proposal& proposal : advice.proposals) {
    document.proposals.push_back(worded(proposal, workload, plans));
    document.proposals.back().rank = document.proposals.size();
  }
  share_warnings(document);
  if (const std::string basis = clean_text(advice.cost.gap_basis); first_clause(basis) != basis) {
    document.caveats.push_back("Optimality gap: " + basis);
  }
  for (const QueryEffect& effect : advice.queries) {
    document.queries.push_back(worded(effect));
  }
  for (const advisor::Candidate& candidate : advice.candidates) {
    document.candidates.push_back({.ddl = clean_text(candidate.ddl),
                                   .rule = clean_text(candidate.rule),
                                   .size = size_words(candidate.size),
                                   .verdict = candidate.chosen && candidate.verdict.empty()
                                                  ? "chosen"
                                                  : clean_text(candidate.verdict),
                                   .chosen = candidate.chosen,
                                   .bytes = candidate.size.value()});
  }
  for (const advisor::ParetoPoint& point : advice.pareto) {
    document.pareto.push_back({.spent = size_words(point.storage),
                               .cost = cost_words(point.cost),
                               .indexes = plural(point.indexes, "index", "indexes"),
                               .spent_number = point.storage.value(),
                               .cost_number = point.cost.value(),
                               .knee = point.knee});
  }
  for (const advisor::WriteParetoPoint& point : advice.write_pareto) {
    document.write_pareto.push_back({.spent = cost_words(point.writes_added),
                                     .cost = cost_words(point.reads),
                                     .indexes = plural(point.indexes, "index", "indexes"),
                                     .spent_number = point.writes_added.value(),
                                     .cost_number = point.reads.value(),
                                     .knee = point.knee});
  }
  for (const advisor::UnplannedQuery& query : advice.unplanned) {
    document.unplanned.push_back({clean_text(query.sql), clean_text(query.reason),
                                  plural(static_cast<double>(query.calls), "call", "calls")});
  }
  for (const std::string& caveat : catalog.caveats) {
    document.caveats.push_back(clean_text(caveat));
  }
  add_profile(document, workload, advice);
  return document;
}

}  // namespace quern::reports
