// IN and EXISTS become joins. Source: prepjointree.c (pull_up_sublinks), subselect.c
// (convert_ANY_sublink_to_join, convert_EXISTS_sublink_to_join), PostgreSQL 15.
#include "planner-model/plan/pull_up_sublinks.hpp"

#include <algorithm>
#include <set>

#include "planner-model/plan/exists_subquery.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

ExprPtr make_var(int range, int attno, const Expr& like) {
  auto var = std::make_shared<Expr>();
  var->kind = ExprKind::Var;
  var->varno = range;
  var->attno = attno;
  var->type = like.type;
  var->typmod = like.typmod;
  var->collation = like.collation;
  return var;
}

class SublinkPullUp {
 public:
  SublinkPullUp(const PlannerInfo& root, Query& query) : root_{root}, query_{query} {}

  void run() { query_.join_tree = as_from(tree(std::move(query_.join_tree))); }

 private:
  static JoinTree as_from(JoinTree tree) {
    if (tree.kind == JoinTree::Kind::From) {
      return tree;
    }
    JoinTree from;
    from.children.push_back(std::move(tree));
    return from;
  }

  JoinTree tree(JoinTree node) {
    if (node.kind == JoinTree::Kind::Range) {
      return node;
    }
    for (auto& child : node.children) {
      child = tree(std::move(child));
    }
    if (!node.quals) {
      return node;
    }
    if (node.kind == JoinTree::Kind::From) {
      const Relids available = ranges_of(node);
      auto quals = std::move(node.quals);
      node.quals = nullptr;
      return attach(std::move(node), quals, available);
    }
    if (node.join == JoinType::Inner) {
      const Relids available = ranges_of(node);
      auto quals = std::move(node.quals);
      node.quals = nullptr;
      return attach(std::move(node), quals, available);
    }
    if (node.join == JoinType::Left) {
      const Relids available = ranges_of(node.children[1]);
      std::vector<ExprPtr> kept;
      for (const auto& qual : conjuncts(node.quals)) {
        if (!pull(qual, available, node.children[1])) {
          kept.push_back(qual);
        }
      }
      node.quals = make_and(kept);
    }
    return node;
  }

  JoinTree attach(JoinTree node, const ExprPtr& quals, Relids available) {
    JoinTree top = std::move(node);
    std::vector<ExprPtr> kept;
    for (const auto& qual : conjuncts(quals)) {
      if (!pull(qual, available, top)) {
        kept.push_back(qual);
      }
    }
    // The plain conditions stay with the innermost node, below the new joins.
    JoinTree* inner = &top;
    while (inner->kind == JoinTree::Kind::Join && created_.contains(inner->range)) {
      inner = &inner->children[0];
    }
    inner->quals = make_and(kept);
    for (JoinTree* join = &top; join->kind == JoinTree::Kind::Join && join->range != 0;
         join = &join->children[0]) {
      join->range = 0;
    }
    return top;
  }

  bool pull(const ExprPtr& qual, Relids available, JoinTree& top) {
    if (qual->kind == ExprKind::SubLink && qual->sublink_kind == SubLinkKind::Any) {
      return pull_any(*qual, available, top);
    }
    if (qual->kind == ExprKind::SubLink && qual->sublink_kind == SubLinkKind::Exists) {
      return pull_exists(*qual, available, top, false);
    }
    if (qual->kind == ExprKind::Not && qual->args.front()->kind == ExprKind::SubLink &&
        qual->args.front()->sublink_kind == SubLinkKind::Exists) {
      return pull_exists(*qual->args.front(), available, top, true);
    }
    return false;
  }

  /// `available`: what the left side has.
  void wrap(JoinTree& top, JoinType type, JoinTree right, const ExprPtr& quals, Relids available) {
    // Sublinks inside the new quals and the new right side are treated in turn. Those that refer to
    // the left side are joined to it, except under a NOT (pull_up_sublinks_qual_recurse()).
    right = tree(std::move(right));
    JoinTree join;
    join.kind = JoinTree::Kind::Join;
    join.join = type;
    join.range = ++mark_;
    created_.insert(join.range);
    join.children.push_back(std::move(top));
    join.children.push_back(std::move(right));
    std::vector<ExprPtr> kept;
    const Relids inside = ranges_of(join.children[1]);
    for (const auto& qual : conjuncts(quals)) {
      const bool joined_left = type == JoinType::Semi && pull(qual, available, join.children[0]);
      if (!joined_left && !pull_into_right(qual, inside, join.children[1])) {
        kept.push_back(qual);
      }
    }
    join.quals = make_and(kept);
    top = std::move(join);
  }

  bool pull_into_right(const ExprPtr& qual, Relids inside, JoinTree& right) {
    if (qual->kind != ExprKind::SubLink && qual->kind != ExprKind::Not) {
      return false;
    }
    const auto mark = mark_;
    const bool pulled = pull(qual, inside, right);
    if (pulled) {
      for (JoinTree* join = &right; join->kind == JoinTree::Kind::Join && join->range > mark;
           join = &join->children[0]) {
        join->range = 0;
      }
    }
    return pulled;
  }

