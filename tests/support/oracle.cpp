#include "tests/support/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "collector/sql/quote.hpp"

#include "tests/support/plan_reader.hpp"

namespace quern::testing {

using planner_model::IndexConfiguration;
using planner_model::Planner;
using planner_model::PlanNode;

namespace {

template <class Visit>
void for_each_node(const PlanNode& node, const Visit& visit) {
  visit(node);
  for (const PlanNode& child : node.children) {
    for_each_node(child, visit);
  }
}

bool is_scan(const PlanNode& node) {
  return node.node_type.ends_with("Scan");
}

bool is_join(const PlanNode& node) {
  return node.node_type == "Nested Loop" || node.node_type.ends_with(" Join");
}

std::multiset<std::string> scans(const PlanNode& plan) {
  std::multiset<std::string> result;
  for_each_node(plan, [&](const PlanNode& node) {
    if (is_scan(node)) {
      result.insert(std::string{node.node_type} + " " + node.relation + " " + node.alias);
    }
  });
  return result;
}

std::multiset<std::string> joins(const PlanNode& plan) {
  std::multiset<std::string> result;
  for_each_node(plan, [&](const PlanNode& node) {
    if (is_join(node)) {
      result.insert(std::string{node.node_type} + " " + std::string{node.join_type});
    }
  });
  return result;
}

std::set<std::string> indexes(const PlanNode& plan) {
  std::set<std::string> result;
  for_each_node(plan, [&](const PlanNode& node) {
    if (!node.index.empty()) {
      result.insert(node.index);
    }
  });
  return result;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The server's half: one session inside one transaction, in which the index set exists.
class Server {
 public:
  Server(const std::string& dsn, const IndexSet& set) : connection_{dsn}, work_{connection_} {
    work_.exec("SET LOCAL jit = off");
    work_.exec("SET LOCAL plan_cache_mode = force_generic_plan");
    for (const std::string& setting : set.settings) {
      work_.exec(setting);
    }
    for (const std::string& name : set.drop) {
      work_.exec("DROP INDEX " + name);
    }
    for (const std::string& ddl : set.create) {
      if (set.hypothetical) {
        names_.push_back(
            work_.exec("SELECT indexname FROM hypopg_create_index(" + connection_.quote(ddl) + ")")
                .at(0)
                .at(0)
                .c_str());
      } else {
        work_.exec(ddl);
      }
    }
    if (!set.role.empty()) {
      work_.exec("SET LOCAL ROLE " + connection_.quote_name(set.role));
    }
  }

  /// As the planner reads them now, in base units.
  std::map<std::string, std::string> settings() {
    std::map<std::string, std::string> result;
    for (const auto& row : work_.exec("SELECT name, setting FROM pg_settings")) {
      result.emplace(row.at(0).c_str(), row.at(1).c_str());
    }
    return result;
  }

  /// `created` names HypoPG's indexes as the model does. Throws what libpqxx throws; the session
  /// goes on.
  std::string explain(const NamedStatement& statement,
                      const std::vector<planner_model::HypotheticalIndex>& created) {
    pqxx::subtransaction attempt{work_};
    std::string json = attempt.exec(explain_command(attempt, statement)).at(0).at(0).c_str();
    if (statement.parameters > 0) {
      attempt.exec("DEALLOCATE oracle_statement");
    }
    attempt.commit();
    for (std::size_t i = 0; i < names_.size() && i < created.size(); ++i) {
      json = replaced(json, "\"" + names_[i] + "\"", "\"" + created[i].definition.name + "\"");
    }
    return json;
  }

 private:
  static std::string explain_command(pqxx::subtransaction& session,
                                     const NamedStatement& statement) {
    if (statement.parameters == 0) {
      return "EXPLAIN (FORMAT JSON) " + statement.sql;
    }
    session.exec("PREPARE oracle_statement AS " + statement.sql);
    std::string nulls = "NULL";
    for (int i = 1; i < statement.parameters; ++i) {
      nulls += ", NULL";
    }
    return "EXPLAIN (FORMAT JSON) EXECUTE oracle_statement(" + nulls + ")";
  }

  pqxx::connection connection_;
  pqxx::work work_;  // never committed
  std::vector<std::string> names_ = {};
};

std::set<std::string> comma_separated(const std::string& text) {
  std::set<std::string> result;
  std::istringstream items{text};
  for (std::string item; std::getline(items >> std::ws, item, ',');) {
    result.insert(item);
  }
  return result;
}

/// Of $1, $2 ...; 0: none. A dollar-quoted string counts for nothing.
int highest_parameter(const std::string& sql) {
  int highest = 0;
  for (auto at = sql.find('$'); at != std::string::npos; at = sql.find('$', at + 1)) {
    highest = std::max(highest, std::atoi(sql.c_str() + at + 1));
  }
  return highest;
}

}  // namespace

std::vector<IndexSet> read_index_sets(const std::string& path) {
  std::ifstream file{path};
  if (!file) {
    throw std::runtime_error{"cannot read " + path};
  }
  std::vector<IndexSet> result;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("-- set: ")) {
      result.push_back({.name = line.substr(8)});
    } else if (line == "-- hypothetical" && !result.empty()) {
      result.back().hypothetical = true;
    } else if (line.ends_with(';') && !result.empty()) {
      line.pop_back();
      auto& set = result.back();
      if (line.starts_with("DROP INDEX ")) {
        set.drop.push_back(line.substr(11));
      } else {
        (line.starts_with("SET ") ? set.settings : set.create).push_back(line);
      }
    }
  }
  return result;
}

