#include "planner-model/whatif/planner.hpp"

#include <algorithm>
#include <set>

#include "planner-model/plan/explain_plan.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/bind.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/size/index_size.hpp"
#include "planner-model/whatif/table_use.hpp"

namespace quern::planner_model {

struct Planner::Implementation {
  Implementation(const CatalogSnapshot& snapshot, SizeModel model)
      : catalog{snapshot},
        sizes{model},
        types{snapshot},
        statistics{types},
        binder{snapshot, types},
        expressions{snapshot, types},
        cost{CostParameters::read(snapshot)} {
    for (const auto& table : catalog.tables) {
      tables[table.oid] = &table;
      for (const Oid parent : table.parents) {
        children[parent].push_back(&table);
      }
    }
    for (const auto& index : catalog.indexes) {
      by_table[index.table].push_back(&index);
    }
  }

  const CatalogSnapshot& catalog;
  SizeModel sizes;
  TypeSystem types;
  StatisticsCache statistics;
  Binder binder;
  TableExpressions expressions;
  CostParameters cost;
  std::map<Oid, const Table*> tables;
  std::map<Oid, std::vector<const Table*>> children;
  std::map<Oid, std::vector<const Index*>> by_table;

  [[nodiscard]] std::int64_t clock() const;
  void prepare(PlannerGlobal& global, const IndexConfiguration& configuration,
               std::deque<Index>& partition_indexes) const;
};

namespace {

/// The server's list of a table's indexes is newest first, which decides ties.
bool newest_first(const PlannerGlobal::VisibleIndex& a, const PlannerGlobal::VisibleIndex& b) {
  if (a.hypothetical != b.hypothetical) {
    return a.hypothetical;
  }
  return a.index->oid > b.index->oid;
}

bool is_dropped(const Index& index, const std::vector<std::string>& dropped) {
  return std::any_of(dropped.begin(), dropped.end(), [&](const std::string& name) {
    return name == index.name || name == index.schema + "." + index.name;
  });
}

}  // namespace

/// The moment of the snapshot stands for now(): 2000-01-01 when it does not say.
std::int64_t Planner::Implementation::clock() const {
  constexpr std::int64_t kEpoch2000 = 946'684'800'000'000;
  if (catalog.taken_at.empty()) {
    return kEpoch2000;
  }
  const auto value = parse_value(catalog.taken_at, type_oid::kTimestampTz, types);
  return value ? value->integer + kEpoch2000 : kEpoch2000;
}

void Planner::Implementation::prepare(PlannerGlobal& global,
                                      const IndexConfiguration& configuration,
                                      std::deque<Index>& partition_indexes) const {
  global.catalog = &catalog;
  global.types = &types;
  global.statistics = &statistics;
  global.expressions = &expressions;
  global.cost = cost;
  global.now_us = clock();
  global.children = children;
  for (const auto& [table, indexes] : by_table) {
    for (const auto* index : indexes) {
      if (index->valid && !is_dropped(*index, configuration.dropped)) {
        global.visible_indexes[table].push_back({index, false});
      }
    }
  }
  Oid next = 4'000'000'000U;
  for (const auto& created : configuration.created) {
    const Index& definition = created.definition;
    const auto found = tables.find(definition.table);
    if (found == tables.end()) {
      continue;
    }
    const bool hypothetical = sizes == SizeModel::HypoPG;
    if (found->second->kind != 'p') {
      auto& copy = partition_indexes.emplace_back(definition);
      copy.oid = next++;
      global.visible_indexes[definition.table].push_back({&copy, hypothetical});
      continue;
    }
    // On a partitioned table every leaf gets its own index, with its own column numbers and size.
    for (const auto* leaf : leaf_tables_of(global, *found->second)) {
      auto& copy = partition_indexes.emplace_back(definition);
      copy.oid = next++;
      copy.table = leaf->oid;
      copy.name = leaf->name + "_" + definition.name;
      remap_columns(copy, *found->second, *leaf);
      size_index(copy, *leaf, types, sizes);
      global.visible_indexes[leaf->oid].push_back({&copy, hypothetical});
    }
  }
  for (auto& [table, indexes] : global.visible_indexes) {
    std::stable_sort(indexes.begin(), indexes.end(), newest_first);
  }
}

Planner::Planner(const CatalogSnapshot& catalog, SizeModel sizes)
    : implementation_{std::make_unique<Implementation>(catalog, sizes)} {}

Planner::~Planner() = default;

const CatalogSnapshot& Planner::catalog() const {
  return implementation_->catalog;
}

std::shared_ptr<const BoundQuery> Planner::bind(
    std::string_view sql, const std::vector<std::optional<std::string>>& parameters) const {
  return implementation_->binder.bind(sql, parameters);
}

HypotheticalIndex Planner::hypothetical(std::string_view create_index) const {
  HypotheticalIndex result;
  result.definition = implementation_->binder.bind_index(create_index);
  Index& index = result.definition;
  result.ddl = index.definition;
  const auto found = implementation_->tables.find(index.table);
  if (found == implementation_->tables.end()) {
    throw UserError{"the index's table is not in the catalog"};
  }
  const Table& table = *found->second;
  if (table.kind == 'p') {
    double bytes = 0;
    PlannerGlobal global;
    global.children = implementation_->children;
    for (const auto* leaf : leaf_tables_of(global, table)) {
      Index part = index;
      part.table = leaf->oid;
      remap_columns(part, table, *leaf);
      size_index(part, *leaf, implementation_->types, implementation_->sizes);
      index.pages += part.pages;
      bytes += static_cast<double>(part.pages) * 8192.0;
    }
    result.size = Bytes{bytes};
    return result;
  }
  double rows = std::max(0.0, table.reltuples);
  if (table.relpages > 0 && table.reltuples > 0) {
    rows = table.reltuples / static_cast<double>(table.relpages) * static_cast<double>(table.pages);
  }
  if (!index.predicate.empty()) {
    // The share of rows under the predicate, by the planner's own estimate.
    PlannerGlobal global;
    std::deque<Index> unused;
    implementation_->prepare(global, {}, unused);
    const auto quoted = [](const std::string& name) { return "\"" + name + "\""; };
    const auto query =
        implementation_->binder.bind("SELECT 1 FROM ONLY " + quoted(table.schema) + "." +
                                         quoted(table.name) + " WHERE " + index.predicate,
                                     {});
    PlannerInfo& root = plan_query(global, query->query, nullptr, 0.0);
    for (const auto* rel : root.base) {
      if (rel != nullptr) {
        rows = std::min(rows, rel->rows);
      }
    }
  }
  index.reltuples = rows;
  const IndexSize size =
      index_size(index, table, implementation_->types, rows, implementation_->sizes);
  index.pages = index.relpages = static_cast<std::int64_t>(size.pages.value());
  index.reltuples = size.tuples.value();
  index.tree_height = size.tree_height ? size.tree_height : std::optional<int>{-1};
  result.size = size.bytes;
  return result;
}

PlanResult Planner::plan(const BoundQuery& query, const IndexConfiguration& configuration) const {
  PlannerGlobal global;
  std::deque<Index> partition_indexes;
  implementation_->prepare(global, configuration, partition_indexes);
  global.parallel_ok = implementation_->cost.max_parallel_workers_per_gather > 0 &&
                       query.query.command == Command::Select && query.query.row_marks.empty();
  global.unmodelled.insert(query.unmodelled.begin(), query.unmodelled.end());
  PlannerInfo& root = plan_query(global, query.query, nullptr, 0.0);
  const Path& best = *root.best;
  PlanResult result;
  std::set<std::string> indexes;
  result.plan = explain_plan(root, best, indexes);
  result.startup = Cost{best.startup};
  result.total = Cost{best.total};
  result.rows = Rows{best.rows};
  result.width = best.target->width;
  result.indexes_used.assign(indexes.begin(), indexes.end());
  result.unmodelled.assign(global.unmodelled.begin(), global.unmodelled.end());
  return result;
}

std::vector<TableUse> Planner::table_uses(const BoundQuery& query) const {
  PlannerGlobal global;
  std::deque<Index> unused;
  implementation_->prepare(global, {}, unused);
  PlannerInfo& root = plan_query(global, query.query, nullptr, 0.0);
  return collect_table_uses(global, root);
}

}  // namespace quern::planner_model
