#include "planner-model/whatif/planner.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "planner-model/plan/explain_plan.hpp"
#include "planner-model/plan/partitions.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/bind.hpp"
#include "planner-model/query/bind_index_name.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/query/sql_functions.hpp"
#include "planner-model/selectivity/time_settings.hpp"
#include "planner-model/size/column_readings.hpp"
#include "planner-model/size/derived_statistics.hpp"
#include "planner-model/size/gin_shapes.hpp"
#include "planner-model/size/index_size.hpp"
#include "planner-model/size/unknown_columns.hpp"
#include "planner-model/whatif/table_use.hpp"

namespace quern::planner_model {

namespace {

/// The server's list of a table's indexes is newest first, which decides ties.
bool newest_first(const VisibleIndex& a, const VisibleIndex& b) {
  if (a.created != b.created) {
    return a.created;
  }
  return a.index->oid > b.index->oid;
}

/// What the server names a partition's index by: the columns of the index it belongs to.
std::vector<std::string> column_names(const Index& index, const Table& table) {
  std::vector<std::string> names;
  const auto add = [&](std::int16_t number) {
    const auto column =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const Column& candidate) { return candidate.number == number; });
    names.push_back(
        unique_index_column(names, column != table.columns.end() ? column->name : "expr"));
  };
  for (const auto& key : index.keys) {
    add(key.column);
  }
  for (const auto number : index.included) {
    add(number);
  }
  return names;
}

/// What the planner notes by pointers, in numbers by first appearance.
std::vector<IndexAccess> readable(const std::vector<PricedAccess>& priced) {
  std::map<std::tuple<const RelOptInfo*, const RestrictInfo*, std::size_t>, std::uint32_t> places;
  std::vector<PathKey> keys;
  std::vector<IndexAccess> accesses;
  for (const auto& access : priced) {
    const auto place = static_cast<std::uint32_t>(places.size());
    auto& out = accesses.emplace_back();
    out.index = access.index == nullptr ? "" : access.index->index->name;
    out.place = places.try_emplace({access.rel, access.arm_of, access.arm}, place).first->second;
    out.outer = access.outer;
    out.bitmap = access.bitmap;
    out.runs = !access.rel->skipped;
    out.total = Cost{access.total};
    for (const auto& key : access.order) {
      auto known = std::find(keys.begin(), keys.end(), key);
      known = known == keys.end() ? keys.insert(known, key) : known;
      out.order.push_back(static_cast<int>(known - keys.begin()));
    }
  }
  return accesses;
}

}  // namespace

struct Planner::Implementation {
  Implementation(const CatalogSnapshot& snapshot, SizeModel model, Counting which,
                 Expressions guesses);

  /// What the planning of one statement under `configuration` starts from. Imagined indexes get
  /// copies with numbers of their own in `imagined`, which must live as long as `global`.
  void prepare(PlannerGlobal& global, const IndexConfiguration& configuration,
               BlockList<Index>& imagined) const;

  /// Plans the statement under `configuration`; the other arguments are prepare()'s.
  [[nodiscard]] PlannerInfo& plan(PlannerGlobal& global, const BoundQuery& query,
                                  const IndexConfiguration& configuration,
                                  BlockList<Index>& imagined) const;

  /// PlanResult::counted of a plan that costs `total` and counts the subplans `moved` (as in
  /// PlannerGlobal::moved_subplans) otherwise than they run, or skipped partitions. A plan's cost
  /// is linear in what a subplan or a scan costs, and the paths that win stay the same while that
  /// changes by very little: so from a second planning with these priced a little more like what
  /// runs.
  [[nodiscard]] double cost_as_run(const BoundQuery& query, const IndexConfiguration& configuration,
                                   const std::map<int, double>& moved, double total) const;

  const CatalogSnapshot& catalog;
  SizeModel sizes;
  Counting counting;
  Expressions guessing;
  TypeSystem types;
  StatisticsCache statistics;
  DerivedStatistics derived;
  Binder binder;
  SqlFunctions sql_functions;
  TableExpressions expressions;
  CatalogIndexFacts index_facts;
  mutable ColumnReadings readings = {};
  GinShapes gin_shapes;
  CostParameters cost;
  std::int64_t now_us = 0;
  std::map<Oid, const Table*> tables = {};
  TableChildren children = {};  ///< each list in the server's order
  IndexLists indexes = {};
  std::multimap<std::string, const Index*> by_name = {};  ///< bare and schema-qualified
  std::multimap<Oid, const Index*> parts = {};            ///< by the partitioned index

