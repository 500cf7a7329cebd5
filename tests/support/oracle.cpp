#include "tests/support/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <fstream>
#include <map>
#include <set>
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
      result.insert(node.node_type + " " + node.relation + " " + node.alias);
    }
  });
  return result;
}

std::multiset<std::string> joins(const PlanNode& plan) {
  std::multiset<std::string> result;
  for_each_node(plan, [&](const PlanNode& node) {
    if (is_join(node)) {
      result.insert(node.node_type + " " + node.join_type);
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

struct Tally {
  int cases = 0;
  int planned = 0;
  int exact = 0;
  int within_1 = 0;
  int within_5 = 0;
  int within_10 = 0;
  int rows = 0;
  int rows_within_10 = 0;
  int scans = 0;
  int joins = 0;
  int indexes = 0;
  int text = 0;
  int unmodelled = 0;

  void add(const OracleCase& one) {
    ++cases;
    planned += one.model.has_value();
    exact += one.exact();
    within_1 += one.within(0.01);
    within_5 += one.within(0.05);
    within_10 += one.within(0.10);
    rows += one.same_rows();
    rows_within_10 += one.rows_within(0.10);
    scans += one.same_scans();
    joins += one.same_joins();
    indexes += one.same_indexes();
    text += one.same_text();
    unmodelled += !one.unmodelled.empty();
  }
};

std::string percent(int part, int whole) {
  return whole == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * part / whole);
}

void print_head(std::ostream& out, std::string_view what) {
  out << fmt::format(
      "{:<28} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>7}\n",
      what, "plans", "cost=", "<= 1 %", "<= 5 %", "<= 10 %", "rows=", "<= 10 %",
      "scans=", "joins=", "indexes=", "text=", "unmodelled", "failed");
}

void print_tally(std::ostream& out, const std::string& name, const Tally& tally) {
  const auto share = [&](int part) { return percent(part, tally.cases); };
  out << fmt::format(
      "{:<28} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>7}\n",
      name, tally.cases, share(tally.exact), share(tally.within_1), share(tally.within_5),
      share(tally.within_10), share(tally.rows), share(tally.rows_within_10), share(tally.scans),
      share(tally.joins), share(tally.indexes), share(tally.text), tally.unmodelled,
      tally.cases - tally.planned);
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result(1);
  for (const char c : text) {
    if (c == '\n') {
      result.emplace_back();
    } else {
      result.back() += c;
    }
  }
  return result;
}

/// Longest common subsequence: plans are short.
void print_diff(std::ostream& out, const std::string& server, const std::string& model) {
  const auto a = lines(server);
  const auto b = lines(model);
  std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      common[i][j] =
          a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out << "    " << a[i] << '\n';
      ++i;
      ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      out << "  - " << a[i++] << '\n';
    } else {
      out << "  + " << b[j++] << '\n';
    }
  }
}

std::string differences(const OracleCase& one) {
  if (!one.model) {
    return "error: " + one.error;
  }
  std::string result;
  const auto note = [&](bool same, std::string_view what) {
    if (!same) {
      result.append(result.empty() ? "" : " ").append(what);
    }
  };
  note(one.same_rows(), "rows");
  note(one.same_scans(), "scans");
  note(one.same_joins(), "joins");
  note(one.same_indexes(), "indexes");
  note(!result.empty() || one.same_text(), "text");
  if (!one.unmodelled.empty()) {
    result += fmt::format(" unmodelled: {}", fmt::join(one.unmodelled, "; "));
  }
  return result.empty() ? "same" : result;
}

}  // namespace

