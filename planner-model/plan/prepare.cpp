// What happens to a query before path search. Source: planner.c (subquery_planner()),
// PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

void preprocess_condition(PlannerInfo& root, ExprPtr& condition) {
  if (condition) {
    condition = canonicalize(simplify(condition, *root.global->types));
    condition = make_and(conjuncts(condition));
    if (condition) {
      condition = plan_sublinks(root, condition, true);
    }
  }
}

void preprocess_join_tree(PlannerInfo& root, JoinTree& tree) {
  for (auto& child : tree.children) {
    preprocess_join_tree(root, child);
  }
  preprocess_condition(root, tree.quals);
}

bool has_aggregate(const ExprPtr& expr) {
  return any_of(expr, [](const Expr& e) {
    return e.kind == ExprKind::Aggref || e.kind == ExprKind::GroupingFunc;
  });
}

/// expand_insert_targetlist() (preptlist.c): a NULL for each column that was dropped, which leaves
/// a gap in the numbers.
void add_dropped_columns(Query& query) {
  if (query.command != Command::Insert || query.result_range <= 0) {
    return;
  }
  const Table* table = query.range_table[static_cast<std::size_t>(query.result_range) - 1].table;
  if (table == nullptr) {
    return;
  }
  std::int16_t last = 0;
  for (const Column& column : table->columns) {
    for (++last; last < column.number; ++last) {
      query.targets.push_back(TargetEntry{make_null(type_oid::kInt4), {}, 0, false, last});
    }
  }
}

}  // namespace

void preprocess_query(PlannerInfo& root) {
  Query& query = root.query;
  add_dropped_columns(query);
  plan_ctes(root);
  refuse_too_many_ranges(query.range_table.size());
  pull_up_sublinks(root);
  pull_up_subqueries(root);
  flatten_union_all(root);
  refuse_too_many_ranges(query.range_table.size());
  const auto fold = [&](ExprPtr& expr) {
    if (expr) {
      expr = plan_sublinks(root, simplify(expr, *root.global->types), false);
    }
  };
  // In the order of subquery_planner(), by which subqueries are numbered.
  for (auto& target : query.targets) {
    fold(target.expr);
  }
  for (auto& target : query.returning) {
    fold(target.expr);
  }
  preprocess_join_tree(root, query.join_tree);
  root.has_having = query.having != nullptr;
  if (query.having) {
    query.having = canonicalize(simplify(query.having, *root.global->types));
    query.having = plan_sublinks(root, query.having, true);
  }
  for (auto& window : query.windows) {
    fold(window.start_offset);
    fold(window.end_offset);
  }
  fold(query.offset);
  fold(query.limit);
  if (query.on_conflict) {
    for (auto& target : query.on_conflict->update_targets) {
      fold(target.expr);
    }
    fold(query.on_conflict->update_where);
  }
  for (auto& entry : query.range_table) {
    for (auto& function : entry.functions) {
      fold(function);
    }
    for (auto& row : entry.values) {
      for (auto& value : row) {
        fold(value);
      }
    }
    for (auto& arm : entry.arms) {
      for (auto& output : arm.outputs) {
        fold(output);
      }
    }
    for (auto& computed : entry.computed) {
      fold(computed.expr);
    }
    for (auto& qual : entry.security_quals) {
      preprocess_condition(root, qual);
    }
    root.qual_security_level =
        std::max(root.qual_security_level, static_cast<int>(entry.security_quals.size()));
  }
  // HAVING conditions without aggregates filter before grouping; where there are no groups, both
  // before and after: there is a row of none as well.
  if (query.having && !query.has_grouping_sets) {
    std::vector<ExprPtr> kept;
    std::vector<ExprPtr> moved = conjuncts(query.join_tree.quals);
    for (const auto& qual : conjuncts(query.having)) {
      const bool after_only = has_aggregate(qual) || contains_volatile(qual, root);
      if (after_only || query.group_by.empty()) {
        kept.push_back(qual);
      }
      if (!after_only) {
        moved.push_back(qual);
      }
    }
    query.having = make_and(kept);
    query.join_tree.quals = make_and(moved);
  }
  reduce_outer_joins(root);
  remove_useless_results(root);
}

}  // namespace quern::planner_model