  /// What an index on a partitioned table is: one index a leaf, sized.
  [[nodiscard]] const std::vector<Index>& leaf_indexes(const HypotheticalIndex& created,
                                                       const Table& table) const;
  /// How many of the table's rows an index would hold.
  [[nodiscard]] double indexed_rows(const Index& index, const Table& table) const;

 private:
  void drop(PlannerGlobal& global, const std::string& name) const;
  void create(PlannerGlobal& global, const HypotheticalIndex& created, BlockList<Index>& imagined,
              Oid& next) const;

  mutable std::mutex leaf_mutex_ = {};
  mutable std::map<std::string, std::vector<Index>> leaf_indexes_ = {};  ///< by the parent's DDL
};

Planner::Implementation::Implementation(const CatalogSnapshot& snapshot, SizeModel model,
                                        Counting which, Expressions guesses)
    : catalog{snapshot},
      sizes{model},
      counting{which},
      guessing{guesses},
      types{snapshot},
      statistics{types},
      derived{types},
      binder{snapshot, types},
      sql_functions{snapshot, types},
      expressions{snapshot, types},
      index_facts{snapshot, expressions, types},
      gin_shapes{types, expressions, model == SizeModel::AsBuilt},
      cost{CostParameters::read(snapshot)},
      now_us{times_of(types).now + 946'684'800'000'000} {  // since 1970
  types.set_sql_functions(&sql_functions);
  for (const auto& table : catalog.tables) {
    tables[table.oid] = &table;
  }
  children = table_children(catalog);
  for (auto& [parent, list] : children) {
    if (const auto found = tables.find(parent); found != tables.end()) {
      sort_children(list, *found->second, expressions, types);
    }
  }
  for (const auto& index : catalog.indexes) {
    by_name.emplace(index.name, &index);
    by_name.emplace(index.schema + "." + index.name, &index);
    if (index.parent != 0) {
      parts.emplace(index.parent, &index);
    }
    if (index.valid) {
      indexes[index.table].push_back({&index});
    }
  }
  for (auto& [table, list] : indexes) {
    std::stable_sort(list.begin(), list.end(), newest_first);
  }
}

/// Paths: some seconds and a gigabyte, far beyond what any join of eleven tables takes.
constexpr long kMostWork = 4'000'000;

void Planner::Implementation::prepare(PlannerGlobal& global,
                                      const IndexConfiguration& configuration,
                                      BlockList<Index>& imagined) const {
  global.work_left = kMostWork;
  global.catalog = &catalog;
  global.types = &types;
  global.statistics = &statistics;
  global.expressions = &expressions;
  global.index_facts = &index_facts;
  global.gin_shapes = &gin_shapes;
  global.guesses.derived = guessing == Expressions::AsKnown ? nullptr : &derived;
  global.cost = cost;
  global.cost.random_page_cost =
      configuration.assumed.random_page_cost.value_or(cost.random_page_cost);
  global.row_factor = configuration.assumed.row_factor;
  global.now_us = now_us;
  global.children = &children;
  global.catalog_indexes = &indexes;
  for (const auto& name : configuration.dropped) {
    drop(global, name);
  }
  Oid next = 4'000'000'000U;
  for (const auto& created : configuration.created) {
    create(global, created, imagined, next);
  }
  for (auto& [table, list] : global.changed_indexes) {
    std::stable_sort(list.begin(), list.end(), newest_first);
  }
}

void Planner::Implementation::drop(PlannerGlobal& global, const std::string& name) const {
  const auto [first, last] = by_name.equal_range(name);
  for (auto found = first; found != last; ++found) {
    const Index& dropped = *found->second;
    const auto [part, past] = parts.equal_range(dropped.oid);
    for (auto each = part; each != past; ++each) {
      drop(global, each->second->schema + "." + each->second->name);
    }
    auto list = global.visible_indexes(dropped.table);
    std::erase_if(list, [&](const VisibleIndex& entry) { return entry.index == &dropped; });
    global.changed_indexes[dropped.table] = std::move(list);
  }
}

