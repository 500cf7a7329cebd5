#include "collector/workload/told_json.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "collector/plans/observed_findings.hpp"
#include "collector/workload/plan_periods.hpp"
#include "collector/workload/write_activity.hpp"

namespace quern {

namespace {

using nlohmann::json;

constexpr std::size_t kMostFindings = 16;  ///< a plan

json finding_json(const collector::PlanFinding& finding) {
  json numbers = json::object();
  for (const auto& [name, value] : finding.numbers) {
    numbers[name] = value;
  }
  constexpr double kShareDigits = 1e4;
  return {{"insight", collector::insight_id(finding.insight)},
          {"node", finding.node},
          {"numbers", std::move(numbers)},
          {"share", std::round(finding.share * kShareDigits) / kShareDigits}};
}

json count_json(const WriteCount& count) {
  json object = {{"statements", count.statements}};
  if (count.with_rows > 0) {
    object["rows"] = count.rows;
    object["statements_with_rows"] = count.with_rows;
  }
  return object;
}

}  // namespace

json findings_json(const ObservedPlan& plan) {
  json list = json::array();
  for (const collector::PlanFinding& finding : collector::findings_of(plan)) {
    if (list.size() == kMostFindings) {
      break;
    }
    list.push_back(finding_json(finding));
  }
  return list;
}

json plan_periods_json(const QueryClass& query, std::int32_t bucket_seconds) {
  json periods = json::array();
  for (const PlanPeriod& period : plan_periods(query, bucket_seconds)) {
    periods.push_back({{"calls", period.calls},
                       {"from", period.from},
                       {"other_calls", period.others},
                       {"shape", period.shape},
                       {"total_us", period.total.count()},
                       {"until", period.until}});
  }
  return periods;
}

json writes_json(const Workload& workload) {
  json tables = json::object();
  for (const auto& [name, writes] : write_activity(workload)) {
    json columns = json::object();
    for (const auto& [column, count] : writes.updated_columns) {
      columns[column] = count_json(count);
    }
    tables[name] = {{"deletes", count_json(writes.deletes)},
                    {"inserts", count_json(writes.inserts)},
                    {"updated_columns", std::move(columns)},
                    {"updates", count_json(writes.updates)}};
  }
  return tables;
}

}  // namespace quern
