#include "advisor/price/planned_workload.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <iterator>

#include "collector/base/in_parallel.hpp"
#include "collector/sql/lexer.hpp"
#include "collector/sql/quote.hpp"

#include "advisor/price/executed_conflicts.hpp"
#include "advisor/price/executing_role.hpp"

namespace quern::advisor {

namespace {

using planner_model::BoundQuery;
using planner_model::ClauseUse;
using planner_model::Planner;
using planner_model::SortUse;
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

/// An expression that other executions do not have holds a value of this one: no index serves the
/// next execution by it.
void forget_own_expression(ClauseUse& clause, const TableUse* other) {
  const auto has = [&](const ClauseUse& theirs) { return theirs.expression == clause.expression; };
  if (!clause.expression.empty() &&
      (other == nullptr || std::none_of(other->clauses.begin(), other->clauses.end(), has))) {
    clause.expression.clear();
    clause.classes.clear();
  }
}

/// As far as both sort by the same.
void keep_common_items(std::vector<SortUse>& items, const std::vector<SortUse>& others) {
  const auto same = [](const SortUse& a, const SortUse& b) {
    return a.column == b.column && a.expression == b.expression;
  };
  items.erase(std::mismatch(items.begin(), items.end(), others.begin(), others.end(), same).first,
              items.end());
}

/// Forgets what does not stand in every execution's own text: a value bound to $1 may differ in the
/// next execution, and a generic plan could not use an index that is partial by it, or whose key is
/// an expression with it.
void keep_common(std::vector<TableUse>& uses, const std::vector<TableUse>& others) {
  for (std::size_t u = 0; u < uses.size(); ++u) {
    const TableUse* other = u < others.size() ? &others[u] : nullptr;
    for (std::size_t c = 0; c < uses[u].clauses.size(); ++c) {
      ClauseUse& clause = uses[u].clauses[c];
      const bool same = other != nullptr && c < other->clauses.size() &&
                        same_clause(clause, other->clauses[c]) &&
                        clause.constant == other->clauses[c].constant;
      if (!same) {
        clause.constant.clear();
      }
      forget_own_expression(clause, other);
    }
    if (other != nullptr) {
      keep_common_items(uses[u].order_by, other->order_by);
      keep_common_items(uses[u].group_by, other->group_by);
    }
  }
}

/// Of an execution that is not planned; nothing where its text cannot be bound, cut short by the
/// log perhaps: it says nothing about what recurs.
std::optional<std::vector<TableUse>> uses_of(const Planner& planner,
                                             const SampleExecution& execution,
                                             const std::string& role) {
  try {
    return planner.table_uses(*planner.bind(execution.sql, execution.parameters, role));
  } catch (const UserError&) {
    return std::nullopt;
  }
}

/// `bound`: the first of the executions. The others need not be planned to know what recurs.
std::vector<TableUse> common_uses(const Planner& planner,
                                  const std::vector<SampleExecution>& executions,
                                  const std::vector<std::shared_ptr<const BoundQuery>>& bound,
                                  const std::string& role) {
  std::vector<TableUse> uses = planner.table_uses(*bound.front());
  for (std::size_t i = 0; i < executions.size(); ++i) {
    const SampleExecution& execution = executions[i];
    if (i > 0 && i < bound.size()) {
      keep_common(uses, planner.table_uses(*bound[i]));
    } else if (i > 0) {
      if (const auto other = uses_of(planner, execution, role)) {
        keep_common(uses, *other);
      }
    }
    if (!execution.parameters.empty()) {
      keep_common(uses,
                  uses_of(planner, {.sql = execution.sql}, role).value_or(std::vector<TableUse>{}));
    }
  }
  return uses;
}

std::optional<double> measured_rows(const QueryClass& query) {
  if (!query.rows || query.with_rows == 0) {
    return std::nullopt;
  }
  return static_cast<double>(*query.rows) * static_cast<double>(query.calls) /
         static_cast<double>(query.with_rows);
}

}  // namespace

namespace {

/// Those with all their values first; of these the ones kept at random, which stand for all calls,
/// before the slowest, which stand for none but themselves.
std::vector<SampleExecution> by_representation(std::vector<SampleExecution> samples) {
  std::stable_sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const SampleExecution& sample) {
      return std::pair{!sample.parameters_complete, sample.why == "slowest"};
    };
    return rank(a) < rank(b);
  });
  return samples;
}

}  // namespace

