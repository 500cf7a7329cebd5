#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "planner-model/query/builtin_catalog.hpp"

#include "advisor/check/alter_commands.hpp"
#include "advisor/check/state.hpp"
#include "advisor/rewrite/query.hpp"

// What goes wrong with ALTER TABLE and its relatives. One rule a function, M12 ... M42.

namespace quern::advisor::check_detail {

using namespace rewrite;

namespace {

const Column* find_column(const Table* table, std::string_view name) {
  if (table != nullptr) {
    for (const Column& column : table->columns) {
      if (column.name == name) {
        return &column;
      }
    }
  }
  return nullptr;
}

void key_built_under_lock(const Step& step, std::vector<Finding>& findings) {
  for_each_command(step, [&](const auto& alter, const auto& command, const Table* table) {
    const auto* constraint = as<PgQuery__Constraint>(command.def);
    if (command.subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint || constraint == nullptr ||
        (constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY &&
         constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE &&
         constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION)) {
      return;
    }
    if (constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION) {
      report(step, findings, "M14", by_size(table, Severity::Error),
             fmt::format("EXCLUDE builds its index and compares all rows while {} is locked "
                         "against reads and writes; no index can be built for it beforehand",
                         described(table, alter.relation)),
             "Make it while nobody needs the table, or on a new table that is filled in batches");
      return;
    }
    if (*constraint->indexname == '\0') {
      report(
          step, findings, "M14", by_size(table, Severity::Error),
          fmt::format("the constraint's index is built while {} is locked against reads and writes",
                      described(table, alter.relation)),
          "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX");
      return;
    }
    const Index* index = find_index(step.state.now, constraint->indexname);
    if (index == nullptr) {
      return;
    }
    const bool has_expression = std::any_of(index->keys.begin(), index->keys.end(),
                                            [](const IndexKey& key) { return key.column == 0; });
    if (!index->unique || !index->predicate.empty() || has_expression) {
      report(step, findings, "M14", Severity::Error,
             fmt::format("index {} cannot become a constraint: it is {}", index->name,
                         !index->unique   ? "not unique"
                         : has_expression ? "on an expression"
                                          : "partial"));
    }
    const bool primary = constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
    for (const IndexKey& key : primary ? index->keys : std::vector<IndexKey>{}) {
      const auto nullable = [&](const Column& column) {
        return column.number == key.column && !column.not_null;
      };
      if (table != nullptr && std::any_of(table->columns.begin(), table->columns.end(), nullable)) {
        report(step, findings, "M15", by_size(table, Severity::Error),
               "PRIMARY KEY sets NOT NULL on a column that may be NULL: the table is read whole "
               "under an "
               "ACCESS EXCLUSIVE lock",
               "First ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID, VALIDATE it, SET "
               "NOT NULL");
        break;
      }
    }
  });
}

/// Foreign keys of the statement: of ALTER TABLE and of CREATE TABLE alike.
struct ForeignKey {
  const PgQuery__RangeVar* table;
  std::vector<std::string> columns;
  bool not_valid;
  bool new_table;
};

std::vector<std::string> strings(PgQuery__Node* const* nodes, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back(last_name(&nodes[i], 1));
  }
  return names;
}

std::vector<ForeignKey> foreign_keys(const Step& step) {
  std::vector<ForeignKey> keys;
  const auto add = [&](const PgQuery__RangeVar* table, const PgQuery__Node* node,
                       const char* column, bool is_new) {
    const auto* constraint = as<PgQuery__Constraint>(node);
    if (constraint == nullptr || constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) {
      return;
    }
    auto columns = strings(constraint->fk_attrs, constraint->n_fk_attrs);
    if (columns.empty()) {
      columns = {column};
    }
    keys.push_back({table, columns, constraint->skip_validation != 0, is_new});
  };
  const auto add_of_column = [&](const PgQuery__RangeVar* table, const PgQuery__Node* node,
                                 bool is_new) {
    if (const auto* column = as<PgQuery__ColumnDef>(node)) {
      for (std::size_t i = 0; i < column->n_constraints; ++i) {
        add(table, column->constraints[i], column->colname, is_new);
      }
    }
  };
  if (const auto* create = as<PgQuery__CreateStmt>(step.node)) {
    for (std::size_t i = 0; i < create->n_table_elts; ++i) {
      add(create->relation, create->table_elts[i], "", true);
      add_of_column(create->relation, create->table_elts[i], true);
    }
  } else if (const auto* alter = as<PgQuery__AlterTableStmt>(step.node)) {
    const bool is_new = is_created_here(step, alter->relation);
    for (std::size_t i = 0; i < alter->n_cmds; ++i) {
      const auto* command = as<PgQuery__AlterTableCmd>(alter->cmds[i]);
      add(alter->relation, command->def, "", is_new);
      // ADD COLUMN ... REFERENCES finds no rows to check: all values are NULL or one default.
      add_of_column(alter->relation, command->def, true);
    }
  }
  return keys;
}

bool is_indexed(const Step& step, const Table& table, const std::vector<std::string>& columns) {
  return std::any_of(
      step.state.now.indexes.begin(), step.state.now.indexes.end(), [&](const Index& index) {
        if (index.table != table.oid || !index.valid || !index.predicate.empty() ||
            index.keys.size() < columns.size()) {
          return false;
        }
        // Any order of the leading keys will do for equality.
        return std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
          const Column* column = find_column(&table, name);
          return column != nullptr &&
                 std::any_of(index.keys.begin(),
                             index.keys.begin() + static_cast<std::ptrdiff_t>(columns.size()),
                             [&](const IndexKey& key) { return key.column == column->number; });
        });
      });
}

