#include "planner-model/plan/partition_pruning.hpp"

#include <algorithm>

#include "planner-model/plan/partition_bounds.hpp"
#include "planner-model/plan/partition_hash.hpp"
#include "planner-model/plan/partition_layout.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"

namespace quern::planner_model {

namespace {

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

void intersect(std::optional<Matches>& result, const std::optional<Matches>& other) {
  if (other) {
    result ? result->intersect(*other) : static_cast<void>(result = other);
  }
}

/// PartClauseInfo: a key compared with a constant.
struct KeyClause {
  std::size_t key = 0;
  int strategy = 0;
  const Value* value = nullptr;
};

const Value& boolean_value(bool value) {
  static const ExprPtr kTrue = boolean_constant(true);
  static const ExprPtr kFalse = boolean_constant(false);
  return *(value ? kTrue : kFalse)->value;
}

/// gen_partprune_steps_internal() and the get_matching_ functions in one.
class Matcher {
 public:
  /// `own`: what the rows of the partitioned table satisfy as a partition itself.
  Matcher(PlannerInfo& root, const PartitionLayout& layout, const std::vector<ExprPtr>& own)
      : root_{root}, layout_{layout}, own_{own} {}

  /// gen_partprune_steps(): what the table is as a partition itself may leave out its default one.
  [[nodiscard]] std::optional<Matches> matches(std::vector<ExprPtr> clauses) const {
    if (layout_.default_partition != nullptr) {
      clauses.insert(clauses.end(), own_.begin(), own_.end());
    }
    return all(clauses);
  }

 private:
  /// Nothing: the clauses say nothing of the keys.
  [[nodiscard]] std::optional<Matches> all(const std::vector<ExprPtr>& clauses) const {
    // The default partition is left out by no other means.
    if (layout_.default_partition != nullptr && !own_.empty() &&
        predicate_refuted_by(root_, own_, clauses, Refutation::Strong)) {
      return Matches{
          .units = std::vector<bool>(layout_.units.size()), .rest = false, .null = false};
    }
    std::optional<Matches> result;
    std::vector<KeyClause> comparisons;
    std::vector<bool> null(layout_.keys.size(), false);
    std::vector<bool> not_null(layout_.keys.size(), false);
    for (const auto& clause : clauses) {
      if (const auto key =
              clause->kind == ExprKind::NullTest ? key_of(clause->args.front()) : std::nullopt) {
        (clause->test_is_null ? null : not_null)[*key] = true;
      } else if (clause->kind == ExprKind::OpExpr) {
        intersect(result, operation(*clause, comparisons));
      } else {
        intersect(result, match(clause));
        intersect(result, boolean_condition(clause, comparisons));
      }
    }
    const auto nulls = null_tests(null, not_null);
    intersect(result, nulls);
    if (layout_.kind == PartitionLayout::Kind::Hash) {
      intersect(result, hashed(comparisons, null));
    } else if (std::find(null.begin(), null.end(), true) == null.end()) {
      intersect(result, compared(comparisons));
    }
    return result;
  }

  [[nodiscard]] std::optional<Matches> match(const ExprPtr& clause) const {
    switch (clause->kind) {
      case ExprKind::And:
        return all(clause->args);
      case ExprKind::Or:
        return any(clause->args);
      case ExprKind::ScalarArrayOpExpr:
        return array_operation(*clause);
      default:
        return std::nullopt;
    }
  }

  [[nodiscard]] std::optional<Matches> any(const std::vector<ExprPtr>& arms) const {
    std::optional<Matches> result;
    for (const auto& arm : arms) {
      const auto one = all(arm->kind == ExprKind::And ? arm->args : std::vector<ExprPtr>{arm});
      if (!one) {
        return std::nullopt;
      }
      result ? result->unite(*one) : static_cast<void>(result = one);
    }
    return result;
  }

  /// `collation`: of the comparison (PartCollMatchesExprColl()); nothing: of none.
  [[nodiscard]] std::optional<std::size_t> key_of(
      const ExprPtr& expr, std::optional<Oid> collation = std::nullopt) const {
    for (std::size_t i = 0; i < layout_.keys.size(); ++i) {
      const ExprPtr& key = layout_.keys[i];
      if (equal(strip_relabel(expr), strip_relabel(key)) &&
          (!collation || key->collation == 0 || key->collation == *collation)) {
        return i;
      }
    }
    return std::nullopt;
  }

