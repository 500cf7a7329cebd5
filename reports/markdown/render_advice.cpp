#include "reports/markdown/render_advice.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reports/document_proposal.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kQueriesShown = 5;

std::size_t longest_backticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string statements(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& statement : list) {
    text += statement + '\n';
  }
  return markdown_block("sql", text);
}

std::string queries(const std::vector<DocumentQuery>& list, std::string_view heading) {
  if (list.empty()) {
    return {};
  }
  std::string out = fmt::format("| {} | calls | cost before | after | change |\n", heading);
  out += "|---|--:|--:|--:|--:|\n";
  for (std::size_t i = 0; i < list.size() && i < kQueriesShown; ++i) {
    const DocumentQuery& query = list[i];
    out += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_code(one_line(query.sql, 100)),
                       query.calls, query.before, query.after, query.change);
  }
  if (list.size() > kQueriesShown) {
    out += fmt::format("\nand {} more.\n", list.size() - kQueriesShown);
  }
  return out + '\n';
}

std::string details(const DocumentProposal& proposal) {
  std::string out = fmt::format("<details><summary><b>{}. {}</b></summary>\n\n", proposal.rank,
                                markdown_text(proposal.title));
  out += markdown_text(proposal.rationale) + "\n\n";
  if (!proposal.ddl_essential.empty()) {
    out += statements(proposal.ddl_essential) + "\n";
  }
  if (const auto down = essential_statements(proposal.ddl_down); !down.empty()) {
    out += "To revert:\n\n" + statements(down) + "\n";
  }
  if (proposal.rewrite) {
    out += "Instead of:\n\n" + markdown_block("sql", proposal.rewrite->original) + "\n";
    if (!proposal.rewrite->replacement.empty()) {
      out += "write:\n\n" + markdown_block("sql", proposal.rewrite->replacement) + "\n";
    }
    out += markdown_text(proposal.rewrite->equivalence) + ".\n\n";
    for (const std::string& condition : proposal.rewrite->conditions) {
      out += "- condition: " + markdown_text(condition) + '\n';
    }
  }
  for (const std::string& sentence : proposal.evidence) {
    out += "- " + markdown_text(sentence) + '\n';
  }
  for (const std::string& warning : proposal.warnings) {
    out += "- **Warning:** " + markdown_text(warning) + '\n';
  }
  out += '\n' + queries(proposal.helped, "helps") + queries(proposal.hurt, "hurts");
  return out + "</details>\n\n";
}

std::string before_you_apply(const ReportDocument& document) {
  if (document.shared_warnings.empty()) {
    return {};
  }
  std::string out = "**Before you apply**\n\n";
  for (const DocumentNote& note : document.shared_warnings) {
    out += fmt::format("- {} ({} proposals)\n", markdown_text(note.text), note.proposals);
  }
  return out +
         "- Statements stand here without the settings of timeouts around them; `--migration` "
         "writes the complete scripts.\n\n";
}

std::string dash(const std::string& text) {
  return text.empty() ? "-" : markdown_text(text);
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '@':
        out += "&#64;";  // no mentions
        break;
      case '\n':
        out += ' ';
        break;
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '|':
      case '#':
      case '~':
        out += '\\';
        [[fallthrough]];
      default:
        out += c;
    }
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  const std::string fence(longest_backticks(text) + 1, '`');
  const std::string space = fence.size() > 1 ? " " : "";
  std::string safe;
  for (const char c : text) {
    safe += c == '|' ? "\\|" : std::string(1, c);  // cells split before code spans are read
  }
  return fence + space + safe + space + fence;
}

std::string markdown_block(std::string_view language, std::string_view text) {
  const std::string fence(std::max<std::size_t>(3, longest_backticks(text) + 1), '`');
  const std::string end = text.empty() || text.back() != '\n' ? "\n" : "";
  return fmt::format("{}{}\n{}{}{}\n", fence, language, text, end, fence);
}

std::string render_markdown(const ReportDocument& document) {
  std::string out = fmt::format("## {}\n\n{}\n\n", markdown_text(document.title),
                                markdown_text(document.summary));
  out += "| | | |\n|---|---|---|\n";
  for (const DocumentFact& fact : document.facts) {
    out += fmt::format("| {} | {} | {} |\n", markdown_text(fact.label), markdown_text(fact.value),
                       markdown_text(fact.note));
  }
  out += '\n';
  if (!document.proposals.empty()) {
    out += fmt::format(
        "| # | proposal | saves cost | of time | storage | WAL {} | confidence |\n"
        "|--:|---|--:|--:|--:|--:|---|\n",
        document.wal_period);
  }
  for (const DocumentProposal& proposal : document.proposals) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", proposal.rank,
                       markdown_text(proposal.title), dash(proposal.saves), dash(proposal.time),
                       dash(proposal.storage), dash(proposal.wal), proposal.confidence);
  }
  out += '\n';
  for (const DocumentProposal& proposal : document.proposals) {
    std::string text = details(proposal);
    if (out.size() + text.size() > kCommentLimit) {
      return out + fmt::format("The details from proposal {} on are left out here for length.\n",
                               proposal.rank);
    }
    out += text;
  }
  if (const std::string text = before_you_apply(document);
      out.size() + text.size() < kCommentLimit) {
    out += text;
  }
  std::string notes;
  for (const DocumentGap& gap : document.unplanned) {
    notes += fmt::format("- not planned: {} ({})\n", markdown_code(one_line(gap.what, 80)),
                         markdown_text(gap.why));
  }
  for (const std::string& construct : document.unmodelled) {
    notes += "- not modelled in full: " + markdown_text(construct) + '\n';
  }
  for (const std::string& caveat : document.caveats) {
    notes += "- " + markdown_text(caveat) + '\n';
  }
  if (!notes.empty() && out.size() + notes.size() < kCommentLimit) {
    out += "<details><summary>What this does not cover</summary>\n\n" + notes + "\n</details>\n";
  }
  return out;
}

}  // namespace quern::reports