void foreign_key_rules(const Step& step, std::vector<Finding>& findings) {
  for (const ForeignKey& key : foreign_keys(step)) {
    const Table* table = find_table(step.state.now, key.table);
    std::string list;
    for (const auto& column : key.columns) {
      list += (list.empty() ? "" : ", ") + column;
    }
    if (!key.new_table && !key.not_valid) {
      report(
          step, findings, "M37", by_size(table, Severity::Error),
          fmt::format("ADD FOREIGN KEY reads all of {} while both tables are locked against writes",
                      described(table, key.table)),
          "ADD CONSTRAINT ... NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own");
    }
    if (table != nullptr && !is_indexed(step, *table, key.columns)) {
      report(step, findings, "M16", by_size(table, Severity::Warning),
             fmt::format("no index on {} ({}): every DELETE or key UPDATE in the referenced table "
                         "reads all of it",
                         table->name, list),
             fmt::format("CREATE INDEX CONCURRENTLY ON {} ({})", table->name, list));
    }
  }
}

/// Whether a default must be computed row by row: then ADD COLUMN rewrites the table.
bool has_volatile_default(const Step& step, const PgQuery__ColumnDef& column) {
  bool found = false;
  for (std::size_t i = 0; i < column.n_constraints; ++i) {
    const auto* constraint = as<PgQuery__Constraint>(column.constraints[i]);
    if (constraint == nullptr) {
      continue;
    }
    found = found || constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED ||
            constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY;
    if (constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT) {
      continue;
    }
    walk(content(constraint->raw_expr), [&](ProtobufCMessage* message) {
      if (const auto* call = as<PgQuery__FuncCall>(message)) {
        bool safe = false;
        for (const auto& function : planner_model::builtin_catalog().functions) {
          safe = safe || (function.name == function_name(*call) && function.volatility != 'v');
        }
        for (const auto& function : step.state.now.functions) {
          safe = safe || (function.name == function_name(*call) && function.volatility != 'v');
        }
        found = found || !safe;
      }
      return true;
    });
  }
  const std::string type = last_name(column.type_name->names, column.type_name->n_names);
  return found || type == "serial" || type == "bigserial" || type == "smallserial";
}

/// NOT NULL and nothing that gives old rows a value: ATRewriteTable() refuses it where there are
/// rows.
bool leaves_nulls(const PgQuery__ColumnDef& column) {
  bool forbidden = false;
  bool given = false;
  for (std::size_t i = 0; i < column.n_constraints; ++i) {
    const auto* constraint = as<PgQuery__Constraint>(column.constraints[i]);
    if (constraint == nullptr) {
      continue;
    }
    forbidden = forbidden || constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL ||
                constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
    given = given || constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT;
  }
  return forbidden && !given;
}

bool has_rows(const Table* table, const CatalogSnapshot& catalog) {
  return table != nullptr &&
         (table->reltuples > 0 || table->pages > 0 ||
          std::any_of(catalog.tables.begin(), catalog.tables.end(), [&](const Table& part) {
            return std::find(part.parents.begin(), part.parents.end(), table->oid) !=
                       part.parents.end() &&
                   has_rows(&part, catalog);
          }));
}

