#include "reports/text/plan_text.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "collector/plans/insights.hpp"
#include "collector/plans/node_times.hpp"

#include "reports/text/wrap.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

using collector::NodeTimes;

std::string node_line(const NodeTimes& at, double all_ms) {
  const double estimated = collector::number_in(*at.node, "Plan Rows");
  const double rows = collector::number_in(*at.node, "Actual Rows");
  const std::string figures =
      at.loops == 0 ? std::string{"never executed"}
                    : fmt::format("{:.6g} of {:.6g} rows estimated, {:.6g} {}", rows, estimated,
                                  at.loops, at.loops == 1 ? "loop" : "loops");
  return fmt::format("{:>10.3f} ms {:>3.0f} %  {:{}}{}: {}\n", at.exclusive_ms,
                     all_ms > 0 ? 100 * at.exclusive_ms / all_ms : 0.0, "", 2 * at.depth,
                     clean_text(collector::node_title(*at.node)), figures);
}

}  // namespace

std::string plan_text(const collector::PlanValue& document, std::size_t columns) {
  const auto nodes = collector::node_times(*document.find("Plan"));
  std::string text;
  if (!nodes.empty()) {
    text += fmt::format("{:.3f} ms, by the nodes that took them:\n", nodes.front().total_ms);
  }
  for (const NodeTimes& at : nodes) {
    text += node_line(at, nodes.front().total_ms);
  }
  text += "What the plan tells:\n";
  const auto findings = collector::plan_findings(document);
  for (const collector::PlanFinding& finding : findings) {
    std::string line{collector::insight_name(finding.insight)};
    line += finding.node.empty() ? "" : ": " + clean_text(finding.node);
    for (const auto& [name, value] : finding.numbers) {
      line += fmt::format(", {} {:.6g}", name, value);
    }
    text += wrap(line, "    - ", "      ", columns);
  }
  return text + (findings.empty() ? "    nothing of note\n" : "");
}

}  // namespace quern::reports