void Planner::Implementation::create(PlannerGlobal& global, const HypotheticalIndex& created,
                                     BlockList<Index>& imagined, Oid& next) const {
  const auto found = tables.find(created.definition.table);
  if (found == tables.end()) {
    return;
  }
  const auto add = [&](const Index& definition) {
    auto& copy = imagined.emplace_back(definition);
    copy.oid = next++;
    const auto [entry, fresh] = global.changed_indexes.try_emplace(copy.table);
    if (fresh) {
      if (const auto own = indexes.find(copy.table); own != indexes.end()) {
        entry->second = own->second;
      }
    }
    entry->second.push_back({&copy, true, sizes == SizeModel::HypoPG});
  };
  if (found->second->kind != 'p') {
    add(created.definition);
    return;
  }
  for (const auto& leaf : leaf_indexes(created, *found->second)) {
    add(leaf);
  }
}

/// On a partitioned table every leaf gets its own index, with its own column numbers and size.
const std::vector<Index>& Planner::Implementation::leaf_indexes(const HypotheticalIndex& created,
                                                                const Table& table) const {
  const std::string key = created.definition.name + ' ' + created.ddl;
  const std::lock_guard lock{leaf_mutex_};
  const auto [entry, fresh] = leaf_indexes_.try_emplace(key);
  if (fresh) {
    for (const auto* leaf : leaf_tables(children, table)) {
      auto& copy = entry->second.emplace_back(created.definition);
      copy.table = leaf->oid;
      copy.name = choose_index_name(catalog, *leaf, column_names(created.definition, table));
      remap_columns(copy, table, *leaf);
      size_index(copy, *leaf, indexed_rows(copy, *leaf), {types, &expressions, &readings}, sizes);
    }
  }
  return entry->second;
}

/// The rows under the predicate by the planner's estimate. As built: what it guesses of expressions
/// without statistics is taken as ANALYZE would find it, for the build counts.
double Planner::Implementation::indexed_rows(const Index& index, const Table& table) const {
  const bool as_built = sizes == SizeModel::AsBuilt;
  const double rows = rows_now(table, types);
  if (as_built && index.predicate.empty()) {
    return rows;
  }
  PlannerGlobal global;
  BlockList<Index> unused;
  prepare(global, {}, unused);
  global.guesses.derived = as_built ? &derived : global.guesses.derived;
  global.guesses.all = as_built;
  const auto quoted = [](const std::string& name) { return "\"" + name + "\""; };
  const auto query =
      binder.bind("SELECT 1 FROM ONLY " + quoted(table.schema) + "." + quoted(table.name) +
                      (index.predicate.empty() ? "" : " WHERE " + index.predicate),
                  {});
  double selected = rows;
  for (const auto* rel : plan_query(global, query->query, nullptr, 0.0).base) {
    if (rel != nullptr && rel->tuples > 0) {
      const double planned = as_built ? rows : rel->tuples;
      selected = planned * std::min(1.0, rel->rows / rel->tuples);
    }
  }
  return selected;
}

Planner::Planner(const CatalogSnapshot& catalog, SizeModel sizes, Counting counting,
                 Expressions expressions)
    : implementation_{std::make_unique<Implementation>(catalog, sizes, counting, expressions)} {}

Planner::~Planner() = default;

const CatalogSnapshot& Planner::catalog() const {
  return implementation_->catalog;
}

std::shared_ptr<const BoundQuery> Planner::bind(
    std::string_view sql, const std::vector<std::optional<std::string>>& parameters,
    std::string_view role) const {
  return implementation_->binder.bind(sql, parameters, role);
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
    for (const auto& leaf : implementation_->leaf_indexes(result, table)) {
      index.pages += leaf.pages;
      bytes += static_cast<double>(leaf.pages) * 8192.0;
    }
    result.size = Bytes{bytes};
    return result;
  }
  result.size = size_index(
      index, table, implementation_->indexed_rows(index, table),
      {implementation_->types, &implementation_->expressions, &implementation_->readings},
      implementation_->sizes);
  return result;
}

namespace {

void add_indexes(const Path& path, std::set<std::string>& names) {
  if (path.index != nullptr) {
    names.insert(path.index->index->name);
  }
  for (const Path* child : path.children) {
    add_indexes(*child, names);
  }
}

/// Scans of a plan: those that run, and those of partitions that are skipped.
struct Scans {
  std::set<std::string> run = {};
  std::set<std::string> skipped = {};
  int count_skipped = 0;

