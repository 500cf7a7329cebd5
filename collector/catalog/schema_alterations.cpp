// SchemaBuilder's ALTER TABLE of what is there already, RENAME and ALTER TYPE of enums: what
// migrations do and a dump does not. Source: src/backend/commands/tablecmds.c.
#include <algorithm>

#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"
#include "collector/sql/lexer.hpp"
#include "collector/sql/quote.hpp"

namespace quern::collector {

namespace {

bool is_name(const Token& token, const std::string& name) {
  return (token.kind == TokenKind::Word || token.kind == TokenKind::QuotedIdentifier) &&
         (token.text == name || token.text == quote_identifier(name));
}

bool names_column(const std::string& expression, const std::string& column) {
  Lexer lexer{expression};
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    if (is_name(token, column)) {
      return true;
    }
  }
  return false;
}

void rename_in(std::string& expression, const std::string& from, const std::string& to) {
  std::string renamed;
  std::size_t copied = 0;
  Lexer lexer{expression};
  for (Token token = lexer.next(); token.kind != TokenKind::End; token = lexer.next()) {
    if (is_name(token, from)) {
      renamed += expression.substr(copied, token.offset - copied) + quote_identifier(to);
      copied = token.offset + token.text.size();
    }
  }
  expression = renamed + expression.substr(copied);
}

bool has_number(const std::vector<std::int16_t>& numbers, std::int16_t number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

void close_gap(std::vector<std::int16_t>& numbers, std::int16_t gone) {
  for (std::int16_t& number : numbers) {
    number = static_cast<std::int16_t>(number - (number > gone ? 1 : 0));
  }
}

}  // namespace

std::string SchemaBuilder::only_column_of(const Table& table, const std::string& expression) {
  std::string only;
  for (const Column& column : table.columns) {
    if (names_column(expression, column.name)) {
      if (!only.empty()) {
        return "";
      }
      only = column.name;
    }
  }
  return only;
}

std::vector<Oid> SchemaBuilder::table_and_below(Oid table) const {
  std::vector<Oid> all{table};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const Table& other : snapshot_.tables) {
      if (std::find(other.parents.begin(), other.parents.end(), all[i]) != other.parents.end()) {
        all.push_back(other.oid);
      }
    }
  }
  return all;
}

/// Writes the indexes of a table, and the foreign keys from and to it, by its names of now.
void SchemaBuilder::redefine(Oid oid) {
  const Table& table = *find_table(oid);
  for (Index& index : snapshot_.indexes) {
    if (index.table == oid) {
      index.definition = definition_of(index, table);
    }
  }
  for (Constraint& key : snapshot_.constraints) {
    if (key.kind == 'f' && (key.table == oid || key.referenced_table == oid)) {
      key.definition = foreign_key_definition(
          key, key.definition.find(" INITIALLY DEFERRED") != std::string::npos);
    }
  }
}

// What hangs on the column goes with it. Later columns move up: a table made anew has no gaps.
void SchemaBuilder::drop_column(Oid oid, const std::string& name) {
  Table& table = *find_table(oid);
  const auto numbers = numbers_of(table, {name});
  if (numbers.empty()) {
    return;
  }
  const std::int16_t gone = numbers.front();
  const std::vector<Index> indexes = snapshot_.indexes;
  for (const Index& index : indexes) {
    const bool hangs = has_number(index.included, gone) || names_column(index.predicate, name) ||
                       std::any_of(index.keys.begin(), index.keys.end(), [&](const IndexKey& key) {
                         return key.column == gone || names_column(key.expression, name);
                       });
    if (index.table == oid && hangs) {
      drop_index(index);
    }
  }
  std::erase_if(snapshot_.constraints, [&](const Constraint& one) {
    return (one.table == oid && (has_number(one.columns, gone) ||
                                 (one.kind == 'c' && names_column(one.definition, name)))) ||
           (one.referenced_table == oid && has_number(one.referenced_columns, gone));
  });
  std::erase_if(snapshot_.extended_statistics, [&](const ExtendedStatistics& one) {
    return one.table == oid && has_number(one.columns, gone);
  });
  table.columns.erase(table.columns.begin() + (gone - 1));
  for (Column& column : table.columns) {
    column.number = static_cast<std::int16_t>(column.number - (column.number > gone ? 1 : 0));
  }
  for (Index& index : snapshot_.indexes) {
    if (index.table == oid) {
      close_gap(index.included, gone);
      for (IndexKey& key : index.keys) {
        key.column = static_cast<std::int16_t>(key.column - (key.column > gone ? 1 : 0));
      }
    }
  }
  for (Constraint& one : snapshot_.constraints) {
    if (one.table == oid) {
      close_gap(one.columns, gone);
    }
    if (one.referenced_table == oid) {
      close_gap(one.referenced_columns, gone);
    }
  }
  for (ExtendedStatistics& one : snapshot_.extended_statistics) {
    if (one.table == oid) {
      close_gap(one.columns, gone);
    }
  }
}

