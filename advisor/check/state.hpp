#pragma once

#include <set>
#include <string>
#include <vector>

#include "advisor/check/migration_file.hpp"

namespace quern::advisor::check_detail {

/// The database as the statements read so far have made it: what later statements meet.
struct State {
  const CatalogSnapshot* before = nullptr;
  CatalogSnapshot now;                        ///< indexes and constraints follow the migration
  std::set<std::string> created_tables = {};  ///< in this migration: empty, and locked by nobody
  bool in_transaction = false;                ///< an explicit BEGIN is open
  bool lock_timeout = false;                  ///< SET to something else than 0
  bool lock_timeout_reported = false;
  std::set<std::string> not_valid = {};  ///< constraints added NOT VALID in the open transaction
  std::vector<std::string> created_ddl = {};  ///< CREATE INDEX text, in order
  std::vector<std::string> dropped = {};      ///< index names, of those that `before` has

  struct Extension {
    std::string name;
    std::string schema;
  };

  std::vector<Extension> extensions = {};  ///< CREATE EXTENSION of what `before` has not
};

/// One statement under the rules.
struct Step {
  const Migration& migration;
  const MigrationStatement& statement;
  const PgQuery__Node* node;
  const State& state;
  const Workload& workload;

  [[nodiscard]] bool in_transaction() const {
    return state.in_transaction || migration.one_transaction;
  }
};

/// A rule looks at one statement and says what it finds. `rules()` lists them in order.
using CheckRule = void (*)(const Step&, std::vector<Finding>&);

struct NamedRule {
  const char* id;
  CheckRule apply;
};

[[nodiscard]] const std::vector<NamedRule>& index_rules();
[[nodiscard]] const std::vector<NamedRule>& table_rules();
[[nodiscard]] const std::vector<NamedRule>& use_rules();

/// Makes `state` what it is after the statement.
void advance(State& state, const MigrationStatement& statement);

// --- lookups
// --------------------------------------------------------------------------------------

[[nodiscard]] const Table* find_table(const CatalogSnapshot& catalog,
                                      const PgQuery__RangeVar* name);
[[nodiscard]] const Index* find_index(const CatalogSnapshot& catalog, const std::string& name);
[[nodiscard]] const Table* table_of(const CatalogSnapshot& catalog, const Index& index);
/// "name" of the last part of a qualified name in a DROP's list.
[[nodiscard]] std::vector<std::string> dropped_names(const PgQuery__DropStmt& drop);
/// The definition that CREATE INDEX would make, without sizes. Keys that are not plain columns of
/// the table carry their expression's text.
[[nodiscard]] Index index_from(const PgQuery__IndexStmt& create, const Table* table);

/// Tables of fewer pages are locked for so short a time that a lock-unsafe statement is only noted:
/// 8 MB are scanned, sorted or rewritten in well under a second.
constexpr std::int64_t kSmallTablePages = 1000;

/// `worst` for a table that is large or of unknown size, Info for a small one.
[[nodiscard]] Severity by_size(const Table* table, Severity worst);
/// "orders (1200000 rows, 1.9 GB)"
[[nodiscard]] std::string described(const Table* table, const PgQuery__RangeVar* name);
[[nodiscard]] bool is_created_here(const Step& step, const PgQuery__RangeVar* name);
void report(const Step& step, std::vector<Finding>& findings, const char* rule, Severity severity,
            std::string message, std::string fix = {});

}  // namespace quern::advisor::check_detail
