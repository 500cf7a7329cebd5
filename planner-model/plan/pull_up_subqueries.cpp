// Simple subqueries become part of their parent. Source: prepjointree.c (pull_up_subqueries),
// PostgreSQL 15. Not reproduced: PlaceHolderVars (an expression pulled up from under an outer join
// is computed where it is used).
#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

class SubqueryPullUp {
 public:
  explicit SubqueryPullUp(PlannerInfo& root) : root_{root}, query_{root.query} {}

  void run() { visit(query_.join_tree, false); }

 private:
  void visit(JoinTree& tree, bool below_outer_join) {
    if (tree.kind == JoinTree::Kind::Range) {
      const auto at = static_cast<std::size_t>(tree.range) - 1;
      if (!below_outer_join && is_single_row(query_.range_table[at])) {
        pull_up_values(tree);
        return;
      }
      if (query_.range_table[at].kind == RangeKind::Subquery &&
          is_simple(query_.range_table[at], below_outer_join)) {
        pull_up(tree, below_outer_join);
      }
      return;
    }
    if (tree.kind == JoinTree::Kind::Join) {
      const bool left =
          below_outer_join || tree.join == JoinType::Right || tree.join == JoinType::Full;
      const bool right = below_outer_join || tree.join == JoinType::Left ||
                         tree.join == JoinType::Full || tree.join == JoinType::Anti;
      if (tree.join == JoinType::Semi && tree.children[1].kind == JoinTree::Kind::Range &&
          is_single_row(range_of(tree.children[1]))) {
        visit(tree.children[0], left);
        return;
      }
      visit(tree.children[0], left);
      visit(tree.children[1], right);
      return;
    }
    for (auto& child : tree.children) {
      visit(child, below_outer_join);
    }
  }

  [[nodiscard]] const RangeTableEntry& range_of(const JoinTree& leaf) const {
    return query_.range_table[static_cast<std::size_t>(leaf.range) - 1];
  }

  /// is_simple_values(): one row of VALUES is nothing but its expressions.
  [[nodiscard]] bool is_single_row(const RangeTableEntry& entry) const {
    return entry.kind == RangeKind::Values && entry.values.size() == 1 && !entry.lateral &&
           std::none_of(entry.values.front().begin(), entry.values.front().end(),
                        [&](const ExprPtr& value) {
                          return contains_volatile(value, root_) ||
                                 any_of(value, [](const Expr& e) { return e.returns_set; });
                        });
  }

  /// pull_up_simple_values().
  void pull_up_values(JoinTree& leaf) {
    auto& entry = query_.range_table[static_cast<std::size_t>(leaf.range) - 1];
    const auto outputs = entry.values.front();
    entry.kind = RangeKind::Result;
    replace_columns(leaf.range, outputs);
    leaf = JoinTree{};
  }

  void replace_columns(int range, const std::vector<ExprPtr>& outputs) {
    change_query(query_, [&](const ExprPtr& expr, int depth) -> ExprPtr {
      if (expr->kind != ExprKind::Var || expr->levels_up != depth || expr->varno != range ||
          expr->attno <= 0 || static_cast<std::size_t>(expr->attno) > outputs.size()) {
        return nullptr;
      }
      return shift_levels(outputs[static_cast<std::size_t>(expr->attno) - 1], depth, 0);
    });
  }

  [[nodiscard]] bool is_simple(const RangeTableEntry& entry, bool below_outer_join) const {
    const Query& sub = *entry.subquery;
    if (sub.command != Command::Select || sub.set_operation || sub.has_aggregates ||
        sub.has_window_functions || sub.has_returning_set || !sub.group_by.empty() ||
        sub.has_grouping_sets || sub.having || !sub.order_by.empty() || !sub.distinct.empty() ||
        sub.limit || sub.offset || sub.for_update || !sub.ctes.empty()) {
      return false;
    }
    if (sub.join_tree.children.empty()) {
      return false;
    }
    for (const auto& target : sub.targets) {
      if (contains_volatile(target.expr, root_)) {
        return false;
      }
      // Without placeholders a computed column must not move out from under an outer join.
      if (below_outer_join && strip_relabel(target.expr)->kind != ExprKind::Var) {
        return false;
      }
    }
    return !(entry.lateral && below_outer_join);
  }

  void pull_up(JoinTree& leaf, bool below_outer_join) {
    const int range = leaf.range;
    Query sub = *query_.range_table[static_cast<std::size_t>(range) - 1].subquery;
    const int offset = static_cast<int>(query_.range_table.size());
    change_query(sub, offsetting(offset));
    shift_levels(sub, -1, 1);
    offset_ranges(sub.join_tree, offset);
    std::vector<ExprPtr> outputs;
    for (const auto& target : sub.targets) {
      if (!target.junk) {
        outputs.push_back(target.expr);
      }
    }
    for (auto& entry : sub.range_table) {
      query_.range_table.push_back(std::move(entry));
    }
    leaf = std::move(sub.join_tree);
    replace_columns(range, outputs);
    auto& entry = query_.range_table[static_cast<std::size_t>(range) - 1];
    entry.subquery.reset();
    entry.kind = RangeKind::Result;
    // What was pulled up may hold further sublinks and subqueries.
    visit(leaf, below_outer_join);
  }

  PlannerInfo& root_;
  Query& query_;
};

}  // namespace

void pull_up_subqueries(PlannerInfo& root) {
  SubqueryPullUp{root}.run();
}

}  // namespace quern::planner_model
