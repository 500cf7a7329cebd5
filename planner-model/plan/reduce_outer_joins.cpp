// Outer joins that a strict condition makes inner. Source: prepjointree.c (reduce_outer_joins),
// PostgreSQL 15.

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

Relids forced_null(const ExprPtr& expr) {
  // `x IS NULL` at top level: x's relation and column; columns are compared by the caller.
  if (!expr || expr->kind != ExprKind::NullTest || !expr->test_is_null) {
    return 0;
  }
  const ExprPtr var = strip_relabel(expr->args.front());
  return var->kind == ExprKind::Var && var->levels_up == 0 ? singleton(var->varno) : 0;
}

/// find_nonnullable_vars(), for the columns of one relation set: is some forced-null column
/// strictly used in the join condition?
bool strict_for_column(const ExprPtr& quals, int varno, int attno, const PlannerInfo& root) {
  for (const auto& qual : conjuncts(quals)) {
    if (!is_strict_for(qual, root)) {
      continue;
    }
    for (const auto& arg : qual->args) {
      const ExprPtr var = strip_relabel(arg);
      if (var->kind == ExprKind::Var && var->varno == varno && var->attno == attno) {
        return true;
      }
    }
  }
  return false;
}

void reduce_outer_joins(JoinTree& tree, Relids nonnullable, const std::vector<ExprPtr>& null_tests,
                        PlannerInfo& root) {
  if (tree.kind == JoinTree::Kind::Range) {
    return;
  }
  if (tree.kind == JoinTree::Kind::From) {
    Relids passed = nonnullable | nonnullable_relids(tree.quals, true, root);
    auto tests = null_tests;
    for (const auto& qual : conjuncts(tree.quals)) {
      if (forced_null(qual) != 0) {
        tests.push_back(qual);
      }
    }
    for (auto& child : tree.children) {
      reduce_outer_joins(child, passed, tests, root);
    }
    return;
  }
  const Relids left = ranges_of(tree.children[0]);
  const Relids right = ranges_of(tree.children[1]);
  if (tree.join == JoinType::Full) {
    if (overlaps(nonnullable, left)) {
      tree.join = overlaps(nonnullable, right) ? JoinType::Inner : JoinType::Left;
    } else if (overlaps(nonnullable, right)) {
      tree.join = JoinType::Right;
    }
  } else if (tree.join == JoinType::Left && overlaps(nonnullable, right)) {
    tree.join = JoinType::Inner;
  } else if (tree.join == JoinType::Right && overlaps(nonnullable, left)) {
    tree.join = JoinType::Inner;
  }
  if (tree.join == JoinType::Right) {
    std::swap(tree.children[0], tree.children[1]);
    tree.join = JoinType::Left;
  }
  if (tree.join == JoinType::Left) {
    const Relids inner = ranges_of(tree.children[1]);
    for (const auto& test : null_tests) {
      const ExprPtr var = strip_relabel(test->args.front());
      if (overlaps(singleton(var->varno), inner) &&
          strict_for_column(tree.quals, var->varno, var->attno, root)) {
        tree.join = JoinType::Anti;
        break;
      }
    }
  }
  const Relids own = nonnullable_relids(tree.quals, true, root);
  switch (tree.join) {
    case JoinType::Inner:
    case JoinType::Semi: {
      auto tests = null_tests;
      for (const auto& qual : conjuncts(tree.quals)) {
        if (forced_null(qual) != 0) {
          tests.push_back(qual);
        }
      }
      reduce_outer_joins(tree.children[0], nonnullable | own, tests, root);
      reduce_outer_joins(tree.children[1], nonnullable | own, tests, root);
      break;
    }
    case JoinType::Left:
    case JoinType::Anti:
      reduce_outer_joins(tree.children[0], nonnullable, null_tests, root);
      reduce_outer_joins(tree.children[1], own, {}, root);
      break;
    default:
      reduce_outer_joins(tree.children[0], 0, {}, root);
      reduce_outer_joins(tree.children[1], 0, {}, root);
      break;
  }
}

}  // namespace

void reduce_outer_joins(PlannerInfo& root) {
  reduce_outer_joins(root.query.join_tree, 0, {}, root);
}

}  // namespace quern::planner_model
