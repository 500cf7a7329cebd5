#include "advisor/price/planned_workload.hpp"

#include <algorithm>
#include <exception>

namespace quern::advisor {

namespace {

using planner_model::BoundQuery;
using planner_model::ClauseUse;
using planner_model::Planner;
using planner_model::TableUse;

struct Distinct {
  std::vector<SampleExecution> executions = {};
  std::vector<double> shares = {};  ///< of the given executions, parallel
};

/// Executions that are alike to the last value are planned once and stand for more.
Distinct distinct(const std::vector<SampleExecution>& given) {
  Distinct result;
  const double each = 1 / static_cast<double>(given.size());
  for (const auto& execution : given) {
    const auto known =
        std::find_if(result.executions.begin(), result.executions.end(), [&](const auto& other) {
          return other.sql == execution.sql && other.parameters == execution.parameters &&
                 other.parameters_complete == execution.parameters_complete;
        });
    if (known == result.executions.end()) {
      result.executions.push_back(execution);
      result.shares.push_back(each);
    } else {
      result.shares[static_cast<std::size_t>(known - result.executions.begin())] += each;
    }
  }
  return result;
}

bool same_clause(const ClauseUse& a, const ClauseUse& b) {
  return a.column == b.column && a.expression == b.expression && a.kind == b.kind;
}

/// Forgets constants that do not stand in every execution's own text: a value bound to $1 may
/// differ in the next execution, and a generic plan could not use an index that is partial by it.
void keep_common_constants(std::vector<TableUse>& uses, const std::vector<TableUse>& others) {
  for (std::size_t u = 0; u < uses.size(); ++u) {
    for (std::size_t c = 0; c < uses[u].clauses.size(); ++c) {
      ClauseUse& clause = uses[u].clauses[c];
      const bool same = u < others.size() && c < others[u].clauses.size() &&
                        same_clause(clause, others[u].clauses[c]) &&
                        clause.constant == others[u].clauses[c].constant;
      if (!same) {
        clause.constant.clear();
      }
    }
  }
}

std::vector<TableUse> common_uses(const Planner& planner,
                                  const std::vector<SampleExecution>& executions,
                                  const std::vector<std::shared_ptr<const BoundQuery>>& bound) {
  std::vector<TableUse> uses = planner.table_uses(*bound.front());
  for (std::size_t i = 0; i < bound.size(); ++i) {
    if (i > 0) {
      keep_common_constants(uses, planner.table_uses(*bound[i]));
    }
    if (!executions[i].parameters.empty()) {
      keep_common_constants(uses, planner.table_uses(*planner.bind(executions[i].sql)));
    }
  }
  return uses;
}

/// Of all calls, where some were measured: auto_explain logs a sample.
std::optional<double> measured_rows(const QueryClass& query) {
  if (!query.rows || query.with_rows == 0) {
    return std::nullopt;
  }
  return static_cast<double>(*query.rows) * static_cast<double>(query.calls) /
         static_cast<double>(query.with_rows);
}

}  // namespace

std::vector<SampleExecution> planned_executions(const QueryClass& query) {
  std::vector<SampleExecution> chosen = query.samples;
  std::stable_sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) {
    return a.parameters_complete && !b.parameters_complete;
  });
  chosen.resize(std::min(chosen.size(), kMostSamples));
  if (chosen.empty()) {
    chosen.push_back({.sql = query.sql, .parameters_complete = false});
  }
  return chosen;
}

bool add_class(PlannedWorkload& planned, const Planner& planner, PlannedClass added,
               const std::vector<SampleExecution>& given) {
  try {
    std::vector<std::shared_ptr<const BoundQuery>> bound;
    std::vector<PlannedSample> samples;
    const auto [executions, shares] = distinct(given);
    for (std::size_t i = 0; i < executions.size(); ++i) {
      const SampleExecution& execution = executions[i];
      bound.push_back(execution.parameters_complete
                          ? planner.bind(execution.sql, execution.parameters)
                          : planner.bind(execution.sql));
      added.generic = added.generic || !execution.parameters_complete;
      samples.push_back({.query = bound.back(),
                         .query_class = planned.classes.size(),
                         .weight = added.calls * shares[i],
                         .before = planner.plan(*bound.back())});
    }
    added.uses = common_uses(planner, executions, bound);
    for (auto& sample : samples) {
      added.samples.push_back(planned.samples.size());
      planned.samples.push_back(std::move(sample));
    }
    planned.classes.push_back(std::move(added));
    return true;
  } catch (const std::exception& reason) {
    planned.unplanned.push_back({.fingerprint = added.fingerprint,
                                 .sql = added.sql,
                                 .calls = static_cast<std::uint64_t>(added.calls),
                                 .reason = reason.what()});
    return false;
  }
}

PlannedWorkload plan_workload(const Workload& workload, const Planner& planner) {
  std::vector<const QueryClass*> classes;
  for (const auto& query : workload.classes) {
    classes.push_back(&query);
  }
  std::sort(classes.begin(), classes.end(),
            [](const auto* a, const auto* b) { return a->fingerprint < b->fingerprint; });
  PlannedWorkload planned;
  for (const auto* query : classes) {
    if (query->kind == StatementKind::Utility || query->kind == StatementKind::Other) {
      planned.utility_calls += query->calls;
      continue;
    }
    if (query->calls == 0) {
      continue;  // only ever failed
    }
    PlannedClass added{.fingerprint = query->fingerprint,
                       .sql = query->sql,
                       .kind = query->kind,
                       .calls = static_cast<double>(query->calls),
                       .rows = measured_rows(*query)};
    if (query->untimed < query->calls) {
      added.total = query->total;
    }
    add_class(planned, planner, std::move(added), planned_executions(*query));
  }
  return planned;
}

}  // namespace quern::advisor
