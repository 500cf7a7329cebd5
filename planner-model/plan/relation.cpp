// Facts of the catalog as the planner sees them: sizes, indexes, partitions. Source: plancat.c,
// tableam.c and inherit.c, PostgreSQL 15.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "planner-model/plan/index_cost.hpp"
#include "planner-model/plan/partitions.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// type_maximum_size(), format_type.c; nothing: there is none.
std::optional<int> maximum_width(const PlannerInfo& root, Oid type, std::int32_t typmod) {
  constexpr int kHeader = 4;
  if ((type == type_oid::kVarchar || type == type_oid::kBpchar) && typmod > kHeader) {
    // Characters times the encoding's longest, plus the header.
    const bool utf8 = root.global->catalog->encoding == "UTF8";
    return (typmod - kHeader) * (utf8 ? 4 : 1) + kHeader;
  }
  if (type == type_oid::kNumeric && typmod > kHeader) {
    const int precision = ((typmod - kHeader) >> 16) & 0xffff;
    return (precision + 2 * (4 - 1)) / 4 * 2 + 8;  // numeric_maximum_size()
  }
  if ((type == type_oid::kBit || type == type_oid::kVarbit) && typmod > 0) {
    return (typmod + 7) / 8 + 2 * kHeader;
  }
  return std::nullopt;
}

}  // namespace

int type_width(const PlannerInfo& root, Oid type, std::int32_t typmod) {
  // get_typavgwidth(), lsyscache.c.
  const auto* definition = root.global->types->type(root.global->types->base_type(type));
  if (definition != nullptr && definition->length > 0) {
    return definition->length;
  }
  const auto maximum = maximum_width(root, type, typmod);
  if (!maximum) {
    return 32;
  }
  if (type == type_oid::kBpchar || *maximum <= 32) {
    return *maximum;
  }
  return *maximum < 1000 ? 32 + (*maximum - 32) / 2 : 32 + (1000 - 32) / 2;
}

