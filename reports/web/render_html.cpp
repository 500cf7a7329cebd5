#include "reports/web/render_html.hpp"

#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

#include "reports/web/html_template.hpp"

namespace quern::reports {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kPlaceholder = "\"QUERN_DATA\"";

Json of(const DocumentFact& fact) {
  return {{"label", fact.label}, {"value", fact.value}, {"note", fact.note}};
}

Json of(const DocumentQuery& query) {
  return {{"fingerprint", query.fingerprint},
          {"sql", query.sql},
          {"calls", query.calls},
          {"before", query.before},
          {"after", query.after},
          {"change", query.change},
          {"measured", query.measured},
          {"priced", query.priced},
          {"same", query.same},
          {"plan_before", query.plan_before},
          {"plan_after", query.plan_after},
          {"before_number", query.before_number},
          {"after_number", query.after_number}};
}

Json of(const DocumentGap& gap) {
  return {{"what", gap.what}, {"why", gap.why}, {"count", gap.count}, {"where", gap.where}};
}

Json of(const DocumentCandidate& candidate) {
  return {{"ddl", candidate.ddl},
          {"rule", candidate.rule},
          {"size", candidate.size},
          {"verdict", candidate.verdict},
          {"chosen", candidate.chosen}};
}

Json of(const DocumentNote& note) {
  return {{"text", note.text}, {"proposals", note.proposals}};
}

Json of(const DocumentPlan& plan) {
  return {{"text", plan.text}, {"json", plan.json}};
}

Json of(const DocumentParetoPoint& point) {
  return {{"spent", point.spent},
          {"cost", point.cost},
          {"indexes", point.indexes},
          {"spent_number", point.spent_number},
          {"cost_number", point.cost_number},
          {"knee", point.knee}};
}

Json of(const DocumentClass& row) {
  Json series = Json::array();
  for (const DocumentBucket& bucket : row.series) {
    series.push_back(Json::array({bucket.start, bucket.calls, bucket.total_ms}));
  }
  return {{"fingerprint", row.fingerprint},
          {"sql", row.sql},
          {"kind", row.kind},
          {"calls", row.calls},
          {"total", row.total},
          {"share", row.share},
          {"mean", row.mean},
          {"median", row.median},
          {"p95", row.p95},
          {"p99", row.p99},
          {"maximum", row.maximum},
          {"rows", row.rows},
          {"cost_before", row.cost_before},
          {"cost_after", row.cost_after},
          {"cost_change", row.cost_change},
          {"cost_number", row.cost_number},
          {"trouble", row.trouble},
          {"calls_number", row.calls_number},
          {"total_ms", row.total_ms},
          {"mean_ms", row.mean_ms},
          {"p95_ms", row.p95_ms},
          {"maximum_ms", row.maximum_ms},
          {"share_number", row.share_number},
          {"series", series}};
}

template <class Item>
Json list(const std::vector<Item>& items) {
  Json array = Json::array();
  for (const Item& item : items) {
    array.push_back(of(item));
  }
  return array;
}

Json of(const DocumentEvidence& evidence) {
  return {{"title", evidence.title},
          {"columns", evidence.columns},
          {"sql", evidence.sql},
          {"facts", list(evidence.facts)}};
}

Json of(const DocumentProposal& proposal) {
  Json json{{"id", proposal.id},
            {"rank", proposal.rank},
            {"kind", proposal.kind},
            {"title", proposal.title},
            {"rationale", proposal.rationale},
            {"rule", proposal.rule},
            {"benefit", proposal.benefit},
            {"saves", proposal.saves},
            {"size", proposal.size},
            {"storage", proposal.storage},
            {"write_cost", proposal.write_cost},
            {"wal", proposal.wal},
            {"time", proposal.time},
            {"confidence", proposal.confidence},
            {"alone", proposal.alone},
            {"share", proposal.share},
            {"ddl_up", proposal.ddl_up},
            {"ddl_down", proposal.ddl_down},
            {"evidence", proposal.evidence},
            {"warnings", proposal.warnings},
            {"helped", list(proposal.helped)},
            {"hurt", list(proposal.hurt)},
            {"rewrite", nullptr}};
  if (proposal.rewrite) {
    json["rewrite"] = {{"rule", proposal.rewrite->rule},
                       {"name", proposal.rewrite->name},
                       {"equivalence", proposal.rewrite->equivalence},
                       {"original", proposal.rewrite->original},
                       {"replacement", proposal.rewrite->replacement},
                       {"conditions", proposal.rewrite->conditions}};
  }
  return json;
}

}  // namespace

std::string document_json(const ReportDocument& document) {
  Json proposals = Json::array();
  for (const DocumentProposal& proposal : document.proposals) {
    proposals.push_back(of(proposal));
  }
  Json evidence = Json::array();
  for (const DocumentEvidence& table : document.evidence) {
    evidence.push_back(of(table));
  }
  const Json json{{"title", document.title},
                  {"source", document.source},
                  {"summary", document.summary},
                  {"facts", list(document.facts)},
                  {"proposals", proposals},
                  {"shared_warnings", list(document.shared_warnings)},
                  {"wal_period", document.wal_period},
                  {"profile", list(document.profile)},
                  {"profile_left_out", document.profile_left_out},
                  {"patterns", list(document.patterns)},
                  {"evidence", evidence},
                  {"candidates", list(document.candidates)},
                  {"pareto", list(document.pareto)},
                  {"write_pareto", list(document.write_pareto)},
                  {"skipped", list(document.skipped)},
                  {"unplanned", list(document.unplanned)},
                  {"unmodelled", document.unmodelled},
                  {"caveats", document.caveats},
                  {"plans", list(document.plans)},
                  {"cost_before", document.cost_before},
                  {"cost_after", document.cost_after},
                  {"lower_bound", document.lower_bound},
                  {"bucket_seconds", document.bucket_seconds}};
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  // "<" stands in JSON only inside strings, where it may be written as an escape: no "</script>"
  // and no "<!--" can end the element.
  std::string safe;
  safe.reserve(text.size() + text.size() / 64);
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string render_html(const ReportDocument& document) {
  const std::string_view page = html_template();
  const auto at = page.find(kPlaceholder);
  ensure(at != std::string_view::npos, "the HTML template has its placeholder");
  std::string out{page.substr(0, at)};
  out += document_json(document);
  out += page.substr(at + kPlaceholder.size());
  return out;
}

}  // namespace quern::reports
