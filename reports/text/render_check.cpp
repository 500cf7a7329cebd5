#include "reports/text/render_check.hpp"

#include <fmt/format.h>

#include "reports/check_rules.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kQueriesShown = 3;

std::string finding_text(const advisor::Finding& finding, std::size_t columns) {
  std::string out = wrap(fmt::format("{} {}: {}", severity_words(finding.severity),
                                     clean_text(finding.rule), clean_text(finding.message)),
                         fmt::format("{}:{}: ", clean_text(finding.where.file), finding.where.line),
                         "    ", columns);
  if (!finding.fix.empty()) {
    out += wrap(clean_text(finding.fix), "    instead: ", "      ", columns);
  }
  // A message about queries ends with the first of them.
  const bool told = !finding.queries.empty() &&
                    finding.message.find(finding.queries.front().sql) != std::string::npos;
  for (std::size_t i = told ? 1 : 0; i < finding.queries.size() && i < kQueriesShown; ++i) {
    const advisor::QueryEffect& query = finding.queries[i];
    const bool priced = query.before.value() > 0 || query.after.value() > 0;
    const std::string lead =
        priced ? fmt::format("    {:>7} x {:>8} -> {:>8} {:>8}  ", count_words(query.calls),
                             cost_words(query.before), cost_words(query.after),
                             change_words(query.before, query.after))
               : fmt::format("    {:>7} x  ", count_words(query.calls));
    out += lead + one_line(query.sql, columns - std::min(columns - 20, width_of(lead))) + '\n';
  }
  if (finding.queries.size() > kQueriesShown) {
    out += fmt::format("    and {} more\n", finding.queries.size() - kQueriesShown);
  }
  return out;
}

}  // namespace

std::string render_check_text(const advisor::CheckResult& result, advisor::Severity threshold,
                              std::size_t columns) {
  std::string out;
  for (const advisor::Finding& finding : result.findings) {
    out += finding_text(finding, columns);
  }
  out += result.findings.empty() ? "" : "\n";
  const Cost before = result.cost.reads_before + result.cost.writes_before;
  const Cost after = result.cost.reads_after + result.cost.writes_after;
  if (before.value() > 0) {
    out += fmt::format("Workload cost: {} to {} ({}), writes included.\n", cost_words(before),
                       cost_words(after), change_words(before, after));
  }
  for (const std::string& caveat : result.caveats) {
    out += wrap(clean_text(caveat), "Note: ", "  ", columns);
  }
  const CheckVerdict verdict = verdict_of(result, threshold);
  return out + fmt::format("{}: {} (fails on {} and above).\n",
                           verdict.failed ? "FAILED" : "Passed", verdict.counts,
                           severity_words(threshold));
}

}  // namespace quern::reports
