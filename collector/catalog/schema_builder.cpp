#include "collector/catalog/schema_builder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "collector/catalog/builtin_types.hpp"
#include "collector/catalog/extension_objects.hpp"
#include "collector/catalog/schema_nodes.hpp"
#include "collector/catalog/snapshot_document.hpp"

namespace quern::collector {

namespace {

/// As RelationGetPartition...: what pg_get_expr(relpartbound) prints.
std::string bound_text(const PgQuery__PartitionBoundSpec& bound) {
  const auto list = [](PgQuery__Node* const* nodes, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "" : ", ") + expression_text(nodes[i]);
    }
    return text;
  };
  if (bound.is_default) {
    return "DEFAULT";
  }
  const std::string strategy = bound.strategy == nullptr ? "" : bound.strategy;
  if (strategy == "h") {
    return fmt::format("FOR VALUES WITH (modulus {}, remainder {})", bound.modulus,
                       bound.remainder);
  }
  if (strategy == "l") {
    return "FOR VALUES IN (" + list(bound.listdatums, bound.n_listdatums) + ")";
  }
  return "FOR VALUES FROM (" + list(bound.lowerdatums, bound.n_lowerdatums) + ") TO (" +
         list(bound.upperdatums, bound.n_upperdatums) + ")";
}

std::string partition_key_text(const PgQuery__PartitionSpec& spec) {
  std::string keys;
  for (std::size_t i = 0; i < spec.n_part_params; ++i) {
    const PgQuery__PartitionElem& element = *spec.part_params[i]->partition_elem;
    keys += i == 0 ? "" : ", ";
    keys += element.expr != nullptr ? expression_text(element.expr) : std::string{element.name};
  }
  std::string strategy = spec.strategy;
  std::transform(strategy.begin(), strategy.end(), strategy.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return strategy + " (" + keys + ")";
}

char letter(const char* text, char otherwise) {
  return text == nullptr || *text == '\0' ? otherwise : *text;
}

/// A view's columns by name; their types need the binder.
Table view_of(char kind, const PgQuery__RangeVar& name, const PgQuery__Node& query,
              const std::vector<std::string>& names) {
  Table view;
  view.kind = kind;
  view.schema = schema_of(name.schemaname);
  view.name = name.relname;
  view.view_definition = select_text(&query);
  if (query.node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
    return view;
  }
  const PgQuery__SelectStmt* first = query.select_stmt;
  while (first->larg != nullptr) {  // a set operation's columns are those of its first branch
    first = first->larg;
  }
  const PgQuery__SelectStmt& select = *first;
  for (std::size_t i = 0; i < select.n_target_list; ++i) {
    const PgQuery__ResTarget& target = *select.target_list[i]->res_target;
    Column column;
    column.number = static_cast<std::int16_t>(i + 1);
    if (i < names.size()) {
      column.name = names[i];
    } else if (letter(target.name, '\0') != '\0') {
      column.name = target.name;
    } else if (target.val->node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
      const PgQuery__ColumnRef& reference = *target.val->column_ref;
      column.name = string_of(reference.fields[reference.n_fields - 1]);
    }
    view.columns.push_back(std::move(column));
  }
  return view;
}

}  // namespace

void SchemaBuilder::add(const PgQuery__Node& statement) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      return create_table(*statement.create_stmt);
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return alter_table(statement);
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      return create_index(*statement.index_stmt);
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
      return create_enum(*statement.create_enum_stmt);
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
      return create_domain(*statement.create_domain_stmt);
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
      return create_composite(*statement.composite_type_stmt);
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      return create_view(*statement.view_stmt);
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      return create_materialized_view(statement);
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return drop(statement);
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
      return create_function(*statement.create_function_stmt);
    case PG_QUERY__NODE__NODE_CREATE_STATS_STMT:
      return create_statistics(*statement.create_stats_stmt);
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      return create_policy(*statement.create_policy_stmt);
    case PG_QUERY__NODE__NODE_RULE_STMT:
      return create_rule(statement);
    case PG_QUERY__NODE__NODE_RENAME_STMT:
      return rename(statement);
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
      return set_schema(statement);
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
      return alter_enum(*statement.alter_enum_stmt);
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
      return create_extension(*statement.create_extension_stmt);
    // Nothing here changes a plan.
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
    case PG_QUERY__NODE__NODE_GRANT_STMT:
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
    case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
    case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT: {
      Table* table = find_table(*statement.create_trig_stmt->relation);
      if (table != nullptr) {
        table->triggers.push_back(select_text(&statement));
      }
      return;
    }
    default:
      count_skipped("statement that the schema reader does not know", &statement);
  }
}

