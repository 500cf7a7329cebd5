#include "planner-model/plan/subquery_pushdown.hpp"

#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// FRAMEOPTION_ bits of parsenodes.h.
const TargetEntry* visible_target(const Query& query, int attno) {
  int position = 0;
  for (const auto& target : query.targets) {
    if (!target.junk && ++position == attno) {
      return &target;
    }
  }
  return nullptr;
}

bool in_clauses(const TargetEntry& target, const std::vector<SortGroupClause>& clauses) {
  return target.sort_group_ref != 0 &&
         std::any_of(clauses.begin(), clauses.end(),
                     [&](const SortGroupClause& c) { return c.ref == target.sort_group_ref; });
}

bool returns_set(const ExprPtr& expr) {
  return any_of(expr, [](const Expr& e) { return e.returns_set; });
}

enum class Safety : std::uint8_t { Safe, RunConditionOnly, Unsafe };

class Pushdown {
 public:
  Pushdown(PlannerInfo& root, RelOptInfo& rel, Query& subquery)
      : root_{root}, rel_{rel}, subquery_{subquery} {}

  void run() {
    if (!rel_.restrictions.empty() && is_safe(subquery_, true)) {
      std::vector<RestrictInfo*> kept;
      for (auto* clause : rel_.restrictions) {
        if (!push(*clause)) {
          kept.push_back(clause);
        }
      }
      rel_.restrictions = std::move(kept);
    }
    remove_unused_outputs();
  }

 private:
  // --- may anything go down: subquery_is_pushdown_safe()

  bool is_safe(const Query& query, bool is_top) {
    if (query.limit || query.offset || query.has_grouping_sets) {
      return false;
    }
    if (!query.distinct.empty() || query.has_window_functions || query.has_returning_set) {
      unsafe_volatile_ = true;
    }
    if (!query.set_operation) {
      check_outputs(query, is_top);
      return true;
    }
    return is_top && set_operation_is_safe(*query.set_operation);
  }

  bool set_operation_is_safe(const SetOperation& operation) {
    if (operation.kind == SetOperation::Kind::Leaf) {
      const auto& leaf = subquery_.range_table[static_cast<std::size_t>(operation.range) - 1];
      return leaf.subquery && is_safe(*leaf.subquery, false);
    }
    return operation.kind != SetOperation::Kind::Except &&
           std::all_of(operation.arms.begin(), operation.arms.end(),
                       [&](const SetOperation& arm) { return set_operation_is_safe(arm); });
  }

  void check_outputs(const Query& query, bool is_top) {
    for (int attno = 1; const auto* target = visible_target(query, attno); ++attno) {
      const auto& types = subquery_.set_operation;
      const bool mismatch =
          !is_top && static_cast<std::size_t>(attno) <= types->columns.size() &&
          types->columns[static_cast<std::size_t>(attno) - 1].type != target->expr->type;
      if (mismatch || returns_set(target->expr) || contains_volatile(target->expr, root_) ||
          (query.distinct_on && !in_clauses(*target, query.distinct))) {
        unsafe_.insert(attno);
      } else if (query.has_window_functions &&
                 !std::all_of(query.windows.begin(), query.windows.end(),
                              [&](const WindowClause& window) {
                                return in_clauses(*target, window.partition);
                              })) {
        outside_partitions_.insert(attno);
      }
    }
  }

  // --- may this condition: qual_is_pushdown_safe()

  [[nodiscard]] Safety safety(const RestrictInfo& clause) const {
    if (any_of(clause.clause,
               [](const Expr& e) {
                 return e.kind == ExprKind::SubPlan || e.kind == ExprKind::SubLink;
               }) ||
        (unsafe_volatile_ && contains_volatile(clause.clause, root_)) ||
        (rel_.entry->security_barrier && contains_leaked_vars(clause.clause, root_))) {
      return Safety::Unsafe;
    }
    Safety result = Safety::Safe;
    (void)any_of(clause.clause, [&](const Expr& e) {
      if (e.kind == ExprKind::Var && e.levels_up == 0) {
        if (e.varno != rel_.range || e.attno <= 0 || unsafe_.contains(e.attno)) {
          result = Safety::Unsafe;
        } else if (outside_partitions_.contains(e.attno) && result == Safety::Safe) {
          result = Safety::RunConditionOnly;
        }
      }
      return result == Safety::Unsafe;
    });
    return result;
  }

