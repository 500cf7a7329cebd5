#include "tests/support/corpus.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "collector/input/byte_source.hpp"

#include "tests/support/plan_reader.hpp"

namespace quern::testing {

using planner_model::Planner;
using planner_model::SizeModel;
using Json = nlohmann::ordered_json;  // as the server wrote it

namespace {

std::string folder_of(const std::string& sample) {
  return QUERN_SOURCE_DIR "/samples/" + sample;
}

std::string text_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Changes when a file that makes the database does.
std::string version_of(const std::string& sample, const std::string& scale) {
  std::string text = scale;
  for (const char* file : {"schema.sql", "load.sql", "indexes.sql", "load.sh"}) {
    text += text_of(folder_of(sample) + "/" + file);
  }
  return fmt::format("sample {:016x}", std::hash<std::string>{}(text));
}

OracleCase recorded_case(const Json& line, const NamedStatement& statement, const IndexSet& set) {
  OracleCase one{.query = statement.name,
                 .set = set.name,
                 .sql = statement.sql,
                 .constructs = statement.constructs,
                 .server = {},
                 .server_json = line.at("explain").dump()};
  one.server = read_plan(one.server_json);
  return one;
}

}  // namespace

Corpus read_corpus(const std::string& sample) {
  return {.name = sample,
          .statements = read_statements(folder_of(sample) + "/queries.sql"),
          .sets = read_index_sets(folder_of(sample) + "/index_sets.sql")};
}

std::string sample_database(const Cluster& cluster, const std::string& sample,
                            const std::string& scale) {
  std::string database = scale == "1" ? sample : sample + "_" + scale;
  std::replace(database.begin(), database.end(), '.', '_');
  const std::string version = version_of(sample, scale);
  const std::string there = cluster.value(
      "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '" + database +
          "'",
      "postgres");
  if (there != version) {
    cluster.query("DROP DATABASE IF EXISTS " + database, "postgres");
    const std::string load = fmt::format("'{}/load.sh' '{}' {} {} >/dev/null", folder_of(sample),
                                         cluster.server(), database, scale);
    if (std::system(load.c_str()) != 0) {
      throw std::runtime_error{"loading the sample failed: " + load};
    }
    cluster.query("CREATE EXTENSION IF NOT EXISTS hypopg", database);
    cluster.query("COMMENT ON DATABASE " + database + " IS '" + version + "'", "postgres");
  }
  return cluster.dsn(database);
}

std::vector<OracleCase> run_corpus(const Corpus& corpus, const std::string& dsn,
                                   const CatalogSnapshot& catalog,
                                   const std::vector<std::string>& only_sets) {
  std::vector<OracleCase> cases;
  for (const IndexSet& set : corpus.sets) {
    if (!only_sets.empty() &&
        std::find(only_sets.begin(), only_sets.end(), set.name) == only_sets.end()) {
      continue;
    }
    for (OracleCase& one : run_oracle(dsn, catalog, corpus.statements, set)) {
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

void record_plans(const Corpus& corpus, const std::string& dsn, const CatalogSnapshot& catalog,
                  const std::string& path) {
  std::ofstream file{path};
  for (const IndexSet& set : corpus.sets) {
    OracleSession session{dsn, catalog, set};
    Json settings = Json::object();
    for (const auto& [name, value] : session.settings()) {
      const auto usual = catalog.settings.find(name);
      if (usual != catalog.settings.end() && usual->second != value) {
        settings[name] = value;
      }
    }
    file << Json{{"set", set.name}, {"settings", settings}}.dump() << '\n';
    for (const NamedStatement& statement : corpus.statements) {
      std::string refusal;
      const auto one = session.compare(statement, &refusal);
      if (!one) {
        throw std::runtime_error{statement.name + ": " + refusal};
      }
      file << Json{{"name", statement.name}, {"explain", Json::parse(one->server_json)}}.dump()
           << '\n';
    }
  }
}

std::vector<OracleCase> compare_recorded(const Corpus& corpus, const CatalogSnapshot& catalog,
                                         const std::string& path) {
  std::istringstream lines{collector::read_document(path)};
  std::vector<OracleCase> cases;
  CatalogSnapshot changed;
  std::optional<Planner> planner;
  planner_model::IndexConfiguration configuration;
  const IndexSet* set = nullptr;
  for (std::string text; std::getline(lines, text);) {
    const Json line = Json::parse(text);
    if (line.contains("set")) {
      set = &*std::find_if(corpus.sets.begin(), corpus.sets.end(),
                           [&](const IndexSet& s) { return s.name == line.at("set"); });
      planner.reset();
      changed = with_settings(catalog, line.at("settings"));
      planner.emplace(changed, set->hypothetical ? SizeModel::HypoPG : SizeModel::AsBuilt);
      configuration = imagined(*planner, *set);
    } else {
      const auto statement =
          std::find_if(corpus.statements.begin(), corpus.statements.end(),
                       [&](const NamedStatement& s) { return s.name == line.at("name"); });
      cases.push_back(recorded_case(line, *statement, *set));
      plan_here(cases.back(), *planner, configuration);
    }
  }
  return cases;
}

}  // namespace quern::testing