/// ATExecAlterColumnType(): indexes whose operator class was the type's own get the new one's.
void SchemaBuilder::retype_column(Oid oid, const std::string& name,
                                  const PgQuery__ColumnDef& definition) {
  Table& table = *find_table(oid);
  const auto numbers = numbers_of(table, {name});
  if (numbers.empty() || definition.type_name == nullptr) {
    return;
  }
  Column& column = table.columns[static_cast<std::size_t>(numbers.front() - 1)];
  const Oid before = column.type;
  column.type = resolve_type(*definition.type_name, column.type_modifier);
  column.collation = definition.coll_clause == nullptr
                         ? collation_of(column.type)
                         : collation_named(strings_of(definition.coll_clause->collname,
                                                      definition.coll_clause->n_collname));
  for (Index& index : snapshot_.indexes) {
    for (IndexKey& key : index.keys) {
      IndexKey usual;
      choose_operator_class(usual, before, index.access_method);
      if (index.table == oid && key.column == numbers.front()) {
        key.collation = column.collation;
        if (key.operator_class == usual.operator_class) {
          choose_operator_class(key, column.type, index.access_method);
        }
      }
    }
  }
  redefine(oid);
}

void SchemaBuilder::rename_column(Oid oid, const std::string& from, const std::string& to) {
  Table& table = *find_table(oid);
  for (Column& column : table.columns) {
    if (column.name == from) {
      column.name = to;
    }
    rename_in(column.default_expression, from, to);
  }
  rename_in(table.partition_key, from, to);
  for (Index& index : snapshot_.indexes) {
    if (index.table == oid) {
      rename_in(index.predicate, from, to);
      for (IndexKey& key : index.keys) {
        rename_in(key.expression, from, to);
      }
    }
  }
  for (Constraint& one : snapshot_.constraints) {
    if (one.table == oid && one.kind != 'f') {
      rename_in(one.definition, from, to);
    }
  }
  for (ExtendedStatistics& one : snapshot_.extended_statistics) {
    for (std::string& expression : one.expressions) {
      if (one.table == oid) {
        rename_in(expression, from, to);
      }
    }
  }
  for (const Table& view : snapshot_.tables) {
    if (names_column(view.view_definition, table.name) &&
        names_column(view.view_definition, from)) {
      count_skipped("view over a column that is renamed later (" + view.name + ")");
    }
  }
  redefine(oid);
}

void SchemaBuilder::set_schema(const PgQuery__Node& statement) {
  const PgQuery__AlterObjectSchemaStmt& alter = *statement.alter_object_schema_stmt;
  Table* table = alter.relation == nullptr ? nullptr : find_table(*alter.relation);
  if (table == nullptr) {
    if (alter.missing_ok == 0) {
      count_skipped("SET SCHEMA of what the schema does not define", &statement);
    }
    return;
  }
  table->schema = alter.newschema;
  for (Index& index : snapshot_.indexes) {
    index.schema = index.table == table->oid ? table->schema : index.schema;
  }
  redefine(table->oid);
}

void SchemaBuilder::drop_constraint(Oid oid, const std::string& name) {
  const auto same =
      std::find_if(snapshot_.constraints.begin(), snapshot_.constraints.end(),
                   [&](const Constraint& one) { return one.table == oid && one.name == name; });
  if (same == snapshot_.constraints.end()) {
    return;
  }
  const Constraint gone = *same;
  const auto backing = std::find_if(
      snapshot_.indexes.begin(), snapshot_.indexes.end(),
      [&](const Index& index) { return index.table == oid && index.constraint == name; });
  if (backing != snapshot_.indexes.end()) {
    const Index index = *backing;
    const Oid number = index.oid;
    for (const Index& part : std::vector<Index>{snapshot_.indexes}) {
      if (part.parent == number) {
        drop_constraint(part.table, part.constraint);
      }
    }
    drop_index(index);
    return;
  }
  const auto below = table_and_below(oid);
  std::erase_if(snapshot_.constraints, [&](const Constraint& one) {
    const bool is_here = one.table == oid && one.name == name;
    const bool is_inherited = one.table != oid && one.kind == gone.kind && one.name == name &&
                              std::find(below.begin(), below.end(), one.table) != below.end();
    const bool is_part = gone.kind == 'f' && one.kind == 'f' && one.table == oid &&
                         one.columns == gone.columns &&
                         is_below(one.referenced_table, gone.referenced_table);
    return is_here || is_inherited || is_part;
  });
}

/// ADD CONSTRAINT ... USING INDEX: the index takes the constraint's name.
void SchemaBuilder::add_key_by_index(Table& table, const PgQuery__Constraint& constraint) {
  Index* index = find_index(table.schema, constraint.indexname);
  if (index == nullptr) {
    return count_skipped("constraint USING INDEX of an index that the schema does not define");
  }
  index->primary = constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
  index->immediate = !constraint.deferrable;
  if (constraint.conname != nullptr && *constraint.conname != '\0') {
    index->name = constraint.conname;
  }
  index->constraint = index->name;
  for (const IndexKey& key : index->keys) {
    if (index->primary && key.column > 0) {
      table.columns[static_cast<std::size_t>(key.column - 1)].not_null = true;
    }
  }
  index->definition = definition_of(*index, table);
  add_index_constraint(*index, table);
}

