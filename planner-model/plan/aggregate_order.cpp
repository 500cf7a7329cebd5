// Orders in which rows reach grouping: for GROUP BY, and for aggregates that want their own.
// Source: planner.c (adjust_group_pathkeys_for_groupagg), pathkeys.c
// (get_useful_group_keys_orderings).
#include <algorithm>

#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

PathKeys UpperPlanner::aggregate_pathkeys(const Expr& aggregate) const {
  std::vector<SortGroupClause> clauses;
  std::vector<TargetEntry> targets;
  const auto add = [&](const ExprPtr& expr, Oid sort_operator, bool nulls_first) {
    const auto* op = root_.global->types->op(sort_operator);
    const int ref = static_cast<int>(targets.size()) + 1;
    targets.push_back({.expr = expr, .sort_group_ref = ref});
    clauses.push_back({.ref = ref,
                       .sort_operator = sort_operator,
                       .descending = op != nullptr && op->name == ">",
                       .nulls_first = nulls_first});
  };
  for (const auto& item : aggregate.order_by) {
    add(item.expr, item.sort_operator, item.nulls_first);
  }
  // transformDistinctClause(): the arguments that ORDER BY does not name follow.
  if (aggregate.distinct) {
    for (const auto& argument : aggregate.args) {
      if (std::none_of(targets.begin(), targets.end(),
                       [&](const TargetEntry& t) { return equal(t.expr, argument); })) {
        add(argument, root_.global->types->ordering(argument->type).less, false);
      }
    }
  }
  return pathkeys_for_sortclauses(root_, clauses, targets);
}

void UpperPlanner::add_aggregate_order() {
  const auto& types = *root_.global->types;
  std::vector<PathKeys> wanted;
  for (const auto& aggregate : aggregates_) {
    const auto* definition = types.aggregate(aggregate->function);
    const bool ordered_set = definition != nullptr && definition->kind != 'n';
    if (ordered_set || (!aggregate->distinct && aggregate->order_by.empty())) {
      continue;
    }
    const bool plain =
        std::all_of(aggregate->args.begin(), aggregate->args.end(), [](const ExprPtr& argument) {
          const auto kind = strip_relabel(argument)->kind;
          return kind == ExprKind::Var || kind == ExprKind::Const;
        });
    if (aggregate->filter && !plain && root_.global->cost.server.presorts_only_safe_filters()) {
      continue;
    }
    PathKeys keys = root_.group_pathkeys;
    bool is_volatile = false;
    for (const auto& key : aggregate_pathkeys(*aggregate)) {
      is_volatile |= key.ec->has_volatile;
      if (std::none_of(keys.begin(), keys.end(),
                       [&](const PathKey& k) { return k.ec == key.ec; })) {
        keys.push_back(key);
      }
    }
    if (!is_volatile) {
      wanted.push_back(std::move(keys));
    }
  }
  // The order that serves most, the first of equals; each round starts with the first one left.
  std::size_t served = 0;
  while (wanted.size() > served) {
    PathKeys current = wanted.front();
    std::vector<PathKeys> left;
    for (const auto& keys : wanted) {
      switch (compare_pathkeys(current, keys)) {
        case PathKeysComparison::Better2:
          current = keys;
          break;
        case PathKeysComparison::Different:
          left.push_back(keys);
          break;
        default:
          break;
      }
    }
    if (wanted.size() - left.size() > served) {
      served = wanted.size() - left.size();
      root_.group_pathkeys = current;
    }
    wanted = std::move(left);
  }
}

std::vector<UpperPlanner::GroupOrder> UpperPlanner::group_orders(const Path& input) const {
  std::vector<GroupOrder> orders{{root_.group_pathkeys, group_clause_}};
  const auto& p = root_.global->cost;
  if (!p.server.reorders_group_by() || !p.enable_group_by_reordering || input.pathkeys.empty() ||
      pathkeys_contained_in(input.pathkeys, root_.group_pathkeys)) {
    return orders;
  }
  GroupOrder own;
  const auto end = root_.group_pathkeys.begin() + static_cast<std::ptrdiff_t>(group_keys_);
  for (const auto& key : input.pathkeys) {
    const auto clause =
        std::find_if(group_clause_.begin(), group_clause_.end(), [&](const SortGroupClause& g) {
          return key.ec->sort_ref != 0 && g.ref == key.ec->sort_ref;
        });
    if (own.keys.size() >= group_keys_ ||
        std::find(root_.group_pathkeys.begin(), end, key) == end || clause == group_clause_.end()) {
      break;
    }
    own.keys.push_back(key);
    own.clauses.push_back(*clause);
  }
  if (own.keys.empty() || (!p.enable_incremental_sort && own.keys.size() < group_keys_)) {
    return orders;
  }
  for (const auto& key : root_.group_pathkeys) {
    if (std::find(own.keys.begin(), own.keys.end(), key) == own.keys.end()) {
      own.keys.push_back(key);
    }
  }
  for (const auto& clause : group_clause_) {
    if (std::none_of(own.clauses.begin(), own.clauses.end(),
                     [&](const SortGroupClause& c) { return c.ref == clause.ref; })) {
      own.clauses.push_back(clause);
    }
  }
  if (own.keys != root_.group_pathkeys) {
    orders.push_back(std::move(own));
  }
  return orders;
}

}  // namespace quern::planner_model
