#include "advisor/migrate/index_ddl.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/sql/quote.hpp"

namespace quern::advisor {

namespace {

// CONCURRENTLY waits for older transactions; a timeout in those waits leaves an INVALID index (M12,
// M13). Statements that queue behind readers and block those after them give up soon instead.
constexpr const char* kPatient[] = {"SET statement_timeout = 0;", "SET lock_timeout = 0;"};
constexpr const char* kImpatient = "SET lock_timeout = '3s';";
constexpr const char* kReset[] = {"RESET statement_timeout;", "RESET lock_timeout;"};

std::vector<const Table*> children(const Table& table, const CatalogSnapshot& catalog) {
  std::vector<const Table*> found;
  for (const auto& other : catalog.tables) {
    if (std::find(other.parents.begin(), other.parents.end(), table.oid) != other.parents.end()) {
      found.push_back(&other);
    }
  }
  return found;
}

std::string table_text(const Table& table, const CatalogSnapshot& catalog) {
  return relation_name(catalog, table.schema, table.name);
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

struct Recipe {
  std::vector<std::string> parents = {};  ///< instant, invalid until all are attached
  std::vector<std::string> leaves = {};
  std::vector<std::string> attach = {};
  std::vector<std::string> last = {};
};

/// No server nests partitions as deep as `levels_left`; a broken snapshot may, without end.
void add_partitions(Recipe& recipe, const IndexDefinition& index, const Table& parent,
                    const std::string& parent_index, IndexNames& names,
                    const CatalogSnapshot& catalog, int levels_left = 100) {
  if (levels_left == 0) {
    return;
  }
  for (const Table* child : children(parent, catalog)) {
    IndexDefinition own = index;
    own.table = child->oid;
    // Partitions may hold the columns under other numbers.
    for (auto& key : own.keys) {
      if (const Column* column = find_column(parent, key.column)) {
        for (const auto& other : child->columns) {
          key.column = other.name == column->name ? other.number : key.column;
        }
      }
    }
    for (auto& included : own.included) {
      if (const Column* column = find_column(parent, included)) {
        for (const auto& other : child->columns) {
          included = other.name == column->name ? other.number : included;
        }
      }
    }
    const std::string name = names.choose(own, *child);
    const bool nested = child->kind == 'p';
    const std::string text = fmt::format(
        "CREATE INDEX {}{} ON {}{} {};", nested ? "" : "CONCURRENTLY ", quote_identifier(name),
        nested ? "ONLY " : "", table_text(*child, catalog), definition_text(own, *child));
    (nested ? recipe.parents : recipe.leaves).push_back(text);
    if (nested) {
      add_partitions(recipe, own, *child, name, names, catalog, levels_left - 1);
    }
    recipe.attach.push_back(fmt::format("ALTER INDEX {} ATTACH PARTITION {};",
                                        relation_name(catalog, parent.schema, parent_index),
                                        relation_name(catalog, child->schema, name)));
  }
}

/// Statistics on an expression come with its index, once the table is analyzed: until then the
/// server guesses how many rows it lets through. SHARE UPDATE EXCLUSIVE, a sample of the rows.
std::vector<std::string> analyze_expressions(const IndexDefinition& index, const Table& table,
                                             const CatalogSnapshot& catalog) {
  const bool has_expression = std::any_of(index.keys.begin(), index.keys.end(),
                                          [](const KeyPart& key) { return key.column == 0; });
  return has_expression ? std::vector{fmt::format("ANALYZE {};", table_text(table, catalog))}
                        : std::vector<std::string>{};
}

std::vector<std::string> statements_of(const Recipe& recipe) {
  std::vector<std::string> all{kImpatient};
  append(all, recipe.parents);
  all.insert(all.end(), std::begin(kPatient), std::end(kPatient));
  append(all, recipe.leaves);
  all.emplace_back(kImpatient);
  append(all, recipe.attach);
  if (!recipe.last.empty()) {
    all.emplace_back(kPatient[1]);
    append(all, recipe.last);
  }
  all.insert(all.end(), std::begin(kReset), std::end(kReset));
  return all;
}

Migration create_partitioned(const IndexDefinition& index, const std::string& name,
                             const Table& table, const CatalogSnapshot& catalog,
                             IndexNames& names) {
  Recipe recipe;
  recipe.parents.push_back(fmt::format("CREATE INDEX {} ON ONLY {} {};", quote_identifier(name),
                                       table_text(table, catalog), definition_text(index, table)));
  add_partitions(recipe, index, table, name, names, catalog);
  recipe.last = analyze_expressions(index, table, catalog);
  Migration migration;
  migration.up = statements_of(recipe);
  const std::string relation = relation_name(catalog, table.schema, name);
  migration.down = {kImpatient, "DROP INDEX IF EXISTS " + relation + ";", "RESET lock_timeout;"};
  migration.cautions.push_back(
      fmt::format("{} is partitioned: the index on the parent stays INVALID until the last ATTACH "
                  "PARTITION; partitions made in between get theirs by themselves.",
                  table_text(table, catalog)));
  return migration;
}

bool partitioned(const Index& index, const CatalogSnapshot& catalog) {
  const Table* table = find_table(catalog, index.table);
  return table != nullptr && table->kind == 'p';
}

std::string with_concurrently(std::string definition) {
  for (const std::string prefix : {"CREATE UNIQUE INDEX ", "CREATE INDEX "}) {
    if (definition.rfind(prefix, 0) == 0) {
      return prefix + "CONCURRENTLY " + definition.substr(prefix.size());
    }
  }
  return definition;
}

void add_parts_again(Recipe& recipe, const Index& parent, const CatalogSnapshot& catalog) {
  for (const Index& part : catalog.indexes) {
    if (part.parent != parent.oid) {
      continue;
    }
    const bool nested = partitioned(part, catalog);
    (nested ? recipe.parents : recipe.leaves)
        .push_back((nested ? part.definition : with_concurrently(part.definition)) + ";");
    if (nested) {
      add_parts_again(recipe, part, catalog);
    }
    recipe.attach.push_back(fmt::format("ALTER INDEX {} ATTACH PARTITION {};",
                                        relation_name(catalog, parent.schema, parent.name),
                                        relation_name(catalog, part.schema, part.name)));
  }
}

/// Each part under its own name and with its own options. The server's definitions of partitioned
/// indexes say ON ONLY (pg_get_indexdef_worker(), PostgreSQL 15,
/// src/backend/utils/adt/ruleutils.c); a schema file's need not: then by the columns.
std::vector<std::string> build_again(const Index& index, const CatalogSnapshot& catalog) {
  if (index.definition.find(" ON ONLY ") == std::string::npos) {
    IndexNames names{catalog};
    return create_index(definition_of(index), index.name, catalog, names).up;
  }
  Recipe recipe;
  recipe.parents.push_back(index.definition + ";");
  add_parts_again(recipe, index, catalog);
  return statements_of(recipe);
}

}  // namespace

std::vector<const Table*> leaves(const Table& table, const CatalogSnapshot& catalog) {
  if (table.kind != 'p') {
    return {&table};
  }
  std::vector<const Table*> found;
  for (const Table* child : children(table, catalog)) {
    for (const Table* leaf : leaves(*child, catalog)) {
      found.push_back(leaf);
    }
  }
  return found;
}

double rows_in(const Table* table, const CatalogSnapshot& catalog) {
  double rows = 0;
  if (table != nullptr) {
    for (const Table* leaf : leaves(*table, catalog)) {
      rows += std::max(0.0, leaf->reltuples);
    }
  }
  return rows;
}

std::string create_index_text(const IndexDefinition& index, const std::string& name,
                              const Table& table, const CatalogSnapshot& catalog) {
  return fmt::format("CREATE INDEX {} ON {} {}", quote_identifier(name), table_text(table, catalog),
                     definition_text(index, table));
}

Migration create_index(const IndexDefinition& index, const std::string& name,
                       const CatalogSnapshot& catalog, IndexNames& names) {
  const Table* table = find_table(catalog, index.table);
  ensure(table != nullptr, "an index is on a table of the catalog");
  if (table->kind == 'p') {
    return create_partitioned(index, name, *table, catalog, names);
  }
  Migration migration;
  migration.up.assign(std::begin(kPatient), std::end(kPatient));
  migration.up.push_back(fmt::format("CREATE INDEX CONCURRENTLY {} ON {} {};",
                                     quote_identifier(name), table_text(*table, catalog),
                                     definition_text(index, *table)));
  append(migration.up, analyze_expressions(index, *table, catalog));
  migration.up.insert(migration.up.end(), std::begin(kReset), std::end(kReset));
  const std::string relation = relation_name(catalog, table->schema, name);
  const std::string drop = "DROP INDEX CONCURRENTLY IF EXISTS " + relation + ";";
  migration.down.assign(std::begin(kPatient), std::end(kPatient));
  migration.down.push_back(drop);
  migration.down.insert(migration.down.end(), std::begin(kReset), std::end(kReset));
  migration.cautions.push_back(
      "CREATE INDEX CONCURRENTLY runs outside a transaction block. A build that is cancelled or "
      "fails leaves an INVALID index: run \"" +
      drop + "\" before trying again (IF NOT EXISTS would keep the invalid one).");
  return migration;
}

Migration drop_index(const Index& index, const CatalogSnapshot& catalog) {
  const std::string relation = relation_name(catalog, index.schema, index.name);
  Migration migration;
  if (partitioned(index, catalog)) {
    migration.up = {kImpatient, "DROP INDEX " + relation + ";", "RESET lock_timeout;"};
    migration.down = build_again(index, catalog);
    migration.cautions.push_back(
        "A partitioned index can not be dropped CONCURRENTLY: the drop takes an ACCESS EXCLUSIVE "
        "lock for a moment. Where lock_timeout ends it, try again.");
    return migration;
  }
  migration.up.assign(std::begin(kPatient), std::end(kPatient));
  migration.up.push_back("DROP INDEX CONCURRENTLY IF EXISTS " + relation + ";");
  migration.up.insert(migration.up.end(), std::begin(kReset), std::end(kReset));
  migration.down.assign(std::begin(kPatient), std::end(kPatient));
  migration.down.push_back(with_concurrently(index.definition) + ";");
  migration.down.insert(migration.down.end(), std::begin(kReset), std::end(kReset));
  return migration;
}

}  // namespace quern::advisor
