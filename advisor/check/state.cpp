#include "advisor/check/state.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "collector/catalog/schema_nodes.hpp"

#include "advisor/rewrite/tree.hpp"

namespace quern::advisor::check_detail {

using namespace rewrite;

const Table* find_table(const CatalogSnapshot& catalog, const PgQuery__RangeVar* name) {
  if (name == nullptr) {
    return nullptr;
  }
  const auto in_schema = [&](std::string_view schema) -> const Table* {
    const auto found = std::find_if(
        catalog.tables.begin(), catalog.tables.end(),
        [&](const Table& table) { return table.name == name->relname && table.schema == schema; });
    return found == catalog.tables.end() ? nullptr : &*found;
  };
  if (*name->schemaname != '\0') {
    return in_schema(name->schemaname);
  }
  for (const auto& schema : catalog.search_path) {
    if (const Table* table = in_schema(schema)) {
      return table;
    }
  }
  return nullptr;
}

const Index* find_index(const CatalogSnapshot& catalog, const std::string& name) {
  const auto found = std::find_if(catalog.indexes.begin(), catalog.indexes.end(),
                                  [&](const Index& index) { return index.name == name; });
  return found == catalog.indexes.end() ? nullptr : &*found;
}

const Table* table_of(const CatalogSnapshot& catalog, const Index& index) {
  const auto found = std::find_if(catalog.tables.begin(), catalog.tables.end(),
                                  [&](const Table& table) { return table.oid == index.table; });
  return found == catalog.tables.end() ? nullptr : &*found;
}

std::vector<std::string> dropped_names(const PgQuery__DropStmt& drop) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < drop.n_objects; ++i) {
    if (const auto* parts = as<PgQuery__List>(drop.objects[i])) {
      names.push_back(last_name(parts->items, parts->n_items));
    }
  }
  return names;
}

namespace {

/// The expression as SQL; a text that equals no other where the parser's library cannot write it.
std::string expression_text(const PgQuery__Node* node, const PgQuery__IndexStmt& create) {
  try {
    return Tree::text(node);
  } catch (const UserError&) {
    return fmt::format("an expression of {}", create.idxname);
  }
}

}  // namespace

Index index_from(const PgQuery__IndexStmt& create, const Table* table) {
  Index index;
  index.name = create.idxname;
  index.table = table == nullptr ? 0 : table->oid;
  index.schema = table == nullptr ? std::string{} : table->schema;
  index.access_method = *create.access_method == '\0' ? "btree" : create.access_method;
  index.unique = create.unique;
  const auto number = [&](std::string_view name) -> std::int16_t {
    if (table != nullptr) {
      for (const Column& column : table->columns) {
        if (column.name == name) {
          return column.number;
        }
      }
    }
    return 0;
  };
  for (std::size_t i = 0; i < create.n_index_params; ++i) {
    const auto* element = as<PgQuery__IndexElem>(create.index_params[i]);
    IndexKey key;
    key.column = *element->name == '\0' ? std::int16_t{0} : number(element->name);
    if (key.column == 0) {
      key.expression = element->expr == nullptr ? std::string{element->name}
                                                : expression_text(element->expr, create);
    }
    key.operator_class_name = last_name(element->opclass, element->n_opclass);
    key.descending = element->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
    key.nulls_first =
        element->nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST ||
        (key.descending && element->nulls_ordering != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST);
    index.keys.push_back(std::move(key));
  }
  for (std::size_t i = 0; i < create.n_index_including_params; ++i) {
    index.included.push_back(
        number(as<PgQuery__IndexElem>(create.index_including_params[i])->name));
  }
  if (create.where_clause != nullptr) {
    index.predicate = "(" + expression_text(create.where_clause, create) + ")";
  }
  return index;
}

Severity by_size(const Table* table, Severity worst) {
  return table != nullptr && table->kind != 'p' && table->pages < kSmallTablePages ? Severity::Info
                                                                                   : worst;
}

std::string described(const Table* table, const PgQuery__RangeVar* name) {
  if (table == nullptr) {
    return std::string{name->relname} + " (not in the catalog snapshot, size unknown)";
  }
  if (table->kind == 'p') {
    return table->name + " (partitioned)";
  }
  constexpr double kBlock = 8192;
  constexpr double kMegabyte = 1e6;
  return fmt::format("{} ({:.0f} rows, {:.1f} MB)", table->name, std::max(table->reltuples, 0.0),
                     static_cast<double>(table->pages) * kBlock / kMegabyte);
}

