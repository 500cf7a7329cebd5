#include "planner-model/plan/partition_pruning.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "planner-model/plan/partition_bounds.hpp"
#include "planner-model/plan/partition_hash.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// A stretch of the key's line (range), one of its values (list), or one remainder (hash). `owner`
/// null: a gap between ranges, which the default partition fills.
struct Unit {
  const Table* owner = nullptr;
  const Value* from = nullptr;
  const Value* to = nullptr;
  const Value* value = nullptr;
  std::uint64_t modulus = 0, remainder = 0;
};

/// PartitionBoundInfo.
struct Layout {
  enum class Kind : std::uint8_t { Range, List, Hash };
  Kind kind = Kind::Range;
  ExprPtr key;
  std::vector<Unit> units = {};
  const Table* default_partition = nullptr;
  const Table* null_partition = nullptr;
};

/// PruneStepResult: what of the layout may hold matching rows.
struct Matches {
  std::vector<bool> units;
  bool rest = true;  ///< scan_default
  bool null = true;  ///< scan_null

  void intersect(const Matches& other) {
    for (std::size_t i = 0; i < units.size(); ++i) {
      units[i] = units[i] && other.units[i];
    }
    rest = rest && other.rest;
    null = null && other.null;
  }

  void unite(const Matches& other) {
    for (std::size_t i = 0; i < units.size(); ++i) {
      units[i] = units[i] || other.units[i];
    }
    rest = rest || other.rest;
    null = null || other.null;
  }
};

class Reader {
 public:
  Reader(PlannerInfo& root, const RelOptInfo& rel) : root_{root}, rel_{rel} {}

  std::optional<Layout> read(const Table& parent) {
    Layout layout;
    const std::string key = single_key(parent.partition_key);
    const auto children = root_.global->children->find(parent.oid);
    if (key.empty() || children == root_.global->children->end()) {
      return std::nullopt;
    }
    layout.kind = parent.partition_key.starts_with("LIST")   ? Layout::Kind::List
                  : parent.partition_key.starts_with("HASH") ? Layout::Kind::Hash
                                                             : Layout::Kind::Range;
    const auto& test = condition("(" + key + ") IS NULL");
    if (test.size() != 1 || test.front()->kind != ExprKind::NullTest) {
      return std::nullopt;
    }
    layout.key = test.front()->args.front();
    for (const auto* child : children->second) {
      if (!add(layout, key, *child)) {
        return std::nullopt;
      }
    }
    if (layout.kind == Layout::Kind::Range) {
      close_gaps(layout);
    }
    return layout;
  }

 private:
  const std::vector<ExprPtr>& condition(const std::string& sql) {
    return root_.global->expressions->condition(sql, *rel_.table, rel_.range);
  }

  /// The constant that the key is compared with in a bound condition.
  const Value* constant(const std::string& key, const std::string& text) {
    return bound_value(*root_.global->expressions, *rel_.table, rel_.range, key, text);
  }

  bool add(Layout& layout, const std::string& key, const Table& child) {
    const std::string& text = child.partition_bound;
    if (text == "DEFAULT") {
      layout.default_partition = &child;
      return true;
    }
    switch (layout.kind) {
      case Layout::Kind::Range:
        return add_range(layout, key, child);
      case Layout::Kind::Hash: {
        const auto bound = hash_bound(text);
        if (bound) {
          layout.units.push_back(
              {.owner = &child, .modulus = bound->modulus, .remainder = bound->remainder});
        }
        return bound.has_value();
      }
      default:
        return add_list(layout, key, child);
    }
  }

  bool add_range(Layout& layout, const std::string& key, const Table& child) {
    const Bounds bounds = read_bounds(child.partition_bound);
    if (!bounds.is_range) {
      return false;
    }
    Unit unit{.owner = &child};
    unit.from = bounds.from.empty() ? nullptr : constant(key, bounds.from);
    unit.to = bounds.to.empty() ? nullptr : constant(key, bounds.to);
    layout.units.push_back(unit);
    return (bounds.from.empty() || unit.from != nullptr) &&
           (bounds.to.empty() || unit.to != nullptr);
  }