  /// Whether the condition is the subquery's affair alone from now on.
  bool push(const RestrictInfo& clause) {
    if (clause.pseudoconstant) {
      return false;
    }
    switch (safety(clause)) {
      case Safety::Safe:
        push_into(subquery_, clause.clause);
        return true;
      case Safety::RunConditionOnly:
        return subquery_.has_window_functions && push_run_condition(*clause.clause);
      default:
        return false;
    }
  }

  /// subquery_push_qual(): WHERE, or HAVING above grouping; the subquery's own preparation moves it
  /// further.
  void push_into(Query& query, const ExprPtr& qual) {
    if (query.set_operation) {
      push_into_arms(query, *query.set_operation, qual);
      return;
    }
    const ExprPtr own = change_expr(qual, [&](const ExprPtr& expr, int depth) -> ExprPtr {
      if (expr->kind == ExprKind::Var && expr->levels_up == depth && expr->varno == rel_.range) {
        const auto* target = visible_target(query, expr->attno);
        return target != nullptr ? target->expr : nullptr;
      }
      return nullptr;
    });
    const bool grouped =
        query.has_aggregates || !query.group_by.empty() || query.has_grouping_sets || query.having;
    ExprPtr& place = grouped ? query.having : query.join_tree.quals;
    auto all = conjuncts(place);
    all.push_back(own);
    place = make_and(all);
  }

  void push_into_arms(Query& query, const SetOperation& operation, const ExprPtr& qual) {
    if (operation.kind != SetOperation::Kind::Leaf) {
      for (const auto& arm : operation.arms) {
        push_into_arms(query, arm, qual);
      }
      return;
    }
    auto& leaf = query.range_table[static_cast<std::size_t>(operation.range) - 1];
    auto copy = std::make_shared<Query>(*leaf.subquery);
    push_into(*copy, qual);
    leaf.subquery = std::move(copy);
  }

  // --- window functions that only grow: check_and_push_window_quals()

  struct Monotonic {
    bool increasing = false;
    bool decreasing = false;
  };

  [[nodiscard]] Monotonic monotonic(const Expr& function) const {
    const auto* definition = root_.global->types->function(function.function);
    if (definition == nullptr || !root_.global->cost.server.has_window_run_conditions()) {
      return {};
    }
    const std::string_view name = definition->name;
    if (name == "row_number" || name == "rank" || name == "dense_rank") {
      return {.increasing = true};
    }
    if (name != "count") {
      return {};
    }
    const auto& window = subquery_.windows[static_cast<std::size_t>(function.window) - 1];
    if (window.order.empty()) {
      return {.increasing = true, .decreasing = true};
    }
    return {.increasing = (window.frame_options & frame::kStartUnboundedPreceding) != 0,
            .decreasing = (window.frame_options & frame::kEndUnboundedFollowing) != 0};
  }

  bool push_run_condition(const Expr& clause) {
    if (clause.kind != ExprKind::OpExpr || clause.args.size() != 2) {
      return false;
    }
    for (const bool function_left : {true, false}) {
      const ExprPtr& side = clause.args[function_left ? 0 : 1];
      const ExprPtr& other = clause.args[function_left ? 1 : 0];
      const auto* target =
          side->kind == ExprKind::Var ? visible_target(subquery_, side->attno) : nullptr;
      if (target == nullptr || relids_of(other) != 0 || contains_volatile(other, root_)) {
        continue;
      }
      const ExprPtr function = strip_relabel(target->expr);
      if (function->kind == ExprKind::WindowFunc && function->window > 0) {
        if (const auto replaced = run_condition(clause, *function, function_left)) {
          auto condition = std::make_shared<Expr>(clause);
          condition->args[function_left ? 0 : 1] = function;
          if (!*replaced) {
            stop_beyond(*condition, function_left);
          }
          subquery_.windows[static_cast<std::size_t>(function->window) - 1]
              .run_conditions.push_back(std::move(condition));
          run_columns_.insert(side->attno);
          return *replaced;
        }
      }
    }
    return false;
  }

