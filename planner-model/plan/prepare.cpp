// What happens to a query before path search. Source: planner.c (subquery_planner()),
// prepjointree.c and subselect.c, PostgreSQL 15. Not reproduced: PlaceHolderVars (an expression
// pulled up from under an outer join is computed where it is used).
#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

ExprPtr make_var(int range, int attno, const ExprPtr& like) {
  auto var = std::make_shared<Expr>();
  var->kind = ExprKind::Var;
  var->varno = range;
  var->attno = attno;
  var->type = like->type;
  var->typmod = like->typmod;
  var->collation = like->collation;
  return var;
}

void offset_ranges(JoinTree& tree, int offset) {
  if (tree.kind == JoinTree::Kind::Range) {
    tree.range += offset;
  }
  for (auto& child : tree.children) {
    offset_ranges(child, offset);
  }
}

/// Vars of the query's own level get their range moved, wherever they stand below it.
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

// --- IN and EXISTS become joins ------------------------------------------------------------------

class SublinkPullUp {
 public:
  explicit SublinkPullUp(PlannerInfo& root) : root_{root}, query_{root.query} {}

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
      return attach(std::move(node), quals, available, true);
    }
    if (node.join == JoinType::Inner) {
      const Relids available = ranges_of(node);
      auto quals = std::move(node.quals);
      node.quals = nullptr;
      return attach(std::move(node), quals, available, false);
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

  JoinTree attach(JoinTree node, const ExprPtr& quals, Relids available, bool is_from) {
    JoinTree top = node;
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
    (void)is_from;
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

  void wrap(JoinTree& top, JoinType type, JoinTree right, ExprPtr quals) {
    // Sublinks inside the new quals and the new right side are treated in turn.
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
      if (!pull_into_right(qual, inside, join.children[1])) {
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
    if (has_vars_of_level(sub, 1)) {
      return false;
    }
    const Relids left = relids_of(link.test);
    if (left == 0 || !is_subset(left, available) || contains_volatile(link.test, root_)) {
      return false;
    }
    RangeTableEntry entry;
    entry.kind = RangeKind::Subquery;
    entry.alias = "ANY_subquery";
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
    std::vector<ExprPtr> left_items =
        link.test->kind == ExprKind::RowExpr ? link.test->args : std::vector<ExprPtr>{link.test};
    std::vector<ExprPtr> clauses;
    for (std::size_t i = 0; i < left_items.size(); ++i) {
      const Oid op = i < link.operators.size() ? link.operators[i] : link.op;
      const auto* definition = root_.global->types->op(op);
      if (definition == nullptr) {
        query_.range_table.pop_back();
        return false;
      }
      ExprPtr right = make_var(range, static_cast<int>(i) + 1, visible_target(sub, i));
      right = coerce(right, definition->right);
      const ExprPtr left_item = coerce(left_items[i], definition->left);
      clauses.push_back(
          make_op(op, left_item, right,
                  link.input_collation != 0 ? link.input_collation : left_item->collation, root_));
    }
    JoinTree leaf;
    leaf.kind = JoinTree::Kind::Range;
    leaf.range = range;
    wrap(top, JoinType::Semi, std::move(leaf), make_and(clauses));
    return true;
  }

  ExprPtr coerce(const ExprPtr& expr, Oid type) {
    const auto& types = *root_.global->types;
    if (expr->type == type || types.is_polymorphic(type)) {
      return expr;
    }
    auto cast = std::make_shared<Expr>();
    cast->type = type;
    cast->collation = types.type_collation(type) != 0
                          ? (expr->collation != 0 ? expr->collation : types.type_collation(type))
                          : 0;
    cast->form = CoercionForm::ImplicitCast;
    cast->args = {expr};
    const auto coercion = types.find_coercion(expr->type, type, CoercionContext::Implicit);
    if (coercion.path == CoercionPath::Function) {
      cast->kind = ExprKind::FuncExpr;
      cast->function = coercion.function;
      if (const auto* f = types.function(coercion.function); f != nullptr) {
        cast->name = f->name;
      }
    } else {
      cast->kind = ExprKind::RelabelType;
    }
    return cast;
  }

  static ExprPtr visible_target(const Query& sub, std::size_t n) {
    std::size_t at = 0;
    for (const auto& target : sub.targets) {
      if (!target.junk && at++ == n) {
        return target.expr;
      }
    }
    return sub.targets.front().expr;
  }

  /// convert_EXISTS_sublink_to_join().
  bool pull_exists(const Expr& link, Relids available, JoinTree& top, bool negated) {
    Query sub = *link.subquery;
    if (!sub.ctes.empty() || sub.command != Command::Select || sub.set_operation ||
        sub.has_aggregates || sub.has_grouping_sets || sub.has_window_functions ||
        sub.has_returning_set || sub.having || sub.offset || sub.for_update) {
      return false;
    }
    if (sub.limit) {
      if (sub.limit->kind != ExprKind::Const ||
          (!sub.limit->is_null && (sub.limit->text == "0" || sub.limit->text.starts_with('-')))) {
        return false;
      }
      sub.limit = nullptr;
    }
    sub.targets.clear();
    sub.distinct.clear();
    sub.group_by.clear();
    sub.order_by.clear();
    sub.windows.clear();
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
    wrap(top, negated ? JoinType::Anti : JoinType::Semi, std::move(right), quals);
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

  PlannerInfo& root_;
  Query& query_;
  std::set<int> created_;
  int mark_ = 1'000'000;  ///< marks joins made here until they are settled
};

// --- simple subqueries become part of their parent
// ------------------------------------------------

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
    auto table = std::move(query_.range_table[static_cast<std::size_t>(range) - 1].subquery);
    replace_columns(range, outputs);
    query_.range_table[static_cast<std::size_t>(range) - 1].kind = RangeKind::Result;
    (void)table;
    // What was pulled up may hold further sublinks and subqueries.
    visit(leaf, below_outer_join);
  }

  PlannerInfo& root_;
  Query& query_;
};

// --- outer joins that a strict condition makes inner
// ----------------------------------------------

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

void preprocess_join_tree(PlannerInfo& root, JoinTree& tree) {
  for (auto& child : tree.children) {
    preprocess_join_tree(root, child);
  }
  if (tree.quals) {
    tree.quals = canonicalize(simplify(tree.quals, *root.global->types));
    tree.quals = make_and(conjuncts(tree.quals));
    if (tree.quals) {
      tree.quals = plan_sublinks(root, tree.quals, true);
    }
  }
}

bool has_aggregate(const ExprPtr& expr) {
  return any_of(expr, [](const Expr& e) {
    return e.kind == ExprKind::Aggref || e.kind == ExprKind::GroupingFunc;
  });
}

}  // namespace

