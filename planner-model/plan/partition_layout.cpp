// The partitions of a table by their bounds. Source: partbounds.c, PostgreSQL 15.
#include "planner-model/plan/partition_layout.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "planner-model/plan/partition_bounds.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

class Reader {
 public:
  Reader(PlannerInfo& root, const RelOptInfo& rel, const Table& parent)
      : root_{root}, rel_{rel}, parent_{parent}, names_{partition_keys(parent.partition_key)} {}

  std::optional<PartitionLayout> read() {
    const auto children = root_.global->children->find(parent_.oid);
    if (names_.empty() || children == root_.global->children->end()) {
      return std::nullopt;
    }
    layout_.kind = parent_.partition_key.starts_with("LIST")   ? PartitionLayout::Kind::List
                   : parent_.partition_key.starts_with("HASH") ? PartitionLayout::Kind::Hash
                                                               : PartitionLayout::Kind::Range;
    if (!read_keys() || !std::all_of(children->second.begin(), children->second.end(),
                                     [&](const Table* child) { return add(*child); })) {
      return std::nullopt;
    }
    if (layout_.kind == PartitionLayout::Kind::Range) {
      close_gaps();
    } else if (layout_.kind == PartitionLayout::Kind::List) {
      std::stable_sort(layout_.units.begin(), layout_.units.end(),
                       [&](const PartitionUnit& a, const PartitionUnit& b) {
                         return compare(*a.value, *b.value, layout_.keys.front()->collation,
                                        *root_.global->types)
                                    .value_or(std::strong_ordering::equal) < 0;
                       });
    }
    return std::move(layout_);
  }

 private:
  bool read_keys() {
    for (const std::string& name : names_) {
      const auto& test =
          root_.global->expressions->condition("(" + name + ") IS NULL", *rel_.table, rel_.range);
      if (test.size() != 1 || test.front()->kind != ExprKind::NullTest) {
        return false;
      }
      layout_.keys.push_back(test.front()->args.front());
    }
    const auto classes = partition_key_classes(parent_.partition_key);
    for (std::size_t i = 0; i < layout_.keys.size(); ++i) {
      if (!classes[i].empty() && !is_usual(classes[i], *layout_.keys[i])) {
        return false;
      }
    }
    return layout_.kind != PartitionLayout::Kind::List || layout_.keys.size() == 1;
  }

  /// A class of the same family as the type's own orders and hashes as that.
  [[nodiscard]] bool is_usual(const std::string& name, const Expr& key) const {
    const auto& types = *root_.global->types;
    const std::string_view method = layout_.kind == PartitionLayout::Kind::Hash ? "hash" : "btree";
    const OpClass* named = types.operator_class(method, name);
    const OpClass* usual = types.default_operator_class(method, key.type);
    return named != nullptr && usual != nullptr && named->family == usual->family;
  }

  /// The constant that a key is compared with in a bound condition.
  const Value* constant(const std::string& key, const std::string& text) {
    return bound_value(*root_.global->expressions, *rel_.table, rel_.range, key, text);
  }

  bool add(const Table& child) {
    const std::string& text = child.partition_bound;
    if (text == "DEFAULT") {
      layout_.default_partition = &child;
      return true;
    }
    switch (layout_.kind) {
      case PartitionLayout::Kind::Range:
        return add_range(child);
      case PartitionLayout::Kind::Hash: {
        const auto bound = hash_bound(text);
        if (bound) {
          layout_.units.push_back(
              {.owner = &child, .modulus = bound->modulus, .remainder = bound->remainder});
        }
        return bound.has_value();
      }
      default:
        return add_list(child);
    }
  }

  /// Nothing: it can not be read.
  std::optional<BoundItems> range_bound(const std::string& text, int whole) {
    if (text.empty()) {
      return BoundItems(names_.size(), BoundItem{.infinity = whole});
    }
    const auto items = list_items(text);
    BoundItems bound;
    for (std::size_t i = 0; i < std::min(items.size(), names_.size()); ++i) {
      if (items[i] == "MINVALUE" || items[i] == "MAXVALUE") {
        bound.push_back({.infinity = items[i] == "MINVALUE" ? -1 : 1});
        continue;
      }
      bound.push_back({.value = constant(names_[i], items[i])});
      if (bound.back().value == nullptr) {
        return std::nullopt;
      }
    }
    return bound.size() == names_.size() ? std::optional{std::move(bound)} : std::nullopt;
  }

