#include "reports/markdown/render_check.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "reports/check_rules.hpp"
#include "reports/markdown/render_advice.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kQueriesShown = 10;
constexpr double kNoticeable = 0.01;

std::string row_of(const advisor::Finding& finding) {
  const std::string place =
      fmt::format("{}:{}", clean_text(finding.where.file), finding.where.line);
  std::string text = markdown_text(clean_text(finding.message));
  if (!finding.fix.empty()) {
    text += "<br>**Instead:** " + markdown_text(clean_text(finding.fix));
  }
  return fmt::format("| **{}** {} | {} | {} |\n", severity_words(finding.severity),
                     markdown_text(clean_text(finding.rule)), markdown_code(place), text);
}

/// The queries whose cost changes, by how much it changes over all their calls.
std::string changed_queries(const std::vector<advisor::QueryEffect>& all) {
  std::vector<const advisor::QueryEffect*> changed;
  for (const advisor::QueryEffect& query : all) {
    if (std::fabs((query.after - query.before).value()) > kNoticeable * query.before.value()) {
      changed.push_back(&query);
    }
  }
  if (changed.empty()) {
    return {};
  }
  const auto weight = [](const advisor::QueryEffect* query) {
    return std::fabs((query->after - query->before).value()) * query->calls;
  };
  std::stable_sort(changed.begin(), changed.end(),
                   [&](const auto* a, const auto* b) { return weight(a) > weight(b); });
  std::string out = fmt::format(
      "\n<details><summary>{} whose cost changes</summary>\n\n"
      "| query | calls | cost before | after | change |\n|---|--:|--:|--:|--:|\n",
      plural(static_cast<double>(changed.size()), "query", "queries"));
  for (std::size_t i = 0; i < changed.size() && i < kQueriesShown; ++i) {
    const advisor::QueryEffect& query = *changed[i];
    out += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_code(one_line(query.sql, 100)),
                       count_words(query.calls), cost_words(query.before), cost_words(query.after),
                       change_words(query.before, query.after));
  }
  if (changed.size() > kQueriesShown) {
    out += fmt::format("\nand {} more.\n", changed.size() - kQueriesShown);
  }
  return out + "\n</details>\n";
}

}  // namespace

std::string render_check_markdown(const advisor::CheckResult& result, advisor::Severity threshold) {
  const Cost before = result.cost.reads_before + result.cost.writes_before;
  const Cost after = result.cost.reads_after + result.cost.writes_after;
  const CheckVerdict verdict = verdict_of(result, threshold);
  std::string out = fmt::format("## Quern check {}: {}\n\n", verdict.failed ? "failed" : "passed",
                                verdict.counts);
  if (before.value() > 0) {
    out += fmt::format("Planner cost of the recorded workload: {} to {} ({}), writes included.\n\n",
                       cost_words(before), cost_words(after), change_words(before, after));
  }
  if (!result.findings.empty()) {
    out += "| | where | finding |\n|---|---|---|\n";
  }
  for (std::size_t i = 0; i < result.findings.size(); ++i) {
    const std::string row = row_of(result.findings[i]);
    if (out.size() + row.size() > kCommentLimit) {
      return out + fmt::format("\n{} more findings are left out here for length.\n",
                               result.findings.size() - i);
    }
    out += row;
  }
  std::string rest = changed_queries(result.queries);
  for (const std::string& caveat : result.caveats) {
    rest += "\n" + markdown_text(clean_text(caveat)) + "\n";
  }
  return out.size() + rest.size() > kCommentLimit ? out : out + rest;
}

}  // namespace quern::reports
