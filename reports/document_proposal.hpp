#pragma once

#include <string>
#include <vector>

#include "reports/report_document.hpp"

/// The parts of one proposal in the document.
namespace quern::reports {

/// Clean; "Measured:" and "Estimated:" alike in every proposal. No other word is touched: a
/// sentence may begin with the name of a table.
[[nodiscard]] std::vector<std::string> sentences(const std::vector<std::string>& texts);

/// Up to the first semicolon: "integer program, solved to optimality".
[[nodiscard]] std::string first_clause(const std::string& text);

/// Without SET, RESET and comments: what the statements are about.
[[nodiscard]] std::vector<std::string> essential_statements(
    const std::vector<std::string>& statements);

/// The period that WAL volumes are given for: "a day" where the log covers an hour or more; a
/// shorter log is not scaled up: "in 2 min 12 s".
[[nodiscard]] std::string wal_period(const Workload& workload);

/// Fills benefit, saves, size, storage, write_cost, wal, time and alone.
void add_price(DocumentProposal& card, const advisor::Proposal& proposal, const Workload& workload);

/// Moves warnings that three or more proposals carry, but for the name of their index, into
/// document.shared_warnings.
void share_warnings(ReportDocument& document);

}  // namespace quern::reports
