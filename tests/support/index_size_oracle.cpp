#include "tests/support/index_size_oracle.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <ostream>
#include <sstream>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "planner-model/whatif/planner.hpp"

#include "tests/support/choices.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/random_indexes.hpp"

namespace quern::testing {

namespace {

/// What the server says of one built index.
struct Built {
  std::string definition;
  double pages = 0;
  double rows = 0;
  int height = -1;  ///< -1: not a btree
};

struct Facts {
  CatalogSnapshot catalog;
  std::vector<Built> built;
};

void write_facts(const std::string& stem, const Facts& facts) {
  std::ofstream{stem + ".catalog.json"} << collector::write_snapshot(facts.catalog);
  std::ofstream sizes{stem + ".sizes"};
  for (const Built& one : facts.built) {
    sizes << fmt::format("{:.0f}\t{:.0f}\t{}\t{}\n", one.pages, one.rows, one.height,
                         one.definition);
  }
}

std::optional<Facts> read_facts(const std::string& stem) {
  std::ifstream sizes{stem + ".sizes"};
  if (!sizes) {
    return std::nullopt;
  }
  Facts facts{.catalog = collector::read_snapshot(stem + ".catalog.json"), .built = {}};
  for (std::string line; std::getline(sizes, line);) {
    std::istringstream fields{line};
    Built one;
    fields >> one.pages >> one.rows >> one.height >> std::ws;
    std::getline(fields, one.definition);
    facts.built.push_back(std::move(one));
  }
  return facts;
}

void make_database(const std::string& name, const std::vector<std::string>& ddl) {
  pqxx::connection administration{Cluster::instance().dsn("postgres")};
  pqxx::nontransaction outside{administration};
  outside.exec("DROP DATABASE IF EXISTS " + name);
  outside.exec("CREATE DATABASE " + name);
  pqxx::connection connection{Cluster::instance().dsn(name)};
  pqxx::nontransaction session{connection};
  session.exec("CREATE EXTENSION pageinspect");
  // ANALYZE draws its sample from the session's generator.
  session.exec("SELECT setseed(0.25)");
  for (const std::string& sql : ddl) {
    session.exec(sql);
  }
}

Built build(pqxx::connection& connection, const std::string& definition) {
  pqxx::work work{connection};  // rolled back
  work.exec(definition);
  const auto row = work.exec(
                           "SELECT pg_relation_size(oid) / 8192, reltuples, "
                           "(SELECT amname FROM pg_am a WHERE a.oid = relam) = 'btree' "
                           "FROM pg_class WHERE relname = 'sized'")
                       .at(0);
  Built one{
      .definition = definition, .pages = row.at(0).as<double>(), .rows = row.at(1).as<double>()};
  if (row.at(2).as<bool>()) {
    one.height = work.exec("SELECT level FROM bt_metap('sized')").at(0).at(0).as<int>();
  }
  return one;
}

Facts ask_server(const SizeRun& run) {
  Choices choices{run.seed};
  const auto random = random_indexes(choices, run.tables, run.definitions, run.largest_table);
  const std::string database = fmt::format("sizes_{}", run.seed);
  make_database(database, random.ddl);
  constexpr std::chrono::seconds kSampling{600};
  Facts facts{.catalog = collector::read_catalog(Cluster::instance().dsn(database), kSampling),
              .built = {}};
  {
    pqxx::connection connection{Cluster::instance().dsn(database)};
    for (const std::string& definition : random.definitions) {
      try {
        facts.built.push_back(build(connection, definition));
      } catch (const pqxx::sql_error& error) {
        std::cerr << definition << ": " << error.what() << '\n';  // the generator's fault
      }
    }
  }
  pqxx::connection administration{Cluster::instance().dsn("postgres")};
  pqxx::nontransaction{administration}.exec("DROP DATABASE " + database);
  return facts;
}

struct Tally {
  int cases = 0;
  int within_5 = 0;
  int within_15 = 0;
  int heights = 0;
  int same_heights = 0;
  double worst = 0;
  double milliseconds = 0;

