// Ranges that are one row of nothing, which subqueries without FROM leave behind, go again. Source:
// prepjointree.c (remove_useless_result_rtes), PostgreSQL 15.
#include "planner-model/plan/useless_results.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// A row of nothing that computes nothing either.
bool is_result(const JoinTree& tree, const Query& query) {
  if (tree.kind != JoinTree::Kind::Range) {
    return false;
  }
  const auto& entry = query.range_table[static_cast<std::size_t>(tree.range) - 1];
  return entry.kind == RangeKind::Result && entry.computed.empty();
}

/// substitute_phv_relids(): what the row of nothing on the right computes, the left side does.
/// False: none of its relations can hold it here.
bool compute_on_left(const PlannerInfo& root, const JoinTree& join, Query& query) {
  const JoinTree& right = join.children[1];
  if (right.kind != JoinTree::Kind::Range ||
      query.range_table[static_cast<std::size_t>(right.range) - 1].kind != RangeKind::Result) {
    return false;
  }
  const auto computed = query.range_table[static_cast<std::size_t>(right.range) - 1].computed;
  const Relids left = ranges_of(join.children[0]);
  std::vector<ExprPtr> columns;
  for (const auto& one : computed) {
    const int host = host_in(root, query, join.children[0], relids_of(one.expr));
    if (host == 0 || one.scope != 0) {
      return false;
    }
    auto& entry = query.range_table[static_cast<std::size_t>(host) - 1];
    auto column = std::make_shared<Expr>();
    column->kind = ExprKind::Var;
    column->varno = host;
    column->attno = kFirstComputed + static_cast<int>(entry.computed.size());
    column->type = one.expr->type;
    column->typmod = one.expr->typmod;
    column->collation = one.expr->collation;
    entry.computed.push_back({one.expr, is_singleton(left) ? 0 : left});
    columns.push_back(std::move(column));
  }
  change_query(query, [&](const ExprPtr& expr, int depth) -> ExprPtr {
    if (expr->kind != ExprKind::Var || expr->levels_up != depth || expr->varno != right.range ||
        expr->attno < kFirstComputed) {
      return nullptr;
    }
    return shift_levels(columns[static_cast<std::size_t>(expr->attno - kFirstComputed)], depth, 0);
  });
  return true;
}

/// The tree alone, under the conditions of a join that is no more.
JoinTree filtered(JoinTree tree, ExprPtr quals) {
  if (!quals) {
    return tree;
  }
  JoinTree from;
  from.children.push_back(std::move(tree));
  from.quals = std::move(quals);
  return from;
}

void remove_from_list(JoinTree& tree, const Query& query, bool top) {
  auto& children = tree.children;
  for (auto child = children.begin(); child != children.end();) {
    child = children.size() > 1 && is_result(*child, query) ? children.erase(child) : child + 1;
  }
  if (!top && !tree.quals && children.size() == 1) {
    tree = JoinTree{std::move(children.front())};
  }
}

void remove_from_join(const PlannerInfo& root, JoinTree& tree, Query& query) {
  JoinTree& left = tree.children[0];
  JoinTree& right = tree.children[1];
  switch (tree.join) {
    case JoinType::Inner:
      if (is_result(left, query)) {
        tree = filtered(JoinTree{std::move(right)}, std::move(tree.quals));
      } else if (is_result(right, query) || compute_on_left(root, tree, query)) {
        tree = filtered(JoinTree{std::move(left)}, std::move(tree.quals));
      }
      break;
    case JoinType::Semi:
      if (is_result(right, query)) {
        tree = filtered(JoinTree{std::move(left)}, std::move(tree.quals));
      }
      break;
    case JoinType::Left:
      // Each row of the left side comes once, whether or not the condition holds.
      if (is_result(right, query) || (!tree.quals && compute_on_left(root, tree, query))) {
        tree = JoinTree{std::move(left)};
      }
      break;
    default:
      break;
  }
}

/// The conditions of a list of one go to `above`, where the rows they keep are the same ones.
void move_conditions_up(JoinTree& tree, std::vector<ExprPtr>& above) {
  if (tree.kind == JoinTree::Kind::From && tree.children.size() == 1 && tree.quals) {
    const auto quals = conjuncts(tree.quals);
    above.insert(above.begin(), quals.begin(), quals.end());
    tree = JoinTree{std::move(tree.children.front())};
  }
}

/// Which conditions of its children a node of the tree may hold itself: an inner join and a list
/// all, an outer join those of the side that is filled up with NULLs.
bool holds_conditions_of(const JoinTree& tree, std::size_t child) {
  return tree.kind == JoinTree::Kind::From ||
         (tree.kind == JoinTree::Kind::Join &&
          (tree.join == JoinType::Inner || (tree.join == JoinType::Left && child == 1)));
}

void remove(const PlannerInfo& root, JoinTree& tree, Query& query, bool top) {
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    remove(root, tree.children[i], query, false);
    if (root.global->cost.server.moves_conditions_off_results() && holds_conditions_of(tree, i)) {
      std::vector<ExprPtr> conditions = conjuncts(tree.quals);
      move_conditions_up(tree.children[i], conditions);
      tree.quals = make_and(conditions);
    }
  }
  if (tree.kind == JoinTree::Kind::From) {
    remove_from_list(tree, query, top);
  } else if (tree.kind == JoinTree::Kind::Join) {
    remove_from_join(root, tree, query);
  }
}

}  // namespace

int host_in(const PlannerInfo& root, const Query& query, const JoinTree& side, Relids used) {
  const Relids all = ranges_of(side);
  const bool computed_there = is_singleton(all) || is_singleton(used);
  if (!is_subset(used, all)) {
    return 0;
  }
  for (Relids left = used != 0 ? used : all; left != 0; left &= left - 1) {
    const auto& entry = query.range_table[static_cast<std::size_t>(lowest(left)) - 1];
    if ((entry.kind == RangeKind::Relation || entry.kind == RangeKind::Result) &&
        !(computed_there && is_inheritance_parent(root, entry))) {
      return lowest(left);
    }
  }
  return 0;
}

void remove_useless_results(PlannerInfo& root) {
  remove(root, root.query.join_tree, root.query, true);
}

}  // namespace quern::planner_model
