#include "reports/text/proposal_table.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "reports/text/wrap.hpp"

namespace quern::reports {

namespace {

constexpr std::size_t kNarrowest = 36;  // columns that a title needs at least

struct Column {
  std::string heading;
  std::function<std::string(const DocumentProposal&)> cell;
  std::size_t width = 0;
};

std::string title_of(const DocumentProposal& proposal) {
  if (proposal.hurt.empty()) {
    return proposal.title;
  }
  return fmt::format("{} (slows {} {})", proposal.title, proposal.hurt.size(),
                     proposal.hurt.size() == 1 ? "query" : "queries");
}

std::vector<Column> filled_columns(const ReportDocument& document, std::size_t columns) {
  std::vector<Column> all{
      {"#", [](const DocumentProposal& p) { return fmt::format("{}.", p.rank); }},
      {"saves", [](const DocumentProposal& p) { return p.saves; }},
      {"of time", [](const DocumentProposal& p) { return p.time; }},
      {"storage", [](const DocumentProposal& p) { return p.storage; }},
      {"WAL", [](const DocumentProposal& p) { return p.wal; }},
      {"trust", [](const DocumentProposal& p) { return p.confidence; }},
  };
  for (Column& column : all) {
    for (const DocumentProposal& proposal : document.proposals) {
      column.width = std::max(column.width, width_of(column.cell(proposal)));
    }
    column.width = column.width == 0 ? 0 : std::max(column.width, width_of(column.heading));
  }
  const auto unfilled = [](const Column& column) { return column.width == 0; };
  all.erase(std::remove_if(all.begin(), all.end(), unfilled), all.end());
  const auto used = [&] {
    std::size_t sum = 0;
    for (const Column& column : all) {
      sum += column.width + 2;
    }
    return sum;
  };
  while (all.size() > 2 && used() + kNarrowest > columns) {
    all.erase(all.end() - 2);  // WAL goes first, then storage
  }
  return all;
}

}  // namespace

std::string proposal_table(const ReportDocument& document, std::size_t columns) {
  const std::vector<Column> shown = filled_columns(document, columns);
  std::string heading;
  for (const Column& column : shown) {
    heading += pad_left(column.heading, column.width) + "  ";
  }
  const std::string rest(width_of(heading), ' ');
  std::string out = heading + "proposal\n";
  for (const DocumentProposal& proposal : document.proposals) {
    std::string line;
    for (const Column& column : shown) {
      const std::string cell = column.cell(proposal);
      line += pad_left(cell.empty() ? "-" : cell, column.width) + "  ";
    }
    out += wrap(title_of(proposal), line, rest, columns);
  }
  return out;
}

}  // namespace quern::reports