  bool add_list(Layout& layout, const std::string& key, const Table& child) {
    const Bounds bounds = read_bounds(child.partition_bound);
    if (!bounds.is_list) {
      return false;
    }
    for (const std::string& text : list_items(bounds.values.front())) {
      if (text == "NULL") {
        layout.null_partition = &child;
        continue;
      }
      const Value* value = constant(key, text);
      if (value == nullptr) {
        return false;
      }
      layout.units.push_back({.owner = &child, .value = value});
    }
    return true;
  }

  void close_gaps(Layout& layout) {
    const auto& types = *root_.global->types;
    const auto below = [&](const Value* a, const Value* b) {
      return a != nullptr && b != nullptr &&
             compare(*a, *b, layout.key->collation, types).value_or(std::strong_ordering::equal) <
                 0;
    };
    std::stable_sort(layout.units.begin(), layout.units.end(), [&](const Unit& a, const Unit& b) {
      return b.from != nullptr && (a.from == nullptr || below(a.from, b.from));
    });
    std::vector<Unit> line;
    const Value* reached = nullptr;
    bool first = true;
    for (const Unit& unit : layout.units) {
      if (unit.from != nullptr && (first || below(reached, unit.from))) {
        line.push_back({.from = first ? nullptr : reached, .to = unit.from});
      }
      line.push_back(unit);
      reached = unit.to;
      first = false;
    }
    if (reached != nullptr) {
      line.push_back({.from = reached});
    }
    layout.units = std::move(line);
  }

  PlannerInfo& root_;
  const RelOptInfo& rel_;
};

/// gen_partprune_steps_internal() and the get_matching_ functions in one.
class Matcher {
 public:
  Matcher(PlannerInfo& root, const Layout& layout) : root_{root}, layout_{layout} {}

  /// Nothing: the clauses say nothing of the key.
  [[nodiscard]] std::optional<Matches> all(const std::vector<ExprPtr>& clauses) const {
    std::optional<Matches> result;
    for (const auto& clause : clauses) {
      if (const auto one = match(clause)) {
        result ? result->intersect(*one) : static_cast<void>(result = one);
      }
    }
    return result;
  }

 private:
  [[nodiscard]] std::optional<Matches> match(const ExprPtr& clause) const {
    switch (clause->kind) {
      case ExprKind::And:
        return all(clause->args);
      case ExprKind::Or:
        return any(clause->args);
      case ExprKind::NullTest:
        return is_key(clause->args.front()) ? std::optional{null_test(clause->test_is_null)}
                                            : std::nullopt;
      case ExprKind::OpExpr:
        return operation(*clause);
      case ExprKind::ScalarArrayOpExpr:
        return array_operation(*clause);
      default:
        return std::nullopt;
    }
  }

  [[nodiscard]] std::optional<Matches> any(const std::vector<ExprPtr>& arms) const {
    std::optional<Matches> result;
    for (const auto& arm : arms) {
      const auto one = match(arm);
      if (!one) {
        return std::nullopt;
      }
      result ? result->unite(*one) : static_cast<void>(result = one);
    }
    return result;
  }

  [[nodiscard]] bool is_key(const ExprPtr& expr) const {
    return equal(strip_relabel(expr), strip_relabel(layout_.key));
  }

  [[nodiscard]] Matches none() const {
    return {.units = std::vector<bool>(layout_.units.size(), false), .rest = false, .null = false};
  }

  [[nodiscard]] Matches null_test(bool is_null) const {
    Matches result = none();
    if (is_null) {
      result.null = true;
      if (layout_.kind == Layout::Kind::Hash) {
        mark_hash(result, 0);
      }
    } else {
      result.units.assign(result.units.size(), true);
      result.rest = true;
    }
    return result;
  }

