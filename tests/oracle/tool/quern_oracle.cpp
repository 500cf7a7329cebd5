// quern-oracle: the planner model beside a live PostgreSQL, for whoever works on the model.
//
//   quern-oracle --dsn "host=... dbname=shop" --queries samples/shop/queries.sql --worst 5
//   quern-oracle --query latest_orders --index "CREATE INDEX ON orders (placed_at)"
//   quern-oracle --sample warehouse --worst 10                    its reports under its index sets
//   quern-oracle --random 200 --seed 7 --seeds 25 --worst 10      generated schemas and statements
//   quern-oracle --random 200 --seed 7 --statement 31 --shrink    one of them, made small
//   quern-oracle --index-sizes 200 --seed 7 --worst 10            indexes, really built and sized
//   quern-oracle --wal 30 --seed 7 --worst 10                     random tables, written to
//   quern-oracle --server 17 --random 200 --seed 7                another version's server
//
// Without --dsn it uses the throwaway server of the build folder; other versions: ./dev servers.

#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/index_size_oracle.hpp"
#include "tests/support/oracle.hpp"
#include "tests/support/random_oracle.hpp"
#include "tests/support/wal_oracle.hpp"

namespace {

struct Options {
  std::string dsn;
  std::string catalog;
  std::string queries = QUERN_SOURCE_DIR "/samples/shop/queries.sql";
  std::vector<std::string> create = {};
  std::vector<std::string> drop = {};
  std::vector<std::string> only = {};
  bool hypothetical = false;
  bool all_sets = false;
  std::string sample;
  std::string scale = "1";
  std::vector<std::string> sets = {};
  std::string record;
  std::string recorded;
  bool cases = false;
  std::size_t worst = 0;
  std::size_t seeds = 1;
  quern::testing::RandomRun random = {.statements = 0};
  quern::testing::SizeRun sizes = {.definitions = 0};
  quern::testing::WalRun wal = {};
};

void describe(CLI::App& app, Options& options) {
  const auto repeatable = [](CLI::Option* option) {
    option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  app.add_option("--dsn", options.dsn, "Server; default: this build's throwaway cluster");
  app.add_option("--server", options.random.server, "Major version of the throwaway server");
  app.add_option("--catalog", options.catalog, "Snapshot file; default: read from the server");
  app.add_option("--queries", options.queries, "File of statements, each under a -- name: line");
  repeatable(app.add_option("--index", options.create, "CREATE INDEX to try"));
  repeatable(app.add_option("--drop", options.drop, "Index to drop"));
  repeatable(app.add_option("--query", options.only, "Only this statement; shows both plans"));
  app.add_flag("--hypopg", options.hypothetical, "HypoPG's indexes instead of real ones");
  app.add_flag("--all-sets", options.all_sets, "Every index set of the shop sample");
  app.add_option("--sample", options.sample, "samples/NAME: its queries.sql under index_sets.sql");
  app.add_option("--scale", options.scale, "Of the sample's data");
  repeatable(app.add_option("--set", options.sets, "Only this index set of the sample"));
  app.add_option("--record", options.record, "Write the server's plans of the sample to this file");
  app.add_option("--recorded", options.recorded, "Compare with plans recorded so; needs --catalog");
  app.add_flag("--cases", options.cases, "One line a statement");
  app.add_option("--random", options.random.statements, "Generate this many statements a schema");
  app.add_option("--seed", options.random.seed, "Of the first generated schema");
  app.add_option("--seeds", options.seeds, "How many schemas to generate");
  app.add_option("--statement", options.random.only, "Only the generated statement of this number");
  app.add_flag("--shrink", options.random.shrink, "Make the first failing cases of a seed small");
  app.add_option("--shrink-cases", options.random.shrunk_cases, "How many of a seed to make small");
  app.add_flag("--keep", options.random.keep, "Leave the generated databases on the server");
  app.add_option("--index-sizes", options.sizes.definitions,
                 "Build this many generated indexes a seed beside the model's sizes");
  app.add_option(
      "--facts", options.sizes.facts,
      "Folder that keeps the server's answers to --index-sizes and --wal for later runs");
  app.add_option("--wal", options.wal.tables,
                 "Write to this many generated tables a seed beside the model's WAL and times");
  app.add_flag("!--steady", options.wal.images, "Only long after a checkpoint");
  app.add_option("--largest", options.wal.largest_table, "Rows of the largest of them");
  app.add_option("--table", options.wal.only, "Only the generated table of this number");
  app.add_option("--worst", options.worst, "Show the plans of the N worst");
}

void keep_chosen(const Options& options, std::vector<quern::testing::NamedStatement>& statements) {
  const auto chosen = [&](const quern::testing::NamedStatement& statement) {
    return options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                             statement.name) != options.only.end();
  };
  std::erase_if(statements, std::not_fn(chosen));
}

std::vector<quern::testing::OracleCase> sample_cases(const Options& options) {
  using namespace quern::testing;
  Corpus corpus = read_corpus(options.sample);
  keep_chosen(options, corpus.statements);
  if (!options.recorded.empty()) {
    return compare_recorded(corpus, quern::collector::read_snapshot(options.catalog),
                            options.recorded);
  }
  const std::string dsn = options.dsn.empty()
                              ? sample_database(Cluster::of_version(options.random.server),
                                                options.sample, options.scale)
                              : options.dsn;
  const quern::CatalogSnapshot catalog = quern::collector::read_catalog(dsn);
  if (!options.record.empty()) {
    record_plans(corpus, dsn, catalog, options.record);
    return {};
  }
  return run_corpus(corpus, dsn, catalog, options.sets);
}

std::vector<quern::testing::OracleCase> corpus_cases(const Options& options) {
  using namespace quern::testing;
  const std::string dsn =
      options.dsn.empty() ? Cluster::of_version(options.random.server).dsn("shop") : options.dsn;
  const quern::CatalogSnapshot catalog = options.catalog.empty()
                                             ? quern::collector::read_catalog(dsn)
                                             : quern::collector::read_snapshot(options.catalog);
  std::vector<IndexSet> sets = {
      {.name = options.create.empty() && options.drop.empty() ? "as it is" : "as given",
       .create = options.create,
       .drop = options.drop,
       .hypothetical = options.hypothetical}};
  if (options.all_sets) {
    sets = shop_index_sets();
  }
  std::vector<OracleCase> cases;
  auto statements = read_statements(options.queries);
  keep_chosen(options, statements);
  for (const IndexSet& set : sets) {
    for (OracleCase& one : run_oracle(dsn, catalog, statements, set)) {
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

std::vector<quern::testing::OracleCase> random_cases(const Options& options) {
  std::vector<quern::testing::OracleCase> cases;
  auto one_run = options.random;
  for (std::size_t i = 0; i < options.seeds; ++i, ++one_run.seed) {
    std::cerr << "seed " << one_run.seed << '\n';
    for (auto& one : quern::testing::run_random_oracle(one_run, std::cerr)) {
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

void run_sizes(const Options& options) {
  using namespace quern::testing;
  SizedIndexes all;
  SizeRun one_run = options.sizes;
  one_run.seed = options.random.seed;
  for (std::size_t i = 0; i < options.seeds; ++i, ++one_run.seed) {
    SizedIndexes one = run_index_sizes(one_run);
    std::move(one.by_statistics.begin(), one.by_statistics.end(),
              std::back_inserter(all.by_statistics));
    std::move(one.by_samples.begin(), one.by_samples.end(), std::back_inserter(all.by_samples));
  }
  std::cout << "By the statistics:\n";
  print_sizes(std::cout, all.by_statistics, options.worst);
  std::cout << "\nBy the statistics and samples of the tables:\n";
  print_sizes(std::cout, all.by_samples, options.worst);
}

void run_writes(const Options& options) {
  using namespace quern::testing;
  WalResults results;
  WalRun one_run = options.wal;
  one_run.seed = options.random.seed;
  one_run.facts = options.sizes.facts;
  for (std::size_t i = 0; i < options.seeds; ++i, ++one_run.seed) {
    WalResults one = run_wal(one_run, std::cerr);
    std::move(one.cases.begin(), one.cases.end(), std::back_inserter(results.cases));
    std::move(one.slowdowns.begin(), one.slowdowns.end(), std::back_inserter(results.slowdowns));
    std::move(one.vacuums.begin(), one.vacuums.end(), std::back_inserter(results.vacuums));
  }
  print_wal(std::cout, results, options.worst);
}

void run(const Options& options) {
  using namespace quern::testing;
  if (options.wal.tables > 0) {
    run_writes(options);
    return;
  }
  if (options.sizes.definitions > 0) {
    run_sizes(options);
    return;
  }
  const bool random = options.random.statements > 0;
  const auto cases = random                   ? random_cases(options)
                     : options.sample.empty() ? corpus_cases(options)
                                              : sample_cases(options);
  if (options.cases) {
    print_cases(std::cout, cases);
  }
  const bool show_all = !options.only.empty() || options.random.only != SIZE_MAX;
  print_worst(std::cout, cases, show_all ? cases.size() : options.worst);
  std::cout << '\n';
  if (random || !options.sample.empty()) {
    print_constructs(std::cout, cases);
  }
  if (!random) {
    print_table(std::cout, cases);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"The planner model beside a live PostgreSQL", "quern-oracle"};
  describe(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::cerr << "quern-oracle: " << error.what() << '\n';
    return 2;
  }
  return 0;
}
