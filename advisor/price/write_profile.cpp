#include "advisor/price/write_profile.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "planner-model/writes/conflicting_rows.hpp"

#include "advisor/migrate/index_ddl.hpp"

namespace quern::advisor {

namespace {

/// With fewer counted updates than this the share of HOT ones says nothing.
constexpr std::int64_t kEnoughUpdates = 50;

TableActivity activity_of(const Table& table, const CatalogSnapshot& catalog) {
  TableActivity sum;
  for (const Table* leaf : leaves(table, catalog)) {
    if (leaf->activity) {
      sum.sequential_scans += leaf->activity->sequential_scans;
      sum.index_scans += leaf->activity->index_scans;
      sum.inserts += leaf->activity->inserts;
      sum.updates += leaf->activity->updates;
      sum.hot_updates += leaf->activity->hot_updates;
      sum.deletes += leaf->activity->deletes;
    }
  }
  return sum;
}

/// Rows that one class writes: measured, else the model's estimate of the node below ModifyTable.
double rows_written(const PlannedClass& query, const PlannedWorkload& workload) {
  if (query.rows) {
    return *query.rows;
  }
  const auto& plan = workload.samples[query.samples.front()].before.plan;
  const double rows = plan.children.empty() ? 1 : plan.children.front().rows.value();
  return query.calls * std::max(1.0, rows);
}

/// With the generated columns that follow from them (ExecComputeStoredGenerated(), PostgreSQL 15,
/// src/backend/executor/nodeModifyTable.c).
std::vector<std::int16_t> with_generated(std::vector<std::int16_t> columns, const Table& table) {
  const std::vector<std::int16_t> set = columns;
  for (const auto& column : table.columns) {
    const bool follows = std::any_of(set.begin(), set.end(), [&](std::int16_t number) {
      const Column* source = find_column(table, number);
      return source != nullptr && mentions(column.default_expression, source->name);
    });
    if (column.generated != '\0' && follows) {
      columns.push_back(column.number);
    }
  }
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  return columns;
}

void add_update(TableWrites& writes, const std::vector<std::int16_t>& columns, double rows) {
  for (auto& group : writes.updates) {
    if (group.columns == columns) {
      group.rows += rows;
      return;
    }
  }
  writes.updates.push_back({columns, rows});
}

/// A purge that runs often finds at most the rows that were there and those that came.
void add_estimated_deletes(WriteProfile& profile, const std::map<Oid, double>& estimated,
                           const CatalogSnapshot& catalog) {
  for (const auto& [oid, rows] : estimated) {
    TableWrites& writes = profile.tables[oid];
    writes.deletes += std::min(rows, rows_in(find_table(catalog, oid), catalog) + writes.inserts);
  }
}

/// The rows of one class of INSERT ... ON CONFLICT DO UPDATE.
struct Upsert {
  Oid table = 0;
  double rows = 0;
  std::vector<std::int16_t> columns = {};
  std::optional<double> conflicts = {};  ///< as executed plans tell
};

/// Which of them are inserts: by executed plans, else by the table's counters, else half of them.
void add_upserts(WriteProfile& profile, const std::vector<Upsert>& upserts,
                 const CatalogSnapshot& catalog) {
  std::map<Oid, planner_model::WrittenRows> mix;
  for (const Upsert& one : upserts) {
    planner_model::WrittenRows& rows =
        mix.emplace(one.table, planner_model::WrittenRows{.upserted = 0}).first->second;
    rows.upserted += one.rows;
  }
  for (auto& [oid, rows] : mix) {
    const TableWrites& others = profile.tables[oid];
    rows.inserted = others.inserts;
    for (const UpdateGroup& group : others.updates) {
      rows.updated += group.rows;
    }
  }
  double all = 0;
  double updated = 0;
  bool assumed = false;
  for (const Upsert& one : upserts) {
    const Table* table = find_table(catalog, one.table);
    std::optional<double> share = one.conflicts;
    if (!share && table != nullptr) {
      share = planner_model::counted_conflicts(activity_of(*table, catalog), mix.at(one.table));
    }
    assumed = assumed || !share;
    const double conflicting = one.rows * share.value_or(planner_model::kUnknownConflicts);
    profile.tables[one.table].inserts += one.rows - conflicting;
    add_update(profile.tables[one.table], one.columns, conflicting);
    all += one.rows;
    updated += conflicting;
  }
  if (all > 0) {
    profile.basis += fmt::format(
        " Of the rows of INSERT ... ON CONFLICT DO UPDATE {:.0f} % are taken to update one that is "
        "there, by executed plans and the tables' counters{}.",
        100 * updated / all, assumed ? ", half where neither tells" : "");
  }
}

WriteProfile from_workload(const PlannedWorkload& workload, const CatalogSnapshot& catalog) {
  WriteProfile profile{.recorded = true, .basis = "Write costs come from the recorded statements."};
  std::map<Oid, double> estimated_deletes;
  std::vector<Upsert> upserts;
  for (const auto& query : workload.classes) {
    for (const auto& use : query.uses) {
      if (!use.is_target || query.foreign_key_check) {
        continue;
      }
      TableWrites& writes = profile.tables[use.table];
      const double rows = rows_written(query, workload);
      const Table* table = find_table(catalog, use.table);
      const auto updated = table == nullptr ? use.updated : with_generated(use.updated, *table);
      switch (query.kind) {
        case StatementKind::Insert:
          if (use.updated.empty()) {
            writes.inserts += rows;
          } else {
            upserts.push_back({use.table, rows, updated, query.conflicts});
          }
          break;
        case StatementKind::Delete:
          (query.rows ? writes.deletes : estimated_deletes[use.table]) += rows;
          break;
        case StatementKind::Update:
          add_update(writes, updated, rows);
          break;
        default:  // MERGE, or a CTE that writes: as an update of what it sets
          add_update(writes, updated, rows);
      }
    }
  }
  add_upserts(profile, upserts, catalog);
  add_estimated_deletes(profile, estimated_deletes, catalog);
  return profile;
}

WriteProfile from_counters(const PlannedWorkload& workload, const CatalogSnapshot& catalog) {
  WriteProfile profile{
      .recorded = false,
      .basis =
          "The workload holds no writes: write costs are the tables' counters, scaled to the "
          "share of counted scans that the workload stands for. A load that they saw counts as "
          "writes, too: pg_stat_reset() after it, and a snapshot later, leave it out."};
  std::map<Oid, double> scans;
  for (const auto& query : workload.classes) {
    for (const auto& use : query.uses) {
      scans[use.table] += query.calls;
    }
  }
  for (const auto& [oid, calls] : scans) {
    const Table* table = find_table(catalog, oid);
    if (table == nullptr) {
      continue;
    }
    const TableActivity counted = activity_of(*table, catalog);
    const double all =
        static_cast<double>(counted.sequential_scans) + static_cast<double>(counted.index_scans);
    const double scale = all > 0 ? std::min(1.0, calls / all) : 0;
    TableWrites& writes = profile.tables[oid];
    writes.inserts = scale * static_cast<double>(counted.inserts);
    writes.deletes = scale * static_cast<double>(counted.deletes);
    if (counted.updates > 0) {
      // Which columns is unknown: no index is taken to make these lose HOT.
      writes.updates.push_back({{}, scale * static_cast<double>(counted.updates)});
    }
  }
  return profile;
}

std::map<Oid, double> statements_by_table(const PlannedWorkload& workload) {
  std::map<Oid, double> calls;
  for (const auto& query : workload.classes) {
    if (query.foreign_key_check) {
      continue;  // planned once a session
    }
    std::set<Oid> tables;
    for (const auto& use : query.uses) {
      if (tables.insert(use.table).second) {
        calls[use.table] += query.calls;
      }
    }
  }
  return calls;
}

}  // namespace

WriteProfile write_profile(const PlannedWorkload& workload, const CatalogSnapshot& catalog) {
  WriteProfile profile = from_workload(workload, catalog);
  if (profile.tables.empty()) {
    profile = from_counters(workload, catalog);
  }
  profile.statements = statements_by_table(workload);
  for (auto& [oid, writes] : profile.tables) {
    if (const Table* table = find_table(catalog, oid)) {
      const TableActivity counted = activity_of(*table, catalog);
      if (counted.updates >= kEnoughUpdates) {
        writes.hot_share =
            static_cast<double>(counted.hot_updates) / static_cast<double>(counted.updates);
      }
    }
  }
  return profile;
}

}  // namespace quern::advisor