CatalogSnapshot SchemaBuilder::finish() {
  for (const auto& [what, skipped] : skipped_) {
    snapshot_.caveats.push_back(fmt::format(
        "{}: {}{}", what, skipped.count, skipped.first.empty() ? "" : " (" + skipped.first + ")"));
  }
  if (!unknown_extensions_.empty()) {
    snapshot_.caveats.push_back(
        fmt::format("extensions of which no objects are known without a server: {} ({})",
                    unknown_extensions_.size(), fmt::join(unknown_extensions_, ", ")));
  }
  snapshot_.has_statistics = false;
  snapshot_.caveats.emplace_back("made from a schema file: no statistics, estimates are defaults");
  sort_snapshot(snapshot_);
  return std::move(snapshot_);
}

void SchemaBuilder::create_extension(const PgQuery__CreateExtensionStmt& statement) {
  if (!add_extension(snapshot_, statement.extname, extension_schema(statement), next_oid_)) {
    unknown_extensions_.emplace_back(statement.extname);
  }
}

void SchemaBuilder::create_table(const PgQuery__CreateStmt& statement) {
  Table created;
  created.oid = next_oid_++;
  created.schema = schema_of(statement.relation->schemaname);
  created.name = statement.relation->relname;
  created.persistence = letter(statement.relation->relpersistence, 'p');
  if (statement.partspec != nullptr) {
    created.kind = 'p';
    created.partition_key = partition_key_text(*statement.partspec);
  }
  for (std::size_t i = 0; i < statement.n_options; ++i) {
    const PgQuery__DefElem& option = *statement.options[i]->def_elem;
    created.options[option.defname] = option_text(option.arg);
  }
  snapshot_.tables.push_back(std::move(created));
  const Oid oid = snapshot_.tables.back().oid;
  for (std::size_t i = 0; i < statement.n_table_elts; ++i) {
    if (statement.table_elts[i]->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
      add_column(*find_table(oid), *statement.table_elts[i]->column_def);
    }
  }
  for (std::size_t i = 0; i < statement.n_inh_relations; ++i) {
    become_partition(*find_table(oid), *statement.inh_relations[i]->range_var, statement.partbound);
  }
  for (std::size_t i = 0; i < statement.n_table_elts; ++i) {
    const PgQuery__Node& element = *statement.table_elts[i];
    if (element.node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
      add_constraint(*find_table(oid), *element.constraint, "", true);
    } else if (element.node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
      add_column_constraints(oid, *element.column_def);
    } else {
      count_skipped("LIKE in CREATE TABLE");
    }
  }
}

void SchemaBuilder::add_column_constraints(Oid table, const PgQuery__ColumnDef& definition) {
  for (std::size_t i = 0; i < definition.n_constraints; ++i) {
    add_constraint(*find_table(table), *definition.constraints[i]->constraint, definition.colname,
                   true);
  }
}

void SchemaBuilder::add_column(Table& table, const PgQuery__ColumnDef& definition) {
  Column column;
  column.name = definition.colname;
  for (Column& inherited : table.columns) {
    if (inherited.name == column.name) {
      return;
    }
  }
  column.number = static_cast<std::int16_t>(table.columns.size() + 1);
  if (definition.type_name != nullptr) {
    column.type = resolve_type(*definition.type_name, column.type_modifier);
    const std::string name =
        string_of(definition.type_name->names[definition.type_name->n_names - 1]);
    column.not_null = name == "serial" || name == "bigserial" || name == "smallserial";
  }
  column.collation = collation_of(column.type);
  if (definition.coll_clause != nullptr) {
    column.collation = collation_named(
        strings_of(definition.coll_clause->collname, definition.coll_clause->n_collname));
  }
  column.not_null = column.not_null || definition.is_not_null;
  if (column.type == 0) {
    count_skipped("column of a type that the schema does not define");
  }
  table.columns.push_back(std::move(column));
}

void SchemaBuilder::become_partition(Table& table, const PgQuery__RangeVar& parent,
                                     const PgQuery__PartitionBoundSpec* bound) {
  const Table* found = find_table(parent);
  if (found == nullptr || found->oid == table.oid) {
    count_skipped("partition of a table that the schema does not define");
    return;
  }
  table.parents.push_back(found->oid);
  if (table.columns.empty()) {
    table.columns = found->columns;
    for (Column& column : table.columns) {
      column.identity = '\0';  // the parent's sequence alone
    }
  }
  if (bound == nullptr) {
    return;
  }
  table.partition_bound = bound_text(*bound);
  inherit_indexes(*found, table);
  inherit_foreign_keys(*found, table);
}

