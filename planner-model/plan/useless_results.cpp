// Ranges that are one row of nothing, which subqueries without FROM leave behind, go again. Source:
// prepjointree.c (remove_useless_result_rtes), PostgreSQL 15.
#include <algorithm>
#include <utility>
#include <vector>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

bool is_result(const JoinTree& tree, const Query& query) {
  return tree.kind == JoinTree::Kind::Range &&
         query.range_table[static_cast<std::size_t>(tree.range) - 1].kind == RangeKind::Result;
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

void remove_from_join(JoinTree& tree, const Query& query) {
  JoinTree& left = tree.children[0];
  JoinTree& right = tree.children[1];
  switch (tree.join) {
    case JoinType::Inner:
      if (is_result(left, query)) {
        tree = filtered(JoinTree{std::move(right)}, std::move(tree.quals));
      } else if (is_result(right, query)) {
        tree = filtered(JoinTree{std::move(left)}, std::move(tree.quals));
      }
      break;
    case JoinType::Semi:
      if (is_result(right, query)) {
        tree = filtered(JoinTree{std::move(left)}, std::move(tree.quals));
      }
      break;
    default:
      break;
  }
}

void remove(JoinTree& tree, const Query& query, bool top) {
  for (JoinTree& child : tree.children) {
    remove(child, query, false);
  }
  if (tree.kind == JoinTree::Kind::From) {
    remove_from_list(tree, query, top);
  } else if (tree.kind == JoinTree::Kind::Join) {
    remove_from_join(tree, query);
  }
}

}  // namespace

void remove_useless_results(PlannerInfo& root) {
  remove(root.query.join_tree, root.query, true);
}

}  // namespace quern::planner_model
