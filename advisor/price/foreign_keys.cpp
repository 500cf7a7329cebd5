#include "advisor/price/foreign_keys.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "collector/sql/quote.hpp"

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

namespace {

/// Rows of the referenced table whose key goes away.
double keys_lost(const Constraint& key, const WriteProfile& writes) {
  const auto found = writes.tables.find(key.referenced_table);
  if (found == writes.tables.end()) {
    return 0;
  }
  double rows = found->second.deletes;
  for (const auto& update : found->second.updates) {
    const auto& columns = key.referenced_columns;
    const bool sets_key = std::any_of(columns.begin(), columns.end(), [&](std::int16_t column) {
      return std::binary_search(update.columns.begin(), update.columns.end(), column);
    });
    rows += sets_key ? update.rows : 0;
  }
  return rows;
}

std::string check_text(const Constraint& key, const Table& table, const CatalogSnapshot& catalog) {
  std::string conditions;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const Column* column = find_column(table, key.columns[i]);
    conditions += fmt::format("{}x.{} = ${}", i == 0 ? "" : " AND ",
                              quote_identifier(column == nullptr ? "?" : column->name), i + 1);
  }
  return fmt::format("SELECT 1 FROM {}{} x WHERE {}", table.kind == 'p' ? "" : "ONLY ",
                     relation_name(catalog, table.schema, table.name), conditions);
}

}  // namespace

void add_foreign_key_checks(PlannedWorkload& workload, const planner_model::Planner& planner,
                            const WriteProfile& writes) {
  const CatalogSnapshot& catalog = planner.catalog();
  for (const auto& key : catalog.constraints) {
    const Table* table = find_table(catalog, key.table);
    const double rows = key.kind == 'f' ? keys_lost(key, writes) : 0;
    if (rows <= 0 || table == nullptr) {
      continue;
    }
    const std::string sql = check_text(key, *table, catalog);
    add_class(workload, planner,
              {.fingerprint = fmt::format("fk:{}.{}", table->name, key.name),
               .sql = fmt::format("{} -- check of foreign key {}", sql, key.name),
               .calls = rows,
               .foreign_key_check = true},
              {{.sql = sql}});
  }
}

}  // namespace quern::advisor