void SchemaBuilder::alter_table(const PgQuery__Node& statement) {
  const PgQuery__AlterTableStmt& alter = *statement.alter_table_stmt;
  if (alter.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
    return alter_index(statement);
  }
  Table* table = find_table(*alter.relation);
  if (table == nullptr) {
    if (!alter.missing_ok && alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE) {
      count_skipped("ALTER of a relation that the schema does not define", &statement);
    }
    return;
  }
  for (std::size_t i = 0; i < alter.n_cmds; ++i) {
    if (!alter_table(*table, *alter.cmds[i]->alter_table_cmd, !alter.relation->inh)) {
      count_skipped("ALTER TABLE action that the schema reader does not know", &statement);
    }
  }
}

bool SchemaBuilder::alter_table(Table& table, const PgQuery__AlterTableCmd& command, bool only) {
  const auto column = std::find_if(
      table.columns.begin(), table.columns.end(),
      [&](const Column& c) { return command.name != nullptr && c.name == command.name; });
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      // pg_dump says ALTER TABLE ONLY for every constraint, also where partitions get theirs.
      add_constraint(table, *command.def->constraint, "", !only || table.kind != 'p');
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition: {
      const PgQuery__PartitionCmd& attach = *command.def->partition_cmd;
      Table* partition = find_table(*attach.name);
      const auto below =
          partition == nullptr ? std::vector<Oid>{} : table_and_below(partition->oid);
      if (std::find(below.begin(), below.end(), table.oid) != below.end()) {
        count_skipped("partition that is its parent's parent");
      } else if (partition != nullptr) {
        partition->parents.push_back(table.oid);
        partition->partition_bound = attach.bound == nullptr ? "" : bound_text(*attach.bound);
        inherit_indexes(table, *partition);
        inherit_foreign_keys(table, *partition);
      }
      return true;
    }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      for (const Oid one : only ? std::vector<Oid>{table.oid} : table_and_below(table.oid)) {
        add_column(*find_table(one), *command.def->column_def);
      }
      add_column_constraints(table.oid, *command.def->column_def);
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
      if (column != table.columns.end()) {
        column->not_null = true;
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
      if (column != table.columns.end()) {
        column->default_expression = expression_text(command.def);
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
      if (column != table.columns.end()) {
        column->identity = letter(command.def->constraint->generated_when, 'd');
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage:
      if (column != table.columns.end()) {  // plain, external, extended, main, default
        const std::string_view how = command.def->string->sval;
        column->storage = how == "default" ? '\0' : how == "extended" ? 'x' : how.front();
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression:
      if (column != table.columns.end()) {  // pglz, lz4, default
        const std::string_view how = command.def->string->sval;
        column->compression = how == "default" ? '\0' : how.front();
      }
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity:
      table.row_security = command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity;
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity:
      table.force_row_security = command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity;
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
      table.owner = command.newowner == nullptr ? "" : command.newowner->rolename;
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity:
      table.replica_identity = letter(command.def->replica_identity_stmt->identity_type, 'd');
      return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions: {
      for (std::size_t i = 0; i < command.def->list->n_items; ++i) {
        const PgQuery__DefElem& option = *command.def->list->items[i]->def_elem;
        table.options[option.defname] = option_text(option.arg);
      }
      return true;
    }
    // Nothing of these changes a plan without statistics.
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig:
      return true;
    default:
      return alter_what_is_there(table.oid, command, only);
  }
}

void SchemaBuilder::add_constraint(Table& table, const PgQuery__Constraint& constraint,
                                   const std::string& column_name, bool recurse) {
  const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                   [&](const Column& c) { return c.name == column_name; });
  const bool has_column = column != table.columns.end();
  switch (constraint.contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
      if (has_column) {
        column->not_null = true;
      }
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
      if (has_column) {
        column->default_expression = expression_text(constraint.raw_expr);
      }
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
      if (has_column) {
        column->identity = letter(constraint.generated_when, 'd');
        column->not_null = true;
      }
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
      if (has_column) {
        column->generated = 's';
        column->default_expression = expression_text(constraint.raw_expr);
      }
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      return add_key(table, constraint, column_name, recurse);
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
      return add_exclusion(table, constraint, recurse);
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
      return add_foreign_key(table, constraint, column_name);
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK: {
      Constraint check;
      check.table = table.oid;
      check.definition = "CHECK ((" + expression_text(constraint.raw_expr) + "))";
      check.name =
          letter(constraint.conname, '\0') != '\0'
              ? std::string{constraint.conname}
              : free_constraint_name(table, only_column_of(table, check.definition), "check");
      check.validated = !constraint.skip_validation;
      if (has_column) {
        check.columns = {column->number};
      }
      snapshot_.constraints.push_back(std::move(check));
      return;
    }
    default:
      return;
  }
}

void SchemaBuilder::add_key(Table& table, const PgQuery__Constraint& constraint,
                            const std::string& column, bool recurse) {
  auto names = strings_of(constraint.keys, constraint.n_keys);
  if (names.empty() && !column.empty()) {
    names = {column};
  }
  if (names.empty()) {
    return add_key_by_index(table, constraint);
  }
  Index index;
  index.primary = constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
  index.unique = true;
  index.nulls_not_distinct = constraint.nulls_not_distinct;
  index.immediate = !constraint.deferrable;
  for (const std::int16_t number : numbers_of(table, names)) {
    Column& key_column = table.columns[static_cast<std::size_t>(number - 1)];
    key_column.not_null = key_column.not_null || index.primary;
    IndexKey key;
    key.column = number;
    key.collation = key_column.collation;
    choose_operator_class(key, key_column.type, "btree");
    index.keys.push_back(std::move(key));
  }
  index.included = numbers_of(table, strings_of(constraint.including, constraint.n_including));
  if (letter(constraint.conname, '\0') != '\0') {
    index.name = constraint.conname;
  }
  index.constraint = "named after its index";
  add_index(std::move(index), table, recurse);
}

void SchemaBuilder::create_view(const PgQuery__ViewStmt& statement) {
  Table view = view_of('v', *statement.view, *statement.query,
                       strings_of(statement.aliases, statement.n_aliases));
  // pg_dump writes a view of NULLs first where others need it, and replaces it in the end.
  Table* earlier = statement.replace ? find_table(*statement.view) : nullptr;
  if (earlier != nullptr) {
    earlier->view_definition = std::move(view.view_definition);
    earlier->columns = std::move(view.columns);
    return;
  }
  view.oid = next_oid_++;
  snapshot_.tables.push_back(std::move(view));
}

void SchemaBuilder::create_materialized_view(const PgQuery__Node& statement) {
  const PgQuery__CreateTableAsStmt& create = *statement.create_table_as_stmt;
  if (create.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW) {
    return count_skipped("statement that the schema reader does not know", &statement);
  }
  snapshot_.tables.push_back(view_of('m', *create.into->rel, *create.query,
                                     strings_of(create.into->col_names, create.into->n_col_names)));
  snapshot_.tables.back().oid = next_oid_++;
}

void SchemaBuilder::create_statistics(const PgQuery__CreateStatsStmt& statement) {
  const auto name = split_schema(strings_of(statement.defnames, statement.n_defnames));
  const Table* table = statement.n_relations == 1 &&
                               statement.relations[0]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR
                           ? find_table(*statement.relations[0]->range_var)
                           : nullptr;
  if (table == nullptr) {
    count_skipped("CREATE STATISTICS on a table that the schema does not define");
    return;
  }
  ExtendedStatistics statistics;
  statistics.oid = next_oid_++;
  statistics.schema = name[0];
  statistics.name = name[1];
  statistics.table = table->oid;
  const auto kinds = strings_of(statement.stat_types, statement.n_stat_types);
  const auto wanted = [&](const char* kind) {
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  statistics.kinds = std::string{wanted("ndistinct") ? "d" : ""} +
                     (wanted("dependencies") ? "f" : "") + (wanted("mcv") ? "m" : "");
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < statement.n_exprs; ++i) {
    const PgQuery__StatsElem& element = *statement.exprs[i]->stats_elem;
    if (element.expr != nullptr) {
      statistics.expressions.push_back(expression_text(element.expr));
    } else {
      columns.emplace_back(element.name);
    }
  }
  statistics.columns = numbers_of(*table, columns);
  std::sort(statistics.columns.begin(), statistics.columns.end());
  snapshot_.extended_statistics.push_back(std::move(statistics));
}

Table* SchemaBuilder::find_table(const PgQuery__RangeVar& name) {
  for (Table& table : snapshot_.tables) {
    if (table.name == name.relname && table.schema == schema_of(name.schemaname)) {
      return &table;
    }
  }
  return nullptr;
}

Table* SchemaBuilder::find_table(Oid oid) {
  for (Table& table : snapshot_.tables) {
    if (table.oid == oid) {
      return &table;
    }
  }
  return nullptr;
}

}  // namespace quern::collector