std::vector<NamedStatement> read_statements(const std::string& path) {
  std::ifstream file{path};
  if (!file) {
    throw std::runtime_error{"cannot read " + path};
  }
  std::vector<NamedStatement> result;
  std::string name;
  std::string sql;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("-- name: ")) {
      name = line.substr(9);
    } else if (!line.starts_with("--") && !(line.empty() && sql.empty())) {
      sql += (sql.empty() ? "" : "\n") + line;
    }
    if (!sql.empty() && sql.back() == ';') {
      sql.pop_back();
      result.push_back({name.empty() ? std::to_string(result.size() + 1) : name, sql});
      name.clear();
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
  return model && std::rint(model->rows.value()) == server.rows.value();
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

struct OracleSession::Implementation {
  IndexSet set;
  Planner planner;
  IndexConfiguration configuration;
  Server server;

  Implementation(const std::string& dsn, const CatalogSnapshot& catalog, IndexSet chosen)
      : set{std::move(chosen)},
        planner{catalog, set.hypothetical ? planner_model::SizeModel::HypoPG
                                          : planner_model::SizeModel::AsBuilt},
        server{dsn, set} {
    configuration.dropped = set.drop;
    for (const std::string& ddl : set.create) {
      configuration.created.push_back(planner.hypothetical(ddl));
    }
  }
};

OracleSession::OracleSession(const std::string& dsn, const CatalogSnapshot& catalog, IndexSet set)
    : implementation_{std::make_unique<Implementation>(dsn, catalog, std::move(set))} {}

OracleSession::~OracleSession() = default;

std::optional<OracleCase> OracleSession::compare(const NamedStatement& statement,
                                                 std::string* refusal) {
  auto& self = *implementation_;
  OracleCase one{.query = statement.name,
                 .set = self.set.name,
                 .sql = statement.sql,
                 .constructs = statement.constructs,
                 .server = {}};
  try {
    one.server = read_plan(self.server.explain(statement, self.configuration.created));
  } catch (const pqxx::sql_error& error) {
    if (refusal != nullptr) {
      *refusal = error.what();
    }
    return std::nullopt;
  }
  try {
    const auto result = self.planner.plan(*self.planner.bind(statement.sql), self.configuration);
    one.model = result.plan;
    one.unmodelled = result.unmodelled;
  } catch (const std::exception& error) {
    one.error = error.what();
  }
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

void print_table(std::ostream& out, const std::vector<OracleCase>& cases) {
  print_head(out, "index set");
  Tally all;
  std::vector<std::pair<std::string, Tally>> sets;
  for (const OracleCase& one : cases) {
    if (sets.empty() || sets.back().first != one.set) {
      sets.emplace_back(one.set, Tally{});
    }
    sets.back().second.add(one);
    all.add(one);
  }
  for (const auto& [name, tally] : sets) {
    print_tally(out, name, tally);
  }
  print_tally(out, "all", all);
}

void print_constructs(std::ostream& out, const std::vector<OracleCase>& cases) {
  std::map<std::string, Tally> tallies;
  Tally all;
  for (const OracleCase& one : cases) {
    for (const std::string& construct : one.constructs) {
      tallies[construct].add(one);
    }
    all.add(one);
  }
  print_head(out, "construct");
  for (const auto& [name, tally] : tallies) {
    print_tally(out, name, tally);
  }
  print_tally(out, "all", all);
}

void print_cases(std::ostream& out, const std::vector<OracleCase>& cases) {
  for (const OracleCase& one : cases) {
    out << fmt::format(
        "{:<34} {:<24} model {:>12} server {:>12.2f} ratio {:>7.4f} rows {:>8} / {:<8.0f} {}\n",
        one.query, one.set, one.model ? fmt::format("{:.2f}", one.model->total.value()) : "-",
        one.server.total.value(), one.cost_ratio(),
        one.model ? fmt::format("{:.0f}", one.model->rows.value()) : "-", one.server.rows.value(),
        differences(one));
  }
}

void print_worst(std::ostream& out, const std::vector<OracleCase>& cases, std::size_t count) {
  std::vector<const OracleCase*> order;
  for (const OracleCase& one : cases) {
    if (!one.same_text()) {
      order.push_back(&one);
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const OracleCase* a, const OracleCase* b) {
    return distance(*a) > distance(*b);
  });
  order.resize(std::min(order.size(), count));
  for (const OracleCase* one : order) {
    out << fmt::format("\n== {} under {}: ratio {:.4f}, {}\n", one->query, one->set,
                       one->cost_ratio(), differences(*one));
    if (!one->constructs.empty()) {
      out << "   " << one->sql << '\n';
    }
    print_diff(out, planner_model::explain_text(one->server),
               one->model ? planner_model::explain_text(*one->model) : one->error);
  }
}

}  // namespace quern::testing
