#include "planner-model/plan/set_operations.hpp"

#include <algorithm>
#include <functional>

#include "planner-model/plan/set_planner.hpp"

namespace quern::planner_model {

namespace {

int leftmost(const SetOperation& op) {
  return op.kind == SetOperation::Kind::Leaf ? op.range : leftmost(op.arms.front());
}

}  // namespace

RelOptInfo* SetPlanner::run() {
  const SetOperation& top = *root_.query.set_operation;
  if (!is_recursive_union(root_.query, top)) {
    return plan(top, top.columns, false, true, nullptr).rel;
  }
  Path* path = recursive_union(top);
  auto& rel = result_rel(*path->target);
  rel.consider_startup = root_.tuple_fraction > 0;
  add_path(rel, path);
  set_cheapest(rel);
  return &rel;
}

SetPlanner::Arm SetPlanner::plan(const SetOperation& op, const Columns& columns, bool flag,
                                 bool junk_ok, const SetOperation* parent) {
  if (op.kind == SetOperation::Kind::Leaf) {
    return plan_leaf(op, columns, flag, parent);
  }
  const bool is_union = op.kind == SetOperation::Kind::Union;
  RelOptInfo* rel = is_union                           ? &union_of(op)
                    : server_.setops_have_two_inputs() ? &two_input_operation(op)
                                                       : &except_or_intersect(op);
  const bool has_flag = !is_union && !server_.setops_have_two_inputs();
  if (flag || (has_flag && !junk_ok) || !same_types(op.columns, columns)) {
    const auto* target = cast_target(op, columns, flag);
    auto& projected = result_rel(*target);
    projected.consider_startup = rel->consider_startup;
    projected.consider_parallel = rel->consider_parallel;
    for (auto* path : rel->paths) {
      add_path(projected, apply_projection(root_, projected, path, target));
    }
    set_cheapest(projected);
    rel = &projected;
  }
  return {rel, rel->cheapest_total->rows, false};
}

Path* SetPlanner::recursive_union(const SetOperation& op) {
  const auto term = [&](const SetOperation& arm) {
    const Arm planned = plan(arm, op.columns, false, false, nullptr);
    if (planned.is_leaf && planned.rel->paths.empty()) {
      add_leaf_paths(*planned.rel, false, {});
    }
    return planned.rel->cheapest_total;
  };
  auto* left = term(op.arms[0]);
  root_.non_recursive_path = left;
  auto* right = term(op.arms[1]);
  root_.non_recursive_path = nullptr;
  auto& rel = result_rel(*target_of(op, false));
  // cost_recursive_union(): the wider of the terms.
  PathTarget target = rel.target;
  target.width = std::max(left->target->width, right->target->width);
  auto* path = new_path(root_, PathKind::RecursiveUnion, &rel,
                        &root_.global->targets.emplace_back(std::move(target)));
  path->children = {left, right};
  cost_recursive_union(*path, *left, *right, root_.global->cost);
  return path;
}

const PathTarget* SetPlanner::target_of(const SetOperation& op, bool flag) {
  PathTarget target;
  std::size_t i = 0;
  for (const auto& column : op.columns) {
    auto var = std::make_shared<Expr>();
    var->kind = ExprKind::Var;
    var->varno = leftmost(op);
    var->attno = static_cast<int>(++i);
    var->type = column.type;
    var->typmod = column.typmod;
    var->collation = column.collation;
    target.exprs.push_back(var);
    target.sort_group_refs.push_back(0);
    target.width += type_width(root_, column.type, column.typmod);
  }
  if (flag) {
    // What the inputs have: another column, not a constant that a node above could repeat.
    auto var = std::make_shared<Expr>();
    var->kind = ExprKind::Var;
    var->varno = leftmost(op);
    var->attno = static_cast<int>(target.exprs.size()) + 1;
    var->type = type_oid::kInt4;
    target.exprs.push_back(std::move(var));
    target.sort_group_refs.push_back(0);
    target.width += 4;
  }
  return &root_.global->targets.emplace_back(std::move(target));
}

const PathTarget* SetPlanner::cast_target(const SetOperation& op, const Columns& columns,
                                          bool flag) {
  PathTarget target = *target_of(op, false);
  for (std::size_t i = 0; i < target.exprs.size() && i < columns.size(); ++i) {
    auto& expr = target.exprs[i];
    const Oid type = columns[i].type;
    if (expr->type != type) {
      target.width -= type_width(root_, expr->type, expr->typmod);
      expr = implicit_cast(root_, expr, type);
      target.width += type_width(root_, type, -1);
      target.cost += expr_cost(expr, root_);
    }
  }
  if (flag) {
    add_flag(target);
  }
  return &root_.global->targets.emplace_back(std::move(target));
}

bool SetPlanner::same_types(const Columns& a, const Columns& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const RangeColumn& x, const RangeColumn& y) { return x.type == y.type; });
}

PathKeys SetPlanner::order_of(const SetOperation& op) {
  const PathTarget& target = *target_of(op, false);
  auto clauses = op.grouping;
  std::vector<TargetEntry> columns;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    clauses[i].ref = static_cast<int>(i) + 1;
    columns.push_back({.expr = target.exprs[i], .sort_group_ref = clauses[i].ref});
  }
  bool sortable = true;
  auto keys = pathkeys_for_sortclauses(root_, clauses, columns, &sortable);
  return sortable ? keys : PathKeys{};
}

void SetPlanner::add_flag(PathTarget& target) {
  auto flag = std::make_shared<Expr>();
  flag->kind = ExprKind::Const;
  flag->type = type_oid::kInt4;
  flag->text = "0";
  target.exprs.push_back(std::move(flag));
  target.sort_group_refs.push_back(0);
  target.width += 4;
}

RelOptInfo& SetPlanner::result_rel(const PathTarget& target) {
  auto& rel = root_.global->rels.emplace_back();
  rel.kind = RelKind::Upper;
  rel.target = target;
  return rel;
}

bool is_recursive_union(const Query& query, const SetOperation& operation) {
  if (operation.kind != SetOperation::Kind::Union || operation.arms.size() != 2 ||
      operation.arms[1].kind != SetOperation::Kind::Leaf) {
    return false;
  }
  const std::function<bool(const Query&)> refers = [&](const Query& level) {
    return std::any_of(level.range_table.begin(), level.range_table.end(),
                       [&](const auto& entry) {
                         return (entry.kind == RangeKind::Cte && entry.cte_self_reference) ||
                                (entry.subquery && refers(*entry.subquery));
                       }) ||
           std::any_of(level.ctes.begin(), level.ctes.end(),
                       [&](const auto& cte) { return refers(*cte.query); });
  };
  const auto& right = query.range_table[static_cast<std::size_t>(operation.arms[1].range) - 1];
  return right.subquery && refers(*right.subquery);
}

RelOptInfo* plan_set_operations(PlannerInfo& root) {
  return SetPlanner{root}.run();
}

}  // namespace quern::planner_model