void preprocess_query(PlannerInfo& root) {
  Query& query = root.query;
  plan_ctes(root);
  // Pulled-up subqueries may bring sublinks with them, and these new subqueries.
  for (std::size_t before = 0; before != query.range_table.size();) {
    before = query.range_table.size();
    SublinkPullUp{root}.run();
    SubqueryPullUp{root}.run();
  }
  if (query.range_table.size() > static_cast<std::size_t>(kMaximumRanges)) {
    throw UserError{"the statement refers to more than 63 tables and subqueries in one query"};
  }
  const auto fold = [&](ExprPtr& expr) {
    if (expr) {
      expr = plan_sublinks(root, simplify(expr, *root.global->types), false);
    }
  };
  for (auto& target : query.targets) {
    fold(target.expr);
  }
  for (auto& target : query.returning) {
    fold(target.expr);
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
  }
  fold(query.limit);
  fold(query.offset);
  preprocess_join_tree(root, query.join_tree);
  if (query.having) {
    query.having = canonicalize(simplify(query.having, *root.global->types));
    query.having = plan_sublinks(root, query.having, true);
  }
  // HAVING conditions without aggregates filter before grouping.
  if (query.having && !query.has_grouping_sets) {
    std::vector<ExprPtr> kept;
    std::vector<ExprPtr> moved = conjuncts(query.join_tree.quals);
    for (const auto& qual : conjuncts(query.having)) {
      if (has_aggregate(qual) || contains_volatile(qual, root) || query.group_by.empty()) {
        kept.push_back(qual);
      } else {
        moved.push_back(qual);
      }
    }
    query.having = make_and(kept);
    query.join_tree.quals = make_and(moved);
  }
  reduce_outer_joins(query.join_tree, 0, {}, root);
}

}  // namespace quern::planner_model
