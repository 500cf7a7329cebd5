#include "ddl_catalog.hpp"

#include <algorithm>
#include <stdexcept>

#include "planner-model/query/builtin_catalog.hpp"
#include "planner-model/query/type_system.hpp"

#include "advisor/rewrite/tree.hpp"

namespace quern::testing {

namespace {

using namespace advisor::rewrite;

Oid next_oid(const CatalogSnapshot& catalog) {
  constexpr Oid kFirst = 16384;
  return kFirst + static_cast<Oid>(catalog.tables.size() + catalog.indexes.size());
}

const planner_model::Type& type_named(std::string_view name) {
  const auto& types = planner_model::builtin_catalog().types;
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const auto& type) { return type.name == name; });
  if (found == types.end()) {
    throw std::invalid_argument{"no type " + std::string{name}};
  }
  return *found;
}

Table& table_named(CatalogSnapshot& catalog, std::string_view name) {
  const auto found = std::find_if(catalog.tables.begin(), catalog.tables.end(),
                                  [&](const Table& table) { return table.name == name; });
  if (found == catalog.tables.end()) {
    throw std::invalid_argument{"no table " + std::string{name}};
  }
  return *found;
}

Column& column_named(Table& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  if (found == table.columns.end()) {
    throw std::invalid_argument{"no column " + std::string{name}};
  }
  return *found;
}

void add_index(CatalogSnapshot& catalog, Table& table, const std::string& name,
               const std::vector<std::string>& columns, bool unique, bool primary) {
  Index index;
  index.oid = next_oid(catalog);
  index.table = table.oid;
  index.schema = table.schema;
  index.name = name;
  index.unique = unique;
  index.primary = primary;
  index.pages = table.pages / 5 + 2;
  index.relpages = index.pages;
  index.reltuples = table.reltuples;
  index.tree_height = 1;
  static const planner_model::TypeSystem types{CatalogSnapshot{}};
  std::string list;
  for (const auto& column : columns) {
    const Column& key = column_named(table, column);
    const auto* opclass = types.default_operator_class("btree", key.type);
    index.keys.push_back({.column = key.number,
                          .operator_class = opclass != nullptr ? opclass->oid : 0,
                          .collation = key.collation});
    list += (list.empty() ? "" : ", ") + column;
  }
  index.definition = std::string{unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX "} + name +
                     " ON " + table.schema + "." + table.name + " USING btree (" + list + ")";
  catalog.indexes.push_back(std::move(index));
}

std::vector<std::string> strings(PgQuery__Node* const* nodes, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    names.emplace_back(as<PgQuery__String>(nodes[i])->sval);
  }
  return names;
}

void add_constraint(CatalogSnapshot& catalog, Table& table, const PgQuery__Constraint& given,
                    const std::string& column) {
  auto columns = strings(given.keys, given.n_keys);
  if (columns.empty() && !column.empty()) {
    columns = {column};
  }
  Constraint constraint;
  constraint.table = table.oid;
  constraint.deferrable = given.deferrable;
  constraint.validated = !given.skip_validation;
  const std::string suffix = [&] {
    switch (given.contype) {
      case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        return "_pkey";
      case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        return "_key";
      case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        return "_fkey";
      default:
        return "";
    }
  }();
  if (given.contype == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL) {
    column_named(table, column).not_null = true;
    return;
  }
  if (suffix.empty()) {
    return;
  }
  if (given.contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) {
    columns = given.n_fk_attrs > 0 ? strings(given.fk_attrs, given.n_fk_attrs)
                                   : std::vector<std::string>{column};
    Table& parent = table_named(catalog, given.pktable->relname);
    constraint.kind = 'f';
    constraint.referenced_table = parent.oid;
    auto referenced = strings(given.pk_attrs, given.n_pk_attrs);
    if (referenced.empty()) {
      referenced = {parent.columns.front().name};
    }
    for (const auto& name : referenced) {
      constraint.referenced_columns.push_back(column_named(parent, name).number);
    }
    constraint.name = table.name + "_" + columns.front() + suffix;
  } else {
    const bool primary = given.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
    constraint.kind = primary ? 'p' : 'u';
    constraint.name = table.name + (primary ? "" : "_" + columns.front()) + suffix;
    if (*given.conname != '\0') {
      constraint.name = given.conname;
    }
    for (const auto& name : columns) {
      column_named(table, name).not_null |= primary;
    }
    add_index(catalog, table, constraint.name, columns, true, primary);
    catalog.indexes.back().constraint = constraint.name;
    catalog.indexes.back().immediate = !given.deferrable;
    constraint.index = constraint.name;
  }
  for (const auto& name : columns) {
    constraint.columns.push_back(column_named(table, name).number);
  }
  catalog.constraints.push_back(std::move(constraint));
}

