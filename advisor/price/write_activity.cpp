#include "advisor/price/write_activity.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "collector/base/in_parallel.hpp"

#include "planner-model/writes/index_write_cost.hpp"
#include "planner-model/writes/wal_record.hpp"
#include "planner-model/writes/write_time.hpp"

#include "advisor/migrate/index_ddl.hpp"

namespace quern::advisor {

namespace {

using planner_model::index_write_cost;
using planner_model::IndexWriteCost;
using planner_model::SizeContext;

/// With fewer counted updates than this the share of HOT ones says nothing.
constexpr std::int64_t kEnoughUpdates = 50;

/// The leaf that stands for a partitioned table: most writes go to one like it.
const Table& representative(const Table& table, const CatalogSnapshot& catalog) {
  const Table* best = &table;
  for (const Table* leaf : leaves(table, catalog)) {
    if (best->kind == 'p' || leaf->pages > best->pages) {
      best = leaf;
    }
  }
  return *best;
}

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

/// Columns in keys, INCLUDE, expressions and predicate: a change of any forbids HOT.
bool touches(const IndexDefinition& index, const Table& table,
             const std::vector<std::int16_t>& columns) {
  return std::any_of(columns.begin(), columns.end(), [&](std::int16_t column) {
    const Column* found = find_column(table, column);
    const std::string name = found == nullptr ? "" : found->name;
    const bool in_keys = std::any_of(index.keys.begin(), index.keys.end(), [&](const auto& key) {
      return key.column == column ||
             (key.column == 0 && !name.empty() && mentions(key.expression, name));
    });
    return in_keys || std::binary_search(index.included.begin(), index.included.end(), column) ||
           (!index.predicate.empty() && !name.empty() && mentions(index.predicate, name));
  });
}

bool blocked_by_existing(const Table& table, const CatalogSnapshot& catalog,
                         const std::vector<std::int16_t>& columns, const std::string& except) {
  const auto indexes = indexes_of(catalog, table.oid);
  return std::any_of(indexes.begin(), indexes.end(), [&](const Index* index) {
    return index->name != except && touches(definition_of(*index), table, columns);
  });
}

struct Price {
  double cost = 0;  ///< planner units
  double wal = 0;   ///< bytes

  Price& operator+=(const Price& other) {
    cost += other.cost;
    wal += other.wal;
    return *this;
  }

  friend Price operator+(Price a, const Price& b) { return a += b; }

  friend Price operator*(double rows, const Price& one) {
    return {rows * one.cost, rows * one.wal};
  }
};

/// Of one entry: made, and removed by VACUUM once its row is dead.
struct Entry {
  Price made = {};
  Price removed = {};

