// SchemaBuilder's foreign keys, and what they are on partitions. Source:
// ATAddForeignKeyConstraint(), CloneForeignKeyConstraints(), src/backend/commands/tablecmds.c.
#include <algorithm>

#include <fmt/format.h>

#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"
#include "collector/sql/quote.hpp"

namespace quern::collector {

namespace {

char first_letter(const char* action) {
  return action == nullptr || *action == '\0' ? 'a' : *action;
}

/// What pg_get_constraintdef() says of ON DELETE and ON UPDATE.
std::string action_text(const char* event, char action) {
  const char* text = action == 'c'   ? "CASCADE"
                     : action == 'n' ? "SET NULL"
                     : action == 'd' ? "SET DEFAULT"
                     : action == 'r' ? "RESTRICT"
                                     : nullptr;
  return text == nullptr ? "" : fmt::format(" ON {} {}", event, text);
}

const Column& column_of(const Table& table, std::int16_t number) {
  return table.columns[static_cast<std::size_t>(number - 1)];
}

std::vector<std::string> names_of(const Table& table, const std::vector<std::int16_t>& numbers) {
  std::vector<std::string> names;
  for (const std::int16_t number : numbers) {
    names.push_back(column_of(table, number).name);
  }
  return names;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + quote_identifier(name);
  }
  return list;
}

bool is_parent(const Table& child, Oid parent) {
  return std::find(child.parents.begin(), child.parents.end(), parent) != child.parents.end();
}

}  // namespace

std::string SchemaBuilder::foreign_key_definition(const Constraint& key, bool initially_deferred) {
  const Table& table = *find_table(key.table);
  const Table& target = *find_table(key.referenced_table);
  const auto& path = snapshot_.search_path;
  const bool visible = std::find(path.begin(), path.end(), target.schema) != path.end();
  return fmt::format(
      "FOREIGN KEY ({}) REFERENCES {}{}({}){}{}{}{}{}", quoted_list(names_of(table, key.columns)),
      visible ? "" : quote_identifier(target.schema) + ".", quote_identifier(target.name),
      quoted_list(names_of(target, key.referenced_columns)), action_text("UPDATE", key.on_update),
      action_text("DELETE", key.on_delete), key.deferrable ? " DEFERRABLE" : "",
      initially_deferred ? " INITIALLY DEFERRED" : "", key.validated ? "" : " NOT VALID");
}

// ChooseConstraintName(), src/backend/catalog/pg_constraint.c.
std::string SchemaBuilder::free_constraint_name(const Table& table, const std::string& columns,
                                                std::string_view suffix) const {
  constexpr std::size_t kMaximumName = 63;
  const std::string& schema = table.schema;
  const auto taken = [&](const std::string& name) {
    return std::any_of(
        snapshot_.constraints.begin(), snapshot_.constraints.end(), [&](const Constraint& one) {
          return one.name == name &&
                 std::any_of(snapshot_.tables.begin(), snapshot_.tables.end(), [&](const Table& t) {
                   return t.oid == one.table && t.schema == schema;
                 });
        });
  };
  const std::string start = table.name + (columns.empty() ? "" : "_" + columns);
  for (int number = 0;; ++number) {
    const std::string end = fmt::format("_{}{}", suffix, number == 0 ? "" : std::to_string(number));
    std::string name = start.substr(0, kMaximumName - end.size()) + end;
    if (!taken(name)) {
      return name;
    }
  }
}

void SchemaBuilder::add_foreign_key(Table& table, const PgQuery__Constraint& constraint,
                                    const std::string& column) {
  const Table* target = constraint.pktable == nullptr ? nullptr : find_table(*constraint.pktable);
  auto names = strings_of(constraint.fk_attrs, constraint.n_fk_attrs);
  if (names.empty() && !column.empty()) {
    names = {column};
  }
  Constraint key;
  key.kind = 'f';
  key.table = table.oid;
  key.columns = numbers_of(table, names);
  key.name = constraint.conname != nullptr && *constraint.conname != '\0'
                 ? std::string{constraint.conname}
                 : free_constraint_name(table, fmt::format("{}", fmt::join(names, "_")), "fkey");
  key.on_delete = first_letter(constraint.fk_del_action);
  key.on_update = first_letter(constraint.fk_upd_action);
  key.validated = !constraint.skip_validation;
  key.deferrable = constraint.deferrable;
  if (target == nullptr) {
    count_skipped("foreign key to a table that the schema does not define");
    return;
  }
  key.referenced_table = target->oid;
  key.referenced_columns =
      numbers_of(*target, strings_of(constraint.pk_attrs, constraint.n_pk_attrs));
  for (const Index& index : snapshot_.indexes) {
    if (index.table == target->oid && index.primary && key.referenced_columns.empty()) {
      for (const IndexKey& column_key : index.keys) {
        key.referenced_columns.push_back(column_key.column);
      }
    }
  }
  key.index = referenced_index(target->oid, key.referenced_columns);
  key.definition = foreign_key_definition(key, constraint.initdeferred);
  add_foreign_key(std::move(key));
}

