#include "reports/document_proposal.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/words.hpp"

namespace quern::reports {

namespace {

using advisor::Proposal;
using advisor::ProposalKind;

constexpr double kHourMicroseconds = 3600e6;
constexpr double kDayMicroseconds = 86400e6;
constexpr std::size_t kSharedFrom = 3;
constexpr std::string_view kNamePlaceholder = "<index>";

double period_of(const Workload& workload) {
  return static_cast<double>(workload.until_us - workload.from_us);
}

/// Of the recorded period, or of a day where the log is long enough to say something of one.
Bytes scaled(Bytes total, const Workload& workload) {
  const double period = period_of(workload);
  return period >= kHourMicroseconds ? (kDayMicroseconds / period) * total : total;
}

std::string write_cost_of(const Proposal& proposal, const Workload& workload) {
  const advisor::WriteEffect& writes = *proposal.writes;
  const double changed = writes.rows_inserted + writes.rows_updated + writes.rows_deleted;
  const bool dropped = proposal.kind == ProposalKind::DropIndex;
  std::string words = dropped ? "spares " : "";
  if (changed == 0 && writes.wal_total.value() == 0) {
    words = "no writes to this table were recorded";
  } else if (scaled(writes.wal_total, workload).value() < 1) {
    words += "no WAL to speak of";
  } else {
    words += fmt::format("{} WAL {}", size_words(scaled(writes.wal_total, workload)),
                         wal_period(workload));
  }
  if (writes.wal_per_insert.value() != 0) {
    const double time = writes.time_per_insert.count();
    words += fmt::format(", {} and {} an inserted row", size_words(writes.wal_per_insert),
                         time < 0.1 ? "less than 0.1 µs" : fmt::format("about {:.1f} µs", time));
  }
  if (writes.hot_updates_lost > 0) {
    words +=
        fmt::format(", {} no longer HOT", plural(writes.hot_updates_lost, "update", "updates"));
  }
  return words;
}

std::string signed_size(Bytes size, bool grows) {
  return size.value() < 1 ? "0" : (grows ? "+" : "-") + size_words(size);
}

/// A planner's cost can be far from the time: what was measured stands beside it.
double time_share(const Proposal& proposal, const Workload& workload) {
  const auto whole = static_cast<double>(time_of(workload).count());
  double concerned = 0;
  for (const advisor::QueryEffect& effect : proposal.queries) {
    if (effect.measured_mean && effect.after < effect.before) {
      concerned += effect.calls * static_cast<double>(effect.measured_mean->count());
    }
  }
  return whole > 0 ? std::min(1.0, concerned / whole) : 0;
}

std::string replaced(std::string text, const std::string& what, std::string_view with) {
  for (auto at = text.find(what); !what.empty() && at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace

std::vector<std::string> sentences(const std::vector<std::string>& texts) {
  std::vector<std::string> clean;
  clean.reserve(texts.size());
  for (const std::string& text : texts) {
    clean.push_back(clean_text(text));
    std::string& sentence = clean.back();
    if (sentence.rfind("measured:", 0) == 0) {
      sentence.front() = 'M';
    } else if (sentence.rfind("estimated:", 0) == 0) {
      sentence.front() = 'E';
    }
  }
  return clean;
}

std::string first_clause(const std::string& text) {
  return text.substr(0, text.find(';'));
}

std::vector<std::string> essential_statements(const std::vector<std::string>& statements) {
  std::vector<std::string> essential;
  std::copy_if(statements.begin(), statements.end(), std::back_inserter(essential),
               [](const std::string& statement) {
                 return statement.rfind("SET ", 0) != 0 && statement.rfind("RESET ", 0) != 0 &&
                        statement.rfind("--", 0) != 0;
               });
  return essential;
}

std::string wal_period(const Workload& workload) {
  const double period = period_of(workload);
  if (period >= kHourMicroseconds) {
    return "a day";
  }
  return period > 0 ? "in " + duration_words(Microseconds{workload.until_us - workload.from_us})
                    : "in the recorded period";
}

void add_price(DocumentProposal& card, const Proposal& proposal, const Workload& workload) {
  const bool dropped = proposal.kind == ProposalKind::DropIndex;
  if (proposal.share_of_workload != 0) {
    card.saves = share_words(proposal.share_of_workload);
    card.benefit = card.saves + " of the workload's cost";
  }
  if (const double share = time_share(proposal, workload); share > 0) {
    card.time = share_words(share);
  }
  if (proposal.leave_one_out) {
    card.alone = cost_words(*proposal.leave_one_out) + " cost units";
  }
  if (proposal.size) {
    card.size = (dropped ? "frees " : "adds ") + size_words(*proposal.size);
    card.storage = signed_size(*proposal.size, !dropped);
  }
  if (proposal.writes) {
    card.write_cost = write_cost_of(proposal, workload);
    card.wal = signed_size(scaled(proposal.writes->wal_total, workload), !dropped);
  }
}

void share_warnings(ReportDocument& document) {
  const auto masked = [](const std::string& warning, const DocumentProposal& proposal) {
    return replaced(warning, proposal.index, kNamePlaceholder);
  };
  std::map<std::string, std::size_t> uses;
  std::vector<std::string> order;
  for (const DocumentProposal& proposal : document.proposals) {
    for (const std::string& warning : proposal.warnings) {
      const std::string text = masked(warning, proposal);
      if (++uses[text] == kSharedFrom) {
        order.push_back(text);
      }
    }
  }
  for (const std::string& text : order) {
    document.shared_warnings.push_back({text, uses[text]});
  }
  for (DocumentProposal& proposal : document.proposals) {
    const auto shared = [&](const std::string& warning) {
      return uses[masked(warning, proposal)] >= kSharedFrom;
    };
    proposal.warnings.erase(
        std::remove_if(proposal.warnings.begin(), proposal.warnings.end(), shared),
        proposal.warnings.end());
  }
}

}  // namespace quern::reports