namespace {

const Column* find_column(const Table& table, int attno) {
  for (const auto& column : table.columns) {
    if (column.number == attno) {
      return &column;
    }
  }
  return nullptr;
}

int data_width(const PlannerInfo& root, const Table& table) {
  int width = 0;
  for (const auto& column : table.columns) {
    const auto& stats = column.statistics;
    width += stats && stats->average_width > 0
                 ? stats->average_width
                 : type_width(root, column.type, column.type_modifier);
  }
  return width;
}

/// table_block_relation_estimate_size().
void estimate_size(const PlannerInfo& root, RelOptInfo& rel) {
  const Table& table = *rel.table;
  double pages = static_cast<double>(table.pages);
  const bool has_children = root.global->children->contains(table.oid);
  const bool never_vacuumed = root.global->cost.server.tells_empty_from_unknown()
                                  ? table.reltuples < 0
                                  : table.relpages == 0;
  if (pages < 10 && never_vacuumed && !has_children) {
    pages = 10;
  }
  rel.pages = pages;
  if (pages <= 0) {
    return;
  }
  double density = 0;
  if (table.reltuples >= 0 && table.relpages > 0) {
    density = table.reltuples / static_cast<double>(table.relpages);
  } else {
    const int width = data_width(root, table) + 24 + 4;
    density = std::floor((8192.0 - 24) / width);
  }
  rel.tuples = std::rint(density * pages);
  const auto visible = static_cast<double>(table.all_visible);
  rel.all_visible_fraction = visible <= 0 ? 0 : visible >= pages ? 1 : visible / pages;
}

const ColumnStatistics* plain_statistics(const Table& table, int attno) {
  for (const auto& column : table.columns) {
    if (column.number == attno) {
      return column.statistics ? &*column.statistics : nullptr;
    }
  }
  return nullptr;
}

/// Of the first columns of a key.
struct KeyPrefix {
  double entry = 0;  ///< bytes of an inner page's entry of these alone, with its line pointer
  double distinct =
      1;  ///< different values; all of the table's rows where the statistics are silent
};

/// Bytes of an entry of an inner page of `bytes` of key columns.
double pivot_entry(double bytes) {
  constexpr double kHeader = 8;
  constexpr double kLinePointer = 4;
  return std::ceil((kHeader + bytes) / 8.0) * 8.0 + kLinePointer;
}

double distinct_values(const ColumnStatistics* statistics, double rows) {
  if (statistics == nullptr || statistics->n_distinct == 0) {
    return rows;
  }
  return statistics->n_distinct > 0 ? statistics->n_distinct : -statistics->n_distinct * rows;
}

std::vector<KeyPrefix> key_prefixes(const PlannerInfo& root, const RelOptInfo& rel,
                                    const IndexOptInfo& info) {
  const Index& index = *info.index;
  std::vector<KeyPrefix> prefixes;
  double bytes = 0;
  double distinct = 1;
  for (std::size_t i = 0; i < static_cast<std::size_t>(info.key_columns); ++i) {
    const auto& expr = info.expressions[i];
    const auto* type = root.global->types->type(root.global->types->base_type(expr->type));
    const ColumnStatistics* statistics = index.keys[i].column != 0 && rel.table != nullptr
                                             ? plain_statistics(*rel.table, index.keys[i].column)
                                         : index.keys[i].statistics ? &*index.keys[i].statistics
                                                                    : nullptr;
    const bool varies = type == nullptr || type->length < 0;
    const double width = varies && statistics != nullptr && statistics->average_width > 0
                             ? statistics->average_width
                             : type_width(root, expr->type, expr->typmod);
    const double alignment = varies ? 1 : std::min(width, 8.0);
    bytes = std::ceil(bytes / alignment) * alignment + width;
    distinct = std::min(distinct * distinct_values(statistics, rel.tuples), info.tuples);
    prefixes.push_back({pivot_entry(bytes), distinct});
  }
  return prefixes;
}

/// What tells two leaves of an index that grew apart: a split looks for a place where few columns
/// do (_bt_findsplitloc()).
double entry_of_splits(const std::vector<KeyPrefix>& prefixes, double pages) {
  const auto it = std::find_if(prefixes.begin(), prefixes.end(), [&](const KeyPrefix& prefix) {
    return prefix.distinct > 2 * pages;
  });
  return it == prefixes.end() ? prefixes.back().entry : it->entry;
}

/// What tells two neighbouring items apart wherever the build's page was full: the key columns up
/// to the first in which they differ, and the heap pointer when none does (_bt_truncate()).
double entry_of_build(const std::vector<KeyPrefix>& prefixes, double items) {
  constexpr double kHeapPointer = 8;
  double entry = 0;
  double decided = 0;
  for (const KeyPrefix& prefix : prefixes) {
    const double differ = std::min(1.0, prefix.distinct / std::max(items, 1.0));
    entry += std::max(differ - decided, 0.0) * prefix.entry;
    decided = std::max(decided, differ);
  }
  return entry + (1 - decided) * (prefixes.back().entry + kHeapPointer);
}

/// Rows, or posting lists of rows of one key (_bt_load()).
double items_of_build(const std::vector<KeyPrefix>& prefixes, const IndexOptInfo& info) {
  constexpr double kLongestPostingList = 132;
  if (info.unique || !info.index->included.empty()) {
    return info.tuples;
  }
  // The last posting list of a key is half full, as a rule.
  const double distinct = prefixes.back().distinct;
  return std::max(distinct, info.tuples / kLongestPostingList + distinct / 2);
}

/// Leaf pages that CREATE INDEX would fill with these items (_bt_load(), a fillfactor of 90).
double pages_of_build(const RelOptInfo& rel, const IndexOptInfo& info,
                      const std::vector<KeyPrefix>& prefixes) {
  constexpr double kLeafRoom = (8192.0 - 40) * 0.9;
  constexpr double kRowPointer = 6;
  double entry = prefixes.back().entry;
  for (const std::int16_t column : info.index->included) {
    const auto* statistics = rel.table != nullptr ? plain_statistics(*rel.table, column) : nullptr;
    entry += statistics != nullptr ? statistics->average_width + 8.0 : 8.0;
  }
  const double items = items_of_build(prefixes, info);
  const double listed = items < info.tuples ? info.tuples * kRowPointer : 0;
  return (items * entry + listed) / kLeafRoom;
}

/// The index has become so large row by row: it has clearly more pages than CREATE INDEX leaves. A
/// constraint's index mostly has grown, also where its keys came in order and filled the pages.
bool has_grown(const RelOptInfo& rel, const IndexOptInfo& info,
               const std::vector<KeyPrefix>& prefixes) {
  if (rel.table == nullptr) {
    return false;
  }
  const auto* first = plain_statistics(*rel.table, info.index->keys.front().column);
  const bool ascending = first != nullptr && first->correlation && *first->correlation > 0.99;
  constexpr double kClearly = 1.2;
  return (ascending && !info.index->constraint.empty()) ||
         info.pages - 1 > kClearly * pages_of_build(rel, info, prefixes);
}

/// Levels above the leaves when the server could not be asked: inner pages 70 % full, as CREATE
/// INDEX leaves them and as splits at the right end do. The root of an index that grew splits only
/// when it is full.
int guess_tree_height(const PlannerInfo& root, const RelOptInfo& rel, const IndexOptInfo& info) {
  constexpr double kRoom = 8192.0 - 40;
  const auto prefixes = key_prefixes(root, rel, info);
  double entry = entry_of_splits(prefixes, info.pages);
  const bool grown = has_grown(rel, info, prefixes);
  if (!grown) {
    entry = entry_of_build(prefixes, items_of_build(prefixes, info));
  }
  const double fanout = std::max(2.0, std::floor(kRoom * 0.7 / entry));
  const double full_root = grown ? std::floor(kRoom / entry) : fanout;
  int height = 0;
  for (double n = info.pages - 1; n > 1; n = n <= full_root ? 1 : std::ceil(n / fanout)) {
    ++height;
  }
  return height;
}

void set_size(const PlannerInfo& root, const RelOptInfo& rel, IndexOptInfo& info) {
  const Index& index = *info.index;
  info.pages = static_cast<double>(index.pages);
  if (index.predicate.empty() || info.as_hypopg) {
    info.tuples = index.predicate.empty() ? rel.tuples : std::min(index.reltuples, rel.tuples);
  } else {
    double pages = info.pages;
    auto relpages = static_cast<double>(index.relpages);
    if (relpages > 0) {
      pages -= 1;
      relpages -= 1;
    }
    if (index.reltuples >= 0 && relpages > 0) {
      info.tuples = std::rint(index.reltuples / relpages * pages);
    } else {
      info.tuples = std::max(index.reltuples, 0.0);
    }
    info.tuples = std::min(info.tuples, rel.tuples);
  }
  if (info.method == AccessMethod::Btree) {
    info.tree_height = index.tree_height ? *index.tree_height : guess_tree_height(root, rel, info);
  }
}

/// HypoPG 1.3.1 renumbers the columns of a predicate or an expression for the first entry of a
/// range table alone (hypo_injectHypotheticalIndex()): elsewhere the server sees none of them
/// match.
bool hypopg_sees(const Index& index, const RelOptInfo& rel) {
  const bool has_expressions = !index.predicate.empty() ||
                               std::any_of(index.keys.begin(), index.keys.end(),
                                           [](const auto& key) { return !key.expression.empty(); });
  return !has_expressions || (rel.kind == RelKind::Base && rel.range == 1);
}

/// Null: an expression of the index cannot be read.
const IndexFacts* facts_of(PlannerGlobal& global, const RelOptInfo& rel,
                           const VisibleIndex& visible, const FlatMap<int, int>& renumbered) {
  const Index& index = *visible.index;
  if (!visible.created && renumbered.empty()) {
    return global.index_facts->get(index, *rel.table, rel.range);
  }
  try {
    return &global.own_index_facts
                .emplace_back(index, *rel.table, rel.range, renumbered, *global.expressions,
                              *global.types)
                .facts();
  } catch (const UserError&) {
    return nullptr;
  }
}

/// The indexes of a table that planning can use: of a partitioned one those that prove its rows
/// unique, as nothing is read through it.
void load_indexes(PlannerInfo& root, RelOptInfo& rel) {
  auto& global = *root.global;
  const bool is_partitioned = rel.table->kind == 'p';
  FlatMap<int, int> renumbered;
  for (const auto& [parent, own] : rel.parent_columns) {
    renumbered[own] = parent;
  }
  const auto& visible = global.visible_indexes(rel.table->oid);
  rel.indexes.reserve(visible.size());
  for (const auto& entry : visible) {
    if (entry.as_hypopg && !hypopg_sees(*entry.index, rel)) {
      continue;
    }
    if (is_partitioned && (!entry.index->unique || !entry.index->immediate)) {
      continue;
    }
    const IndexFacts* facts = facts_of(global, rel, entry, renumbered);
    if (facts == nullptr) {
      global.unmodelled.insert("index " + entry.index->name + " (its expression cannot be read)");
      continue;
    }
    auto& info = global.indexes.emplace_back(*facts);
    info.rel = &rel;
    info.created = entry.created;
    info.as_hypopg = entry.as_hypopg;
    if (!is_partitioned) {
      set_size(root, rel, info);
    }
    rel.indexes.push_back(&info);
  }
}

}  // namespace