std::vector<SampleExecution> planned_executions(const QueryClass& query) {
  std::vector<SampleExecution> chosen = by_representation(query.samples);
  chosen.resize(std::min(chosen.size(), kMostSamples));
  if (chosen.empty()) {
    chosen.push_back({.sql = query.sql, .parameters_complete = false});
  }
  return chosen;
}

std::string with_values(const SampleExecution& sample) {
  std::string text;
  std::size_t copied = 0;
  collector::Lexer lexer{sample.sql};
  for (auto token = lexer.next(); token.kind != collector::TokenKind::End; token = lexer.next()) {
    if (token.kind != collector::TokenKind::Parameter) {
      continue;
    }
    std::size_t number = 0;  // and so it stays where the digits are too many
    std::from_chars(token.text.data() + 1, token.text.data() + token.text.size(), number);
    if (number < 1 || number > sample.parameters.size()) {
      continue;
    }
    const auto& value = sample.parameters[number - 1];
    text += sample.sql.substr(copied, token.offset - copied);
    text += value ? quote_literal(*value) : "NULL";
    copied = token.offset + token.text.size();
  }
  return text + sample.sql.substr(copied);
}

bool add_class(PlannedWorkload& planned, const Planner& planner, PlannedClass added,
               const std::vector<SampleExecution>& given,
               const std::vector<SampleExecution>& others) {
  try {
    std::vector<std::shared_ptr<const BoundQuery>> bound;
    std::vector<PlannedSample> samples;
    auto [executions, shares] = distinct(given);
    for (std::size_t i = 0; i < executions.size(); ++i) {
      const SampleExecution& execution = executions[i];
      bound.push_back(execution.parameters_complete
                          ? planner.bind(execution.sql, execution.parameters, added.role)
                          : planner.bind(execution.sql, {}, added.role));
      added.generic = added.generic || !execution.parameters_complete;
      samples.push_back({.query = bound.back(),
                         .query_class = planned.classes.size(),
                         .weight = added.calls * shares[i],
                         .share = shares[i],
                         .before = planner.plan(*bound.back())});
    }
    executions.insert(executions.end(), others.begin(), others.end());
    added.uses = common_uses(planner, executions, bound, added.role);
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

namespace {

/// One class by itself; empty where there is nothing to plan.
PlannedWorkload planned_alone(const QueryClass& query, const Planner& planner,
                              const std::string& role) {
  PlannedWorkload planned;
  if (query.kind == StatementKind::Utility || query.kind == StatementKind::Other) {
    planned.utility_calls = query.calls;
    return planned;
  }
  if (query.calls == 0) {
    return planned;  // only ever failed
  }
  PlannedClass added{.fingerprint = query.fingerprint,
                     .sql = query.sql,
                     .kind = query.kind,
                     .calls = static_cast<double>(query.calls),
                     .rows = measured_rows(query),
                     .conflicts = executed_conflicts(query),
                     .role = executing_role(query, planner, role)};
  if (query.untimed < query.calls) {
    added.total = query.total;
  }
  std::vector<SampleExecution> others = by_representation(query.samples);
  others.erase(others.begin(),
               others.begin() + static_cast<std::ptrdiff_t>(std::min(others.size(), kMostSamples)));
  add_class(planned, planner, std::move(added), planned_executions(query), others);
  return planned;
}

/// Moves all of `part` behind what is there.
void append(PlannedWorkload& planned, PlannedWorkload part) {
  const std::size_t first_class = planned.classes.size();
  const std::size_t first_sample = planned.samples.size();
  for (auto& added : part.classes) {
    for (std::size_t& sample : added.samples) {
      sample += first_sample;
    }
    planned.classes.push_back(std::move(added));
  }
  for (auto& sample : part.samples) {
    sample.query_class += first_class;
    planned.samples.push_back(std::move(sample));
  }
  std::move(part.unplanned.begin(), part.unplanned.end(), std::back_inserter(planned.unplanned));
  planned.utility_calls += part.utility_calls;
}

}  // namespace

PlannedWorkload plan_workload(const Workload& workload, const Planner& planner,
                              const std::string& role) {
  std::vector<const QueryClass*> classes;
  for (const auto& query : workload.classes) {
    classes.push_back(&query);
  }
  std::sort(classes.begin(), classes.end(),
            [](const auto* a, const auto* b) { return a->fingerprint < b->fingerprint; });
  std::vector<PlannedWorkload> parts(classes.size());
  in_parallel(classes.size(),
              [&](std::size_t i) { parts[i] = planned_alone(*classes[i], planner, role); });
  PlannedWorkload planned;
  for (auto& part : parts) {
    append(planned, std::move(part));
  }
  return planned;
}

}  // namespace quern::advisor