  void mark_hash(Matches& result, std::uint64_t hash) const {
    for (std::size_t i = 0; i < layout_.units.size(); ++i) {
      result.units[i] = hash % layout_.units[i].modulus == layout_.units[i].remainder;
    }
  }

  [[nodiscard]] std::optional<Matches> operation(const Expr& clause) const {
    if (clause.args.size() != 2) {
      return std::nullopt;
    }
    Oid op = clause.op;
    ExprPtr constant = clause.args[1];
    if (is_key(clause.args[1])) {
      op = root_.global->types->commutator(op);
      constant = clause.args[0];
    } else if (!is_key(clause.args[0])) {
      return std::nullopt;
    }
    if (constant->kind != ExprKind::Const || op == 0 || !is_immutable(op)) {
      return std::nullopt;
    }
    return constant->is_null || !constant->value ? std::optional{none()}
                                                 : compared(op, *constant->value);
  }

  [[nodiscard]] std::optional<Matches> array_operation(const Expr& clause) const {
    const ExprPtr& array = clause.args[1];
    if (!is_key(clause.args[0]) || array->kind != ExprKind::Const || array->is_null ||
        !array->value || !is_immutable(clause.op)) {
      return std::nullopt;
    }
    std::optional<Matches> result;
    for (const auto& element : array->value->elements) {
      const auto one = element ? compared(clause.op, *element) : std::optional{none()};
      if (!one) {
        return std::nullopt;
      }
      if (!result) {
        result = one;
      } else if (clause.use_or) {
        result->unite(*one);
      } else {
        result->intersect(*one);
      }
    }
    return result;
  }

  [[nodiscard]] bool is_immutable(Oid oid) const {
    const auto* op = root_.global->types->op(oid);
    const auto* function = op != nullptr ? root_.global->types->function(op->function) : nullptr;
    return function != nullptr && function->volatility == 'i';
  }

  [[nodiscard]] int strategy_of(Oid op) const {
    for (const auto* member : root_.global->types->memberships(op)) {
      if (member->access_method == "btree") {
        return member->strategy;
      }
    }
    return 0;
  }

  [[nodiscard]] std::optional<Matches> compared(Oid op, const Value& value) const {
    const int strategy = strategy_of(op);
    Matches result = none();
    if (layout_.kind == Layout::Kind::Hash) {
      const auto hash = strategy == btree_strategy::kEqual ? hash_of(value) : std::nullopt;
      if (!hash) {
        return std::nullopt;
      }
      mark_hash(result, *hash);
      return result;
    }
    const auto* definition = root_.global->types->op(op);
    const bool differs = strategy == 0 && definition != nullptr &&
                         strategy_of(definition->negator) == btree_strategy::kEqual;
    if (strategy == 0 && !(differs && layout_.kind == Layout::Kind::List)) {
      return std::nullopt;
    }
    bool met = false;
    for (std::size_t i = 0; i < layout_.units.size(); ++i) {
      const Unit& unit = layout_.units[i];
      const auto kept = unit.value != nullptr ? value_fits(unit, strategy, value)
                                              : range_fits(unit, strategy, value);
      if (!kept) {
        return std::nullopt;
      }
      result.units[i] = *kept;
      met = met || *kept;
    }
    if (layout_.kind == Layout::Kind::List) {
      result.rest = strategy == btree_strategy::kEqual ? !met : true;
    }
    return result;
  }

  /// As a value of the key's type: the hash functions go by type.
  [[nodiscard]] std::optional<std::uint64_t> hash_of(const Value& value) const {
    const auto cast = cast_value(value, layout_.key->type, *root_.global->types, -1, false);
    return cast ? partition_hash(*cast) : std::nullopt;
  }

  [[nodiscard]] std::optional<std::strong_ordering> order(const Value& a, const Value& b) const {
    return compare(a, b, layout_.key->collation, *root_.global->types);
  }

