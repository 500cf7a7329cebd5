#include "advisor/check/impact.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "collector/catalog/extension_objects.hpp"
#include "collector/catalog/object_numbers.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "planner-model/writes/index_write_cost.hpp"

#include "advisor/candidates/candidate_index.hpp"
#include "advisor/price/executing_role.hpp"
#include "advisor/price/planned_workload.hpp"

namespace quern::advisor::check_detail {

namespace {

std::string recorded_queries(std::size_t number) {
  return fmt::format("{} recorded {}", number, number == 1 ? "query" : "queries");
}

using planner_model::HypotheticalIndex;
using planner_model::IndexConfiguration;
using planner_model::Planner;
using planner_model::PlanResult;

/// A recorded query with its cost before and after.
struct Planned {
  const QueryClass* query;
  std::shared_ptr<const planner_model::BoundQuery> bound;
  PlanResult before, after;
};

/// A change of a query's cost by less than this share is not worth a word.
constexpr double kNotable = 0.05;

bool uses(const PlanResult& plan, const std::string& index) {
  return std::find(plan.indexes_used.begin(), plan.indexes_used.end(), index) !=
         plan.indexes_used.end();
}

QueryEffect effect_of(const QueryClass& query, const PlanResult& before, const PlanResult& after) {
  QueryEffect effect;
  effect.fingerprint = query.fingerprint;
  effect.sql = query.sql;
  effect.calls = static_cast<double>(query.calls);
  effect.before = before.counted;
  effect.after = after.counted;
  effect.plan_before = before.plan;
  effect.plan_after = after.plan;
  effect.guessed_before = before.guessed;
  effect.analyzed = after.indexes_analyzed;
  if (query.calls > query.untimed) {
    effect.measured_mean =
        Microseconds{query.total.count() / static_cast<std::int64_t>(query.calls - query.untimed)};
  }
  return effect;
}

std::vector<Planned> plan_all(const Workload& workload, const Planner& planner,
                              const IndexConfiguration& configuration,
                              const std::string& asked_role, CheckResult& result) {
  std::vector<Planned> planned;
  std::size_t failed = 0;
  std::string first;
  for (const QueryClass& query : workload.classes) {
    if (query.kind == StatementKind::Utility || query.kind == StatementKind::Other) {
      continue;
    }
    try {
      const std::string role = executing_role(query, planner, asked_role);
      const SampleExecution sample = planned_executions(query).front();
      const auto bound = planner.bind(
          sample.sql, sample.parameters_complete ? sample.parameters : ParameterValues{}, role);
      planned.push_back({&query, bound, planner.plan(*bound), planner.plan(*bound, configuration)});
    } catch (const UserError& error) {
      ++failed;
      first = first.empty() ? error.what() : first;
    }
  }
  if (failed > 0) {
    result.caveats.push_back(
        fmt::format("{} could not be planned, the first: {}", recorded_queries(failed), first));
  }
  return planned;
}

Finding finding_at(const LintResult::Change& change, const char* rule, Severity severity) {
  Finding finding;
  finding.rule = rule;
  finding.severity = severity;
  finding.where = change.where;
  finding.statement = change.ddl.empty() ? "DROP INDEX " + change.dropped : change.ddl;
  return finding;
}

/// Against the rest of the migration: what it creates may take the index's place, and of two
/// indexes that it drops each may have been there for the other.
void judge_drop(const LintResult::Change& change, const Planner& planner,
                const std::vector<Planned>& planned, const IndexConfiguration& configuration,
                CheckResult& result) {
  Finding finding = finding_at(change, "M18", Severity::Error);
  IndexConfiguration kept = configuration;
  std::erase(kept.dropped, change.dropped);
  double worst = 1;
  for (const Planned& one : planned) {
    if (one.after.counted == one.before.counted &&
        one.after.indexes_used == one.before.indexes_used) {
      continue;  // it needs none of what is dropped
    }
    const PlanResult with = planner.plan(*one.bound, kept);
    const double factor = one.after.counted / with.counted;
    if (uses(with, change.dropped) && factor > 1 + kNotable) {
      worst = std::max(worst, factor);
      finding.queries.push_back(effect_of(*one.query, with, one.after));
    }
  }
  if (finding.queries.empty()) {
    return;
  }
  std::stable_sort(finding.queries.begin(), finding.queries.end(),
                   [](const auto& a, const auto& b) {
                     return a.calls * (a.after - a.before) > b.calls * (b.after - b.before);
                   });
  const QueryEffect& first = finding.queries.front();
  finding.message = fmt::format(
      "{} is used by {}, which would cost up to {:.1f} times as much; first among "
      "them ({:.0f} "
      "calls, cost {:.2f} to {:.2f}): {}",
      change.dropped, recorded_queries(finding.queries.size()), worst, first.calls,
      first.before.value(), first.after.value(), first.sql);
  finding.fix = "Keep the index, or create its replacement before dropping it";
  result.findings.push_back(std::move(finding));
}

const Table* root_of(const CatalogSnapshot& catalog, Oid oid) {
  constexpr int kMostLevels = 100;
  const Table* table = advisor::find_table(catalog, oid);
  for (int level = 0; level < kMostLevels && table != nullptr && !table->parents.empty(); ++level) {
    table = advisor::find_table(catalog, table->parents.front());
  }
  return table;
}

/// What an index is of, whichever partition it is on.
std::vector<std::string> contents(const CatalogSnapshot& catalog, const Index& index) {
  const Table* table = advisor::find_table(catalog, index.table);
  std::vector<std::string> found{index.access_method, index.predicate};
  const auto add = [&](std::int16_t number) {
    for (const Column& column : table == nullptr ? std::vector<Column>{} : table->columns) {
      if (column.number == number) {
        found.push_back(column.name);
      }
    }
  };
  for (const IndexKey& key : index.keys) {
    add(key.column);
    found.push_back(key.expression + (key.descending ? " DESC" : "") + key.operator_class_name);
  }
  found.emplace_back("INCLUDE");
  for (const std::int16_t number : index.included) {
    add(number);
  }
  return found;
}

bool is_partitioned(const CatalogSnapshot& catalog, const Index& index) {
  const Table* table = advisor::find_table(catalog, index.table);
  return table != nullptr && table->kind == 'p';
}

/// Those made here that ON ONLY and ATTACH make one index of: this one, and where it or another is
/// on a partitioned table, its equals on that one's parts.
std::vector<const HypotheticalIndex*> one_with(const HypotheticalIndex& index,
                                               const IndexConfiguration& configuration,
                                               const CatalogSnapshot& catalog) {
  const auto own = contents(catalog, index.definition);
  const Table* root = root_of(catalog, index.definition.table);
  std::vector<const HypotheticalIndex*> found;
  bool whole = false;
  for (const HypotheticalIndex& created : configuration.created) {
    const bool equal = root != nullptr && root_of(catalog, created.definition.table) == root &&
                       contents(catalog, created.definition) == own;
    if (equal || created.definition.name == index.definition.name) {
      found.push_back(&created);
      whole = whole || is_partitioned(catalog, created.definition);
    }
  }
  if (!whole) {
    std::erase_if(found, [&](const HypotheticalIndex* one) {
      return one->definition.name != index.definition.name;
    });
  }
  return found;
}

IndexConfiguration without(IndexConfiguration configuration,
                           const std::vector<std::string>& names) {
  std::erase_if(configuration.created, [&](const HypotheticalIndex& created) {
    return std::find(names.begin(), names.end(), created.definition.name) != names.end();
  });
  return configuration;
}

bool shares(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& one) {
    return std::find(others.begin(), others.end(), one) != others.end();
  });
}

