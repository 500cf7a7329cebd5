#include "reports/text/render_advice.hpp"

#include <fmt/format.h>

#include "reports/text/wrap.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kQueriesShown = 3;
constexpr std::size_t kGapsShown = 5;

std::string queries(const std::vector<DocumentQuery>& list, std::string_view heading) {
  if (list.empty()) {
    return {};
  }
  std::string out = fmt::format("   {}\n", heading);
  for (std::size_t i = 0; i < list.size() && i < kQueriesShown; ++i) {
    const DocumentQuery& query = list[i];
    const std::string figures = fmt::format("     {} -> {} ({}) x {}", query.before, query.after,
                                            query.change, query.calls);
    const std::string lead = pad(figures, 42) + "  ";
    out += lead + one_line(query.sql, kColumns - width_of(lead)) + '\n';
  }
  if (list.size() > kQueriesShown) {
    out += fmt::format("     and {} more\n", list.size() - kQueriesShown);
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

std::string rewrite_of(const DocumentRewrite& rewrite) {
  std::string out = wrap(rewrite.equivalence, "   Meaning: ", "     ");
  out += wrap(rewrite.original, "   - ", "     ");
  if (!rewrite.replacement.empty()) {
    out += wrap(rewrite.replacement, "   + ", "     ");
  }
  for (const std::string& condition : rewrite.conditions) {
    out += wrap(condition, "   Condition: ", "     ");
  }
  return out;
}

std::string render(const DocumentProposal& proposal) {
  const std::string number = fmt::format("{:>2}. ", proposal.rank);
  std::string out = wrap(proposal.title, number, "    ");
  out += wrap(figures_of(proposal), "   ", "   ");
  if (!proposal.rationale.empty()) {
    out += wrap(proposal.rationale, "   ", "   ");
  }
  for (const std::string& statement : proposal.ddl_up) {
    out += "     " + statement + '\n';  // whole, to be copied
  }
  if (proposal.rewrite) {
    out += rewrite_of(*proposal.rewrite);
  }
  for (const std::string& sentence : proposal.evidence) {
    out += wrap(sentence, "   * ", "     ");
  }
  for (const std::string& warning : proposal.warnings) {
    out += wrap(warning, "   ! ", "     ");
  }
  out += queries(proposal.helped, "Queries helped (planner cost of one execution, times calls):");
  out += queries(proposal.hurt, "Queries HURT:");
  return out + '\n';
}

std::string gaps(const ReportDocument& document) {
  std::string out;
  const auto section = [&](std::string_view heading, const std::vector<DocumentGap>& list) {
    if (list.empty()) {
      return;
    }
    out += fmt::format("{} ({})\n", heading, list.size());
    for (std::size_t i = 0; i < list.size() && i < kGapsShown; ++i) {
      const DocumentGap& gap = list[i];
      const std::string reason = gap.why.empty() ? "" : ": " + gap.why;
      out += wrap(one_line(gap.what, 60) + reason +
                      (gap.where.empty() ? "" : " (first at " + gap.where + ")"),
                  fmt::format("   {}  ", gap.count), "      ");
    }
    if (list.size() > kGapsShown) {
      out += fmt::format("   and {} more; all of them are in the HTML and JSON reports\n",
                         list.size() - kGapsShown);
    }
  };
  section("Query classes that could not be planned", document.unplanned);
  section("Input that was skipped", document.skipped);
  if (!document.unmodelled.empty()) {
    out += "Not modelled in full\n";
    for (const std::string& construct : document.unmodelled) {
      out += wrap(construct, "   ", "     ");
    }
  }
  if (!document.caveats.empty()) {
    out += "Read with this in mind\n";
    for (const std::string& caveat : document.caveats) {
      out += wrap(caveat, "   ", "     ");
    }
  }
  return out;
}

}  // namespace

std::string render_text(const ReportDocument& document) {
  std::string out = wrap(document.summary, "", "");
  out += '\n';
  for (const DocumentFact& fact : document.facts) {
    out += wrap(fact.value + (fact.note.empty() ? "" : "  (" + fact.note + ")"),
                "   " + pad(fact.label, 24), std::string(27, ' '));
  }
  out += '\n';
  for (const DocumentProposal& proposal : document.proposals) {
    out += render(proposal);
  }
  return out + gaps(document);
}

}  // namespace quern::reports