  void add(const Path& path) {
    const bool is_member = path.parent != nullptr && path.parent->skipped;
    if (is_member) {
      ++count_skipped;
      add_indexes(path, skipped);
      return;
    }
    if (path.index != nullptr) {
      run.insert(path.index->index->name);
    }
    for (const Path* child : path.children) {
      add(*child);
    }
  }
};

Scans scans_of(const Path& best, const PlannerGlobal& global) {
  Scans scans;
  scans.add(best);
  for (const SubPlanInfo& info : global.subplans) {
    if (info.used && info.path != nullptr) {
      scans.add(*info.path);
    }
  }
  return scans;
}

/// Of a plan's indexes those that only skipped partitions read go from the used to the priced ones.
void set_apart_skipped(PlanResult& result, const Scans& scans, std::set<std::string>& used) {
  result.partitions_skipped = scans.count_skipped;
  std::set<std::string> priced{result.indexes_priced.begin(), result.indexes_priced.end()};
  for (const std::string& name : scans.skipped) {
    if (!scans.run.contains(name)) {
      used.erase(name);
      priced.insert(name);
    }
  }
  result.indexes_priced.assign(priced.begin(), priced.end());
}

/// By id: row by row, where the same EXISTS runs as a hashed subplan.
std::set<int> counted_and_not_run(const PlannerGlobal& global) {
  std::set<int> ids;
  for (std::size_t i = 0; i < global.subplans.size(); ++i) {
    const SubPlanInfo& info = global.subplans[i];
    const auto hashed = static_cast<std::size_t>(info.hashed_alternative);
    if (hashed != 0 && !info.used && global.subplans[hashed - 1].used) {
      ids.insert(static_cast<int>(i) + 1);
    }
  }
  return ids;
}

/// By id: run for fewer rows than cost_qual_eval() counts, as a filter's checks end at the first
/// that fails (ExecQual()) and the cheaper ones come first (order_qual_clauses()).
std::map<int, double> counted_for_spared_rows(const PlannerGlobal& global) {
  constexpr double kWorthATrial = 0.99;
  std::map<int, double> reached;
  for (std::size_t i = 0; i < global.subplans.size(); ++i) {
    const SubPlanInfo& info = global.subplans[i];
    if (info.used && !info.hashed && info.reached.value_or(1) < kWorthATrial) {
      reached[static_cast<int>(i) + 1] = *info.reached;
    }
  }
  return reached;
}

/// Of subplans that the total counts and the plan does not run.
std::vector<std::string> priced_only(const PlannerGlobal& global,
                                     const std::set<std::string>& used) {
  std::set<int> alternatives;
  for (const SubPlanInfo& info : global.subplans) {
    alternatives.insert(info.hashed_alternative);
  }
  std::set<std::string> priced;
  for (std::size_t i = 0; i < global.subplans.size(); ++i) {
    const SubPlanInfo& info = global.subplans[i];
    if (!info.used && info.path != nullptr && !alternatives.contains(static_cast<int>(i) + 1)) {
      add_indexes(*info.path, priced);
    }
  }
  std::vector<std::string> names;
  std::set_difference(priced.begin(), priced.end(), used.begin(), used.end(),
                      std::back_inserter(names));
  return names;
}

std::vector<std::string> preferred_indexes(PlannerGlobal& global) {
  std::set<std::string> names;
  global.rels.for_each([&](const RelOptInfo& rel) {
    for (const IndexOptInfo* winner : rel.preferred_indexes) {
      names.insert(winner->index->name);
    }
  });
  return {names.begin(), names.end()};
}

}  // namespace

PlannerInfo& Planner::Implementation::plan(PlannerGlobal& global, const BoundQuery& query,
                                           const IndexConfiguration& configuration,
                                           BlockList<Index>& imagined) const {
  prepare(global, configuration, imagined);
  global.parallel_ok = cost.max_parallel_workers_per_gather > 0 && !query.parallel_unsafe;
  global.unmodelled.insert(query.unmodelled.begin(), query.unmodelled.end());
  return plan_query(global, query.query, nullptr, 0.0);
}

double Planner::Implementation::cost_as_run(const BoundQuery& query,
                                            const IndexConfiguration& configuration,
                                            const std::map<int, double>& moved,
                                            double total) const {
  // So little that the same paths win, and enough for the difference to have digits.
  constexpr double kShare = 1e-7;
  // Of what the total may change, were all of it the subplan's: else another path won.
  constexpr double kMost = 10;
  for (const double share : {kShare, -kShare}) {
    PlannerGlobal global;
    global.moved_subplans = moved;
    global.moved_share = share;
    BlockList<Index> imagined;
    const double nudged = plan(global, query, configuration, imagined).best->total;
    const double difference = (nudged - total) / share;
    if (std::abs(difference) <= kMost * total && total + difference > 0) {
      return total + difference;
    }
  }
  return total;
}