/// Against the rest of the migration, so that no other change is credited to it.
void judge_creation(const LintResult::Change& change, const Planner& planner,
                    const IndexConfiguration& configuration, const HypotheticalIndex& index,
                    const std::vector<Planned>& planned, CheckResult& result) {
  constexpr double kSame = 0.001;
  const CatalogSnapshot& catalog = planner.catalog();
  std::vector<std::string> names;
  for (const HypotheticalIndex* part : one_with(index, configuration, catalog)) {
    names.push_back(part->definition.name);
  }
  if (names.size() > 1 && !is_partitioned(catalog, index.definition)) {
    return;  // told of the whole
  }
  const IndexConfiguration rest = without(configuration, names);
  const auto table =
      std::find_if(catalog.tables.begin(), catalog.tables.end(),
                   [&](const Table& one) { return one.oid == index.definition.table; });
  const double megabytes = index.size.value() / 1e6;
  std::string price = megabytes < 0.95 ? fmt::format("estimated size {:.0f} kB", 1000 * megabytes)
                                       : fmt::format("estimated size {:.1f} MB", megabytes);
  if (table != catalog.tables.end() && index.definition.access_method == "btree") {
    const auto write = planner_model::index_write_cost(index.definition, *table, catalog);
    price +=
        fmt::format(", {:.0f} bytes of WAL for each inserted row", write.wal_per_insert.value());
  }
  Finding finding = finding_at(change, "M33", Severity::Info);
  for (const Planned& one : planned) {
    // A plan names the parts of an index on a partitioned table, not the whole.
    if (!is_partitioned(catalog, index.definition) &&
        std::none_of(names.begin(), names.end(),
                     [&](const std::string& name) { return uses(one.after, name); })) {
      continue;
    }
    const PlanResult others = planner.plan(*one.bound, rest);
    if (one.after.counted < (1 - kSame) * others.counted) {
      finding.queries.push_back(effect_of(*one.query, others, one.after));
      finding.queries.back().uses_index = true;
    }
  }
  if (finding.queries.empty()) {
    finding.severity = index.definition.unique ? Severity::Info : Severity::Warning;
    finding.message =
        fmt::format("no recorded query would gain by {} ({})", index.definition.name, price);
    finding.fix = "Leave it out, unless queries that were not recorded need it";
  } else {
    std::stable_sort(finding.queries.begin(), finding.queries.end(),
                     [](const auto& a, const auto& b) {
                       return a.calls * (a.before - a.after) > b.calls * (b.before - b.after);
                     });
    const QueryEffect& first = finding.queries.front();
    finding.message = fmt::format("{} serves {} ({}); most of all, from cost {:.2f} to {:.2f}: {}",
                                  index.definition.name, recorded_queries(finding.queries.size()),
                                  price, first.before.value(), first.after.value(), first.sql);
    if (table != catalog.tables.end() &&
        std::any_of(finding.queries.begin(), finding.queries.end(),
                    [&](const QueryEffect& effect) { return shares(effect.analyzed, names); })) {
      finding.message += fmt::format(
          ". Its gain rests on the statistics of its expression: ANALYZE {} after the build",
          relation_name(catalog, table->schema, table->name));
    }
  }
  result.findings.push_back(std::move(finding));
}