bool is_created_here(const Step& step, const PgQuery__RangeVar* name) {
  return name != nullptr && step.state.created_tables.contains(name->relname);
}

void report(const Step& step, std::vector<Finding>& findings, const char* rule, Severity severity,
            std::string message, std::string fix) {
  Finding finding;
  finding.rule = rule;
  finding.severity = severity;
  finding.message = std::move(message);
  finding.fix = std::move(fix);
  finding.where = {step.migration.name, step.statement.line};
  finding.statement = step.statement.sql;
  findings.push_back(std::move(finding));
}

namespace {

void advance_settings(State& state, const PgQuery__VariableSetStmt& set) {
  if (std::string_view{set.name} != "lock_timeout") {
    return;
  }
  const auto value = set.n_args > 0 ? literal(set.args[0]) : std::nullopt;
  state.lock_timeout = value && value->text != "0" && !value->text.starts_with("0 ");
}

void advance_transaction(State& state, const PgQuery__TransactionStmt& statement) {
  switch (statement.kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
      state.in_transaction = true;
      break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
      state.in_transaction = false;
      state.not_valid.clear();
      break;
    default:
      break;
  }
}

void advance_create_index(State& state, const PgQuery__IndexStmt& create, const std::string& sql) {
  const Table* table = find_table(state.now, create.relation);
  Index index = index_from(create, table);
  if (table == nullptr || (create.if_not_exists && find_index(state.now, index.name) != nullptr)) {
    return;
  }
  index.definition = sql;
  state.now.indexes.push_back(std::move(index));
  state.created_ddl.push_back(sql);
}

void advance_create_extension(State& state, const PgQuery__CreateExtensionStmt& create) {
  const auto& present = state.before->extensions;
  if (std::find(present.begin(), present.end(), create.extname) == present.end()) {
    state.extensions.push_back({create.extname, collector::extension_schema(create)});
  }
}

void advance_drop_index(State& state, const PgQuery__DropStmt& drop) {
  for (const std::string& name : dropped_names(drop)) {
    if (find_index(*state.before, name) != nullptr) {
      state.dropped.push_back(name);
    }
    std::erase_if(state.now.indexes, [&](const Index& index) { return index.name == name; });
  }
}

void advance_alter_table(State& state, const PgQuery__AlterTableStmt& alter) {
  for (std::size_t i = 0; i < alter.n_cmds; ++i) {
    const auto* command = as<PgQuery__AlterTableCmd>(alter.cmds[i]);
    const auto* constraint = command == nullptr ? nullptr : as<PgQuery__Constraint>(command->def);
    if (constraint != nullptr && constraint->skip_validation) {
      state.not_valid.insert(constraint->conname);
    }
    if (command == nullptr || command->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint) {
      continue;
    }
    // The index goes with the constraint it backs.
    const auto index =
        std::find_if(state.now.indexes.begin(), state.now.indexes.end(),
                     [&](const Index& candidate) { return candidate.constraint == command->name; });
    if (index != state.now.indexes.end()) {
      state.dropped.push_back(index->name);
      state.now.indexes.erase(index);
    }
  }
}

}  // namespace

void advance(State& state, const MigrationStatement& statement) {
  for (const auto& part : statement.tree->statements()) {
    if (const auto* set = as<PgQuery__VariableSetStmt>(part.node)) {
      advance_settings(state, *set);
    } else if (const auto* transaction = as<PgQuery__TransactionStmt>(part.node)) {
      advance_transaction(state, *transaction);
    } else if (const auto* create = as<PgQuery__CreateStmt>(part.node)) {
      state.created_tables.insert(create->relation->relname);
    } else if (const auto* table = as<PgQuery__CreateTableAsStmt>(part.node);
               table != nullptr && table->into != nullptr && table->into->rel != nullptr) {
      state.created_tables.insert(table->into->rel->relname);
    } else if (const auto* index = as<PgQuery__IndexStmt>(part.node)) {
      advance_create_index(state, *index, statement.sql);
    } else if (const auto* extension = as<PgQuery__CreateExtensionStmt>(part.node)) {
      advance_create_extension(state, *extension);
    } else if (const auto* drop = as<PgQuery__DropStmt>(part.node);
               drop != nullptr && drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
      advance_drop_index(state, *drop);
    } else if (const auto* alter = as<PgQuery__AlterTableStmt>(part.node)) {
      advance_alter_table(state, *alter);
    }
  }
}

}  // namespace quern::advisor::check_detail