void load_relation(PlannerInfo& root, RelOptInfo& rel) {
  auto& global = *root.global;
  const Table& table = *rel.table;
  if (table.kind == 'p' || table.kind == 'f') {
    rel.pages = rel.tuples = 0;
    if (table.kind == 'f') {
      rel.tuples = std::max(table.reltuples, 1000.0);
      rel.pages = static_cast<double>(table.relpages);
      global.unmodelled.insert("foreign table");
    } else if (global.cost.server.partitioned_indexes_prove_uniqueness()) {
      load_indexes(root, rel);
    }
    return;
  }
  estimate_size(root, rel);
  // A parent by inheritance stands for its children's rows too, of which its indexes know nothing.
  if (!rel.is_append) {
    load_indexes(root, rel);
  }
}

int column_width(PlannerInfo& root, const RelOptInfo& rel, int number) {
  int attno = number;
  if (const ExprPtr computed = rel.entry ? computed_column(*rel.entry, number) : nullptr) {
    return type_width(root, computed->type, computed->typmod);
  }
  if (const auto own = rel.parent_columns.find(number); own != rel.parent_columns.end()) {
    attno = own->second;
  }
  if (rel.table != nullptr && attno > 0) {
    if (const auto* column = find_column(*rel.table, attno); column != nullptr) {
      const auto& stats =
          rel.use_inherited_statistics ? column->inherited_statistics : column->statistics;
      if (stats && stats->average_width > 0) {
        return stats->average_width;
      }
      return type_width(root, column->type, column->type_modifier);
    }
  }
  if (rel.entry != nullptr && attno > 0 &&
      static_cast<std::size_t>(attno) <= rel.entry->columns.size()) {
    const auto& column = rel.entry->columns[static_cast<std::size_t>(attno) - 1];
    return type_width(root, column.type, column.typmod);
  }
  return attno == -1 ? 6 : 4;
}