PlanResult Planner::plan(const BoundQuery& query, const IndexConfiguration& configuration) const {
  return plan(query, configuration, nullptr);
}

PlanResult Planner::plan(const BoundQuery& query, const IndexConfiguration& configuration,
                         std::vector<IndexAccess>& accesses) const {
  return plan(query, configuration, &accesses);
}

PlanResult Planner::plan(const BoundQuery& query, const IndexConfiguration& configuration,
                         std::vector<IndexAccess>* accesses) const {
  bool guessed = false;
  PlanResult result = plan(query, configuration, accesses, guessed);
  if (!guessed || implementation_->guessing != Expressions::AsExpected) {
    return result;
  }
  std::vector<IndexAccess> expected_accesses;
  PlanResult expected =
      plan(query, configuration, accesses == nullptr ? nullptr : &expected_accesses, guessed);
  expected.paths += result.paths;
  if (expected.counted <= result.counted) {
    result.paths = expected.paths;
    return result;
  }
  // Without an index of either plan the other would not be dearer.
  std::set<std::string> used{result.indexes_used.begin(), result.indexes_used.end()};
  used.insert(expected.indexes_used.begin(), expected.indexes_used.end());
  expected.indexes_used.assign(used.begin(), used.end());
  expected.guessed = result.total;
  if (accesses != nullptr) {
    *accesses = std::move(expected_accesses);
  }
  return expected;
}

PlanResult Planner::plan(const BoundQuery& query, const IndexConfiguration& configuration,
                         std::vector<IndexAccess>* accesses, bool& guessed) const {
  PlannerGlobal global;
  global.guesses.all = guessed;
  std::vector<PricedAccess> priced;
  global.accesses = accesses == nullptr ? nullptr : &priced;
  BlockList<Index> partition_indexes;
  PlannerInfo& root = implementation_->plan(global, query, configuration, partition_indexes);
  const Path& best = *root.best;
  PlanResult result;
  std::set<std::string> indexes;
  result.plan = explain_plan(root, best, indexes);
  result.startup = Cost{best.startup};
  result.total = Cost{best.total};
  result.rows = Rows{best.rows};
  result.width = best.target->width;
  result.paths = kMostWork - global.work_left;
  const std::vector<std::string> only_priced = priced_only(global, indexes);
  std::set<int> not_run;
  std::map<int, double> moved;
  if (implementation_->counting == Counting::AsExplained) {
    indexes.insert(only_priced.begin(), only_priced.end());
  } else {
    result.indexes_priced = only_priced;
    not_run = counted_and_not_run(global);
    moved = counted_for_spared_rows(global);
    result.subplans_hashed = static_cast<int>(not_run.size());
    result.subplans_spared = static_cast<int>(moved.size());
    for (const int id : not_run) {
      moved[id] = 0;
    }
    if (global.skips_partitions) {
      set_apart_skipped(result, scans_of(best, global), indexes);
    }
  }
  result.counted =
      moved.empty() && result.partitions_skipped == 0
          ? result.total
          : Cost{implementation_->cost_as_run(query, configuration, moved, best.total)};
  result.indexes_used.assign(indexes.begin(), indexes.end());
  result.indexes_preferred = preferred_indexes(global);
  result.unmodelled.assign(global.unmodelled.begin(), global.unmodelled.end());
  result.indexes_analyzed.assign(global.guesses.brought.begin(), global.guesses.brought.end());
  guessed = global.guesses.guessed;
  if (accesses != nullptr) {
    *accesses = readable(priced);
    for (const int id : not_run) {
      const SubPlanInfo& info = global.subplans[static_cast<std::size_t>(id) - 1];
      for (std::size_t i = info.first_access; i < info.end_access; ++i) {
        (*accesses)[i].runs = false;
      }
    }
  }
  return result;
}

std::vector<TableUse> Planner::table_uses(const BoundQuery& query) const {
  PlannerGlobal global;
  BlockList<Index> unused;
  implementation_->prepare(global, {}, unused);
  PlannerInfo& root = plan_query(global, query.query, nullptr, 0.0);
  return collect_table_uses(global, root);
}

}  // namespace quern::planner_model