  bool pull_any(const Expr& link, Relids available, JoinTree& top) {
    const Query& sub = *link.subquery;
    const bool correlated = has_vars_of_level(sub, 1);
    if (correlated && (!root_.global->cost.server.joins_correlated_in() ||
                       !is_subset(outer_relids(sub), available))) {
      return false;
    }
    const Relids left = relids_of(link.test);
    if (left == 0 || !is_subset(left, available) || contains_volatile(link.test, root_)) {
      return false;
    }
    RangeTableEntry entry;
    entry.kind = RangeKind::Subquery;
    entry.alias = "ANY_subquery";
    entry.lateral = correlated;
    auto copy = std::make_shared<Query>(sub);
    for (const auto& target : sub.targets) {
      if (!target.junk) {
        entry.columns.push_back(
            {target.name, target.expr->type, target.expr->typmod, target.expr->collation});
      }
    }
    entry.subquery = copy;
    query_.range_table.push_back(std::move(entry));
    const int range = static_cast<int>(query_.range_table.size());
    const ExprPtr condition = sublink_comparison(
        link, link.test, [&](int n, const Expr& param) { return make_var(range, n, param); },
        root_);
    JoinTree leaf;
    leaf.kind = JoinTree::Kind::Range;
    leaf.range = range;
    wrap(top, JoinType::Semi, std::move(leaf), condition, available);
    return true;
  }

  /// pull_varnos_of_level(subquery, 1).
  static Relids outer_relids(const Query& sub) {
    Relids relids = 0;
    Query copy = sub;
    change_query(copy, [&](const ExprPtr& expr, int depth) -> ExprPtr {
      if (expr->kind == ExprKind::Var && expr->levels_up == depth + 1) {
        relids |= singleton(expr->varno);
      }
      return nullptr;
    });
    return relids;
  }

  /// convert_EXISTS_sublink_to_join().
  bool pull_exists(const Expr& link, Relids available, JoinTree& top, bool negated) {
    Query sub = *link.subquery;
    if (!sub.ctes.empty() || !simplify_exists_query(sub, *root_.global->types)) {
      return false;
    }
    if (sub.join_tree.children.empty()) {
      return false;
    }
    const ExprPtr where = sub.join_tree.quals;
    sub.join_tree.quals = nullptr;
    if (!where || has_vars_of_level(sub, 1)) {
      return false;
    }
    const auto found = where_levels(where);
    if (!found.own || !found.parent || contains_volatile(where, root_)) {
      return false;
    }
    if (!is_subset(found.parent_relids, available)) {
      return false;
    }
    const int offset = static_cast<int>(query_.range_table.size());
    refuse_too_many_ranges(query_.range_table.size() + sub.range_table.size());
    // Order matters: own Vars get the offset, then parent Vars come down a level.
    change_query(sub, offsetting(offset));
    ExprPtr quals = change_expr(where, offsetting(offset), 0);
    quals = shift_levels(quals, -1, 1);
    shift_levels(sub, -1, 1);
    offset_ranges(sub.join_tree, offset);
    for (auto& entry : sub.range_table) {
      query_.range_table.push_back(std::move(entry));
    }
    JoinTree right = sub.join_tree;
    if (right.children.size() == 1) {
      right = JoinTree{right.children.front()};
    }
    wrap(top, negated ? JoinType::Anti : JoinType::Semi, std::move(right), quals, available);
    return true;
  }

  struct Levels {
    bool own = false;
    bool parent = false;
    Relids parent_relids = 0;
  };

  static Levels where_levels(const ExprPtr& where) {
    Levels levels;
    (void)change_expr(where, [&](const ExprPtr& expr, int depth) -> ExprPtr {
      if (expr->kind == ExprKind::Var) {
        if (expr->levels_up == depth) {
          levels.own = true;
        } else if (expr->levels_up == depth + 1) {
          levels.parent = true;
          levels.parent_relids |= singleton(expr->varno);
        }
      }
      return nullptr;
    });
    return levels;
  }

  const PlannerInfo& root_;
  Query& query_;
  std::set<int> created_;
  int mark_ = 1'000'000;  ///< marks joins made here until they are settled
};

}  // namespace

namespace {

bool has_sublinks(const JoinTree& tree) {
  return any_of(tree.quals, [](const Expr& e) { return e.kind == ExprKind::SubLink; }) ||
         std::any_of(tree.children.begin(), tree.children.end(), has_sublinks);
}

}  // namespace

void pull_up_sublinks(const PlannerInfo& root, Query& query) {
  if (has_sublinks(query.join_tree)) {
    SublinkPullUp{root, query}.run();
  }
}

void pull_up_sublinks(PlannerInfo& root) {
  pull_up_sublinks(root, root.query);
}

}  // namespace quern::planner_model
