#include <fmt/core.h>

#include "advisor/check/alter_commands.hpp"
#include "advisor/check/state.hpp"
#include "advisor/rewrite/query.hpp"

// What a migration takes away from the queries that were recorded: M40.

namespace quern::advisor::check_detail {

using namespace rewrite;

namespace {

/// Recorded queries that name the column (or, for an empty name, the table).
std::vector<const QueryClass*> users_of(const Step& step, const Table& table,
                                        std::string_view column) {
  std::vector<const QueryClass*> users;
  for (const QueryClass& recorded : step.workload.classes) {
    auto query = Query::read(recorded.sql, *step.state.before);
    if (!query) {
      continue;
    }
    bool uses = false;
    for (const Block& block : query->blocks) {
      for (const Source& source : block.sources) {
        uses =
            uses || (column.empty() && source.table != nullptr && source.table->oid == table.oid);
      }
      walk(block.statement, [&](ProtobufCMessage* message) {
        PgQuery__Node node = PG_QUERY__NODE__INIT;
        node.node_case = PG_QUERY__NODE__NODE_COLUMN_REF;
        node.column_ref = as<PgQuery__ColumnRef>(message);
        const auto named = node.column_ref == nullptr ? std::nullopt : query->resolve(block, &node);
        uses = uses ||
               (named && named->source->table->oid == table.oid && named->column->name == column);
        return !uses;
      });
    }
    const auto* insert = as<PgQuery__InsertStmt>(query->tree.statement());
    const auto* update = as<PgQuery__UpdateStmt>(query->tree.statement());
    const auto written = [&](PgQuery__Node* const* list, std::size_t count,
                             const PgQuery__RangeVar* into) {
      const Table* target = find_table(*step.state.before, into);
      for (std::size_t i = 0; target != nullptr && target->oid == table.oid && i < count; ++i) {
        const auto* name = as<PgQuery__ResTarget>(list[i]);
        uses = uses || column.empty() || (name != nullptr && column == name->name);
      }
    };
    if (insert != nullptr) {
      written(insert->cols, insert->n_cols, insert->relation);
    } else if (update != nullptr) {
      written(update->target_list, update->n_target_list, update->relation);
    }
    if (uses) {
      users.push_back(&recorded);
    }
  }
  return users;
}

void report_users(const Step& step, std::vector<Finding>& findings, const std::string& what,
                  const std::vector<const QueryClass*>& users) {
  if (users.empty()) {
    return;
  }
  std::uint64_t calls = 0;
  for (const QueryClass* query : users) {
    calls += query->calls;
  }
  report(step, findings, "M40", Severity::Error,
         fmt::format("{}: {} ({} calls), the first: {}", what,
                     users.size() == 1 ? "1 recorded query uses it"
                                       : fmt::format("{} recorded queries use it", users.size()),
                     calls, users.front()->sql),
         "Deploy code that does not use it first");
  for (const QueryClass* query : users) {
    QueryEffect effect;
    effect.fingerprint = query->fingerprint;
    effect.sql = query->sql;
    effect.calls = static_cast<double>(query->calls);
    findings.back().queries.push_back(std::move(effect));
  }
}

void report_users(const Step& step, std::vector<Finding>& findings, const std::string& what,
                  const Table* table, std::string_view column) {
  if (table != nullptr) {
    report_users(step, findings, what, users_of(step, *table, column));
  }
}

/// Recorded queries that read from a relation of this name.
std::vector<const QueryClass*> readers_of(const Step& step, const std::string& name) {
  std::vector<const QueryClass*> readers;
  for (const QueryClass& recorded : step.workload.classes) {
    const auto query = Query::read(recorded.sql, *step.state.before);
    if (!query) {
      continue;
    }
    bool reads = false;
    for (const Block& block : query->blocks) {
      walk(block.statement, [&](ProtobufCMessage* message) {
        const auto* relation = as<PgQuery__RangeVar>(message);
        reads = reads || (relation != nullptr && relation->relname == name);
        return !reads;
      });
    }
    if (reads) {
      readers.push_back(&recorded);
    }
  }
  return readers;
}

bool drops(const PgQuery__DropStmt* drop, PgQuery__ObjectType type) {
  return drop != nullptr && drop->remove_type == type;
}

void removed_views(const Step& step, std::vector<Finding>& findings) {
  const auto* drop = as<PgQuery__DropStmt>(step.node);
  const bool view = drops(drop, PG_QUERY__OBJECT_TYPE__OBJECT_VIEW);
  if (view || drops(drop, PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW)) {
    for (const std::string& name : dropped_names(*drop)) {
      report_users(step, findings, (view ? "DROP VIEW " : "DROP MATERIALIZED VIEW ") + name,
                   readers_of(step, name));
    }
  }
}

/// Queries find it only where their search_path has the new schema.
void moved_elsewhere(const Step& step, std::vector<Finding>& findings) {
  const auto* moved = as<PgQuery__AlterObjectSchemaStmt>(step.node);
  if (moved == nullptr || moved->relation == nullptr) {
    return;
  }
  const std::string what =
      fmt::format("SET SCHEMA {} of {}", moved->newschema, moved->relation->relname);
  if (const Table* table = find_table(step.state.now, moved->relation)) {
    report_users(step, findings, what, table, "");
  } else {
    report_users(step, findings, what, readers_of(step, moved->relation->relname));
  }
}

/// Without CASCADE the server refuses while anything is in it.
void removed_schemas(const Step& step, std::vector<Finding>& findings) {
  const auto* drop = as<PgQuery__DropStmt>(step.node);
  if (!drops(drop, PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA) ||
      drop->behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) {
    return;
  }
  for (std::size_t i = 0; i < drop->n_objects; ++i) {
    const auto* name = as<PgQuery__String>(drop->objects[i]);
    std::size_t tables = 0;
    for (const Table& table : step.state.now.tables) {
      tables += name != nullptr && table.schema == name->sval ? 1 : 0;
    }
    if (tables > 0) {
      report(step, findings, "M40", Severity::Error,
             fmt::format("DROP SCHEMA {} CASCADE drops its {} table{} with all rows", name->sval,
                         tables, tables == 1 ? "" : "s"),
             "Drop what is meant by name");
    }
  }
}

void removed_in_use(const Step& step, std::vector<Finding>& findings) {
  for_each_command(step, [&](const auto&, const auto& command, const Table* table) {
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn) {
      report_users(step, findings, fmt::format("DROP COLUMN {}", command.name), table,
                   command.name);
    }
  });
  if (const auto* rename = as<PgQuery__RenameStmt>(step.node);
      rename != nullptr && rename->relation != nullptr) {
    const Table* table = find_table(step.state.now, rename->relation);
    if (rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN) {
      report_users(step, findings, fmt::format("RENAME COLUMN {}", rename->subname), table,
                   rename->subname);
    } else if (rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
      report_users(step, findings, fmt::format("RENAME of table {}", rename->relation->relname),
                   table, "");
    }
  }
  moved_elsewhere(step, findings);
  removed_views(step, findings);
  removed_schemas(step, findings);
  const auto* drop = as<PgQuery__DropStmt>(step.node);
  if (drop != nullptr && drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
    for (const std::string& name : dropped_names(*drop)) {
      for (const Table& table : step.state.now.tables) {
        if (table.name == name) {
          report_users(step, findings, "DROP TABLE " + name, &table, "");
        }
      }
    }
  }
}

}  // namespace

const std::vector<NamedRule>& use_rules() {
  static const std::vector<NamedRule> kRules{{"M40", removed_in_use}};
  return kRules;
}

}  // namespace quern::advisor::check_detail