int expr_width(const PlannerInfo& root, const ExprPtr& expr) {
  if (expr->kind == ExprKind::Var && expr->levels_up == 0) {
    const auto range = static_cast<std::size_t>(expr->varno);
    const auto* rel = range < root.base.size() ? root.base[range] : nullptr;
    if (rel != nullptr) {
      const auto it = rel->widths.find(expr->attno);
      if (it != rel->widths.end() && it->second > 0) {
        return it->second;
      }
    }
  }
  return type_width(root, expr->type, expr->typmod);
}

int parallel_worker_count(const PlannerInfo& root, const RelOptInfo& rel, double heap_pages,
                          double index_pages, int max_workers) {
  const auto& p = root.global->cost;
  int workers = 0;
  if (rel.table != nullptr && !rel.table->options.empty()) {
    if (const auto it = rel.table->options.find("parallel_workers");
        it != rel.table->options.end()) {
      return std::min(std::atoi(it->second.c_str()), max_workers);
    }
  }
  if (rel.kind == RelKind::Base &&
      ((heap_pages >= 0 && heap_pages < p.min_parallel_table_scan_size) ||
       (index_pages >= 0 && index_pages < p.min_parallel_index_scan_size))) {
    return 0;
  }
  const auto log3 = [](double pages, double threshold) {
    int count = 1;
    double limit = std::max(threshold, 1.0);
    while (pages >= limit * 3) {
      ++count;
      limit *= 3;
      if (limit > 2147483647.0 / 3) {
        break;
      }
    }
    return count;
  };
  if (heap_pages >= 0) {
    workers = log3(heap_pages, p.min_parallel_table_scan_size);
  }
  if (index_pages >= 0) {
    const int by_index = log3(index_pages, p.min_parallel_index_scan_size);
    workers = workers > 0 ? std::min(workers, by_index) : by_index;
  }
  return std::min(workers, max_workers);
}