  /// match_boolean_partition_clause(): a key that is a condition itself.
  [[nodiscard]] std::optional<Matches> boolean_condition(
      const ExprPtr& clause, std::vector<KeyClause>& comparisons) const {
    if (clause->type != type_oid::kBool) {
      return std::nullopt;
    }
    const bool is_test = clause->kind == ExprKind::BooleanTest;
    const bool is_not = clause->kind == ExprKind::Not;
    const auto key = key_of(is_test || is_not ? clause->args.front() : clause);
    if (!key || layout_.keys[*key]->type != type_oid::kBool) {
      return std::nullopt;
    }
    const auto equals = [&](bool value) {
      comparisons.push_back(
          {.key = *key, .strategy = btree_strategy::kEqual, .value = &boolean_value(value)});
      return std::nullopt;
    };
    if (!is_test) {
      return equals(!is_not);
    }
    switch (clause->boolean_test) {
      case BooleanTestKind::IsTrue:
        return equals(true);
      case BooleanTestKind::IsFalse:
        return equals(false);
      case BooleanTestKind::IsNotTrue:
        return other_than(*key, true);
      case BooleanTestKind::IsNotFalse:
        return other_than(*key, false);
      default:
        return std::nullopt;
    }
  }

  /// IS NOT TRUE and IS NOT FALSE: the other value, or NULL.
  [[nodiscard]] std::optional<Matches> other_than(std::size_t key, bool value) const {
    const Value& other = boolean_value(!value);
    const std::vector<KeyClause> one{
        {.key = key, .strategy = btree_strategy::kEqual, .value = &other}};
    std::vector<bool> null(layout_.keys.size(), false);
    null[key] = true;
    auto result = layout_.kind == PartitionLayout::Kind::Hash ? std::nullopt : compared(one);
    const auto nulls = null_tests(null, std::vector<bool>(layout_.keys.size(), false));
    if (!result || !nulls) {
      return std::nullopt;
    }
    result->unite(*nulls);
    return result;
  }

  [[nodiscard]] Matches none() const {
    return {.units = std::vector<bool>(layout_.units.size(), false), .rest = false, .null = false};
  }

  [[nodiscard]] Matches everything() const {
    return {.units = std::vector<bool>(layout_.units.size(), true)};
  }

  [[nodiscard]] std::optional<Matches> null_tests(const std::vector<bool>& null,
                                                  const std::vector<bool>& not_null) const {
    if (layout_.kind != PartitionLayout::Kind::Hash &&
        std::find(null.begin(), null.end(), true) != null.end()) {
      Matches result = none();
      result.null = true;
      return result;
    }
    if (std::find(not_null.begin(), not_null.end(), false) == not_null.end()) {
      Matches result = everything();
      result.null = false;
      return result;
    }
    return std::nullopt;
  }

  /// What a comparison says at once; one that says something together with others is put to
  /// `comparisons`.
  [[nodiscard]] std::optional<Matches> operation(const Expr& clause,
                                                 std::vector<KeyClause>& comparisons) const {
    if (clause.args.size() != 2) {
      return std::nullopt;
    }
    Oid op = clause.op;
    ExprPtr constant = clause.args[1];
    auto key = key_of(clause.args[0], clause.input_collation);
    if (!key) {
      key = key_of(clause.args[1], clause.input_collation);
      op = root_.global->types->commutator(op);
      constant = clause.args[0];
    }
    if (!key || constant->kind != ExprKind::Const || op == 0 || !is_immutable(op)) {
      return std::nullopt;
    }
    if (constant->is_null || !constant->value) {
      return none();
    }
    if (const int strategy = strategy_of(op); strategy != 0) {
      comparisons.push_back({.key = *key, .strategy = strategy, .value = constant->value.get()});
      return std::nullopt;
    }
    return differs(op, *constant->value);
  }

