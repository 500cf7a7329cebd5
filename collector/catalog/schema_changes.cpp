// SchemaBuilder's DROP, ALTER INDEX and exclusion constraints, and what it could not read.
#include <algorithm>

#include <fmt/format.h>

#include "collector/base/utf8.hpp"
#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"

namespace quern::collector {

namespace {

struct QualifiedName {
  std::string schema;
  std::string name;
};

QualifiedName qualified(const std::vector<std::string>& parts) {
  return {parts.size() > 1 ? parts[parts.size() - 2] : "public", parts.empty() ? "" : parts.back()};
}

/// What DROP names: a list of strings, a type, or a function with its arguments.
QualifiedName dropped_name(const PgQuery__Node& object) {
  switch (object.node_case) {
    case PG_QUERY__NODE__NODE_LIST:
      return qualified(strings_of(object.list->items, object.list->n_items));
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      return qualified(strings_of(object.type_name->names, object.type_name->n_names));
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
      return qualified(
          strings_of(object.object_with_args->objname, object.object_with_args->n_objname));
    default:
      return qualified({string_of(&object)});
  }
}

template <class Objects>
bool has(const Objects& objects, const QualifiedName& name) {
  return std::any_of(objects.begin(), objects.end(), [&](const auto& object) {
    return object.schema == name.schema && object.name == name.name;
  });
}

}  // namespace

Index* SchemaBuilder::find_index(const std::string& schema, const std::string& name) {
  for (Index& index : snapshot_.indexes) {
    if (index.schema == schema && index.name == name) {
      return &index;
    }
  }
  return nullptr;
}

void SchemaBuilder::alter_index(const PgQuery__Node& statement) {
  const PgQuery__AlterTableStmt& alter = *statement.alter_table_stmt;
  const auto named = [&](const PgQuery__RangeVar& name) {
    const char* schema = name.schemaname;
    return find_index(schema == nullptr || *schema == '\0' ? "public" : schema, name.relname);
  };
  const Index* parent = named(*alter.relation);
  if (parent == nullptr) {
    if (!alter.missing_ok) {
      count_skipped("ALTER of a relation that the schema does not define", &statement);
    }
    return;
  }
  for (std::size_t i = 0; i < alter.n_cmds; ++i) {
    const PgQuery__AlterTableCmd& command = *alter.cmds[i]->alter_table_cmd;
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics) {
      continue;  // nothing without statistics
    }
    if (command.subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition) {
      count_skipped("ALTER INDEX action that the schema reader does not know", &statement);
    } else if (Index* child = named(*command.def->partition_cmd->name)) {
      child->parent = parent->oid;
    }
  }
}

/// The unique index that a foreign key's columns rest on (transformFkeyCheckAttrs()).
std::string SchemaBuilder::referenced_index(Oid table, std::vector<std::int16_t> columns) const {
  std::sort(columns.begin(), columns.end());
  for (const Index& index : snapshot_.indexes) {
    std::vector<std::int16_t> keys;
    for (const IndexKey& key : index.keys) {
      keys.push_back(key.column);
    }
    std::sort(keys.begin(), keys.end());
    if (index.table == table && index.unique && index.predicate.empty() && keys == columns) {
      return index.name;
    }
  }
  return "";
}

void SchemaBuilder::drop_index(const Index& index) {
  const Oid oid = index.oid;
  const Oid table = index.table;
  const std::string constraint = index.constraint;
  std::erase_if(snapshot_.constraints, [&](const Constraint& one) {
    return !constraint.empty() && one.table == table && one.name == constraint;
  });
  std::erase_if(snapshot_.indexes,
                [&](const Index& one) { return one.oid == oid || one.parent == oid; });
}

void SchemaBuilder::drop_table(Oid oid) {
  std::vector<Oid> partitions;
  for (const Table& table : snapshot_.tables) {
    if (std::find(table.parents.begin(), table.parents.end(), oid) != table.parents.end()) {
      partitions.push_back(table.oid);
    }
  }
  std::erase_if(snapshot_.tables, [&](const Table& table) { return table.oid == oid; });
  std::erase_if(snapshot_.indexes, [&](const Index& index) { return index.table == oid; });
  std::erase_if(snapshot_.constraints, [&](const Constraint& constraint) {
    return constraint.table == oid || constraint.referenced_table == oid;
  });
  std::erase_if(snapshot_.extended_statistics,
                [&](const ExtendedStatistics& statistics) { return statistics.table == oid; });
  for (const Oid partition : partitions) {
    drop_table(partition);
  }
}

// What is not there has nothing to drop: a dump made with --clean begins so.
void SchemaBuilder::drop(const PgQuery__Node& statement) {
  const PgQuery__DropStmt& drop = *statement.drop_stmt;
  for (std::size_t i = 0; i < drop.n_objects; ++i) {
    const QualifiedName name = dropped_name(*drop.objects[i]);
    if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
      if (const Index* index = find_index(name.schema, name.name)) {
        drop_index(*index);
      }
    } else if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
               drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ||
               drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW) {
      const auto table = std::find_if(
          snapshot_.tables.begin(), snapshot_.tables.end(),
          [&](const Table& t) { return t.schema == name.schema && t.name == name.name; });
      if (table != snapshot_.tables.end()) {
        drop_table(table->oid);
      }
    } else if (has(snapshot_.types, name) || has(snapshot_.functions, name) ||
               has(snapshot_.extended_statistics, name) ||
               (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER && !drop.missing_ok)) {
      count_skipped("DROP of a type, function, trigger or statistics object", &statement);
    }
  }
}

void SchemaBuilder::add_exclusion(Table& table, const PgQuery__Constraint& constraint,
                                  bool recurse) {
  Index index;
  index.exclusion = true;
  index.immediate = !constraint.deferrable;
  index.access_method = constraint.access_method == nullptr || *constraint.access_method == '\0'
                            ? "gist"
                            : constraint.access_method;
  index.constraint = "named after its index";
  std::string elements;
  for (std::size_t i = 0; i < constraint.n_exclusions; ++i) {
    const PgQuery__List& pair = *constraint.exclusions[i]->list;
    const PgQuery__IndexElem& element = *pair.items[0]->index_elem;
    index.keys.push_back(key_of(table, element, index.access_method));
    const PgQuery__Node& name = *pair.items[1];
    const std::string with = name.node_case == PG_QUERY__NODE__NODE_LIST
                                 ? string_of(name.list->items[name.list->n_items - 1])
                                 : string_of(&name);
    elements +=
        fmt::format("{}{} WITH {}", i == 0 ? "" : ", ",
                    element.expr == nullptr ? element.name : expression_text(element.expr), with);
  }
  if (constraint.where_clause != nullptr) {
    index.predicate = "(" + expression_text(constraint.where_clause) + ")";
  }
  if (constraint.conname != nullptr) {
    index.name = constraint.conname;
  }
  const std::string definition =
      fmt::format("EXCLUDE USING {} ({}){}", index.access_method, elements,
                  index.predicate.empty() ? "" : " WHERE " + index.predicate);
  add_index(std::move(index), table, recurse);
  snapshot_.constraints.back().definition = definition;
}

void SchemaBuilder::count_skipped(const std::string& what, const PgQuery__Node* statement) {
  Skipped& skipped = skipped_[what];
  if (++skipped.count == 1 && statement != nullptr) {
    constexpr std::size_t kShown = 100;
    skipped.first = select_text(statement);
    if (skipped.first.size() > kShown) {
      skipped.first = skipped.first.substr(0, end_of_utf8(skipped.first, kShown)) + " ...";
    }
  }
}

}  // namespace quern::collector
