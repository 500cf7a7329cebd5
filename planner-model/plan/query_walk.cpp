#include "planner-model/plan/query_walk.hpp"

#include <algorithm>
#include <memory>

#include "collector/base/failure.hpp"

namespace quern::planner_model {

ExprPtr change_expr(const ExprPtr& expr, const ChangeExpr& change, int depth) {
  if (!expr) {
    return expr;
  }
  if (ExprPtr replaced = change(expr, depth); replaced) {
    return replaced;
  }
  ExprPtr result =
      map_children(expr, [&](const ExprPtr& child) { return change_expr(child, change, depth); });
  if (result->subquery) {
    auto query = std::make_shared<Query>(*result->subquery);
    change_query(*query, change, depth + 1);
    auto copy = std::make_shared<Expr>(*result);
    copy->subquery = query;
    result = copy;
  }
  return result;
}

void change_join_tree(JoinTree& tree, const ChangeExpr& change, int depth) {
  for (auto& child : tree.children) {
    change_join_tree(child, change, depth);
  }
  tree.quals = change_expr(tree.quals, change, depth);
}

void change_own_expressions(Query& query, const ChangeExpr& change, int depth) {
  const auto one = [&](ExprPtr& expr) { expr = change_expr(expr, change, depth); };
  for (auto& entry : query.range_table) {
    for (auto& arm : entry.arms) {
      std::for_each(arm.outputs.begin(), arm.outputs.end(), one);
    }
    for (auto& [column, scope] : entry.computed) {
      one(column);
    }
    std::for_each(entry.security_quals.begin(), entry.security_quals.end(), one);
    std::for_each(entry.functions.begin(), entry.functions.end(), one);
    for (auto& row : entry.values) {
      std::for_each(row.begin(), row.end(), one);
    }
  }
  change_join_tree(query.join_tree, change, depth);
  for (auto& target : query.targets) {
    one(target.expr);
  }
  for (auto& target : query.returning) {
    one(target.expr);
  }
  if (query.on_conflict) {
    for (auto& target : query.on_conflict->update_targets) {
      one(target.expr);
    }
    one(query.on_conflict->update_where);
  }
  one(query.having);
  one(query.limit);
  one(query.offset);
  for (auto& window : query.windows) {
    one(window.start_offset);
    one(window.end_offset);
  }
}

void change_query(Query& query, const ChangeExpr& change, int depth) {
  for (auto& entry : query.range_table) {
    if (entry.subquery) {
      entry.subquery = std::make_shared<Query>(*entry.subquery);
      change_query(*entry.subquery, change, depth + 1);
    }
  }
  for (auto& cte : query.ctes) {
    cte.query = std::make_shared<Query>(*cte.query);
    change_query(*cte.query, change, depth + 1);
  }
  change_own_expressions(query, change, depth);
}

namespace {

ChangeExpr shifting(int by, int from) {
  return [by, from](const ExprPtr& expr, int depth) -> ExprPtr {
    if ((expr->kind == ExprKind::Var || expr->kind == ExprKind::Aggref) &&
        expr->kind == ExprKind::Var && expr->levels_up >= from + depth) {
      auto copy = std::make_shared<Expr>(*expr);
      copy->levels_up += by;
      return copy;
    }
    return nullptr;
  };
}

void shift_cte_levels(Query& query, int by, int depth) {
  for (auto& entry : query.range_table) {
    if (entry.kind == RangeKind::Cte && entry.cte_levels_up >= depth) {
      entry.cte_levels_up += by;
    }
    if (entry.subquery) {
      shift_cte_levels(*entry.subquery, by, depth + 1);
    }
  }
  for (auto& cte : query.ctes) {
    shift_cte_levels(*cte.query, by, depth + 1);
  }
}

}  // namespace

ExprPtr shift_levels(const ExprPtr& expr, int by, int from) {
  return by == 0 ? expr : change_expr(expr, shifting(by, from), 0);
}

void shift_levels(Query& query, int by, int from) {
  if (by != 0) {
    change_query(query, shifting(by, from), 0);
    shift_cte_levels(query, by, from);
  }
}

namespace {

bool search(const Query& query, const std::function<bool(int levels_up, int depth)>& test) {
  bool found = false;
  Query copy = query;
  change_query(copy, [&](const ExprPtr& expr, int depth) -> ExprPtr {
    if (expr->kind == ExprKind::Var && test(expr->levels_up, depth)) {
      found = true;
    }
    return nullptr;
  });
  return found;
}

}  // namespace

bool has_vars_of_level(const Query& query, int level) {
  return search(query, [&](int up, int depth) { return up == depth + level; });
}

bool has_vars_of_level(const ExprPtr& expr, int level) {
  bool found = false;
  (void)change_expr(expr, [&](const ExprPtr& e, int depth) -> ExprPtr {
    found = found || (e->kind == ExprKind::Var && e->levels_up == depth + level);
    return nullptr;
  });
  return found;
}

void refuse_too_many_ranges(std::size_t ranges) {
  if (ranges > static_cast<std::size_t>(kMaximumRanges)) {
    throw UserError{"the statement refers to more than 63 tables and subqueries in one query"};
  }
}

void offset_ranges(JoinTree& tree, int offset) {
  if (tree.kind == JoinTree::Kind::Range) {
    tree.range += offset;
  }
  for (auto& child : tree.children) {
    offset_ranges(child, offset);
  }
}

ChangeExpr offsetting(int offset) {
  return [offset](const ExprPtr& expr, int depth) -> ExprPtr {
    if (expr->kind == ExprKind::Var && expr->levels_up == depth) {
      auto copy = std::make_shared<Expr>(*expr);
      copy->varno += offset;
      return copy;
    }
    return nullptr;
  };
}

void offset_ranges(Query& query, int offset) {
  refuse_too_many_ranges(query.range_table.size() + static_cast<std::size_t>(offset));
  change_query(query, offsetting(offset));
  offset_ranges(query.join_tree, offset);
  for (auto& entry : query.range_table) {
    for (auto& arm : entry.arms) {
      arm.range += offset;
    }
    for (auto& computed : entry.computed) {
      computed.scope <<= static_cast<unsigned>(offset);
    }
  }
}

Relids ranges_of(const JoinTree& tree) {
  if (tree.kind == JoinTree::Kind::Range) {
    return singleton(tree.range);
  }
  Relids relids = 0;
  for (const auto& child : tree.children) {
    relids |= ranges_of(child);
  }
  return relids;
}

}  // namespace quern::planner_model