void add_table(CatalogSnapshot& catalog, const PgQuery__CreateStmt& create, double rows) {
  constexpr double kRowsPerPage = 80;
  Table& table = catalog.tables.emplace_back();
  table.oid = next_oid(catalog);
  table.schema = *create.relation->schemaname == '\0' ? "public" : create.relation->schemaname;
  table.name = create.relation->relname;
  table.kind = create.partspec != nullptr ? 'p' : 'r';
  table.reltuples = rows;
  table.pages = static_cast<std::int64_t>(rows / kRowsPerPage) + 1;
  table.relpages = table.pages;
  if (create.partspec != nullptr) {
    table.partition_key = "RANGE (id)";
  }
  for (std::size_t i = 0; i < create.n_inh_relations; ++i) {
    const Table parent =
        table_named(catalog, as<PgQuery__RangeVar>(create.inh_relations[i])->relname);
    catalog.tables.back().parents.push_back(parent.oid);
    catalog.tables.back().columns = parent.columns;
  }
  for (std::size_t i = 0; i < create.n_table_elts; ++i) {
    if (const auto* definition = as<PgQuery__ColumnDef>(create.table_elts[i])) {
      std::string name = last_name(definition->type_name->names, definition->type_name->n_names);
      name = name == "serial" ? "int4" : name == "bigserial" ? "int8" : name;
      const auto& type = type_named(name);
      table.columns.push_back({.name = definition->colname,
                               .number = static_cast<std::int16_t>(table.columns.size() + 1),
                               .type = type.oid,
                               .collation = type.collation});
      for (std::size_t k = 0; k < definition->n_constraints; ++k) {
        add_constraint(catalog, table, *as<PgQuery__Constraint>(definition->constraints[k]),
                       definition->colname);
      }
    } else if (const auto* constraint = as<PgQuery__Constraint>(create.table_elts[i])) {
      add_constraint(catalog, table, *constraint, "");
    }
  }
}

void add_index(CatalogSnapshot& catalog, const PgQuery__IndexStmt& create, std::string_view text) {
  Table& table = table_named(catalog, create.relation->relname);
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < create.n_index_params; ++i) {
    columns.emplace_back(as<PgQuery__IndexElem>(create.index_params[i])->name);
  }
  add_index(catalog, table, create.idxname, columns, create.unique, false);
  if (create.where_clause != nullptr) {
    catalog.indexes.back().predicate = "(" + Tree::text(create.where_clause) + ")";
    catalog.indexes.back().definition = text;
  }
}

}  // namespace

CatalogSnapshot catalog_of(std::string_view ddl, double rows) {
  CatalogSnapshot catalog;
  catalog.tables.reserve(100);  // references to tables stay valid while more are added
  const auto tree = collector::ParseTree::parse_or_throw(ddl);
  for (const auto& statement : tree.statements()) {
    if (const auto* table = as<PgQuery__CreateStmt>(statement.node)) {
      add_table(catalog, *table, rows);
    } else if (const auto* index = as<PgQuery__IndexStmt>(statement.node)) {
      add_index(catalog, *index, tree.statement_text(statement));
    } else {
      throw std::invalid_argument{"only CREATE TABLE and CREATE INDEX"};
    }
  }
  return catalog;
}

}  // namespace quern::testing