  /// A new version of a row leaves the old one's entry dead.
  [[nodiscard]] Price replaced() const { return made + removed; }
};

Entry entry_of(const IndexWriteCost& unit) {
  return {{unit.cost_per_insert.value(), unit.wal_per_insert.value()},
          {unit.cost_per_dead_row.value(), unit.wal_per_dead_row.value()}};
}

Entry existing_entries(Oid oid, const CatalogSnapshot& catalog, const SizeContext& sizes) {
  Entry sum;
  if (const Table* table = find_table(catalog, oid)) {
    const Table& leaf = representative(*table, catalog);
    for (const Index* index : indexes_of(catalog, leaf.oid)) {
      const Entry entry = entry_of(index_write_cost(*index, leaf, sizes));
      sum.made += entry.made;
      sum.removed += entry.removed;
    }
  }
  return sum;
}

/// Updates that would lose HOT by any of the candidates that hold a column of theirs.
HotGroup hot_group(const Table& table, const UpdateGroup& update, double hot_rows,
                   const Entry& existing, const std::vector<SizedCandidate>& candidates,
                   const std::vector<Entry>& entries) {
  const Price of_existing = hot_rows * existing.replaced();
  HotGroup group{.existing_cost = of_existing.cost, .existing_wal = of_existing.wal};
  for (std::size_t a = 0; a < candidates.size(); ++a) {
    if (candidates[a].index.definition.table != table.oid) {
      continue;
    }
    const int index = static_cast<int>(a);
    const Price of_candidate = hot_rows * entries[a].replaced();
    group.entry_costs.emplace_back(index, of_candidate.cost);
    group.entry_wal.emplace_back(index, of_candidate.wal);
    if (touches(candidates[a].index.definition, table, update.columns)) {
      group.blockers.push_back(index);
    }
  }
  return group;
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

WriteProfile from_workload(const PlannedWorkload& workload, const CatalogSnapshot& catalog) {
  WriteProfile profile{.recorded = true, .basis = "Write costs come from the recorded statements."};
  std::map<Oid, double> estimated_deletes;
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
          writes.inserts += rows;
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
  add_estimated_deletes(profile, estimated_deletes, catalog);
  return profile;
}

WriteProfile from_counters(const PlannedWorkload& workload, const CatalogSnapshot& catalog) {
  WriteProfile profile{
      .recorded = false,
      .basis =
          "The workload holds no writes: write costs are the tables' counters, scaled to the "
          "share of counted scans that the workload stands for."};
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

using Fraction = std::chrono::duration<double, std::micro>;

Fraction time_per_insert(const Index& index, const Table& table, const SizeContext& sizes) {
  const planner_model::WriteShape insert{.kind = planner_model::RowWrite::Insert};
  return Fraction{row_time(sizes, table, {&index}, insert).indexes.front()};
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

WritePrices::WritePrices(const WriteProfile& profile, const CatalogSnapshot& catalog)
    : profile_{profile}, catalog_{catalog} {}

void WritePrices::price(SelectionProblem& problem,
                        const std::vector<SizedCandidate>& candidates) const {
  problem.maintenance.assign(candidates.size(), 0);
  problem.wal.assign(candidates.size(), 0);
  std::vector<Entry> entries(candidates.size());
  in_parallel(candidates.size(), [&](std::size_t a) {
    const Oid table = candidates[a].index.definition.table;
    if (!candidates[a].parts.empty() && profile_.tables.contains(table)) {
      const Index& part = candidates[a].parts.front().definition;
      const Table& leaf = representative(*find_table(catalog_, table), catalog_);
      entries[a] = entry_of(index_write_cost(part, leaf, sizes_));
    }
  });
  for (const auto& [oid, writes] : profile_.tables) {
    const Table* table = find_table(catalog_, oid);
    if (table == nullptr) {
      continue;
    }
    double replaced = 0;
    for (const auto& update : writes.updates) {
      if (blocked_by_existing(*table, catalog_, update.columns, "")) {
        replaced += update.rows;
        continue;
      }
      replaced += (1 - writes.hot_share) * update.rows;
      HotGroup group = hot_group(*table, update, writes.hot_share * update.rows,
                                 existing_entries(oid, catalog_, sizes_), candidates, entries);
      if (!group.blockers.empty()) {
        problem.hot.push_back(std::move(group));
      }
    }
    for (std::size_t a = 0; a < candidates.size(); ++a) {
      if (candidates[a].index.definition.table == oid) {
        const Price price = writes.inserts * entries[a].made + replaced * entries[a].replaced() +
                            writes.deletes * entries[a].removed;
        problem.maintenance[a] += price.cost;
        problem.wal[a] += price.wal;
      }
    }
  }
}

Cost WritePrices::existing_cost() const {
  double sum = 0;
  for (const auto& [oid, writes] : profile_.tables) {
    const Table* table = find_table(catalog_, oid);
    if (table == nullptr) {
      continue;
    }
    double replaced = 0;
    for (const auto& update : writes.updates) {
      const bool blocked = blocked_by_existing(*table, catalog_, update.columns, "");
      replaced += (blocked ? 1 : 1 - writes.hot_share) * update.rows;
    }
    const Entry entry = existing_entries(oid, catalog_, sizes_);
    sum +=
        (writes.inserts * entry.made + replaced * entry.replaced() + writes.deletes * entry.removed)
            .cost;
  }
  return Cost{sum};
}

WriteEffect WritePrices::effect_of(const Index& index, const IndexDefinition& definition, Oid oid,
                                   const std::string& except) const {
  const Table& table = *find_table(catalog_, oid);
  const Table& leaf = representative(table, catalog_);
  const IndexWriteCost unit = index_write_cost(index, leaf, sizes_);
  WriteEffect effect{.wal_per_insert = unit.wal_per_insert,
                     .time_per_insert = time_per_insert(index, leaf, sizes_),
                     .time_per_planning = Fraction{planner_model::planning_time(index)}};
  if (const auto named = profile_.statements.find(oid); named != profile_.statements.end()) {
    effect.statements_planned = named->second;
  }
  const auto found = profile_.tables.find(oid);
  if (found == profile_.tables.end()) {
    return effect;
  }
  const TableWrites& writes = found->second;
  effect.rows_inserted = writes.inserts;
  effect.rows_deleted = writes.deletes;
  double replaced = 0;
  double lost = 0;
  for (const auto& update : writes.updates) {
    effect.rows_updated += update.rows;
    const bool blocked = blocked_by_existing(table, catalog_, update.columns, except);
    const bool blocks = touches(definition, table, update.columns);
    replaced += blocked || blocks ? update.rows : (1 - writes.hot_share) * update.rows;
    lost += blocks && !blocked ? writes.hot_share * update.rows : 0;
  }
  effect.hot_updates_lost = lost;
  effect.dead_entries = writes.deletes + replaced;
  effect.vacuums = effect.dead_entries / unit.dead_rows_a_vacuum;
  effect.vacuum_read = Bytes{effect.vacuums * unit.vacuum.pages_read * planner_model::kPageSize};
  effect.vacuum_wal = Bytes{effect.dead_entries * unit.wal_per_dead_row.value()};
  const Entry entry = entry_of(unit);
  const Price own =
      writes.inserts * entry.made + replaced * entry.replaced() + writes.deletes * entry.removed;
  effect.wal_total = Bytes{own.wal};
  effect.cost_total =
      Cost{own.cost + (lost * existing_entries(oid, catalog_, sizes_).replaced()).cost};
  return effect;
}

WriteEffect WritePrices::effect(const SizedCandidate& candidate) const {
  if (candidate.parts.empty()) {
    return {};
  }
  return effect_of(candidate.parts.front().definition, candidate.index.definition,
                   candidate.index.definition.table, "");
}

WriteEffect WritePrices::effect(const Index& existing) const {
  return effect_of(existing, definition_of(existing), existing.table, existing.name);
}

}  // namespace quern::advisor
