#include "reports/document_evidence.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "collector/plans/observed_findings.hpp"
#include "collector/workload/plan_periods.hpp"
#include "collector/workload/write_activity.hpp"

#include "reports/words.hpp"

namespace quern::reports {

namespace {

std::string number(std::uint64_t count) {
  return count_words(static_cast<double>(count));
}

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return plural(static_cast<double>(count), one, many);
}

DocumentEvidence chatty(const Workload& workload) {
  DocumentEvidence table{"Transactions of many small statements, by the one they begin with",
                         {"First statement", "Transactions", "Time"},
                         true};
  std::map<std::string_view, const QueryClass*> classes;
  for (const QueryClass& query : workload.classes) {
    classes.emplace(query.fingerprint, &query);
  }
  for (const ChattyTransactions& c : workload.chatty) {
    const auto known = classes.find(c.fingerprint);
    table.facts.push_back({clean_text(known == classes.end() ? c.fingerprint : known->second->sql),
                           fmt::format("{} of up to {}", number(c.transactions),
                                       counted(c.longest, "statement", "statements")),
                           fmt::format("{}: {} in the server of {}",
                                       counted(c.statements, "round trip", "round trips"),
                                       duration_words(c.total), duration_words(c.elapsed))});
  }
  return table;
}

DocumentEvidence flips(const Workload& workload) {
  DocumentEvidence table{
      "Plans that changed over time", {"Query", "When", "Plan, executions, mean"}, true};
  constexpr std::int64_t kMicroseconds = 1'000'000;
  for (const QueryClass& query : workload.classes) {
    for (const PlanPeriod& period : plan_periods(query, workload.bucket_seconds)) {
      const auto calls = static_cast<std::int64_t>(std::max<std::uint64_t>(1, period.calls));
      table.facts.push_back(
          {clean_text(query.sql),
           time_range_words(period.from * kMicroseconds, period.until * kMicroseconds),
           fmt::format("{}, {}, {}", period.shape, counted(period.calls, "execution", "executions"),
                       duration_words(period.total / calls))});
    }
  }
  return table;
}

DocumentEvidence findings(const Workload& workload) {
  constexpr std::size_t kOfOnePlan = 4;
  DocumentEvidence table{"What the logged plans tell", {"Query", "Finding", "Numbers"}, true};
  for (const QueryClass& query : workload.classes) {
    for (const ObservedPlan& plan : query.plans) {
      if (table.facts.size() >= kEvidenceLimit) {
        return table;
      }
      const auto found = collector::findings_of(plan);
      for (std::size_t i = 0; i < std::min(kOfOnePlan, found.size()); ++i) {
        std::string numbers;
        for (const auto& [name, value] : found[i].numbers) {
          numbers += fmt::format("{}{} {:.6g}", numbers.empty() ? "" : ", ", name, value);
        }
        const std::string node = clean_text(found[i].node);
        table.facts.push_back({clean_text(query.sql),
                               fmt::format("{}{}{}", collector::insight_name(found[i].insight),
                                           node.empty() ? "" : ": ", node),
                               std::move(numbers)});
      }
    }
  }
  return table;
}

std::string written(const WriteCount& count, const char* what) {
  return count.statements == 0  ? std::string{}
         : count.with_rows == 0 ? fmt::format("{} {}", number(count.statements), what)
                                : fmt::format("{} {} ({})", number(count.statements), what,
                                              counted(count.rows, "row", "rows"));
}

DocumentEvidence writes(const Workload& workload) {
  DocumentEvidence table{"Writes by table", {"Table", "Statements", "Columns set by updates"}};
  for (const auto& [name, of_table] : write_activity(workload)) {
    std::string statements;
    for (const std::string& part :
         {written(of_table.inserts, "inserts"), written(of_table.updates, "updates"),
          written(of_table.deletes, "deletes")}) {
      statements += part.empty() || statements.empty() ? part : ", " + part;
    }
    std::string columns;
    for (const auto& [column, count] : of_table.updated_columns) {
      columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", clean_text(column),
                             number(count.statements));
    }
    table.facts.push_back({clean_text(name), std::move(statements), std::move(columns)});
  }
  return table;
}

}  // namespace

void add_evidence(ReportDocument& document, const Workload& workload) {
  for (DocumentEvidence table :
       {chatty(workload), flips(workload), findings(workload), writes(workload)}) {
    if (!table.facts.empty()) {
      table.facts.resize(std::min(table.facts.size(), kEvidenceLimit));
      document.evidence.push_back(std::move(table));
    }
  }
}

}  // namespace quern::reports
