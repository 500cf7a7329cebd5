#pragma once

#include <cstddef>
#include <string>

#include "collector/workload/workload.hpp"

#include "reports/text/profile_text.hpp"

/// The parts of the profile that say why: each is empty where there is nothing to say.
namespace quern::reports {

/// What the slowest plan of each shape of a class tells, the shapes by calls.
[[nodiscard]] std::string plan_lines(const QueryClass& c, std::size_t columns);
/// When which plan of a class ran, where it has flipped.
[[nodiscard]] std::string period_lines(const QueryClass& c, const Workload& workload,
                                       std::size_t columns);
/// N+1: the same statement many times in a row in one session.
[[nodiscard]] std::string pattern_lines(const Workload& workload, std::size_t columns);
/// Transactions of many small statements.
[[nodiscard]] std::string chatty_lines(const Workload& workload, std::size_t columns);
/// Tables by what is written to them, and the columns that UPDATEs set.
[[nodiscard]] std::string write_lines(const Workload& workload, const ProfileOptions& options);

}  // namespace quern::reports
