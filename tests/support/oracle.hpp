#pragma once

#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/whatif/planner.hpp"

namespace quern::testing {

/// "-- name: x" lines give the name of the statement that follows, "-- uses: a, b" its constructs;
/// statements end at a semicolon that ends a line.
struct NamedStatement {
  std::string name;
  std::string sql;
  int parameters = 0;  ///< planned generically when there are any
  std::set<std::string> constructs = {};
};

[[nodiscard]] std::vector<NamedStatement> read_statements(const std::string& path);

/// Indexes that a statement is planned under, beside those that the database has.
struct IndexSet {
  std::string name;
  std::vector<std::string> create = {};
  std::vector<std::string> drop = {};
  /// HypoPG's indexes instead of real ones; it cannot drop.
  bool hypothetical = false;
  std::vector<std::string> settings = {};  ///< SET statements
  std::string role = {};                   ///< that the statements are planned as; empty: ours
};

/// "-- set: x" lines begin a set of CREATE INDEX, DROP INDEX and SET statements, one a line;
/// "-- hypothetical" makes its indexes HypoPG's.
[[nodiscard]] std::vector<IndexSet> read_index_sets(const std::string& path);

/// One statement under one index set: the server's plan and the model's.
struct OracleCase {
  std::string query;
  std::string set;
  std::string sql = {};
  std::set<std::string> constructs = {};
  planner_model::PlanNode server;
  std::string server_json = {};
  std::optional<planner_model::PlanNode> model = {};
  std::string error = {};  ///< why the model has no plan
  std::vector<std::string> unmodelled = {};

  [[nodiscard]] bool exact() const { return within(0.001); }

  /// The model's total cost is at most this fraction off.
  [[nodiscard]] bool within(double fraction) const;
  [[nodiscard]] double cost_ratio() const;  ///< model / server; 0 without a plan
  [[nodiscard]] bool same_rows() const;
  [[nodiscard]] bool rows_within(double fraction) const;
  [[nodiscard]] bool same_scans() const;  ///< method by table, as multisets
  [[nodiscard]] bool same_joins() const;  ///< method and type, as multisets
  [[nodiscard]] bool same_indexes() const;
  [[nodiscard]] bool same_text() const;  ///< the whole of EXPLAIN's text
};

/// The snapshot under other settings, which are in base units.
[[nodiscard]] CatalogSnapshot with_settings(CatalogSnapshot catalog,
                                            const std::map<std::string, std::string>& settings);

/// The set's indexes as the model imagines them.
[[nodiscard]] planner_model::IndexConfiguration imagined(const planner_model::Planner& planner,
                                                         const IndexSet& set);

/// The model's half of a case: the plan of its `sql`, or why there is none; and how many tables it
/// has, as a construct.
void plan_here(OracleCase& one, const planner_model::Planner& planner,
               const planner_model::IndexConfiguration& configuration, std::string_view role = {});

/// One index set on the server, in a transaction that is rolled back, and in the model.
class OracleSession {
 public:
  /// The snapshot must outlive the session.
  OracleSession(const std::string& dsn, const CatalogSnapshot& catalog, IndexSet set);
  ~OracleSession();

  /// Nothing when the server refuses the statement, for the reason in `refusal`.
  [[nodiscard]] std::optional<OracleCase> compare(const NamedStatement& statement,
                                                  std::string* refusal = nullptr);

  /// The server's, as the planner reads them under this set, in base units.
  [[nodiscard]] std::map<std::string, std::string> settings();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Plans each statement on the server, in a transaction that is rolled back, and in the model.
[[nodiscard]] std::vector<OracleCase> run_oracle(const std::string& dsn,
                                                 const CatalogSnapshot& catalog,
                                                 const std::vector<NamedStatement>& statements,
                                                 const IndexSet& set);

/// Percentages by index set and in total.
void print_table(std::ostream& out, const std::vector<OracleCase>& cases);

/// Percentages by construct: each case counts in all of its own.
void print_constructs(std::ostream& out, const std::vector<OracleCase>& cases);

/// How far the costs are apart, in either direction; infinite without a plan.
[[nodiscard]] double distance(const OracleCase& one);

/// One line a case: both costs, their ratio, both row counts, what differs.
void print_cases(std::ostream& out, const std::vector<OracleCase>& cases);

/// The `count` cases whose costs differ most (without a plan: first), with a line diff of the
/// plans:
/// "-" the server's, "+" the model's.
void print_worst(std::ostream& out, const std::vector<OracleCase>& cases, std::size_t count);

/// The index sets that the shop sample is tried under.
[[nodiscard]] std::vector<IndexSet> shop_index_sets();

}  // namespace quern::testing
