#include "advisor/price/foreign_keys.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "collector/sql/quote.hpp"

#include "advisor/candidates/candidate_index.hpp"
#include "advisor/migrate/index_ddl.hpp"

namespace quern::advisor {

namespace {

/// Of fingerprints that are no statement's.
constexpr std::string_view kCheckPrefix = "fk:";

double rows_deleted(const Constraint& key, const WriteProfile& writes) {
  const auto found = writes.tables.find(key.referenced_table);
  return found == writes.tables.end() ? 0 : found->second.deletes;
}

double keys_changed(const Constraint& key, const WriteProfile& writes) {
  const auto found = writes.tables.find(key.referenced_table);
  double rows = 0;
  for (const auto& update :
       found == writes.tables.end() ? std::vector<UpdateGroup>{} : found->second.updates) {
    const auto& columns = key.referenced_columns;
    const bool sets_key = std::any_of(columns.begin(), columns.end(), [&](std::int16_t column) {
      return std::binary_search(update.columns.begin(), update.columns.end(), column);
    });
    rows += sets_key ? update.rows : 0;
  }
  return rows;
}

/// Rows of the referenced table whose key goes away.
double keys_lost(const Constraint& key, const WriteProfile& writes) {
  return rows_deleted(key, writes) + keys_changed(key, writes);
}

double referencing_rows(const Constraint& key, const CatalogSnapshot& catalog) {
  const Table* table = find_table(catalog, key.table);
  const Column* column = table == nullptr ? nullptr : find_column(*table, key.columns.front());
  const bool known = column != nullptr && column->statistics;
  const double filled = known ? 1 - column->statistics->null_fraction : 1;
  const double referenced = rows_in(find_table(catalog, key.referenced_table), catalog);
  return referenced > 0 ? filled * rows_in(table, catalog) / referenced : 0;
}

void update_key(TableWrites& writes, const Constraint& key, double rows) {
  std::vector<std::int16_t> columns = key.columns;
  std::sort(columns.begin(), columns.end());
  writes.updates.push_back({std::move(columns), rows});
}

const char* action_words(const Constraint& key) {
  return key.on_delete == 'c'   ? "cascade"
         : key.on_delete == 'n' ? "SET NULL"
         : key.on_delete == 'd' ? "SET DEFAULT"
                                : "check";
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

void add_foreign_key_writes(WriteProfile& writes, const CatalogSnapshot& catalog) {
  constexpr int kDeepestCascade = 4;
  if (!writes.recorded) {
    return;
  }
  // What each key has passed on already: a further round passes on what has come since.
  std::map<const Constraint*, double> deleted;
  std::map<const Constraint*, double> changed;
  for (int round = 0; round < kDeepestCascade; ++round) {
    for (const Constraint& key : catalog.constraints) {
      if (key.kind != 'f' || key.columns.empty()) {
        continue;
      }
      const double children = referencing_rows(key, catalog);
      const double lost = children * (rows_deleted(key, writes) - deleted[&key]);
      const double moved = children * (keys_changed(key, writes) - changed[&key]);
      deleted[&key] = rows_deleted(key, writes);
      changed[&key] = keys_changed(key, writes);
      const auto acts = [](char action) { return action == 'c' || action == 'n' || action == 'd'; };
      if (lost > 0 && key.on_delete == 'c') {
        writes.tables[key.table].deletes += lost;
      } else if (lost > 0 && acts(key.on_delete)) {
        update_key(writes.tables[key.table], key, lost);
      }
      if (moved > 0 && acts(key.on_update)) {
        update_key(writes.tables[key.table], key, moved);
      }
    }
  }
}

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
              {.fingerprint = fmt::format("{}{}.{}", kCheckPrefix, table->name, key.name),
               .sql = fmt::format("{} -- {} of foreign key {}", sql, action_words(key), key.name),
               .calls = rows,
               .foreign_key_check = true},
              {{.sql = sql}});
  }
}

bool is_foreign_key_check(const QueryEffect& effect) {
  return effect.fingerprint.rfind(kCheckPrefix, 0) == 0;
}

}  // namespace quern::advisor
