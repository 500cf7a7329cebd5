// How long the model takes to plan a statement, parse and EXPLAIN text included, beside the round
// trip of the server's EXPLAIN on a local socket, in one run; then how long it takes to price a
// planned statement under one more index set. usage: planning_bench [ROUNDS]
//
// planning_bench --model-only [ROUNDS [NAME]] plans the same statements, or the one of that name,
// over the recorded snapshot, without a server, for a profiler:
//   valgrind --tool=callgrind --toggle-collect='*plan_once*' planning_bench --model-only 5
//
// planning_bench --recosting [SAMPLE] prices the statements of samples/SAMPLE, shop by default,
// under random index sets, over its recorded snapshot.
//
// Each statement's rounds run one side after the other, so that both work with warm caches, as a
// tool that plans a workload does. A statement's figure is the median of its rounds.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"
#include "collector/catalog/snapshot_document.hpp"

#include "planner-model/whatif/planner.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/oracle.hpp"
#include "tests/support/recosting.hpp"

namespace {

using quern::planner_model::Planner;

template <typename Work>
double microseconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

constexpr const char* kStatements = QUERN_SOURCE_DIR "/samples/shop/queries.sql";

/// What is measured, in a function of its own so that a profiler can tell it by name.
[[gnu::noinline]] void plan_once(const Planner& planner, const std::string& sql) {
  const auto query = planner.bind(sql);
  (void)explain_text(planner.plan(*query).plan);
}

struct Timing {
  std::string name;
  double server = 0;
  double model = 0;
};

Timing time_statement(pqxx::nontransaction& server, const Planner& planner,
                      const quern::testing::NamedStatement& statement, int rounds) {
  std::vector<double> server_times;
  std::vector<double> model_times;
  const std::string explain = "EXPLAIN " + statement.sql;
  for (int round = 0; round < rounds; ++round) {
    server_times.push_back(microseconds([&] { server.exec(explain); }));
  }
  for (int round = 0; round < rounds; ++round) {
    model_times.push_back(microseconds([&] { plan_once(planner, statement.sql); }));
  }
  return {statement.name, median(server_times), median(model_times)};
}

/// Returns the mean of the server's times.
double print(const std::vector<Timing>& timings) {
  const auto row = [](const std::string& name, double server, double model) {
    fmt::print("{:<34} {:>9.0f} {:>9.0f} {:>8.1f}\n", name, server, model, server / model);
  };
  fmt::print("{:<34} {:>9} {:>9} {:>8}\n", "EXPLAIN of", "server us", "model us", "ratio");
  double server = 0;
  double model = 0;
  std::vector<double> ratios;
  for (const auto& timing : timings) {
    row(timing.name, timing.server, timing.model);
    server += timing.server;
    model += timing.model;
    ratios.push_back(timing.server / timing.model);
  }
  row(fmt::format("all {} statements", timings.size()), server, model);
  fmt::print("median ratio {:.1f}, least {:.1f}\n", median(ratios),
             *std::min_element(ratios.begin(), ratios.end()));
  return server / static_cast<double>(timings.size());
}

void print(const quern::testing::Recosting& recosting) {
  fmt::print("under one more index set: {:.2f} us a statement, 1/{:.0f} of the model's planning\n",
             recosting.nanoseconds / 1e3, 1e3 * recosting.planning_us / recosting.nanoseconds);
  fmt::print(
      "{} of {} random sets as planned again (to 0.1 %); {} are flagged, {} of them differ, by "
      "{:.1f} "
      "% at most; the others are within {:.2f} %\n",
      recosting.exact, recosting.compared, recosting.flagged, recosting.differing,
      100 * recosting.worst_flagged, 100 * recosting.worst_unflagged);
  fmt::print("{} alternatives of {} statements, {:.1f} kB\n", recosting.alternatives,
             recosting.statements, recosting.bytes / 1e3);
}

int run(int rounds) {
  const std::string dsn = quern::testing::Cluster::instance().dsn("shop");
  const auto catalog = quern::collector::read_catalog(dsn);
  const Planner planner{catalog};
  pqxx::connection connection{dsn};
  pqxx::nontransaction server{connection};
  std::vector<Timing> timings;
  for (const auto& statement : quern::testing::read_statements(kStatements)) {
    if (statement.parameters == 0) {
      timings.push_back(time_statement(server, planner, statement, rounds));
    }
  }
  const double server_us = print(timings);
  const auto recosting = quern::testing::measure_recosting(catalog, kStatements);
  print(recosting);
  fmt::print("1/{:.0f} of the server's EXPLAIN\n", 1e3 * server_us / recosting.nanoseconds);
  return 0;
}

int run_recosting(const std::string& sample) {
  const std::string folder = QUERN_SOURCE_DIR "/samples/" + sample;
  const auto catalog = quern::collector::read_snapshot(folder + "/catalog.json.gz");
  print(quern::testing::measure_recosting(catalog, folder + "/queries.sql"));
  return 0;
}

int run_model_only(int rounds, const std::string& name) {
  const auto catalog =
      quern::collector::read_snapshot(QUERN_SOURCE_DIR "/samples/shop/catalog.json.gz");
  const Planner planner{catalog};
  double total = 0;
  int statements = 0;
  for (const auto& statement : quern::testing::read_statements(kStatements)) {
    if (statement.parameters != 0 || (!name.empty() && statement.name != name)) {
      continue;
    }
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
      times.push_back(microseconds([&] { plan_once(planner, statement.sql); }));
    }
    total += median(times);
    ++statements;
  }
  fmt::print("{} statements, {:.1f} us each\n", statements, total / statements);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1 && argv[1] == std::string_view{"--recosting"}) {
      return run_recosting(argc > 2 ? argv[2] : "shop");
    }
    const bool model_only = argc > 1 && argv[1] == std::string_view{"--model-only"};
    const int at = model_only ? 2 : 1;
    const int rounds = argc > at ? std::max(1, std::atoi(argv[at])) : 40;
    return model_only ? run_model_only(rounds, argc > at + 1 ? argv[at + 1] : "") : run(rounds);
  } catch (const std::exception& error) {
    std::cerr << "planning_bench: " << error.what() << "\n";
    return 2;
  }
}