int parallel_workers_for(PlannerInfo& root, const RelOptInfo& rel, double heap_pages,
                         double index_pages) {
  return parallel_worker_count(root, rel, heap_pages, index_pages,
                               root.global->cost.max_parallel_workers_per_gather);
}

/// The number that an arm's column has in the UNION ALL.
static int number_in_whole(const RelOptInfo& arm, int attno) {
  for (const auto& [outer, own] : arm.parent_columns) {
    if (own == attno) {
      return outer;
    }
  }
  return attno;
}

/// load_relation() is the caller's, for those that it keeps: expand_partitioned_rtentry() opens no
/// others.
std::vector<RelOptInfo*> expand_members(PlannerInfo& root, RelOptInfo& rel) {
  auto& global = *root.global;
  std::vector<RelOptInfo*> members;
  const auto tables = leaf_tables(*global.children, *rel.table);
  rel.members_before_pruning = tables.size();
  for (const auto* table : tables) {
    auto& member = global.rels.emplace_back();
    member.kind = RelKind::Member;
    member.relids = rel.relids;
    member.range = rel.range;
    member.entry = rel.entry;
    member.table = table;
    member.append_parent = &rel;
    member.consider_startup = rel.consider_startup;
    member.consider_param_startup = rel.consider_param_startup;
    member.consider_parallel = rel.consider_parallel;
    member.arm_range = rel.arm_range;
    for (const auto& column : rel.table->columns) {
      const auto place = static_cast<std::size_t>(&column - rel.table->columns.data());
      const bool in_place =
          place < table->columns.size() && table->columns[place].name == column.name;
      const auto own = in_place
                           ? table->columns.begin() + static_cast<std::ptrdiff_t>(place)
                           : std::find_if(table->columns.begin(), table->columns.end(),
                                          [&](const Column& c) { return c.name == column.name; });
      const int number = number_in_whole(rel, column.number);
      if (own != table->columns.end() && own->number != number) {
        member.parent_columns[number] = own->number;
      }
    }
    members.push_back(&member);
  }
  return members;
}

}  // namespace quern::planner_model
