#include "reports/text/render_advice.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reports/text/proposal_table.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kQueriesShown = 5;
constexpr std::size_t kGapsShown = 5;
constexpr std::string_view kMargin = "    ";

/// Figures in columns, the statement behind them in what is left of the line.
std::string queries(const std::vector<DocumentQuery>& list, std::string_view heading,
                    std::size_t columns) {
  std::vector<const DocumentQuery*> changed;
  for (const DocumentQuery& query : list) {
    if (!query.same && query.priced) {
      changed.push_back(&query);
    }
  }
  if (changed.empty()) {
    return {};
  }
  std::string out = fmt::format("{}{:>8} {:>10} {:>10} {:>9}  {}\n", kMargin, "calls", "cost today",
                                "after", "change", heading);
  const std::size_t shown = std::min(kQueriesShown, changed.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const DocumentQuery& query = *changed[i];
    const std::string lead = fmt::format("{}{:>8} {:>10} {:>10} {:>9}  ", kMargin, query.calls,
                                         query.before, query.after, query.change);
    out += lead + one_line(query.sql, columns - std::min(columns - 20, width_of(lead))) + '\n';
  }
  if (changed.size() > shown) {
    out += fmt::format("{}and {} more\n", kMargin, changed.size() - shown);
  }
  return out;
}

std::string figures_of(const DocumentProposal& proposal) {
  std::string line;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) {
      line += (line.empty() ? "" : "; ") + part;
    }
  };
  add(proposal.benefit.empty() ? "" : "saves " + proposal.benefit);
  add(proposal.size);
  add(proposal.write_cost.empty() ? "" : "writes: " + proposal.write_cost);
  add("confidence " + proposal.confidence);
  return line;
}

std::string rewrite_of(const DocumentRewrite& rewrite, std::size_t columns) {
  std::string out = wrap(rewrite.original, "    - ", "      ", columns);
  if (!rewrite.replacement.empty()) {
    out += wrap(rewrite.replacement, "    + ", "      ", columns);
  }
  out += wrap(rewrite.equivalence, "    Meaning: ", "      ", columns);
  for (const std::string& condition : rewrite.conditions) {
    out += wrap(condition, "    * ", "      ", columns);
  }
  return out;
}

/// Estimates stand in the figures and in the table of queries; only where there is none are they
/// said in words.
bool repeats_figures(const DocumentProposal& proposal, const std::string& sentence) {
  return !proposal.helped.empty() && sentence.rfind("Estimated:", 0) == 0;
}

std::string details_of(const DocumentProposal& proposal, std::size_t columns) {
  std::string out =
      wrap(proposal.title, pad(fmt::format("{}.", proposal.rank), 4), kMargin, columns);
  out += wrap(figures_of(proposal), kMargin, kMargin, columns);
  if (!proposal.rationale.empty()) {
    out += wrap(proposal.rationale, kMargin, kMargin, columns);
  }
  for (const std::string& statement : proposal.ddl_essential) {
    out += "\n      " + statement;  // whole, to be copied
  }
  out += proposal.ddl_essential.empty() ? "" : "\n\n";
  if (proposal.rewrite) {
    out += rewrite_of(*proposal.rewrite, columns);
  }
  for (const std::string& sentence : proposal.evidence) {
    if (!repeats_figures(proposal, sentence)) {
      out += wrap(sentence, "    * ", "      ", columns);
    }
  }
  for (const std::string& warning : proposal.warnings) {
    out += wrap(warning, "    ! ", "      ", columns);
  }
  out += queries(proposal.helped, "query that it helps", columns);
  out += queries(proposal.hurt, "query that it SLOWS DOWN", columns);
  return out + '\n';
}

std::string before_you_apply(const ReportDocument& document, std::size_t columns) {
  const bool shortened = std::any_of(
      document.proposals.begin(), document.proposals.end(),
      [](const DocumentProposal& p) { return p.ddl_essential.size() != p.ddl_up.size(); });
  if (document.shared_warnings.empty() && !shortened) {
    return {};
  }
  std::string out = "Before you apply\n";
  for (const DocumentNote& note : document.shared_warnings) {
    out +=
        wrap(fmt::format("{} ({} proposals)", note.text, note.proposals), "  ! ", "    ", columns);
  }
  if (shortened) {
    out += wrap(
        "Statements stand here without the settings of timeouts around them; --migration DIR "
        "writes the complete scripts, up and down.",
        "  ! ", "    ", columns);
  }
  return out + '\n';
}

std::string gaps(const ReportDocument& document, std::size_t columns) {
  std::string out;
  const auto section = [&](std::string_view heading, const std::vector<DocumentGap>& list) {
    if (list.empty()) {
      return;
    }
    out += fmt::format("{}{} ({})\n", out.empty() ? "" : "\n", heading, list.size());
    for (std::size_t i = 0; i < list.size() && i < kGapsShown; ++i) {
      const DocumentGap& gap = list[i];
      const std::string reason = gap.why.empty() ? "" : ": " + gap.why;
      out += wrap(one_line(gap.what, 60) + reason +
                      (gap.where.empty() ? "" : " (first at " + gap.where + ")"),
                  fmt::format("  {}  ", gap.count), "    ", columns);
    }
    if (list.size() > kGapsShown) {
      out += fmt::format("  and {} more; all of them are in the HTML and JSON reports\n",
                         list.size() - kGapsShown);
    }
  };
  const auto sentences = [&](std::string_view heading, const std::vector<std::string>& list) {
    if (!list.empty()) {
      out += fmt::format("{}{}\n", out.empty() ? "" : "\n", heading);
    }
    for (const std::string& sentence : list) {
      out += wrap(sentence, "  ", "    ", columns);
    }
  };
  section("Query classes that could not be planned", document.unplanned);
  section("Input that was skipped", document.skipped);
  sentences("Not modelled in full", document.unmodelled);
  sentences("Read with this in mind", document.caveats);
  return out;
}

}  // namespace

std::string render_text(const ReportDocument& document, const AdviceTextOptions& options) {
  const std::size_t columns = options.columns;
  std::string out = wrap(document.title, "", "", columns);
  out += wrap(document.source, "", "", columns) + '\n';
  out += wrap(document.summary, "", "", columns) + '\n';
  for (const DocumentFact& fact : document.facts) {
    out += wrap(fact.value + (fact.note.empty() ? "" : "  (" + fact.note + ")"),
                "  " + pad(fact.label, 24), std::string(26, ' '), columns);
  }
  out += '\n';
  if (!document.proposals.empty()) {
    out += proposal_table(document, columns) + '\n';
    out += wrap(fmt::format("saves: of the workload's planner cost; of time: of the recorded time, "
                            "what the queries it helps took; WAL: {}.",
                            document.wal_period),
                "", "", columns) +
           '\n';
  }
  const std::size_t detailed = std::min(options.details, document.proposals.size());
  for (std::size_t i = 0; i < detailed; ++i) {
    out += details_of(document.proposals[i], columns);
  }
  if (detailed < document.proposals.size()) {
    out += wrap(fmt::format("{} more proposals in detail: --details {}, or the report of --html.",
                            document.proposals.size() - detailed, document.proposals.size()),
                "", "", columns) +
           '\n';
  }
  return out + before_you_apply(document, columns) + gaps(document, columns);
}

}  // namespace quern::reports