void added_column(const Step& step, std::vector<Finding>& findings) {
  for_each_command(step, [&](const auto& alter, const auto& command, const Table* table) {
    const auto* column = as<PgQuery__ColumnDef>(command.def);
    if (command.subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn || column == nullptr) {
      return;
    }
    if (has_volatile_default(step, *column)) {
      report(step, findings, "M34", by_size(table, Severity::Error),
             fmt::format(
                 "the new column's value must be computed for every row: {} is rewritten under an "
                 "ACCESS EXCLUSIVE lock",
                 described(table, alter.relation)),
             "Add the column without default, SET DEFAULT, and fill old rows in batches");
    } else if (leaves_nulls(*column) && !is_created_here(step, alter.relation) &&
               has_rows(table, step.state.now)) {
      report(step, findings, "M43", Severity::Error,
             fmt::format("the rows of {} have no value for {}, which is NOT NULL: the server "
                         "refuses the statement",
                         described(table, alter.relation), column->colname),
             "Give it a DEFAULT, or add the column without NOT NULL, fill it, and set NOT NULL "
             "then");
    }
  });
}

void set_not_null(const Step& step, std::vector<Finding>& findings) {
  for_each_command(step, [&](const auto& alter, const auto& command, const Table* table) {
    const Column* column = find_column(table, command.name);
    const bool checked =
        std::any_of(step.state.now.constraints.begin(), step.state.now.constraints.end(),
                    [&](const Constraint& check) {
                      return table != nullptr && check.table == table->oid && check.kind == 'c' &&
                             check.validated &&
                             check.definition.find(std::string{command.name} + " IS NOT NULL") !=
                                 std::string::npos;
                    });
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull && !checked &&
        (column == nullptr || !column->not_null)) {
      report(step, findings, "M35", by_size(table, Severity::Error),
             fmt::format("SET NOT NULL reads all of {} under an ACCESS EXCLUSIVE lock",
                         described(table, alter.relation)),
             "ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT, SET "
             "NOT NULL (which "
             "then trusts the check), DROP CONSTRAINT");
    }
  });
}

/// Of `type(a, b)`, the value of one of them.
std::optional<std::int64_t> modifier(const PgQuery__TypeName& type, std::size_t position) {
  return position < type.n_typmods ? integer_literal(type.typmods[position]) : std::nullopt;
}

/// numeric_support() of numeric.c, PostgreSQL 15: the scale stays, and there is no less room.
bool numeric_keeps_bytes(const Column& column, const PgQuery__TypeName& to) {
  constexpr std::int32_t kHeader = 4;
  constexpr std::int32_t kScaleBits = 0x7FF;
  const auto precision = modifier(to, 0);
  if (!precision) {
    return to.n_typmods == 0;
  }
  const std::int32_t packed = column.type_modifier - kHeader;
  return column.type_modifier >= kHeader &&
         (modifier(to, 1).value_or(0) & kScaleBits) == (packed & kScaleBits) &&
         *precision >= (packed >> 16);
}

/// varchar_support(), varbit_support() and TemporalSimplify(): no less room than before.
bool no_shorter(const Column& column, const PgQuery__TypeName& to, std::int32_t header) {
  const auto length = modifier(to, 0);
  return to.n_typmods == 0 ||
         (length && column.type_modifier >= header && *length >= column.type_modifier - header);
}

/// Changes of type that keep the bytes: varchar(n) to text or a longer varchar, and the like.
bool keeps_bytes(const Column& column, const PgQuery__TypeName& to) {
  constexpr Oid kText = 25, kVarchar = 1043, kNumeric = 1700, kVarbit = 1562;
  constexpr std::int32_t kVarlenaHeader = 4;  // VARHDRSZ is part of varchar's type modifier
  const std::string name = last_name(to.names, to.n_names);
  switch (column.type) {
    case kText:
    case kVarchar:
      return name == "text" || (name == "varchar" && no_shorter(column, to, kVarlenaHeader));
    case kNumeric:
      return name == "numeric" && numeric_keeps_bytes(column, to);
    case kVarbit:
      return name == "varbit" && no_shorter(column, to, 0);
    default:
      break;
  }
  // Microseconds are kept whatever the precision, which only rounds what comes in.
  constexpr std::array<std::pair<Oid, std::string_view>, 4> kTimes{
      {{1083, "time"}, {1114, "timestamp"}, {1184, "timestamptz"}, {1266, "timetz"}}};
  constexpr std::int64_t kMicroseconds = 6;  // MAX_TIMESTAMP_PRECISION
  return std::any_of(kTimes.begin(), kTimes.end(), [&](const auto& time) {
    return column.type == time.first && name == time.second &&
           (no_shorter(column, to, 0) || modifier(to, 0).value_or(0) >= kMicroseconds);
  });
}