/// The catalog once the migration's extensions are there.
CatalogSnapshot with_extensions(CatalogSnapshot catalog, const State& state,
                                std::vector<std::string>& caveats) {
  const auto numbers = collector::object_numbers(catalog);
  Oid next = numbers.empty() ? collector::kFirstObject : numbers.back() + 1;
  for (const auto& extension : state.extensions) {
    if (!collector::add_extension(catalog, extension.name, extension.schema, next)) {
      caveats.push_back(
          fmt::format("what extension {} defines is not known: indexes by its operator classes are "
                      "not imagined",
                      extension.name));
    }
  }
  collector::sort_snapshot(catalog);
  return catalog;
}

}  // namespace

void add_impact(const Workload& workload, const CatalogSnapshot& before, const LintResult& linted,
                const AdviceOptions& options, CheckResult& result) {
  if (linted.changes.empty()) {
    return;
  }
  std::optional<CatalogSnapshot> extended;
  if (!linted.state.extensions.empty()) {
    extended = with_extensions(before, linted.state, result.caveats);
  }
  const CatalogSnapshot& catalog = extended ? *extended : before;
  const Planner planner{catalog, options.sizes, options.counting, expressions_of(options)};
  IndexConfiguration configuration;
  std::vector<std::optional<HypotheticalIndex>> created;
  for (const auto& change : linted.changes) {
    created.emplace_back();
    if (!change.dropped.empty()) {
      configuration.dropped.push_back(change.dropped);
      continue;
    }
    try {
      created.back() = planner.hypothetical(change.ddl);
      configuration.created.push_back(*created.back());
    } catch (const UserError& error) {
      result.caveats.push_back(fmt::format("{}:{}: not imagined: {}", change.where.file,
                                           change.where.line, error.what()));
    }
  }
  const auto planned = plan_all(workload, planner, configuration, options.role, result);
  for (const Planned& one : planned) {
    const auto calls = static_cast<double>(one.query->calls);
    result.cost.reads_before += calls * one.before.counted;
    result.cost.reads_after += calls * one.after.counted;
    result.queries.push_back(effect_of(*one.query, one.before, one.after));
  }
  for (std::size_t i = 0; i < linted.changes.size(); ++i) {
    const auto& change = linted.changes[i];
    if (!change.dropped.empty() && !change.ignored.contains("M18")) {
      judge_drop(change, planner, planned, configuration, result);
    } else if (created[i] && !change.ignored.contains("M33")) {
      judge_creation(change, planner, configuration, *created[i], planned, result);
    }
  }
}

}  // namespace quern::advisor::check_detail
