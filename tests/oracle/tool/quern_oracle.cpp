// quern-oracle: the planner model beside a live PostgreSQL, for whoever works on the model.
//
//   quern-oracle --dsn "host=... dbname=shop" --queries samples/shop/queries.sql --worst 5
//   quern-oracle --query latest_orders --index "CREATE INDEX ON orders (placed_at)"
//
// Without --dsn it uses the throwaway server of the build folder.

#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/oracle.hpp"

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
  bool cases = false;
  std::size_t worst = 0;
};

void describe(CLI::App& app, Options& options) {
  const auto repeatable = [](CLI::Option* option) {
    option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  app.add_option("--dsn", options.dsn, "Server; default: this build's throwaway cluster");
  app.add_option("--catalog", options.catalog, "Snapshot file; default: read from the server");
  app.add_option("--queries", options.queries, "File of statements, each under a -- name: line");
  repeatable(app.add_option("--index", options.create, "CREATE INDEX to try"));
  repeatable(app.add_option("--drop", options.drop, "Index to drop"));
  repeatable(app.add_option("--query", options.only, "Only this statement; shows both plans"));
  app.add_flag("--hypopg", options.hypothetical, "HypoPG's indexes instead of real ones");
  app.add_flag("--all-sets", options.all_sets, "Every index set of the shop sample");
  app.add_flag("--cases", options.cases, "One line a statement");
  app.add_option("--worst", options.worst, "Show the plans of the N worst");
}

std::vector<quern::testing::NamedStatement> chosen_statements(const Options& options) {
  std::vector<quern::testing::NamedStatement> result;
  for (auto& statement : quern::testing::read_statements(options.queries)) {
    if (options.only.empty() ||
        std::find(options.only.begin(), options.only.end(), statement.name) != options.only.end()) {
      result.push_back(std::move(statement));
    }
  }
  return result;
}

void run(const Options& options) {
  using namespace quern::testing;
  const std::string dsn = options.dsn.empty() ? Cluster::instance().dsn("shop") : options.dsn;
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
  const auto statements = chosen_statements(options);
  for (const IndexSet& set : sets) {
    for (OracleCase& one : run_oracle(dsn, catalog, statements, set)) {
      cases.push_back(std::move(one));
    }
  }
  if (options.cases) {
    print_cases(std::cout, cases);
  }
  print_worst(std::cout, cases, options.only.empty() ? options.worst : cases.size());
  std::cout << '\n';
  print_table(std::cout, cases);
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
