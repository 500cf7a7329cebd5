#include "tests/support/random_oracle.hpp"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/catalog/read_catalog.hpp"

#include "tests/support/cluster.hpp"
#include "tests/support/random_statement.hpp"

namespace quern::testing {

namespace {

void make_database(const Cluster& server, const std::string& name, const RandomSchema& schema,
                   Choices& choices) {
  {
    pqxx::connection connection{server.dsn("postgres")};
    pqxx::nontransaction session{connection};
    session.exec("DROP DATABASE IF EXISTS " + name);
    session.exec("CREATE DATABASE " + name);
    const char* settings[] = {"", "random_page_cost = 1.1", "work_mem = '256kB'",
                              "min_parallel_table_scan_size = '128kB'",
                              "effective_cache_size = '8MB'"};
    const std::string setting = settings[choices.below(5)];
    if (!setting.empty()) {
      session.exec("ALTER DATABASE " + name + " SET " + setting);
    }
    if (setting.starts_with("min_parallel")) {
      session.exec("ALTER DATABASE " + name + " SET parallel_setup_cost = 20");
      session.exec("ALTER DATABASE " + name + " SET min_parallel_index_scan_size = '64kB'");
    }
  }
  pqxx::connection connection{server.dsn(name)};
  pqxx::nontransaction session{connection};
  for (const std::string& sql : schema.ddl) {
    session.exec(sql);
  }
}

void drop_database(const Cluster& server, const std::string& name) {
  pqxx::connection connection{server.dsn("postgres")};
  pqxx::nontransaction{connection}.exec("DROP DATABASE " + name);
}

NamedStatement named(const RandomStatement& statement, const std::string& name) {
  return {.name = name,
          .sql = statement.sql,
          .parameters = statement.parameters,
          .constructs = statement.constructs};
}

class Runner {
 public:
  Runner(const RandomRun& run, std::ostream& notes)
      : run_{run}, notes_{notes}, server_{Cluster::of_version(run.server)} {}

  std::vector<OracleCase> cases() {
    Choices choices{run_.seed};
    schema_ = random_schema(choices);
    const std::string database = fmt::format("random_{}", run_.seed);
    make_database(server_, database, schema_, choices);
    const auto dsn = server_.dsn(database);
    {
      const CatalogSnapshot catalog = collector::read_catalog(dsn);
      run_sets(dsn, catalog);
    }
    if (!run_.keep) {
      drop_database(server_, database);
    }
    return std::move(cases_);
  }

 private:
  /// Every second statement under further indexes, really built there and imagined here.
  void run_sets(const std::string& dsn, const CatalogSnapshot& catalog) {
    run_set(dsn, catalog, {.name = "as it is"}, 0);
    run_set(dsn, catalog, {.name = "more indexes", .create = schema_.spare_indexes}, 1);
  }

  void run_set(const std::string& dsn, const CatalogSnapshot& catalog, const IndexSet& set,
               std::size_t parity) {
    OracleSession session{dsn, catalog, set};
    for (std::size_t i = parity; i < run_.statements; i += 2) {
      if (run_.only != SIZE_MAX && run_.only != i) {
        continue;
      }
      Choices choices{run_.seed * 1'000'003 + i};
      const auto statement = random_statement(choices, schema_);
      const auto name = fmt::format("{}/{}", run_.seed, i);
      std::string refusal;
      auto one = session.compare(named(statement, name), &refusal);
      if (!one) {
        notes_ << fmt::format("refused by the server: {}\n  {}\n  {}\n", name, statement.sql,
                              refusal);
        continue;
      }
      if (run_.shrink && shrunk_ < run_.shrunk_cases && !one->exact()) {
        ++shrunk_;
        one = smaller(session, choices.taken(), std::move(*one));
      }
      cases_.push_back(std::move(*one));
    }
  }

  OracleCase smaller(OracleSession& session, const std::vector<std::uint32_t>& choices,
                     OracleCase original) {
    const double wanted = std::min(distance(original) / 2, 0.5);
    const auto attempt = [&](const std::vector<std::uint32_t>& recorded) {
      Choices replay{recorded};
      return session.compare(named(random_statement(replay, schema_), original.query + " shrunk"));
    };
    const auto small = shrunk(choices, [&](const std::vector<std::uint32_t>& recorded) {
      const auto one = attempt(recorded);
      return one && !one->exact() && distance(*one) >= wanted &&
             one->model.has_value() == original.model.has_value();
    });
    auto result = attempt(small);
    return result ? std::move(*result) : std::move(original);
  }

  const RandomRun& run_;
  std::ostream& notes_;
  const Cluster& server_;
  RandomSchema schema_ = {};
  std::vector<OracleCase> cases_ = {};
  std::size_t shrunk_ = 0;
};

}  // namespace

std::vector<std::uint32_t> shrunk(
    std::vector<std::uint32_t> choices,
    const std::function<bool(const std::vector<std::uint32_t>&)>& fails) {
  bool again = true;
  while (again) {
    again = false;
    for (std::size_t size = std::min<std::size_t>(choices.size(), 8); size > 0; size /= 2) {
      for (std::size_t at = choices.size(); at-- > 0;) {
        if (at + size > choices.size()) {
          continue;
        }
        auto shorter = choices;
        const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(at);
        shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(size));
        if (fails(shorter)) {
          choices = std::move(shorter);
          again = true;
        }
      }
    }
    for (std::size_t at = 0; at < choices.size(); ++at) {
      if (choices[at] == 0) {
        continue;
      }
      auto plainer = choices;
      plainer[at] = 0;
      if (fails(plainer)) {
        choices = std::move(plainer);
        again = true;
      }
    }
  }
  return choices;
}

std::vector<OracleCase> run_random_oracle(const RandomRun& run, std::ostream& notes) {
  return Runner{run, notes}.cases();
}

}  // namespace quern::testing