  bool add_range(const Table& child) {
    const Bounds bounds = read_bounds(child.partition_bound);
    if (!bounds.is_range) {
      return false;
    }
    auto from = range_bound(bounds.from, -1);
    auto to = range_bound(bounds.to, 1);
    if (!from || !to) {
      return false;
    }
    layout_.units.push_back({.owner = &child, .from = std::move(*from), .to = std::move(*to)});
    return true;
  }

  bool add_list(const Table& child) {
    const Bounds bounds = read_bounds(child.partition_bound);
    if (!bounds.is_list) {
      return false;
    }
    for (const std::string& text : list_items(bounds.values.front())) {
      if (text == "NULL") {
        layout_.null_partition = &child;
        continue;
      }
      const Value* value = constant(names_.front(), text);
      if (value == nullptr) {
        return false;
      }
      layout_.units.push_back({.owner = &child, .value = value});
    }
    return true;
  }

  /// partition_rbound_cmp().
  [[nodiscard]] bool below(const BoundItems& a, const BoundItems& b) const {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i].infinity != 0 || b[i].infinity != 0) {
        if (a[i].infinity != b[i].infinity) {
          return a[i].infinity < b[i].infinity;
        }
        return false;
      }
      const auto order =
          compare(*a[i].value, *b[i].value, layout_.keys[i]->collation, *root_.global->types)
              .value_or(std::strong_ordering::equal);
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  void close_gaps() {
    std::stable_sort(
        layout_.units.begin(), layout_.units.end(),
        [&](const PartitionUnit& a, const PartitionUnit& b) { return below(a.from, b.from); });
    std::vector<PartitionUnit> line;
    BoundItems reached(names_.size(), BoundItem{.infinity = -1});
    for (PartitionUnit& unit : layout_.units) {
      if (below(reached, unit.from)) {
        line.push_back({.from = reached, .to = unit.from});
      }
      reached = unit.to;
      line.push_back(std::move(unit));
    }
    const BoundItems end(names_.size(), BoundItem{.infinity = 1});
    if (below(reached, end)) {
      line.push_back({.from = reached, .to = end});
    }
    layout_.units = std::move(line);
  }

  PlannerInfo& root_;
  const RelOptInfo& rel_;
  const Table& parent_;
  std::vector<std::string> names_;
  PartitionLayout layout_ = {};
};

}  // namespace

std::optional<PartitionLayout> partition_layout(PlannerInfo& root, const RelOptInfo& rel,
                                                const Table& parent) {
  return Reader{root, rel, parent}.read();
}

std::optional<int> compare_bound(const BoundItems& bound, const std::vector<const Value*>& values,
                                 const std::vector<ExprPtr>& keys, const TypeSystem& types) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (bound[i].infinity != 0) {
      return bound[i].infinity;
    }
    const auto order = compare(*bound[i].value, *values[i], keys[i]->collation, types);
    if (!order) {
      return std::nullopt;
    }
    if (*order != 0) {
      return *order < 0 ? -1 : 1;
    }
  }
  return 0;
}

namespace {

/// create_list_bounds(): partitions that hold values between another's, or NULL beside others.
std::set<const Table*> interleaved_partitions(const PartitionLayout& layout) {
  std::map<const Table*, std::size_t> places;
  std::set<const Table*> interleaved;
  std::size_t last = 0;
  for (const PartitionUnit& unit : layout.units) {
    const std::size_t place = places.try_emplace(unit.owner, places.size()).first->second;
    if (place < last || unit.owner == layout.null_partition) {
      interleaved.insert(unit.owner);
    }
    last = place;
  }
  return interleaved;
}

}  // namespace

bool partitions_are_ordered(const PartitionLayout& layout,
                            const std::vector<const Table*>& partitions,
                            const ServerVersion& server) {
  const bool looks_at_live = server.orders_by_live_partitions();
  const auto counts = [&](const Table* table) {
    return !looks_at_live ||
           std::find(partitions.begin(), partitions.end(), table) != partitions.end();
  };
  if (layout.kind == PartitionLayout::Kind::Hash ||
      (layout.default_partition != nullptr && counts(layout.default_partition))) {
    return false;
  }
  if (layout.kind == PartitionLayout::Kind::Range) {
    return true;
  }
  std::set<const Table*> owners;
  for (const PartitionUnit& unit : layout.units) {
    owners.insert(unit.owner);
  }
  const auto interleaved = interleaved_partitions(layout);
  return (looks_at_live || owners.size() == layout.units.size()) &&
         std::none_of(interleaved.begin(), interleaved.end(), counts);
}

}  // namespace quern::planner_model