  [[nodiscard]] std::optional<Matches> array_operation(const Expr& clause) const {
    const ExprPtr& array = clause.args[1];
    const auto key = key_of(clause.args[0], clause.input_collation);
    if (!key || array->kind != ExprKind::Const || array->is_null || !array->value ||
        !is_immutable(clause.op)) {
      return std::nullopt;
    }
    std::optional<Matches> result;
    for (const auto& element : array->value->elements) {
      const auto one = element ? one_comparison(clause.op, *key, *element) : std::optional{none()};
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

  /// A comparison that stands alone.
  [[nodiscard]] std::optional<Matches> one_comparison(Oid op, std::size_t key,
                                                      const Value& value) const {
    const int strategy = strategy_of(op);
    if (strategy == 0) {
      return differs(op, value);
    }
    const std::vector<KeyClause> one{{.key = key, .strategy = strategy, .value = &value}};
    return layout_.kind == PartitionLayout::Kind::Hash
               ? hashed(one, std::vector<bool>(layout_.keys.size(), false))
               : compared(one);
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

  // --- hash

  /// get_matching_hash_bounds(): all keys must be known, if only to be NULL.
  [[nodiscard]] std::optional<Matches> hashed(const std::vector<KeyClause>& comparisons,
                                              const std::vector<bool>& null) const {
    std::vector<std::optional<Value>> row(layout_.keys.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto found = std::find_if(comparisons.begin(), comparisons.end(), [&](const auto& c) {
        return c.key == i && c.strategy == btree_strategy::kEqual;
      });
      if (found == comparisons.end() && !null[i]) {
        return std::nullopt;
      }
      if (found != comparisons.end()) {
        // The hash functions go by type.
        row[i] = cast_value(*found->value, layout_.keys[i]->type, *root_.global->types, -1, false);
        if (!row[i]) {
          return std::nullopt;
        }
      }
    }
    const auto hash = partition_hash(row);
    if (!hash) {
      return std::nullopt;
    }
    Matches result = none();
    for (std::size_t i = 0; i < layout_.units.size(); ++i) {
      result.units[i] = *hash % layout_.units[i].modulus == layout_.units[i].remainder;
    }
    return result;
  }

  // --- lists

  /// x <> value, which lists alone are searched by.
  [[nodiscard]] std::optional<Matches> differs(Oid op, const Value& value) const {
    const auto* definition = root_.global->types->op(op);
    const bool negates_equality =
        definition != nullptr && strategy_of(definition->negator) == btree_strategy::kEqual;
    return negates_equality && layout_.kind == PartitionLayout::Kind::List ? listed(0, value)
                                                                           : std::nullopt;
  }

  /// get_matching_list_bounds().
  [[nodiscard]] std::optional<Matches> listed(int strategy, const Value& value) const {
    Matches result = none();
    bool met = false;
    for (std::size_t i = 0; i < layout_.units.size(); ++i) {
      const auto kept = value_fits(layout_.units[i], strategy, value);
      if (!kept) {
        return std::nullopt;
      }
      result.units[i] = *kept;
      met = met || *kept;
    }
    result.rest = strategy != btree_strategy::kEqual || !met;
    return result;
  }

  [[nodiscard]] std::optional<bool> value_fits(const PartitionUnit& unit, int strategy,
                                               const Value& value) const {
    const auto cmp =
        compare(*unit.value, value, layout_.keys.front()->collation, *root_.global->types);
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

  // --- ranges

  /// gen_prune_steps_from_opexps(): a comparison of a later key says something with those of all
  /// keys before it.
  [[nodiscard]] std::optional<Matches> compared(const std::vector<KeyClause>& comparisons) const {
    std::optional<Matches> result;
    const std::size_t last = last_usable_key(comparisons);
    for (const KeyClause& one : comparisons) {
      if (one.key > last) {
        continue;
      }
      if (layout_.kind == PartitionLayout::Kind::List) {
        intersect(result, listed(one.strategy, *one.value));
        continue;
      }
      std::vector<const Value*> values(one.key + 1);
      values.back() = one.value;
      add_prefixes(comparisons, one, 0, values, result);
    }
    return result;
  }

  /// Keys behind one without a comparison, or with < or >, can not be used.
  [[nodiscard]] std::size_t last_usable_key(const std::vector<KeyClause>& comparisons) const {
    for (std::size_t key = 0; key < layout_.keys.size(); ++key) {
      bool found = false;
      bool inclusive = true;
      for (const KeyClause& one : comparisons) {
        if (one.key == key) {
          found = true;
          inclusive = inclusive && one.strategy != btree_strategy::kLess &&
                      one.strategy != btree_strategy::kGreater;
        }
      }
      if (!found || !inclusive) {
        return key;
      }
    }
    return layout_.keys.size();
  }

  /// get_steps_using_prefix(): each combination of earlier keys' values.
  void add_prefixes(const std::vector<KeyClause>& comparisons, const KeyClause& one,
                    std::size_t key, std::vector<const Value*>& values,
                    std::optional<Matches>& result) const {
    if (key == one.key) {
      intersect(result, within_ranges(one.strategy, values));
      return;
    }
    for (const KeyClause& earlier : comparisons) {
      if (earlier.key == key && may_precede(earlier.strategy, one.strategy)) {
        values[key] = earlier.value;
        add_prefixes(comparisons, one, key + 1, values, result);
      }
    }
  }

  static bool may_precede(int earlier, int strategy) {
    return earlier == btree_strategy::kEqual ||
           (earlier == btree_strategy::kLessEqual &&
            (strategy == btree_strategy::kLess || strategy == btree_strategy::kLessEqual)) ||
           (earlier == btree_strategy::kGreaterEqual &&
            (strategy == btree_strategy::kGreater || strategy == btree_strategy::kGreaterEqual));
  }

  /// get_matching_range_bounds(): the ranges that the values of the first keys, or those on one
  /// side of them, fall into.
  [[nodiscard]] std::optional<Matches> within_ranges(
      int strategy, const std::vector<const Value*>& values) const {
    Matches result = none();
    result.rest = values.size() < layout_.keys.size();
    for (std::size_t i = 0; i < layout_.units.size(); ++i) {
      const auto& unit = layout_.units[i];
      const auto from = compare_bound(unit.from, values, layout_.keys, *root_.global->types);
      const auto to = compare_bound(unit.to, values, layout_.keys, *root_.global->types);
      if (!from || !to) {
        return std::nullopt;
      }
      result.units[i] = range_fits(unit, strategy, values.size(), *from, *to);
    }
    return result;
  }

  /// `from` and `to`: how the range's bounds compare with the values of its first keys.
  static bool range_fits(const PartitionUnit& unit, int strategy, std::size_t keys, int from,
                         int to) {
    const bool is_prefix = keys < unit.to.size();
    switch (strategy) {
      case btree_strategy::kLess:
        return from < 0;
      case btree_strategy::kLessEqual:
        return from <= 0;
      case btree_strategy::kEqual:
        return from <= 0 && (to > 0 || (to == 0 && is_prefix && unit.to[keys].infinity >= 0));
      case btree_strategy::kGreaterEqual:
        return to > 0 || (to == 0 && is_prefix);
      default:
        return to > 0;
    }
  }

  PlannerInfo& root_;
  const PartitionLayout& layout_;
  const std::vector<ExprPtr>& own_;
};

/// The bound of a partition as a condition on its parent's key: get_qual_from_partbound()
/// (partbounds.c) of lists and of ranges of one key. Empty: of others.
std::string bound_condition(const Table& partition, const Table& parent) {
  const auto keys = partition_keys(parent.partition_key);
  const Bounds bounds = read_bounds(partition.partition_bound);
  if (keys.size() != 1) {
    return {};
  }
  const std::string key = "(" + keys.front() + ")";
  if (bounds.is_range) {
    const auto side = [&](const std::string& bound, const char* op) {
      return bound.empty() || bound == "MINVALUE" || bound == "MAXVALUE"
                 ? std::string{}
                 : " AND " + key + op + bound;
    };
    return key + " IS NOT NULL" + side(bounds.from, " >= ") + side(bounds.to, " < ");
  }
  if (!bounds.is_list) {
    return {};
  }
  std::string values;
  bool null = false;
  for (const std::string& item : list_items(bounds.values.front())) {
    null = null || item == "NULL";
    values += item == "NULL" ? "" : (values.empty() ? "" : ", ") + item;
  }
  const std::string among = values.empty() ? "" : key + " IN (" + values + ")";
  return !null           ? key + " IS NOT NULL AND " + among
         : among.empty() ? key + " IS NULL"
                         : "(" + key + " IS NULL OR " + among + ")";
}

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

/// RelationGetPartitionQual() (partcache.c): the bounds of the table and of all above it.
std::vector<ExprPtr> PartitionPruner::partition_condition(const Table& table) const {
  std::vector<ExprPtr> condition;
  const auto& tables = root_.global->catalog->tables;
  for (const Table* partition = &table; !partition->partition_bound.empty();) {
    const auto parent = std::find_if(tables.begin(), tables.end(), [&](const Table& candidate) {
      return !partition->parents.empty() && candidate.oid == partition->parents.front();
    });
    if (parent == tables.end()) {
      break;
    }
    const std::string text = bound_condition(*partition, *parent);
    if (!text.empty()) {
      const auto& clauses = root_.global->expressions->condition(text, *rel_.table, rel_.range);
      condition.insert(condition.end(), clauses.begin(), clauses.end());
    }
    partition = &*parent;
  }
  return condition;
}

const std::set<const Table*>& PartitionPruner::survivors(const Table& parent) {
  if (const auto found = survivors_.find(&parent); found != survivors_.end()) {
    return found->second;
  }
  auto& result = survivors_[&parent];
  std::optional<PartitionLayout> layout;
  std::optional<Matches> matches;
  try {
    layout = partition_layout(root_, rel_, parent);
    const bool asks_bound = layout && layout->default_partition != nullptr;
    const auto own = asks_bound ? partition_condition(parent) : std::vector<ExprPtr>{};
    matches = layout ? Matcher{root_, *layout, own}.matches(clauses_) : std::nullopt;
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