void changed_type(const Step& step, std::vector<Finding>& findings) {
  for_each_command(step, [&](const auto& alter, const auto& command, const Table* table) {
    if (command.subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType) {
      return;
    }
    const auto* definition = as<PgQuery__ColumnDef>(command.def);
    const Column* column = find_column(table, command.name);
    if (definition != nullptr && column != nullptr && definition->raw_default == nullptr &&
        keeps_bytes(*column, *definition->type_name)) {
      return;
    }
    report(step, findings, "M36", by_size(table, Severity::Error),
           fmt::format("changing the type of {} rewrites {} and rebuilds its indexes under an "
                       "ACCESS EXCLUSIVE "
                       "lock",
                       command.name, described(table, alter.relation)),
           "Add a new column, fill it in batches, and switch over");
  });
}

void added_check(const Step& step, std::vector<Finding>& findings) {
  for_each_command(step, [&](const auto& alter, const auto& command, const Table* table) {
    const auto* constraint = as<PgQuery__Constraint>(command.def);
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint && constraint != nullptr &&
        constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK &&
        !constraint->skip_validation) {
      report(step, findings, "M38", by_size(table, Severity::Error),
             fmt::format("ADD CHECK reads all of {} under an ACCESS EXCLUSIVE lock",
                         described(table, alter.relation)),
             "ADD CONSTRAINT ... CHECK (...) NOT VALID, then VALIDATE CONSTRAINT in a transaction "
             "of its own");
    }
  });
}

void validated_at_once(const Step& step, std::vector<Finding>& findings) {
  for_each_command(step, [&](const auto&, const auto& command, const Table* table) {
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint &&
        step.in_transaction() && step.state.not_valid.contains(command.name)) {
      report(step, findings, "M39", by_size(table, Severity::Error),
             fmt::format("{} is validated in the transaction that added it: the lock of ADD "
                         "CONSTRAINT is held "
                         "while the table is read",
                         command.name),
             "VALIDATE CONSTRAINT in a later transaction");
    }
  });
}

/// Lock modes as the parser numbers them. Source: lockdefs.h, PostgreSQL 15, src/include/storage.
constexpr int kShareLock = 5;
constexpr int kAccessExclusiveLock = 8;

/// An UPDATE or DELETE without WHERE in one transaction: dead rows and WAL for all of the table,
/// and every row locked until the end.
void every_row(const Step& step, std::vector<Finding>& findings) {
  const auto* update = as<PgQuery__UpdateStmt>(step.node);
  const auto* remove = as<PgQuery__DeleteStmt>(step.node);
  const PgQuery__RangeVar* name = nullptr;
  if (update != nullptr && update->where_clause == nullptr && update->n_from_clause == 0) {
    name = update->relation;
  } else if (remove != nullptr && remove->where_clause == nullptr && remove->n_using_clause == 0) {
    name = remove->relation;
  }
  if (name == nullptr || is_created_here(step, name)) {
    return;
  }
  const Table* table = find_table(step.state.now, name);
  report(
      step, findings, "M42", by_size(table, Severity::Warning),
      fmt::format("{} every row of {} in one transaction: all stay locked until it ends, and "
                  "leave as many dead rows",
                  update != nullptr ? "UPDATE changes" : "DELETE removes", described(table, name)),
      update != nullptr ? "In batches by key, each in a transaction of its own"
                        : "TRUNCATE while nothing uses the table, or in batches by key");
}

