#include "reports/markdown/render_check.hpp"

#include <fmt/format.h>

#include "reports/markdown/render_advice.hpp"
#include "reports/words.hpp"

namespace quern::reports {

std::string render_check_markdown(const advisor::CheckResult& result) {
  const Cost before = result.cost.reads_before + result.cost.writes_before;
  const Cost after = result.cost.reads_after + result.cost.writes_after;
  std::string out =
      fmt::format("## Quern check: {}\n\n",
                  result.findings.empty()
                      ? "no findings"
                      : plural(static_cast<double>(result.findings.size()), "finding", "findings"));
  if (before.value() > 0) {
    out += fmt::format("Workload cost: {} to {} ({}), writes included.\n\n", cost_words(before),
                       cost_words(after), change_words(before, after));
  }
  if (!result.findings.empty()) {
    out += "| where | severity | rule | finding | instead |\n|---|---|---|---|---|\n";
  }
  for (std::size_t i = 0; i < result.findings.size(); ++i) {
    const advisor::Finding& finding = result.findings[i];
    const std::string row = fmt::format(
        "| {}:{} | {} | {} | {} | {} |\n", markdown_text(clean_text(finding.where.file)),
        finding.where.line, severity_words(finding.severity),
        markdown_text(clean_text(finding.rule)), markdown_text(clean_text(finding.message)),
        markdown_text(clean_text(finding.fix)));
    if (out.size() + row.size() > kCommentLimit) {
      return out + fmt::format("\n{} more findings are left out here for length.\n",
                               result.findings.size() - i);
    }
    out += row;
  }
  for (const std::string& caveat : result.caveats) {
    out += "\n" + markdown_text(clean_text(caveat)) + "\n";
  }
  return out;
}

}  // namespace quern::reports
