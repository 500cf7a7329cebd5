// Quern's choice of indexes beside Extend and a tuning advisor that search through HypoPG, at four
// storage budgets, all judged by PostgreSQL itself: the sum of EXPLAIN's total costs under
// hypothetical indexes, of the sizes that HypoPG gives them. An EXISTS under OR is counted row by
// row there and may run hashed: what lowers that total and is in no plan is priced, not run. The
// second cost is the total without such indexes. Quern chooses twice: by EXPLAIN's total, as the
// others do, and by what runs.
//
// usage: selection_bench SAMPLE [SCALE [SHARE...]]    budgets as shares of the tables' size
//        selection_bench DSN WORKLOAD [SHARE...]      on a database of one's own with HypoPG
//
// Of a workload document the SELECTs are taken, each class by its first recorded execution. Of a
// database of one's own no write costs count: the judge sees reads alone.
#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "collector/catalog/read_catalog.hpp"
#include "collector/collect.hpp"
#include "collector/workload/workload_document.hpp"

#include "advisor/advise.hpp"
#include "advisor/price/planned_workload.hpp"

#include "tests/bench/hypopg_costs.hpp"
#include "tests/bench/rival_selection.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/corpus.hpp"

namespace {

using namespace quern;
using namespace quern::bench;

constexpr std::size_t kMaxWidth = 3;

struct Setting {
  CatalogSnapshot catalog;
  Workload workload;
  std::vector<WeightedStatement> statements;
  IndexableColumns columns;
  double table_bytes = 0;
};

std::string full_name(const Table& table) {
  return table.schema + "." + table.name;
}

void add_leaves(const CatalogSnapshot& catalog, const Table& of, std::vector<std::string>& leaves) {
  for (const Table& table : catalog.tables) {
    if (std::find(table.parents.begin(), table.parents.end(), of.oid) == table.parents.end()) {
      continue;
    }
    if (table.kind == 'p') {
      add_leaves(catalog, table, leaves);
    } else {
      leaves.push_back(full_name(table));
    }
  }
}

/// HypoPG takes no partitioned tables: an index on one is one on each of its leaves.
Leaves leaves_of(const CatalogSnapshot& catalog) {
  Leaves leaves;
  for (const Table& table : catalog.tables) {
    if (table.kind == 'p') {
      add_leaves(catalog, table, leaves[full_name(table)]);
    }
  }
  return leaves;
}

void add_columns(Setting& setting, const planner_model::TableUse& use, WeightedStatement& out) {
  const auto table = std::find_if(setting.catalog.tables.begin(), setting.catalog.tables.end(),
                                  [&](const Table& t) { return t.oid == use.table; });
  if (table == setting.catalog.tables.end()) {
    return;
  }
  out.tables.insert(full_name(*table));
  auto& columns = setting.columns.by_table[full_name(*table)];
  const auto add = [&](std::int16_t number) {
    const auto column = std::find_if(table->columns.begin(), table->columns.end(),
                                     [&](const Column& c) { return c.number == number; });
    if (column != table->columns.end() &&
        std::find(columns.begin(), columns.end(), column->name) == columns.end()) {
      columns.push_back(column->name);
    }
  };
  for (const auto& clause : use.clauses) {
    add(clause.column);
  }
  for (const auto& sort : use.order_by) {
    add(sort.column);
  }
  for (const auto& sort : use.group_by) {
    add(sort.column);
  }
}

void add_existing(Setting& setting) {
  for (const Index& index : setting.catalog.indexes) {
    const auto table = std::find_if(setting.catalog.tables.begin(), setting.catalog.tables.end(),
                                    [&](const Table& t) { return t.oid == index.table; });
    if (table == setting.catalog.tables.end() || !index.predicate.empty()) {
      continue;
    }
    std::vector<std::string> columns;
    for (const IndexKey& key : index.keys) {
      const auto column = std::find_if(table->columns.begin(), table->columns.end(),
                                       [&](const Column& c) { return c.number == key.column; });
      columns.push_back(column == table->columns.end() ? "" : column->name);
    }
    setting.columns.existing.insert({full_name(*table), std::move(columns)});
  }
}

/// Only what every side can plan as it stands: of each SELECT one execution, its values in it.
void keep_one_execution(Workload& workload) {
  for (QueryClass& query : workload.classes) {
    SampleExecution first = advisor::planned_executions(query).front();
    first.sql = advisor::with_values(first);
    first.parameters.clear();
    query.samples.clear();
    if (query.kind == StatementKind::Select && first.parameters_complete &&
        first.sql.find('$') == std::string::npos) {
      query.samples.push_back(std::move(first));
    }
  }
  std::erase_if(workload.classes, [](const QueryClass& query) { return query.samples.empty(); });
}

Setting read_setting(const std::string& dsn, Workload workload) {
  Setting setting{.catalog = collector::read_catalog(dsn), .workload = std::move(workload)};
  keep_one_execution(setting.workload);
  const planner_model::Planner planner{setting.catalog};
  std::erase_if(setting.workload.classes, [&](const QueryClass& query) {
    try {
      (void)planner.plan(*planner.bind(query.samples.front().sql));
      return false;
    } catch (const UserError& error) {
      fmt::print("left out: {}\n", error.what());
      return true;
    }
  });
  for (const auto& query : setting.workload.classes) {
    WeightedStatement statement{query.samples.front().sql, static_cast<double>(query.calls)};
    for (const auto& use : planner.table_uses(*planner.bind(statement.sql))) {
      add_columns(setting, use, statement);
    }
    setting.statements.push_back(std::move(statement));
  }
  add_existing(setting);
  for (const auto& table : setting.catalog.tables) {
    setting.table_bytes += static_cast<double>(table.pages) * setting.catalog.block_size;
  }
  return setting;
}

Setting read_sample(const std::string& sample, const std::string& dsn) {
  return read_setting(dsn,
                      collector::collect({QUERN_SOURCE_DIR "/samples/" + sample + "/queries.sql"},
                                         {.format = collector::LogFormat::Sql}));
}

Setting read_own(const std::string& dsn, const std::string& workload) {
  Setting setting = read_setting(dsn, load_workload(workload));
  for (Table& table : setting.catalog.tables) {
    table.activity.reset();
  }
  return setting;
}

/// One proposal: an index, or one on each partition.
using Proposed = std::set<HypoIndex>;

/// What the advice creates, as far as HypoPG can imagine it; the others are counted.
std::vector<Proposed> created_by(const advisor::Advice& advice, HypopgCosts& costs,
                                 std::size_t& beyond) {
  std::vector<Proposed> created;
  for (const auto& proposal : advice.proposals) {
    Proposed indexes;
    bool known = true;
    for (std::string ddl : proposal.ddl_up) {
      const auto create = ddl.find("CREATE");
      if (create == std::string::npos || ddl.find(" INDEX ") == std::string::npos ||
          ddl.find(" ON ONLY ") != std::string::npos) {
        continue;
      }
      if (const auto word = ddl.find("CONCURRENTLY "); word != std::string::npos) {
        ddl.erase(word, std::string{"CONCURRENTLY "}.size());
      }
      const bool qualified = proposal.table.find('.') != std::string::npos;
      const HypoIndex index{(qualified ? "" : "public.") + proposal.table, ddl};
      known = known && costs.bytes(index) >= 0;
      indexes.insert(index);
    }
    if (!indexes.empty()) {
      known ? created.push_back(std::move(indexes)) : static_cast<void>(++beyond);
    }
  }
  return created;
}

std::vector<Proposed> each_alone(const std::set<HypoIndex>& indexes) {
  std::vector<Proposed> proposed;
  for (const auto& index : indexes) {
    proposed.push_back({index});
  }
  return proposed;
}

template <typename Work>
double seconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct InPlans {
  std::size_t chosen = 0;
  std::size_t seen = 0;  ///< in a plan that the server shows
};

/// What the server's total rises by without a proposal that no plan shows.
std::string priced_only(HypopgCosts& judge, double before, const std::set<HypoIndex>& all,
                        const Proposed& proposed) {
  std::set<HypoIndex> rest;
  std::set_difference(all.begin(), all.end(), proposed.begin(), proposed.end(),
                      std::inserter(rest, rest.begin()));
  return fmt::format("    priced, not run, {:.2f} % of the total: {}\n",
                     100 * (judge.workload(rest) - judge.workload(all)) / before,
                     proposed.begin()->ddl);
}

InPlans print(const std::string& name, HypopgCosts& judge, double before,
              const std::vector<Proposed>& chosen, double took, const std::string& note) {
  std::set<HypoIndex> all;
  for (const auto& proposed : chosen) {
    all.insert(proposed.begin(), proposed.end());
  }
  double bytes = 0;
  for (const auto& index : all) {
    bytes += judge.bytes(index);
  }
  const auto used = judge.used(all);
  std::string unused;
  std::size_t in_plans = 0;
  std::set<HypoIndex> run;
  for (const auto& proposed : chosen) {
    const bool in_a_plan = std::any_of(proposed.begin(), proposed.end(),
                                       [&](const auto& index) { return used.count(index) != 0; });
    in_plans += in_a_plan ? 1 : 0;
    if (in_a_plan) {
      run.insert(proposed.begin(), proposed.end());
    }
    unused += in_a_plan ? "" : priced_only(judge, before, all, proposed);
  }
  fmt::print("  {:<14} {:>6.2f} % {:>6.2f} % {:>8.1f} MB {:>4} {:>6} {:>8.1f} s  {}\n{}", name,
             100 * judge.workload(all) / before, 100 * judge.workload(run) / before, bytes / 1e6,
             chosen.size(), in_plans, took, note, unused);
  return {chosen.size(), in_plans};
}

/// Quern's choice for a budget, by what it counts.
InPlans print_quern(const Setting& setting, HypopgCosts& judge, double before, double budget,
                    planner_model::Counting counting) {
  advisor::Advice advice;
  const double took = seconds([&] {
    advice = advisor::advise(setting.workload, setting.catalog,
                             {.budget = Bytes{budget},
                              .time_limit_seconds = 20,
                              .sizes = planner_model::SizeModel::HypoPG,
                              .counting = counting,
                              .charge_share = 0});
  });
  std::size_t beyond = 0;
  const auto own = created_by(advice, judge, beyond);
  return print(counting == planner_model::Counting::WhatRuns ? "quern, run" : "quern, explain",
               judge, before, own, took,
               fmt::format("gap {:.1f} %{}", 100 * advice.cost.gap,
                           beyond == 0 ? "" : fmt::format(", {} beyond HypoPG", beyond)));
}

int run(const std::string& name, const std::string& dsn, const Setting& setting,
        const std::vector<double>& shares) {
  const Leaves leaves = leaves_of(setting.catalog);
  HypopgCosts judge{dsn, setting.statements, leaves};
  const double before = judge.workload({});
  fmt::print(
      "{}: {} statements, tables of {:.0f} MB; cost in per cent of that without new indexes\n",
      name, setting.statements.size(), setting.table_bytes / 1e6);
  fmt::print("  {:<14} {:>8} {:>8} {:>11} {:>4} {:>6} {:>10}\n", "", "cost", "run", "size", "n",
             "used", "took");
  std::map<planner_model::Counting, InPlans> all;
  for (const double share : shares) {
    const double budget = share * setting.table_bytes;
    fmt::print("budget {:.1f} MB\n", budget / 1e6);
    for (const auto counting :
         {planner_model::Counting::AsExplained, planner_model::Counting::WhatRuns}) {
      const InPlans ours = print_quern(setting, judge, before, budget, counting);
      InPlans& sum = all[counting];
      sum = {sum.chosen + ours.chosen, sum.seen + ours.seen};
    }
    for (const bool greedy : {false, true}) {
      HypopgCosts costs{dsn, setting.statements, leaves};
      std::set<HypoIndex> chosen;
      const double took = seconds([&] {
        chosen = greedy ? tuning_advisor(costs, setting.columns, budget, 2)
                        : extend(costs, setting.columns, budget, kMaxWidth);
      });
      print(greedy ? "tuning advisor" : "Extend", judge, before, each_alone(chosen), took,
            fmt::format("{} EXPLAINs", costs.explains()));
    }
    std::fflush(stdout);
  }
  for (const auto& [counting, sum] : all) {
    fmt::print("{} of the {} indexes of quern, {}, are in a plan of the server\n", sum.seen,
               sum.chosen, counting == planner_model::Counting::WhatRuns ? "run" : "explain");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words{argv + 1, argv + argc};
    const std::string first = words.empty() ? "warehouse" : words[0];
    const bool own = first.find_first_of("=:") != std::string::npos;
    std::vector<double> shares;
    for (std::size_t i = 2; i < words.size(); ++i) {
      shares.push_back(std::stod(words[i]));
    }
    if (shares.empty()) {
      shares = {0.02, 0.05, 0.1, 0.2};
    }
    if (own) {
      return run(words.at(1), first, read_own(first, words.at(1)), shares);
    }
    const std::string dsn = testing::sample_database(testing::Cluster::instance(), first,
                                                     words.size() > 1 ? words[1] : "1");
    return run(first, dsn, read_sample(first, dsn), shares);
  } catch (const std::exception& error) {
    std::cerr << "selection_bench: " << error.what() << "\n";
    return 2;
  }
}