void rewrites_all(const Step& step, std::vector<Finding>& findings) {
  const auto locked = [&](const PgQuery__RangeVar* name, const std::string& what,
                          const std::string& fix, const char* against = "reads and writes") {
    if (!is_created_here(step, name)) {
      const Table* table = find_table(step.state.now, name);
      report(step, findings, "M41", by_size(table, Severity::Error),
             fmt::format("{} locks {} against {}", what,
                         name == nullptr ? "every table" : described(table, name), against),
             fix);
    }
  };
  if (const auto* truncate = as<PgQuery__TruncateStmt>(step.node)) {
    for (std::size_t i = 0; i < truncate->n_relations; ++i) {
      const auto* name = as<PgQuery__RangeVar>(truncate->relations[i]);
      if (!is_created_here(step, name)) {
        report(step, findings, "M41", Severity::Warning,
               fmt::format("TRUNCATE removes all rows of {} under an ACCESS EXCLUSIVE lock",
                           name->relname));
      }
    }
  } else if (const auto* cluster = as<PgQuery__ClusterStmt>(step.node)) {
    locked(cluster->relation, "CLUSTER rewrites the table and", "pg_repack, or nothing");
  } else if (const auto* lock = as<PgQuery__LockStmt>(step.node)) {
    for (std::size_t i = 0; lock->mode >= kShareLock && i < lock->n_relations; ++i) {
      locked(as<PgQuery__RangeVar>(lock->relations[i]), "until the transaction ends, LOCK TABLE",
             "", lock->mode == kAccessExclusiveLock ? "reads and writes" : "writes");
    }
  } else if (const auto* refresh = as<PgQuery__RefreshMatViewStmt>(step.node)) {
    if (!refresh->concurrent) {
      locked(refresh->relation, "while its query runs, REFRESH MATERIALIZED VIEW",
             "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index");
    }
  } else if (const auto* vacuum = as<PgQuery__VacuumStmt>(step.node)) {
    for (std::size_t i = 0; i < vacuum->n_options; ++i) {
      const auto* option = as<PgQuery__DefElem>(vacuum->options[i]);
      if (option != nullptr && std::string_view{option->defname} == "full") {
        const auto* relation =
            vacuum->n_rels > 0 ? as<PgQuery__VacuumRelation>(vacuum->rels[0]) : nullptr;
        locked(relation == nullptr ? nullptr : relation->relation,
               "VACUUM FULL rewrites the table and", "VACUUM, or pg_repack");
      }
    }
    if (step.in_transaction() && vacuum->is_vacuumcmd) {
      report(step, findings, "M02", Severity::Error,
             "VACUUM cannot run inside a transaction block");
    }
  }
  for_each_command(step, [&](const auto& alter, const auto& command, const Table*) {
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged ||
        command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged ||
        command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace) {
      locked(alter.relation, "this ALTER TABLE rewrites the table and", "");
    }
  });
}

/// Once a migration: the first statement that queues for a strong lock without a limit.
void no_lock_timeout(const Step& step, std::vector<Finding>& findings) {
  const auto* alter = as<PgQuery__AlterTableStmt>(step.node);
  const auto* drop = as<PgQuery__DropStmt>(step.node);
  const auto* rename = as<PgQuery__RenameStmt>(step.node);
  const bool strong = (alter != nullptr && !is_created_here(step, alter->relation)) ||
                      rename != nullptr ||
                      as<PgQuery__AlterObjectSchemaStmt>(step.node) != nullptr ||
                      (drop != nullptr && !drop->concurrent &&
                       (drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX ||
                        drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE));
  if (strong && !step.state.lock_timeout && !step.state.lock_timeout_reported) {
    report(step, findings, "M12", Severity::Info,
           "no lock_timeout: while the statement waits for its lock, all later queries on the "
           "table wait behind it",
           "SET lock_timeout = '2s' and retry; not for CREATE INDEX CONCURRENTLY, which it would "
           "leave invalid");
  }
}

void nested_transaction(const Step& step, std::vector<Finding>& findings) {
  const auto* transaction = as<PgQuery__TransactionStmt>(step.node);
  if (transaction == nullptr) {
    return;
  }
  const bool begins = transaction->kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN ||
                      transaction->kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START;
  const bool commits = transaction->kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT;
  if (begins && step.in_transaction()) {
    report(step, findings, "M29", Severity::Warning, "there is already a transaction in progress");
  } else if (commits && step.migration.one_transaction && !step.state.in_transaction) {
    report(step, findings, "M29", Severity::Warning,
           fmt::format("COMMIT ends the transaction that {} opened", step.migration.dialect));
  }
}

}  // namespace

const std::vector<NamedRule>& table_rules() {
  static const std::vector<NamedRule> kRules{
      {"M12", no_lock_timeout}, {"M14", key_built_under_lock}, {"M37", foreign_key_rules},
      {"M34", added_column},    {"M35", set_not_null},         {"M36", changed_type},
      {"M38", added_check},     {"M39", validated_at_once},    {"M41", rewrites_all},
      {"M42", every_row},       {"M29", nested_transaction},
  };
  return kRules;
}

}  // namespace quern::advisor::check_detail