std::vector<NamedStatement> read_statements(const std::string& path) {
  std::ifstream file{path};
  if (!file) {
    throw std::runtime_error{"cannot read " + path};
  }
  std::vector<NamedStatement> result;
  std::string name;
  std::string sql;
  std::set<std::string> constructs;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("-- name: ")) {
      name = line.substr(9);
    } else if (line.starts_with("-- uses: ")) {
      constructs = comma_separated(line.substr(9));
    } else if (!line.starts_with("--") && !(line.empty() && sql.empty())) {
      sql += (sql.empty() ? "" : "\n") + line;
    }
    if (!sql.empty() && sql.back() == ';') {
      sql.pop_back();
      result.push_back({.name = name.empty() ? std::to_string(result.size() + 1) : name,
                        .sql = sql,
                        .parameters = highest_parameter(sql),
                        .constructs = constructs});
      name.clear();
      constructs.clear();
      sql.clear();
    }
  }
  return result;
}

double OracleCase::cost_ratio() const {
  return model ? model->total.value() / std::max(server.total.value(), 0.01) : 0.0;
}

bool OracleCase::within(double fraction) const {
  if (!model) {
    return false;
  }
  // EXPLAIN rounds to the cent.
  const double gap = std::abs(model->total.value() - server.total.value());
  return gap <= std::max(fraction * server.total.value(), 0.0051);
}

bool OracleCase::same_rows() const {
  constexpr double kLastBits = 1e-5;  // a product that ends at half a row is rounded either way
  return model && std::abs(std::rint(model->rows.value()) - server.rows.value()) <=
                      kLastBits * server.rows.value();
}

bool OracleCase::same_scans() const {
  return model && scans(*model) == scans(server);
}

bool OracleCase::same_joins() const {
  return model && joins(*model) == joins(server);
}

bool OracleCase::same_indexes() const {
  return model && indexes(*model) == indexes(server);
}

bool OracleCase::same_text() const {
  return model && planner_model::explain_text(*model) == planner_model::explain_text(server);
}

bool OracleCase::rows_within(double fraction) const {
  if (!model) {
    return false;
  }
  const double gap = std::abs(std::rint(model->rows.value()) - server.rows.value());
  return gap <= fraction * server.rows.value();
}

double distance(const OracleCase& one) {
  const double ratio = one.cost_ratio();
  return ratio <= 0 ? HUGE_VAL : std::abs(std::log(ratio));
}

CatalogSnapshot with_settings(CatalogSnapshot catalog,
                              const std::map<std::string, std::string>& settings) {
  for (auto& [name, value] : catalog.settings) {
    if (const auto set = settings.find(name); set != settings.end()) {
      value = set->second;
    }
  }
  return catalog;
}

IndexConfiguration imagined(const Planner& planner, const IndexSet& set) {
  IndexConfiguration configuration;
  configuration.dropped = set.drop;
  for (const std::string& ddl : set.create) {
    configuration.created.push_back(planner.hypothetical(ddl));
  }
  return configuration;
}

void plan_here(OracleCase& one, const Planner& planner, const IndexConfiguration& configuration,
               std::string_view role) {
  try {
    const auto query = planner.bind(one.sql, {}, role);
    const auto tables = planner.table_uses(*query).size();
    one.constructs.insert(tables <= 4   ? "1 to 4 tables"
                          : tables <= 8 ? "5 to 8 tables"
                                        : "9 tables and more");
    const auto result = planner.plan(*query, configuration);
    one.model = result.plan;
    one.unmodelled = result.unmodelled;
  } catch (const std::exception& error) {
    one.error = error.what();
  }
}

struct OracleSession::Implementation {
  IndexSet set;
  Server server;
  std::optional<CatalogSnapshot> changed = {};  ///< when the set changes settings
  Planner planner;
  IndexConfiguration configuration;

  Implementation(const std::string& dsn, const CatalogSnapshot& catalog, IndexSet chosen)
      : set{std::move(chosen)},
        server{dsn, set},
        changed{set.settings.empty() ? std::nullopt
                                     : std::optional{with_settings(catalog, server.settings())}},
        planner{changed ? *changed : catalog, set.hypothetical ? planner_model::SizeModel::HypoPG
                                                               : planner_model::SizeModel::AsBuilt},
        configuration{imagined(planner, set)} {}
};

OracleSession::OracleSession(const std::string& dsn, const CatalogSnapshot& catalog, IndexSet set)
    : implementation_{std::make_unique<Implementation>(dsn, catalog, std::move(set))} {}

OracleSession::~OracleSession() = default;

std::map<std::string, std::string> OracleSession::settings() {
  return implementation_->server.settings();
}

std::optional<OracleCase> OracleSession::compare(const NamedStatement& statement,
                                                 std::string* refusal) {
  auto& self = *implementation_;
  OracleCase one{.query = statement.name,
                 .set = self.set.name,
                 .sql = statement.sql,
                 .constructs = statement.constructs,
                 .server = {}};
  try {
    one.server_json = self.server.explain(statement, self.configuration.created);
    one.server = read_plan(one.server_json);
  } catch (const pqxx::sql_error& error) {
    if (refusal != nullptr) {
      *refusal = error.what();
    }
    return std::nullopt;
  }
  plan_here(one, self.planner, self.configuration, self.set.role);
  return one;
}

std::vector<OracleCase> run_oracle(const std::string& dsn, const CatalogSnapshot& catalog,
                                   const std::vector<NamedStatement>& statements,
                                   const IndexSet& set) {
  OracleSession session{dsn, catalog, set};
  std::vector<OracleCase> cases;
  for (const NamedStatement& statement : statements) {
    std::string refusal;
    auto one = session.compare(statement, &refusal);
    if (!one) {
      throw std::runtime_error{statement.name + ": " + refusal};
    }
    cases.push_back(std::move(*one));
  }
  return cases;
}

}  // namespace quern::testing