  void add(const SizedCase& one) {
    ++cases;
    within_5 += one.within(0.05) ? 1 : 0;
    within_15 += one.within(0.15) ? 1 : 0;
    heights += one.real_height ? 1 : 0;
    same_heights += one.real_height && one.real_height == one.model_height ? 1 : 0;
    if (!one.within(0)) {
      worst = std::abs(one.error()) > std::abs(worst) ? one.error() : worst;
    }
    milliseconds = std::max(milliseconds, one.milliseconds);
  }
};

std::string height_text(const std::optional<int>& height) {
  return height ? std::to_string(*height) : "-";
}

}  // namespace

namespace {

CatalogSnapshot without_samples(CatalogSnapshot catalog) {
  for (Table& table : catalog.tables) {
    for (Column& column : table.columns) {
      column.samples.clear();
    }
  }
  return catalog;
}

std::vector<SizedCase> sized(const CatalogSnapshot& catalog, const std::vector<Built>& all);

}  // namespace

bool SizedCase::within(double fraction) const {
  return std::abs(model_pages - real_pages) <= std::max(1.0, fraction * real_pages);
}

SizedIndexes run_index_sizes(const SizeRun& run) {
  const std::string stem = run.facts + fmt::format("/sizes_{}", run.seed);
  std::optional<Facts> facts = run.facts.empty() ? std::nullopt : read_facts(stem);
  if (!facts) {
    facts = ask_server(run);
    if (!run.facts.empty()) {
      write_facts(stem, *facts);
    }
  }
  return {.by_statistics = sized(without_samples(facts->catalog), facts->built),
          .by_samples = sized(facts->catalog, facts->built)};
}

namespace {

std::vector<SizedCase> sized(const CatalogSnapshot& catalog, const std::vector<Built>& all) {
  const planner_model::Planner planner{catalog};
  std::vector<SizedCase> cases;
  for (const Built& built : all) {
    const auto start = std::chrono::steady_clock::now();
    const auto index = planner.hypothetical(built.definition).definition;
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    SizedCase one{.definition = built.definition,
                  .method = index.access_method,
                  .real_pages = built.pages,
                  .model_pages = static_cast<double>(index.pages),
                  .real_rows = built.rows,
                  .model_rows = index.reltuples,
                  .milliseconds = spent.count()};
    if (built.height >= 0) {
      one.real_height = built.height;
      one.model_height = index.tree_height;
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace

void print_sizes(std::ostream& out, const std::vector<SizedCase>& cases, std::size_t worst) {
  std::vector<const SizedCase*> order;
  std::map<std::string, Tally> methods;
  Tally all;
  for (const SizedCase& one : cases) {
    methods[one.method].add(one);
    all.add(one);
    if (!one.within(0)) {
      order.push_back(&one);
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const SizedCase* a, const SizedCase* b) {
    return std::abs(std::log1p(a->error())) > std::abs(std::log1p(b->error()));
  });
  order.resize(std::min(order.size(), worst));
  for (const SizedCase* one : order) {
    out << fmt::format(
        "{:+7.1f} %  pages {:.0f} model {:.0f}  rows {:.0f} model {:.0f}  height {} model {}\n"
        "           {}\n",
        100 * one->error(), one->real_pages, one->model_pages, one->real_rows, one->model_rows,
        height_text(one->real_height), height_text(one->model_height), one->definition);
  }
  out << fmt::format("\n{:<8} {:>8} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "method", "indexes",
                     "<= 5 %", "<= 15 %", "worst", "height =", "slowest ms");
  const auto print = [&](const std::string& name, const Tally& tally) {
    const auto percent = [](int part, int whole) {
      return whole == 0 ? std::string{"-"} : fmt::format("{:.1f} %", 100.0 * part / whole);
    };
    out << fmt::format("{:<8} {:>8} {:>10} {:>10} {:>8.1f} % {:>10} {:>10.1f}\n", name, tally.cases,
                       percent(tally.within_5, tally.cases), percent(tally.within_15, tally.cases),
                       100 * tally.worst, percent(tally.same_heights, tally.heights),
                       tally.milliseconds);
  };
  for (const auto& [method, tally] : methods) {
    print(method, tally);
  }
  print("all", all);
}

}  // namespace quern::testing
