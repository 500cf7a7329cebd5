#include "advisor/wishes.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "collector/base/failure.hpp"

#include "advisor/migrate/index_ddl.hpp"
#include "advisor/migrate/index_name.hpp"
#include "advisor/price/build_time.hpp"

namespace quern::advisor {

namespace {

using planner_model::Planner;

constexpr double kDayMicroseconds = 86400e6;
/// A shorter log says little of a day: the reports show WAL of its own period then.
constexpr double kShortestScaled = 3600e6;

bool names(const std::string& wish, const std::string& schema, const std::string& name) {
  return wish == name || wish == schema + "." + name;
}

/// What a definition can not say would silently be another index.
void require_plain(const Index& meant, const Index& understood, const std::string& ddl) {
  const bool same_keys =
      meant.keys.size() == understood.keys.size() &&
      std::equal(meant.keys.begin(), meant.keys.end(), understood.keys.begin(),
                 [](const IndexKey& a, const IndexKey& b) {
                   return a.operator_class == b.operator_class && a.collation == b.collation;
                 });
  if (meant.unique || !meant.options.empty() || !same_keys) {
    throw UserError{fmt::format(
        "--must-have: {}: only plain indexes can be asked for, without UNIQUE, WITH or COLLATE",
        ddl)};
  }
}

CandidateIndex asked_candidate(const std::string& ddl, const Planner& planner) {
  const CatalogSnapshot& catalog = planner.catalog();
  Index meant;
  try {
    meant = planner.hypothetical(ddl).definition;
  } catch (const UserError& error) {
    throw UserError{fmt::format("--must-have: {}: {}", ddl, error.what())};
  }
  CandidateIndex asked{.definition = definition_of(meant), .rule = kAskedRule};
  const Table& table = *find_table(catalog, meant.table);
  require_plain(
      meant,
      planner.hypothetical(create_index_text(asked.definition, "asked", table, catalog)).definition,
      ddl);
  const auto existing = indexes_of(catalog, meant.table);
  for (const Index* index : existing) {
    if (index->valid && definition_of(*index) == asked.definition) {
      throw UserError{fmt::format("--must-have: {}: {} is the same index", ddl, index->name)};
    }
  }
  return asked;
}

void add_asked(const std::string& ddl, const Planner& planner, const AdviceOptions& options,
               std::vector<CandidateIndex>& candidates) {
  CandidateIndex asked = asked_candidate(ddl, planner);
  const Table& table = *find_table(planner.catalog(), asked.definition.table);
  if (never_touched(options, table)) {
    throw UserError{fmt::format("--must-have: {}: --never names {}", ddl, table.name)};
  }
  const auto known = std::find_if(candidates.begin(), candidates.end(), [&](const auto& other) {
    return other.definition == asked.definition;
  });
  if (known != candidates.end()) {
    known->rule = kAskedRule;
    return;
  }
  IndexNames taken{planner.catalog()};
  for (const auto& other : candidates) {
    (void)taken.choose(other.name, find_table(planner.catalog(), other.definition.table)->schema);
  }
  asked.name = taken.choose(asked.definition, table);
  candidates.push_back(std::move(asked));
}

/// The name that the index would have if it alone were chosen: what a report has shown.
std::string own_name(const CandidateIndex& candidate, const IndexNames& taken,
                     const CatalogSnapshot& catalog) {
  IndexNames own = taken;
  return own.choose(candidate.definition, *find_table(catalog, candidate.definition.table));
}

bool is_in(const CatalogSnapshot& catalog, const std::string& wish) {
  const auto is_meant = [&](const auto& relation) {
    return names(wish, relation.schema, relation.name);
  };
  return std::any_of(catalog.tables.begin(), catalog.tables.end(), is_meant) ||
         std::any_of(catalog.indexes.begin(), catalog.indexes.end(), is_meant);
}

void add_counts(SelectionProblem& problem, const std::vector<SizedCandidate>& candidates,
                const AdviceOptions& options) {
  std::map<Oid, CountLimit> by_table;
  for (std::size_t a = 0; a < candidates.size(); ++a) {
    CountLimit& limit = by_table[candidates[a].index.definition.table];
    limit.members.push_back(static_cast<int>(a));
    limit.at_most = static_cast<int>(options.max_indexes_per_table);
  }
  for (auto& [table, limit] : by_table) {
    if (static_cast<int>(limit.members.size()) > limit.at_most) {
      problem.counts.push_back(std::move(limit));
    }
  }
}

const char* limit_words(Limit limit) {
  switch (limit) {
    case Limit::Storage:
      return "take more storage than --budget";
    case Limit::Count:
      return "are more than --max-indexes";
    case Limit::CountOfTable:
      return "are more on one table than --max-indexes-per-table";
    case Limit::WriteCost:
      return "cost more in writes than --max-write-overhead";
    case Limit::Wal:
      return "write more WAL than --max-wal";
    case Limit::BuildTime:
      return "take longer to build than --max-build-time";
    case Limit::MustHave:
    case Limit::None:
      break;
  }
  return "";
}

}  // namespace

void check_names(const AdviceOptions& options, const CatalogSnapshot& catalog) {
  for (const std::string& wish : options.keep) {
    if (std::none_of(catalog.indexes.begin(), catalog.indexes.end(),
                     [&](const Index& index) { return names(wish, index.schema, index.name); })) {
      throw UserError{fmt::format("--keep {}: the catalog has no index of this name", wish)};
    }
  }
}

bool never_touched(const AdviceOptions& options, const Table& table) {
  return std::any_of(options.never.begin(), options.never.end(), [&](const std::string& wish) {
    return names(wish, table.schema, table.name);
  });
}

std::vector<std::string> obey(const AdviceOptions& options, const Planner& planner,
                              CandidateSet& candidates) {
  const CatalogSnapshot& catalog = planner.catalog();
  std::vector<std::string> unknown;
  const IndexNames taken{catalog};
  for (const std::string& wish : options.never) {
    const std::size_t left_out =
        std::erase_if(candidates.candidates, [&](const CandidateIndex& candidate) {
          const std::string name = own_name(candidate, taken, catalog);
          const std::string& schema = find_table(catalog, candidate.definition.table)->schema;
          return names(wish, schema, name) ||
                 names(wish, schema, IndexNames::with_schema(name, schema));
        });
    if (left_out == 0 && !is_in(catalog, wish)) {
      unknown.push_back(fmt::format(
          "--never {}: no table and no index has this name, and none was to be created.", wish));
    }
  }
  for (const std::string& ddl : options.must_have) {
    add_asked(ddl, planner, options, candidates.candidates);
  }
  return unknown;
}

std::size_t leave_out_too_large(const AdviceOptions& options,
                                std::vector<SizedCandidate>& candidates) {
  // Those that must be there are not left out silently: limited_problem() refuses them.
  return std::erase_if(candidates, [&](const SizedCandidate& candidate) {
    return candidate.size > options.budget && candidate.index.rule != kAskedRule;
  });
}

SelectionProblem limited_problem(const std::vector<SizedCandidate>& candidates,
                                 const WritePrices& prices, const Workload& workload,
                                 const AdviceOptions& options, const CatalogSnapshot& catalog) {
  SelectionProblem problem{.budget = options.budget.value(),
                           .max_indexes = static_cast<int>(options.max_indexes)};
  for (std::size_t a = 0; a < candidates.size(); ++a) {
    problem.sizes.push_back(candidates[a].size.value());
    problem.build_seconds.push_back(build_seconds(candidates[a], catalog));
    if (candidates[a].index.rule == kAskedRule) {
      problem.must_have.push_back(static_cast<int>(a));
    }
  }
  prices.price(problem, candidates);
  add_counts(problem, candidates, options);
  if (options.max_write_overhead) {
    problem.max_write_cost = *options.max_write_overhead * prices.existing_cost().value();
  }
  if (options.max_wal) {
    const auto period = static_cast<double>(workload.until_us - workload.from_us);
    const double days = period >= kShortestScaled ? period / kDayMicroseconds : 1;
    problem.max_wal = days * options.max_wal->value();
  }
  problem.max_build_seconds = options.max_build_seconds.value_or(problem.max_build_seconds);
  const Limit broken = broken_limit(problem, problem.must_have);
  if (broken != Limit::None) {
    throw UserError{
        fmt::format("--must-have: the indexes asked for {}: raise that limit or ask for less",
                    limit_words(broken))};
  }
  return problem;
}

}  // namespace quern::advisor