  [[nodiscard]] std::optional<bool> value_fits(const Unit& unit, int strategy,
                                               const Value& value) const {
    const auto cmp = order(*unit.value, value);
    if (!cmp) {
      return std::nullopt;
    }
    switch (strategy) {
      case btree_strategy::kLess:
        return *cmp < 0;
      case btree_strategy::kLessEqual:
        return *cmp <= 0;
      case btree_strategy::kEqual:
        return *cmp == 0;
      case btree_strategy::kGreaterEqual:
        return *cmp >= 0;
      case btree_strategy::kGreater:
        return *cmp > 0;
      default:
        return *cmp != 0;
    }
  }

  [[nodiscard]] std::optional<bool> range_fits(const Unit& unit, int strategy,
                                               const Value& value) const {
    std::strong_ordering from = std::strong_ordering::less;
    std::strong_ordering to = std::strong_ordering::greater;
    for (const auto& [bound, cmp] : {std::pair{unit.from, &from}, std::pair{unit.to, &to}}) {
      if (bound == nullptr) {
        continue;
      }
      const auto known = order(*bound, value);
      if (!known) {
        return std::nullopt;
      }
      *cmp = *known;
    }
    switch (strategy) {
      case btree_strategy::kLess:
        return from < 0;
      case btree_strategy::kLessEqual:
        return from <= 0;
      case btree_strategy::kEqual:
        return from <= 0 && to > 0;
      default:
        return to > 0;
    }
  }

  PlannerInfo& root_;
  const Layout& layout_;
};

}  // namespace

PartitionPruner::PartitionPruner(PlannerInfo& root, const RelOptInfo& rel,
                                 std::vector<ExprPtr> clauses)
    : root_{root}, rel_{rel}, clauses_{std::move(clauses)} {}

bool PartitionPruner::keeps(const Table& leaf) {
  auto& global = *root_.global;
  if (!global.cost.enable_partition_pruning || clauses_.empty() || rel_.table->kind != 'p') {
    return true;
  }
  const auto& tables = global.catalog->tables;
  for (const Table* table = &leaf; table->oid != rel_.table->oid;) {
    const auto parent = std::find_if(tables.begin(), tables.end(), [&](const Table& candidate) {
      return !table->parents.empty() && candidate.oid == table->parents.front();
    });
    if (parent == tables.end()) {
      return true;
    }
    if (!survivors(*parent).contains(table)) {
      return false;
    }
    table = &*parent;
  }
  return true;
}

const std::set<const Table*>& PartitionPruner::survivors(const Table& parent) {
  if (const auto found = survivors_.find(&parent); found != survivors_.end()) {
    return found->second;
  }
  auto& result = survivors_[&parent];
  std::optional<Layout> layout;
  std::optional<Matches> matches;
  try {
    layout = Reader{root_, rel_}.read(parent);
    matches = layout ? Matcher{root_, *layout}.all(clauses_) : std::nullopt;
  } catch (const UserError&) {
    root_.global->unmodelled.insert("partition bounds of " + parent.name);
  }
  if (!matches) {
    const auto& children = root_.global->children->at(parent.oid);
    result.insert(children.begin(), children.end());
    return result;
  }
  bool needs_default = matches->rest;
  for (std::size_t i = 0; i < layout->units.size(); ++i) {
    if (matches->units[i]) {
      const Table* owner = layout->units[i].owner;
      owner != nullptr ? static_cast<void>(result.insert(owner)) : void(needs_default = true);
    }
  }
  if (matches->null) {
    layout->null_partition != nullptr ? static_cast<void>(result.insert(layout->null_partition))
                                      : void(needs_default = true);
  }
  if (needs_default && layout->default_partition != nullptr) {
    result.insert(layout->default_partition);
  }
  return result;
}

}  // namespace quern::planner_model
