#include "reports/text/profile_evidence.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "collector/plans/observed_findings.hpp"
#include "collector/workload/plan_periods.hpp"
#include "collector/workload/write_activity.hpp"

#include "reports/text/wrap.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

std::string count(std::uint64_t number) {
  return count_words(static_cast<double>(number));
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return plural(static_cast<double>(number), one, many);
}

std::string written(const char* what, const WriteCount& count_of) {
  if (count_of.statements == 0) {
    return {};
  }
  std::string text = fmt::format("{} {}", count(count_of.statements), what);
  if (count_of.with_rows > 0) {
    text += fmt::format(" ({}{})", counted(count_of.rows, "row", "rows"),
                        count_of.with_rows < count_of.statements
                            ? fmt::format(" in {} of them", count(count_of.with_rows))
                            : std::string{});
  }
  return text;
}

}  // namespace

std::string plan_lines(const QueryClass& c, std::size_t columns) {
  constexpr std::size_t kShapes = 3;
  constexpr std::size_t kFindings = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShapes, c.plans.size()); ++i) {
    const ObservedPlan& plan = c.plans[i];
    text += wrap(fmt::format("plan {}: {}, slowest {}", plan.shape,
                             counted(plan.calls, "execution", "executions"),
                             duration_words(plan.example_duration)),
                 "    > ", "      ", columns);
    const auto findings = collector::findings_of(plan);
    for (std::size_t j = 0; j < std::min(kFindings, findings.size()); ++j) {
      const collector::PlanFinding& finding = findings[j];
      std::string line{collector::insight_name(finding.insight)};
      line += finding.node.empty() ? "" : ": " + clean_text(finding.node);
      for (const auto& [name, value] : finding.numbers) {
        line += fmt::format(", {} {:.6g}", name, value);
      }
      text += wrap(line, "        - ", "          ", columns);
    }
  }
  return text;
}

std::string period_lines(const QueryClass& c, const Workload& workload, std::size_t columns) {
  constexpr std::size_t kShown = 6;
  constexpr std::int64_t kMicroseconds = 1'000'000;
  const std::vector<PlanPeriod> periods = plan_periods(c, workload.bucket_seconds);
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, periods.size()); ++i) {
    const PlanPeriod& period = periods[i];
    const Microseconds mean{period.total.count() /
                            static_cast<std::int64_t>(std::max<std::uint64_t>(1, period.calls))};
    text += wrap(
        fmt::format(
            "{}: plan {}, {} of {} in the mean{}",
            time_range_words(period.from * kMicroseconds, period.until * kMicroseconds),
            period.shape, counted(period.calls, "execution", "executions"), duration_words(mean),
            period.others > 0 ? fmt::format(", {} with others", period.others) : std::string{}),
        "    ~ ", "      ", columns);
  }
  if (periods.size() > kShown) {
    text += fmt::format("      and {} more\n",
                        counted(periods.size() - kShown, "change of plan", "changes of plan"));
  }
  return text;
}

std::string write_lines(const Workload& workload, const ProfileOptions& options) {
  std::vector<std::pair<std::string, TableWrites>> tables;
  for (auto& [name, table] : write_activity(workload)) {
    tables.emplace_back(name, table);
  }
  const auto statements = [](const TableWrites& t) {
    return t.inserts.statements + t.updates.statements + t.deletes.statements;
  };
  std::stable_sort(tables.begin(), tables.end(), [&](const auto& a, const auto& b) {
    return statements(a.second) > statements(b.second);
  });
  std::string text = "\nWrites by table:\n";
  if (tables.empty()) {
    text += "    none\n";
  }
  for (std::size_t i = 0; i < tables.size() && i < static_cast<std::size_t>(options.top); ++i) {
    const TableWrites& table = tables[i].second;
    std::vector<std::string> parts;
    for (const auto& part : {written("inserts", table.inserts), written("updates", table.updates),
                             written("deletes", table.deletes)}) {
      if (!part.empty()) {
        parts.push_back(part);
      }
    }
    text += wrap(fmt::format("{}: {}", clean_text(tables[i].first), fmt::join(parts, ", ")), "    ",
                 "      ", options.columns);
    std::vector<std::string> columns;
    for (const auto& [name, count_of] : table.updated_columns) {
      columns.push_back(fmt::format("{} {}", clean_text(name), count(count_of.statements)));
    }
    if (!columns.empty()) {
      text += wrap(fmt::format("set by updates: {}", fmt::join(columns, ", ")), "      ",
                   "        ", options.columns);
    }
  }
  return text;
}

std::string chatty_lines(const Workload& workload, std::size_t columns) {
  if (workload.chatty.empty()) {
    return {};
  }
  constexpr std::size_t kShown = 5;
  std::string text =
      fmt::format("\nTransactions of {} and more small statements, by the one they begin with:\n",
                  kChattyStatements);
  for (std::size_t i = 0; i < std::min(kShown, workload.chatty.size()); ++i) {
    const ChattyTransactions& c = workload.chatty[i];
    const auto known =
        std::find_if(workload.classes.begin(), workload.classes.end(),
                     [&](const QueryClass& q) { return q.fingerprint == c.fingerprint; });
    text += fmt::format(
        "    {} of up to {}, {} in all: {} in the server of {} passed\n      {}\n",
        counted(c.transactions, "transaction", "transactions"), count(c.longest),
        counted(c.statements, "round trip", "round trips"), duration_words(c.total),
        duration_words(c.elapsed),
        known == workload.classes.end() ? c.fingerprint : one_line(known->sql, columns - 6));
  }
  return text;
}

std::string pattern_lines(const Workload& workload, std::size_t columns) {
  if (workload.patterns.empty()) {
    return {};
  }
  constexpr std::size_t kShown = 5;
  std::string text = "\nThe same statement many times in a row in one session (N+1):\n";
  for (std::size_t i = 0; i < std::min(kShown, workload.patterns.size()); ++i) {
    const SessionPattern& p = workload.patterns[i];
    const auto known =
        std::find_if(workload.classes.begin(), workload.classes.end(),
                     [&](const QueryClass& c) { return c.fingerprint == p.fingerprint; });
    text += fmt::format(
        "    {} of up to {}, {} in all, {}\n      {}\n", counted(p.runs, "sequence", "sequences"),
        count(p.longest), counted(p.calls, "execution", "executions"), duration_words(p.total),
        known == workload.classes.end() ? p.fingerprint : one_line(known->sql, columns - 6));
  }
  return text;
}

}  // namespace quern::reports