  /// Of `n = 3` where n grows, n <= 3 says when to stop.
  void stop_beyond(Expr& condition, bool function_left) const {
    const auto& types = *root_.global->types;
    for (const auto* member : types.memberships(condition.op)) {
      if (member->access_method == "btree") {
        const int strategy =
            function_left ? btree_strategy::kLessEqual : btree_strategy::kGreaterEqual;
        const Oid op = types.operator_for(member->family, member->left, member->right, strategy);
        if (const auto* definition = types.op(op); definition != nullptr) {
          condition.op = op;
          condition.name = definition->name;
          condition.function = definition->function;
        }
        return;
      }
    }
  }

  /// Nothing: no run condition comes of it. Else whether it takes the clause's place.
  [[nodiscard]] std::optional<bool> run_condition(const Expr& clause, const Expr& function,
                                                  bool function_left) const {
    const Monotonic direction = monotonic(function);
    if (!direction.increasing && !direction.decreasing) {
      return std::nullopt;
    }
    for (const auto* member : root_.global->types->memberships(clause.op)) {
      if (member->access_method != "btree") {
        continue;
      }
      switch (member->strategy) {
        case btree_strategy::kLess:
        case btree_strategy::kLessEqual:
          return (function_left ? direction.increasing : direction.decreasing) ? std::optional{true}
                                                                               : std::nullopt;
        case btree_strategy::kGreater:
        case btree_strategy::kGreaterEqual:
          return (function_left ? direction.decreasing : direction.increasing) ? std::optional{true}
                                                                               : std::nullopt;
        default:
          return direction.increasing && direction.decreasing;
      }
    }
    return std::nullopt;
  }

  // --- remove_unused_subquery_outputs()

  void remove_unused_outputs() {
    if (subquery_.set_operation || !subquery_.distinct.empty() || rel_.whole_row_needed) {
      return;
    }
    std::set<int> used = run_columns_;
    const auto note = [&](const ExprPtr& expr) {
      (void)any_of(expr, [&](const Expr& e) {
        if (e.kind == ExprKind::Var && e.levels_up == 0 && e.varno == rel_.range) {
          used.insert(e.attno);
        }
        return false;
      });
    };
    for (const auto& expr : rel_.target.exprs) {
      note(expr);
    }
    for (const auto* clause : rel_.restrictions) {
      note(clause->clause);
    }
    int attno = 0;
    for (auto& target : subquery_.targets) {
      if (target.junk || used.contains(++attno) || target.sort_group_ref != 0 ||
          returns_set(target.expr) || contains_volatile(target.expr, root_)) {
        continue;
      }
      auto null = std::make_shared<Expr>();
      null->kind = ExprKind::Const;
      null->is_null = true;
      null->type = target.expr->type;
      null->typmod = target.expr->typmod;
      null->collation = target.expr->collation;
      target.expr = std::move(null);
    }
  }

  PlannerInfo& root_;
  RelOptInfo& rel_;
  Query& subquery_;
  bool unsafe_volatile_ = false;
  std::set<int> unsafe_;
  std::set<int> outside_partitions_;
  std::set<int> run_columns_;
};

}  // namespace

void prepare_subquery(PlannerInfo& root, RelOptInfo& rel, Query& subquery) {
  Pushdown{root, rel, subquery}.run();
}

}  // namespace quern::planner_model