bool SchemaBuilder::alter_what_is_there(Oid table, const PgQuery__AlterTableCmd& command,
                                        bool only) {
  const std::string name = command.name == nullptr ? "" : command.name;
  const auto tables = only ? std::vector<Oid>{table} : table_and_below(table);
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
      for (const Oid one : tables) {
        drop_column(one, name);
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
      for (const Oid one : tables) {
        retype_column(one, name, *command.def->column_def);
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
      for (const Oid one : tables) {
        for (Column& column : find_table(one)->columns) {
          column.not_null = column.not_null && column.name != name;
        }
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
      drop_constraint(table, name);
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
      for (Constraint& one : snapshot_.constraints) {
        const auto mark = one.definition.find(" NOT VALID");
        if (one.table == table && one.name == name && mark != std::string::npos) {
          one.validated = true;
          one.definition.erase(mark);
        }
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
      if (Table* part = find_table(*command.def->partition_cmd->name)) {
        std::erase(part->parents, table);
        part->partition_bound.clear();
        for (Index& index : snapshot_.indexes) {
          index.parent = index.table == part->oid ? 0 : index.parent;
        }
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
      for (Column& column : find_table(table)->columns) {
        if (column.name == name) {
          column.identity = '\0';
          column.default_expression = column.generated == '\0' ? column.default_expression : "";
          column.generated = '\0';
        }
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged:
      find_table(table)->persistence =
          command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged ? 'p' : 'u';
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
      for (std::size_t i = 0; i < command.def->list->n_items; ++i) {
        find_table(table)->options.erase(command.def->list->items[i]->def_elem->defname);
      }
      return true;
    // Nothing of these changes a plan without statistics.
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll:
      return true;
    default:
      return false;
  }
}

void SchemaBuilder::rename(const PgQuery__Node& statement) {
  const PgQuery__RenameStmt& rename = *statement.rename_stmt;
  const std::string to = rename.newname;
  const Table* table = rename.relation == nullptr ? nullptr : find_table(*rename.relation);
  Index* index = rename.relation == nullptr
                     ? nullptr
                     : find_index(schema_of(rename.relation->schemaname), rename.relation->relname);
  if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN && table != nullptr) {
    for (const Oid one : table_and_below(table->oid)) {
      rename_column(one, rename.subname, to);
    }
  } else if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT &&
             table != nullptr) {
    for (Constraint& one : snapshot_.constraints) {
      if (one.table == table->oid && one.name == rename.subname) {
        one.name = to;
        one.index = one.index == rename.subname ? to : one.index;
      }
    }
    if (Index* backing = find_index(table->schema, rename.subname)) {
      rename_index(*backing, to);
    }
  } else if (index != nullptr) {
    rename_index(*index, to);
  } else if (table != nullptr && (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
                                  rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ||
                                  rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW)) {
    for (Table& view : snapshot_.tables) {
      rename_in(view.view_definition, table->name, to);
    }
    find_table(table->oid)->name = to;
    redefine(table->oid);
  } else if (rename.rename_type != PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE &&
             rename.missing_ok == 0) {
    count_skipped("RENAME of what the schema does not define", &statement);
  }
}

void SchemaBuilder::rename_index(Index& index, const std::string& to) {
  const std::string from = index.name;
  for (Constraint& one : snapshot_.constraints) {
    const bool is_own = one.table == index.table && one.name == from && !index.constraint.empty();
    one.name = is_own ? to : one.name;
    one.index =
        one.index == from && (one.table == index.table || one.referenced_table == index.table)
            ? to
            : one.index;
  }
  index.constraint = index.constraint.empty() ? "" : to;
  index.name = to;
  index.definition = definition_of(index, *find_table(index.table));
}

void SchemaBuilder::alter_enum(const PgQuery__AlterEnumStmt& statement) {
  const auto name = split_schema(strings_of(statement.type_name, statement.n_type_name));
  for (TypeDefinition& type : snapshot_.types) {
    if (type.schema != name[0] || type.name != name[1] || type.kind != 'e') {
      continue;
    }
    auto& labels = type.labels;
    const auto at = [&](const char* label) {
      return std::find(labels.begin(), labels.end(), label);
    };
    if (*statement.old_val != '\0') {
      std::replace(labels.begin(), labels.end(), std::string{statement.old_val},
                   std::string{statement.new_val});
    } else if (at(statement.new_val) == labels.end()) {
      auto place =
          *statement.new_val_neighbor == '\0' ? labels.end() : at(statement.new_val_neighbor);
      place += place != labels.end() && statement.new_val_is_after != 0 ? 1 : 0;
      labels.insert(place, statement.new_val);
    }
    return;
  }
  count_skipped("ALTER TYPE of an enum that the schema does not define");
}

}  // namespace quern::collector
