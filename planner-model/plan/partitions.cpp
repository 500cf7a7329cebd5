// Partitions and inheriting tables in the server's order. Source: partdesc.c, partbounds.c,
// inherit.c and pg_inherits.c, PostgreSQL 15.
#include "planner-model/plan/partitions.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <string>
#include <utility>

#include "planner-model/plan/partition_bounds.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// What decides a partition's place among its siblings.
struct Place {
  const Table* table = nullptr;
  bool is_default = false;
  HashBound hash = {};
  /// The lower bound, one value a key; null where it has none. Of a list: its least value.
  std::vector<const Value*> lower = {};
};

class PartitionOrder {
 public:
  PartitionOrder(const Table& parent, const TableExpressions& expressions, const TypeSystem& types)
      : parent_{parent},
        expressions_{expressions},
        types_{types},
        keys_{partition_keys(parent.partition_key)} {}

  [[nodiscard]] std::vector<const Table*> sorted(const std::vector<const Table*>& children) const {
    std::vector<Place> places;
    for (const auto* child : children) {
      places.push_back(place_of(*child));
    }
    std::stable_sort(places.begin(), places.end(),
                     [&](const Place& a, const Place& b) { return precedes(a, b); });
    std::vector<const Table*> tables;
    for (const auto& place : places) {
      tables.push_back(place.table);
    }
    return tables;
  }

 private:
  [[nodiscard]] Place place_of(const Table& child) const {
    Place place{.table = &child, .is_default = child.partition_bound == "DEFAULT"};
    const Bounds bounds = read_bounds(child.partition_bound);
    if (bounds.is_range) {
      const auto items = list_items(bounds.from);
      for (std::size_t i = 0; i < std::min(items.size(), keys_.size()); ++i) {
        place.lower.push_back(value(keys_[i], items[i]));
      }
    } else if (bounds.is_list && !keys_.empty()) {
      place.lower = {least(bounds.values.front())};
    } else if (const auto hash = hash_bound(child.partition_bound)) {
      place.hash = *hash;
    }
    return place;
  }

  /// NULL, MINVALUE and what can not be read are no value.
  [[nodiscard]] const Value* value(const std::string& key, const std::string& text) const {
    if (text.empty() || text == "MINVALUE") {
      return nullptr;
    }
    try {
      return bound_value(expressions_, parent_, 1, key, text);
    } catch (const UserError&) {
      return nullptr;
    }
  }

  [[nodiscard]] const Value* least(const std::string& list) const {
    const Value* lowest = nullptr;
    for (const auto& item : list_items(list)) {
      const Value* one = value(keys_.front(), item);
      if (one != nullptr && (lowest == nullptr || order(*one, *lowest) < 0)) {
        lowest = one;
      }
    }
    return lowest;
  }

  [[nodiscard]] std::strong_ordering order(const Value& a, const Value& b) const {
    return compare(a, b, 0, types_).value_or(std::strong_ordering::equal);
  }

  [[nodiscard]] bool precedes(const Place& a, const Place& b) const {
    if (a.is_default != b.is_default) {
      return b.is_default;
    }
    if (const auto by_hash = a.hash <=> b.hash; by_hash != 0) {
      return by_hash < 0;
    }
    const bool is_list = parent_.partition_key.starts_with("LIST");
    for (std::size_t i = 0; i < std::min(a.lower.size(), b.lower.size()); ++i) {
      const Value* x = a.lower[i];
      const Value* y = b.lower[i];
      if (x == nullptr || y == nullptr) {
        if ((x == nullptr) != (y == nullptr)) {
          // MINVALUE comes first; the list that holds NULL alone comes last.
          return (x == nullptr) != is_list;
        }
        continue;
      }
      if (const auto by_value = order(*x, *y); by_value != 0) {
        return by_value < 0;
      }
    }
    return false;
  }

  const Table& parent_;
  const TableExpressions& expressions_;
  const TypeSystem& types_;
  std::vector<std::string> keys_;
};

/// expand_partitioned_rtentry(): each partition is followed by its own.
void collect_partitions(const TableChildren& children, const Table& table,
                        std::vector<const Table*>& out) {
  if (table.kind != 'p') {
    out.push_back(&table);
  }
  if (const auto found = children.find(table.oid); found != children.end()) {
    for (const auto* child : found->second) {
      collect_partitions(children, *child, out);
    }
  }
}

/// find_all_inheritors(), pg_inherits.c: level by level, and once each.
std::vector<const Table*> inheritors(const TableChildren& children, const Table& table) {
  std::vector<const Table*> tables = {&table};
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const auto found = children.find(tables[i]->oid);
    if (found == children.end()) {
      continue;
    }
    for (const auto* child : found->second) {
      if (std::find(tables.begin(), tables.end(), child) == tables.end()) {
        tables.push_back(child);
      }
    }
  }
  return tables;
}

}  // namespace

TableChildren table_children(const CatalogSnapshot& catalog) {
  constexpr int kMostLevels = 100;
  TableChildren all;
  std::map<Oid, std::size_t> parents_left;
  for (const auto& table : catalog.tables) {
    parents_left.emplace(table.oid, 0);
  }
  for (const auto& table : catalog.tables) {
    for (const Oid parent : table.parents) {
      if (parents_left.contains(parent)) {
        all[parent].push_back(&table);
        ++parents_left[table.oid];
      }
    }
  }
  // From the tables without parents down: what is never reached stands in a circle.
  std::vector<Oid> level;
  for (const auto& [table, parents] : parents_left) {
    if (parents == 0) {
      level.push_back(table);
    }
  }
  TableChildren children;
  for (int depth = 0; depth < kMostLevels && !level.empty(); ++depth) {
    std::vector<Oid> next;
    for (const Oid parent : level) {
      for (const Table* child : all[parent]) {
        if (--parents_left[child->oid] == 0) {
          next.push_back(child->oid);
        }
      }
    }
    level = std::move(next);
  }
  for (const auto& [parent, list] : all) {
    for (const Table* child : list) {
      if (parents_left[child->oid] == 0) {
        children[parent].push_back(child);
      }
    }
  }
  return children;
}

void sort_children(std::vector<const Table*>& children, const Table& parent,
                   const TableExpressions& expressions, const TypeSystem& types) {
  std::stable_sort(children.begin(), children.end(),
                   [](const Table* a, const Table* b) { return a->oid < b->oid; });
  if (parent.kind == 'p') {
    children = PartitionOrder{parent, expressions, types}.sorted(children);
  }
}

std::vector<const Table*> leaf_tables(const TableChildren& children, const Table& table) {
  if (table.kind != 'p') {
    return inheritors(children, table);
  }
  std::vector<const Table*> tables;
  collect_partitions(children, table, tables);
  return tables;
}

}  // namespace quern::planner_model
