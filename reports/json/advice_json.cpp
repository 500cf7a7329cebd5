#include "reports/json/advice_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "planner-model/whatif/plan_node.hpp"

#include "reports/words.hpp"

namespace quern::reports {

namespace {

using Json = nlohmann::json;  // std::map inside: keys sorted

Json number(double value) {
  // JSON has no infinity; costs of disabled paths stay finite, so only a bound can be missing.
  return std::isfinite(value) ? Json(value) : Json();
}

Json texts(const std::vector<std::string>& list) {
  Json array = Json::array();
  for (const std::string& text : list) {
    array.push_back(clean_text(text));
  }
  return array;
}

Json plan_of(const planner_model::PlanNode& plan) {
  if (plan.node_type.empty()) {
    return nullptr;
  }
  return Json::parse(clean_text(planner_model::explain_json(plan)), nullptr, false).at(0);
}

Json effect_of(const advisor::QueryEffect& effect) {
  Json json{{"fingerprint", clean_text(effect.fingerprint)},
            {"sql", clean_text(effect.sql)},
            {"calls", number(effect.calls)},
            {"cost_before", number(effect.before.value())},
            {"cost_after", number(effect.after.value())},
            {"uses_index", effect.uses_index},
            {"plan_before", plan_of(effect.plan_before)},
            {"plan_after", plan_of(effect.plan_after)}};
  if (effect.guessed_before) {
    json["cost_guessed"] = number(effect.guessed_before->value());
  }
  if (!effect.analyzed.empty()) {
    json["rests_on_analyze_of"] = texts(effect.analyzed);
  }
  if (effect.evidence_factor != 1) {
    json["evidence_factor"] = number(effect.evidence_factor);
  }
  if (effect.time) {
    json["time"] = {{"before_ms", number(effect.time->before_ms)},
                    {"after_ms", number(effect.time->after_ms)},
                    {"after_low_ms", number(effect.time->after_low_ms)},
                    {"after_high_ms", number(effect.time->after_high_ms)}};
  }
  if (effect.measured_mean) {
    json["measured_mean_us"] = effect.measured_mean->count();
  }
  return json;
}

Json effects_of(const std::vector<advisor::QueryEffect>& effects) {
  Json array = Json::array();
  for (const advisor::QueryEffect& effect : effects) {
    array.push_back(effect_of(effect));
  }
  return array;
}

Json writes_of(const advisor::WriteEffect& writes) {
  return {{"rows_inserted", number(writes.rows_inserted)},
          {"rows_updated", number(writes.rows_updated)},
          {"rows_deleted", number(writes.rows_deleted)},
          {"hot_updates_lost", number(writes.hot_updates_lost)},
          {"microseconds_per_insert", number(writes.time_per_insert.count())},
          {"microseconds_per_planning", number(writes.time_per_planning.count())},
          {"statements_planned", number(writes.statements_planned)},
          {"dead_entries", number(writes.dead_entries)},
          {"vacuums", number(writes.vacuums)},
          {"vacuum_bytes_read", number(writes.vacuum_read.value())},
          {"vacuum_wal_bytes", number(writes.vacuum_wal.value())},
          {"wal_bytes_per_insert", number(writes.wal_per_insert.value())},
          {"wal_bytes_total", number(writes.wal_total.value())},
          {"cost_total", number(writes.cost_total.value())}};
}

Json robustness_of(const advisor::Robustness& robustness) {
  Json scenarios = Json::array();
  for (const advisor::Scenario& scenario : robustness.scenarios) {
    scenarios.push_back({{"assumption", scenario.assumption},
                         {"value", number(scenario.value)},
                         {"saved_share", number(scenario.saved_share)}});
  }
  return {{"saved_share", number(robustness.saved_share)},
          {"queries", robustness.queries},
          {"scenarios", scenarios},
          {"complete", robustness.complete}};
}

const char* kind_key(advisor::ProposalKind kind) {
  switch (kind) {
    case advisor::ProposalKind::CreateIndex:
      return "create_index";
    case advisor::ProposalKind::DropIndex:
      return "drop_index";
    case advisor::ProposalKind::ReplaceIndex:
      return "replace_index";
    case advisor::ProposalKind::RewriteQuery:
      return "rewrite_query";
    case advisor::ProposalKind::CollectStatistics:
      return "collect_statistics";
    case advisor::ProposalKind::Investigate:
      return "investigate";
  }
  return "investigate";
}

const char* equivalence_key(advisor::Equivalence equivalence) {
  switch (equivalence) {
    case advisor::Equivalence::Proven:
      return "proven";
    case advisor::Equivalence::UnderAssumption:
      return "under_assumption";
    case advisor::Equivalence::ChangesMeaning:
      return "changes_meaning";
  }
  return "changes_meaning";
}

Json proposal_of(const advisor::Proposal& proposal) {
  Json json{{"id", clean_text(proposal.id)},
            {"kind", kind_key(proposal.kind)},
            {"title", clean_text(proposal.title)},
            {"rationale", clean_text(proposal.rationale)},
            {"table", clean_text(proposal.table)},
            {"index", clean_text(proposal.index)},
            {"rule", clean_text(proposal.rule)},
            {"ddl_up", texts(proposal.ddl_up)},
            {"ddl_down", texts(proposal.ddl_down)},
            {"read_benefit", number(proposal.read_benefit.value())},
            {"net_benefit", number(proposal.net_benefit.value())},
            {"share_of_workload", number(proposal.share_of_workload)},
            {"confidence", std::string{confidence_words(proposal.confidence)}},
            {"evidence", texts(proposal.evidence)},
            {"warnings", texts(proposal.warnings)},
            {"queries", effects_of(proposal.queries)}};
  if (proposal.size) {
    json["size_bytes"] = number(proposal.size->value());
  }
  if (proposal.robustness) {
    json["robustness"] = robustness_of(*proposal.robustness);
  }
  if (proposal.time) {
    json["time"] = {{"saved_ms", number(proposal.time->saved_ms)},
                    {"low_ms", number(proposal.time->low_ms)},
                    {"high_ms", number(proposal.time->high_ms)}};
  }
  if (proposal.build_seconds) {
    json["build_seconds"] = number(*proposal.build_seconds);
  }
  if (proposal.leave_one_out) {
    json["leave_one_out"] = number(proposal.leave_one_out->value());
  }
  if (proposal.writes) {
    json["writes"] = writes_of(*proposal.writes);
  }
  if (proposal.rewrite) {
    json["rewrite"] = {{"rule", clean_text(proposal.rewrite->rule)},
                       {"name", clean_text(proposal.rewrite->name)},
                       {"equivalence", equivalence_key(proposal.rewrite->equivalence)},
                       {"original", clean_text(proposal.rewrite->original)},
                       {"replacement", clean_text(proposal.rewrite->replacement)},
                       {"conditions", texts(proposal.rewrite->conditions)}};
  }
  return json;
}

Json cost_of(const advisor::WorkloadCost& cost) {
  return {{"reads_before", number(cost.reads_before.value())},
          {"reads_after", number(cost.reads_after.value())},
          {"writes_before", number(cost.writes_before.value())},
          {"writes_after", number(cost.writes_after.value())},
          {"lower_bound", number(cost.lower_bound.value())},
          {"gap", number(cost.gap)},
          {"gap_basis", clean_text(cost.gap_basis)}};
}

std::string finished(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string advice_json(const advisor::Advice& advice) {
  Json json{{"format", "quern-advice"},
            {"version", advisor::Advice::kFormatVersion},
            {"cost", cost_of(advice.cost)},
            {"storage_added_bytes", number(advice.storage_added.value())},
            {"storage_freed_bytes", number(advice.storage_freed.value())},
            {"queries", effects_of(advice.queries)},
            {"unmodelled", texts(advice.unmodelled)},
            {"caveats", texts(advice.caveats)}};
  for (const char* key : {"proposals", "unplanned", "candidates", "pareto", "write_pareto"}) {
    json[key] = Json::array();
  }
  for (const advisor::Proposal& proposal : advice.proposals) {
    json["proposals"].push_back(proposal_of(proposal));
  }
  for (const advisor::UnplannedQuery& query : advice.unplanned) {
    json["unplanned"].push_back({{"fingerprint", clean_text(query.fingerprint)},
                                 {"sql", clean_text(query.sql)},
                                 {"calls", query.calls},
                                 {"reason", clean_text(query.reason)}});
  }
  for (const advisor::Candidate& candidate : advice.candidates) {
    json["candidates"].push_back({{"ddl", clean_text(candidate.ddl)},
                                  {"rule", clean_text(candidate.rule)},
                                  {"size_bytes", number(candidate.size.value())},
                                  {"chosen", candidate.chosen},
                                  {"verdict", clean_text(candidate.verdict)}});
  }
  for (const advisor::ParetoPoint& point : advice.pareto) {
    json["pareto"].push_back({{"storage_bytes", number(point.storage.value())},
                              {"cost", number(point.cost.value())},
                              {"indexes", point.indexes},
                              {"knee", point.knee}});
  }
  for (const advisor::WriteParetoPoint& point : advice.write_pareto) {
    json["write_pareto"].push_back({{"writes_added", number(point.writes_added.value())},
                                    {"reads", number(point.reads.value())},
                                    {"indexes", point.indexes},
                                    {"knee", point.knee}});
  }
  return finished(json);
}

std::string check_json(const advisor::CheckResult& result) {
  Json json{{"format", "quern-check"},          {"version", 1},
            {"cost", cost_of(result.cost)},     {"queries", effects_of(result.queries)},
            {"caveats", texts(result.caveats)}, {"findings", Json::array()}};
  for (const advisor::Finding& finding : result.findings) {
    json["findings"].push_back({{"rule", clean_text(finding.rule)},
                                {"severity", std::string{severity_words(finding.severity)}},
                                {"message", clean_text(finding.message)},
                                {"fix", clean_text(finding.fix)},
                                {"file", clean_text(finding.where.file)},
                                {"line", finding.where.line},
                                {"statement", clean_text(finding.statement)},
                                {"queries", effects_of(finding.queries)}});
  }
  return finished(json);
}

}  // namespace quern::reports