void SchemaBuilder::add_foreign_key(Constraint key) {
  const Oid table = key.table;
  const Oid target = key.referenced_table;
  snapshot_.constraints.push_back(key);
  reference_partitions(key, target);
  for (std::size_t i = 0; i < snapshot_.tables.size(); ++i) {
    if (is_parent(snapshot_.tables[i], table) && !snapshot_.tables[i].partition_bound.empty()) {
      inherit_foreign_key(key, *find_table(table), snapshot_.tables[i]);
    }
  }
}

/// addFkRecurseReferenced(): one more a partition of the referenced table, below it.
void SchemaBuilder::reference_partitions(const Constraint& key, Oid target) {
  const Table& whole = *find_table(key.referenced_table);
  for (const Table& partition : snapshot_.tables) {
    if (!is_parent(partition, target) || partition.partition_bound.empty()) {
      continue;
    }
    const Table& table = *find_table(key.table);
    Constraint part = key;
    part.referenced_table = partition.oid;
    part.referenced_columns = numbers_of(partition, names_of(whole, key.referenced_columns));
    if (part.referenced_columns.size() != key.referenced_columns.size()) {
      continue;  // the server would not have attached it
    }
    const auto has = std::any_of(
        snapshot_.constraints.begin(), snapshot_.constraints.end(), [&](const Constraint& one) {
          return one.kind == 'f' && one.table == part.table && one.columns == part.columns &&
                 one.referenced_table == part.referenced_table;
        });
    if (!has) {
      part.name = free_constraint_name(
          table, fmt::format("{}", fmt::join(names_of(table, key.columns), "_")), "fkey");
      part.index = referenced_index(partition.oid, part.referenced_columns);
      part.definition = foreign_key_definition(
          part, key.definition.find(" INITIALLY DEFERRED") != std::string::npos);
      snapshot_.constraints.push_back(part);
    }
    reference_partitions(key, partition.oid);
  }
}

/// addFkRecurseReferencing(): one of its own unless it has the like, and so its partitions.
void SchemaBuilder::inherit_foreign_key(const Constraint& key, const Table& parent,
                                        const Table& partition) {
  Constraint own = key;
  own.table = partition.oid;
  own.columns = numbers_of(partition, names_of(parent, key.columns));
  if (own.columns.size() != key.columns.size()) {
    return;
  }
  bool name_taken = false;
  for (const Constraint& one : snapshot_.constraints) {
    if (one.table != partition.oid) {
      continue;
    }
    name_taken = name_taken || one.name == own.name;
    if (one.kind == 'f' && one.columns == own.columns &&
        one.referenced_table == own.referenced_table &&
        one.referenced_columns == own.referenced_columns && one.on_delete == own.on_delete &&
        one.on_update == own.on_update && one.deferrable == own.deferrable) {
      return;
    }
  }
  if (name_taken) {
    own.name = free_constraint_name(
        partition, fmt::format("{}", fmt::join(names_of(partition, own.columns), "_")), "fkey");
  }
  snapshot_.constraints.push_back(own);
  for (const Table& below : snapshot_.tables) {
    if (is_parent(below, partition.oid) && !below.partition_bound.empty()) {
      inherit_foreign_key(own, partition, below);
    }
  }
}

/// A partition of it, or of one of its partitions.
bool SchemaBuilder::is_below(Oid table, Oid whole) {
  const Table* below = find_table(table);
  while (below != nullptr && !below->parents.empty() && !below->partition_bound.empty()) {
    if (is_parent(*below, whole)) {
      return true;
    }
    below = find_table(below->parents.front());
  }
  return false;
}

void SchemaBuilder::inherit_foreign_keys(const Table& parent, const Table& partition) {
  const std::vector<Constraint> keys = snapshot_.constraints;
  const auto is_part_of_another = [&](const Constraint& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const Constraint& other) {
      return other.kind == 'f' && other.table == key.table && other.columns == key.columns &&
             is_below(key.referenced_table, other.referenced_table);
    });
  };
  const auto is_inherited = [&](const Constraint& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const Constraint& other) {
      return other.kind == 'f' && other.referenced_table == key.referenced_table &&
             is_below(key.table, other.table);
    });
  };
  for (const Constraint& key : keys) {
    if (key.kind != 'f' || is_part_of_another(key)) {
      continue;
    }
    if (key.table == parent.oid) {
      inherit_foreign_key(key, parent, partition);
    } else if ((key.referenced_table == parent.oid || is_below(parent.oid, key.referenced_table)) &&
               !is_inherited(key)) {
      reference_partitions(key, key.referenced_table);
    }
  }
}

}  // namespace quern::collector
