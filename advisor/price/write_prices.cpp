#include "advisor/price/write_prices.hpp"

#include <algorithm>

#include "collector/base/in_parallel.hpp"

#include "planner-model/writes/new_rows.hpp"
#include "planner-model/writes/wal_record.hpp"
#include "planner-model/writes/write_time.hpp"

#include "advisor/migrate/index_ddl.hpp"

namespace quern::advisor {

namespace {

using planner_model::index_write_cost;
using planner_model::SizeContext;

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

/// The share of a table's new rows that come to a partial index and leave it by an update, however
/// few rows it holds: their defaults satisfy its predicate, and recorded updates set a column of
/// it. 0: it is no such queue.
double queued_share(const Index& index, const Table& table, const Table& leaf,
                    const TableWrites& writes, const planner_model::TableExpressions& expressions,
                    const planner_model::TypeSystem& types) {
  const bool left =
      std::any_of(writes.updates.begin(), writes.updates.end(), [&](const UpdateGroup& update) {
        return std::any_of(update.columns.begin(), update.columns.end(), [&](std::int16_t number) {
          const Column* column = find_column(table, number);
          return column != nullptr && mentions(index.predicate, column->name);
        });
      });
  return left ? new_rows_indexed(index, leaf, expressions, types) : 0;
}

/// Updates that would lose HOT by any of the candidates that hold a column of theirs.
HotGroup hot_group(const Table& table, const UpdateGroup& update, double hot_rows,
                   const EntryPrices& existing, const std::vector<SizedCandidate>& candidates,
                   const std::vector<EntryPrices>& entries) {
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

using Fraction = std::chrono::duration<double, std::micro>;

Fraction time_per_insert(const Index& index, const Table& table, const SizeContext& sizes) {
  const planner_model::WriteShape insert{.kind = planner_model::RowWrite::Insert};
  return Fraction{row_time(sizes, table, {&index}, insert).indexes.front()};
}

}  // namespace

WritePrices::WritePrices(const WriteProfile& profile, const CatalogSnapshot& catalog)
    : profile_{profile}, catalog_{catalog} {}

PricedIndex WritePrices::priced(const Index& index, const Table& table, const Table& leaf,
                                const TableWrites& writes) const {
  PricedIndex unit{.cost = index_write_cost(index, leaf, sizes_)};
  const planner_model::IndexWriteCost& cost = unit.cost;
  unit.entry = {.made = {cost.cost_per_insert.value(), cost.wal_per_insert.value()},
                .removed = {cost.cost_per_dead_row.value(), cost.wal_per_dead_row.value()}};
  unit.entry.inserted = unit.entry.made;
  const double queued =
      index.reltuples >= 0 ? queued_share(index, table, leaf, writes, expressions_, types_) : 0;
  if (queued > 0) {
    unit.new_rows = std::max(1.0, queued * leaf.reltuples / std::max(index.reltuples, 1.0));
    unit.entry.inserted = unit.new_rows * unit.entry.replaced();  // each comes and goes
  }
  return unit;
}

EntryPrices WritePrices::existing_entries(const Table& table, const TableWrites& writes) const {
  EntryPrices sum;
  const Table& leaf = representative(table, catalog_);
  for (const Index* index : indexes_of(catalog_, leaf.oid)) {
    sum += priced(*index, table, leaf, writes).entry;
  }
  return sum;
}

void WritePrices::price(SelectionProblem& problem,
                        const std::vector<SizedCandidate>& candidates) const {
  problem.maintenance.assign(candidates.size(), 0);
  problem.wal.assign(candidates.size(), 0);
  std::vector<EntryPrices> entries(candidates.size());
  in_parallel(candidates.size(), [&](std::size_t a) {
    const Oid table = candidates[a].index.definition.table;
    if (!candidates[a].parts.empty() && profile_.tables.contains(table)) {
      const Index& part = candidates[a].parts.front().definition;
      const Table& whole = *find_table(catalog_, table);
      entries[a] =
          priced(part, whole, representative(whole, catalog_), profile_.tables.at(table)).entry;
    }
  });
  for (const auto& [oid, writes] : profile_.tables) {
    const Table* table = find_table(catalog_, oid);
    if (table == nullptr) {
      continue;
    }
    const EntryPrices existing = existing_entries(*table, writes);
    double replaced = 0;
    for (const auto& update : writes.updates) {
      if (blocked_by_existing(*table, catalog_, update.columns, "")) {
        replaced += update.rows;
        continue;
      }
      replaced += (1 - writes.hot_share) * update.rows;
      HotGroup group =
          hot_group(*table, update, writes.hot_share * update.rows, existing, candidates, entries);
      if (!group.blockers.empty()) {
        problem.hot.push_back(std::move(group));
      }
    }
    for (std::size_t a = 0; a < candidates.size(); ++a) {
      if (candidates[a].index.definition.table == oid) {
        const Price price = writes.inserts * entries[a].inserted +
                            replaced * entries[a].replaced() + writes.deletes * entries[a].removed;
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
    const EntryPrices entry = existing_entries(*table, writes);
    sum += (writes.inserts * entry.inserted + replaced * entry.replaced() +
            writes.deletes * entry.removed)
               .cost;
  }
  return Cost{sum};
}

WriteEffect WritePrices::effect_of(const Index& index, const IndexDefinition& definition, Oid oid,
                                   const std::string& except) const {
  const Table& table = *find_table(catalog_, oid);
  const Table& leaf = representative(table, catalog_);
  const auto found = profile_.tables.find(oid);
  const TableWrites& writes = found == profile_.tables.end() ? TableWrites{} : found->second;
  const PricedIndex unit = priced(index, table, leaf, writes);
  WriteEffect effect{.wal_per_insert = Bytes{unit.new_rows * unit.cost.wal_per_insert.value()},
                     .time_per_insert = unit.new_rows * time_per_insert(index, leaf, sizes_),
                     .time_per_planning = Fraction{planner_model::planning_time(index)}};
  if (const auto named = profile_.statements.find(oid); named != profile_.statements.end()) {
    effect.statements_planned = named->second;
  }
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
  effect.vacuums = effect.dead_entries / unit.cost.dead_rows_a_vacuum;
  effect.vacuum_read =
      Bytes{effect.vacuums * unit.cost.vacuum.pages_read * planner_model::kPageSize};
  effect.vacuum_wal = Bytes{effect.dead_entries * unit.cost.wal_per_dead_row.value()};
  const EntryPrices& entry = unit.entry;
  const Price own = writes.inserts * entry.inserted + replaced * entry.replaced() +
                    writes.deletes * entry.removed;
  effect.wal_total = Bytes{own.wal};
  effect.cost_total = Cost{own.cost + (lost * existing_entries(table, writes).replaced()).cost};
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
