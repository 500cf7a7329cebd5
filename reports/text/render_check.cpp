#include "reports/text/render_check.hpp"

#include <fmt/format.h>

#include "reports/text/wrap.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kQueriesShown = 5;

}  // namespace

std::string render_check_text(const advisor::CheckResult& result) {
  std::string out;
  for (const advisor::Finding& finding : result.findings) {
    out += wrap(fmt::format("{} {}: {}", severity_words(finding.severity), clean_text(finding.rule),
                            clean_text(finding.message)),
                fmt::format("{}:{}: ", clean_text(finding.where.file), finding.where.line), "    ");
    if (!finding.fix.empty()) {
      out += wrap(clean_text(finding.fix), "    instead: ", "      ");
    }
    for (std::size_t i = 0; i < finding.queries.size() && i < kQueriesShown; ++i) {
      const advisor::QueryEffect& query = finding.queries[i];
      const std::string lead =
          fmt::format("    {} -> {} ({}) x {}  ", cost_words(query.before), cost_words(query.after),
                      change_words(query.before, query.after), count_words(query.calls));
      out += lead + one_line(query.sql, kColumns - std::min(kColumns - 20, width_of(lead))) + '\n';
    }
  }
  if (result.findings.empty()) {
    out += "No findings.\n";
  }
  const Cost before = result.cost.reads_before + result.cost.writes_before;
  const Cost after = result.cost.reads_after + result.cost.writes_after;
  if (before.value() > 0) {
    out += fmt::format("Workload cost: {} to {} ({}), writes included.\n", cost_words(before),
                       cost_words(after), change_words(before, after));
  }
  for (const std::string& caveat : result.caveats) {
    out += wrap(clean_text(caveat), "Note: ", "  ");
  }
  return out;
}

}  // namespace quern::reports
