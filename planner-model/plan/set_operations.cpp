#include "planner-model/plan/set_operations.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

class SetPlanner {
 public:
  explicit SetPlanner(PlannerInfo& root) : root_{root} {}

  RelOptInfo* run() {
    const SetOperation& top = *root_.query.set_operation;
    Path* path = nullptr;
    if (is_recursive_union(root_.query, top)) {
      path = recursive_union(top);
    } else {
      path = plan(top, top.columns, false, true).path;
    }
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.consider_startup = root_.tuple_fraction > 0;
    rel.target = *path->target;
    add_path(rel, path);
    set_cheapest(rel);
    return &rel;
  }

 private:
  struct Planned {
    Path* path = nullptr;
    double groups = 0;  ///< distinct rows of the output
  };

  /// generate_append_tlist(): columns that belong to no relation, so widths go by type.
  const PathTarget* target_of(const SetOperation& op, bool flag) {
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
      add_flag(target);
    }
    return &root_.global->targets.emplace_back(std::move(target));
  }

  /// generate_setop_grouplist() as an order: the output's columns one after the other.
  PathKeys order_of(const SetOperation& op) {
    const PathTarget& target = *target_of(op, false);
    auto clauses = op.grouping;
    std::vector<TargetEntry> columns;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      clauses[i].ref = static_cast<int>(i) + 1;
      columns.push_back({.expr = target.exprs[i], .sort_group_ref = clauses[i].ref});
    }
    return pathkeys_for_sortclauses(root_, clauses, columns);
  }

  /// The column that tells the sides of INTERSECT and EXCEPT apart.
  static void add_flag(PathTarget& target) {
    auto flag = std::make_shared<Expr>();
    flag->kind = ExprKind::Const;
    flag->type = type_oid::kInt4;
    flag->text = "0";
    target.exprs.push_back(std::move(flag));
    target.sort_group_refs.push_back(0);
    target.width += 4;
  }

  static int leftmost(const SetOperation& op) {
    return op.kind == SetOperation::Kind::Leaf ? op.range : leftmost(op.arms.front());
  }

  using Columns = std::vector<RangeColumn>;

  /// generate_setop_tlist(): what `op` puts out, under the types that stand above it.
  const PathTarget* cast_target(const SetOperation& op, const Columns& columns, bool flag) {
    PathTarget target = *target_of(op, false);
    for (std::size_t i = 0; i < target.exprs.size() && i < columns.size(); ++i) {
      cast_column(target, i, columns[i].type);
    }
    if (flag) {
      add_flag(target);
    }
    return &root_.global->targets.emplace_back(std::move(target));
  }

  void cast_column(PathTarget& target, std::size_t i, Oid type) {
    auto& expr = target.exprs[i];
    if (expr->type != type) {
      target.width -= type_width(root_, expr->type, expr->typmod);
      expr = implicit_cast(root_, expr, type);
      target.width += type_width(root_, type, -1);
      target.cost += expr_cost(expr, root_);
    }
  }

  Planned leaf(const SetOperation& op, const Columns& columns, bool flag) {
    auto& global = *root_.global;
    const auto range = static_cast<std::size_t>(op.range);
    auto& entry = root_.query.range_table[range - 1];
    auto& rel = global.rels.emplace_back();
    rel.kind = RelKind::Base;
    rel.range = op.range;
    rel.relids = singleton(op.range);
    rel.entry = &entry;
    if (root_.base.size() <= range) {
      root_.base.resize(range + 1, nullptr);
    }
    root_.base[range] = &rel;
    rel.subroot = &plan_query(global, *entry.subquery, &root_, root_.tuple_fraction);
    auto* sub = cheapest_fractional_path(*rel.subroot->final_rel, root_.tuple_fraction);
    rel.subroot->best = sub;
    rel.tuples = rel.rows = sub->rows;
    PathTarget target;
    std::size_t i = 0;
    for (const auto& t : rel.subroot->query.targets) {
      if (t.junk) {
        continue;
      }
      auto var = std::make_shared<Expr>();
      var->kind = ExprKind::Var;
      var->varno = op.range;
      var->attno = static_cast<int>(++i);
      var->type = t.expr->type;
      var->typmod = t.expr->typmod;
      var->collation = t.expr->collation;
      target.exprs.push_back(i <= columns.size() ? implicit_cast(root_, var, columns[i - 1].type)
                                                 : var);
      target.sort_group_refs.push_back(0);
    }
    rel.target = std::move(target);
    set_rel_width(root_, rel);
    if (flag) {
      add_flag(rel.target);
    }
    auto* path = new_path(root_, PathKind::SubqueryScan, &rel, &rel.target);
    path->children = {sub};
    path->subroot = rel.subroot;
    path->rows = sub->rows;
    path->startup = sub->startup + rel.target.cost.startup;
    path->total = sub->total + rel.target.cost.startup + rel.target.cost.per_tuple * sub->rows;
    // cost_subqueryscan(): since 16 a scan that only passes rows on costs nothing.
    if (flag || !global.cost.server.trivial_subquery_scans_are_free()) {
      path->total += global.cost.cpu_tuple_cost * sub->rows;
    }
    path->workers = sub->workers;
    Planned planned{path, 0};
    // The number of distinct rows: of a grouped subquery its rows, else estimated from its columns.
    const Query& query = rel.subroot->query;
    if (!query.group_by.empty() || query.has_grouping_sets || !query.distinct.empty() ||
        query.has_aggregates || query.having) {
      planned.groups = sub->rows;
    } else {
      std::vector<ExprPtr> exprs;
      for (const auto& t : query.targets) {
        if (!t.junk) {
          exprs.push_back(t.expr);
        }
      }
      planned.groups = estimate_num_groups(*rel.subroot, exprs, sub->rows);
    }
    return planned;
  }

  /// recurse_set_operations(). `columns`: what stands above wants; `flag`: for INTERSECT or EXCEPT;
  /// `junk_ok`: an inner flag may stay.
  Planned plan(const SetOperation& op, const Columns& columns, bool flag, bool junk_ok) {
    if (op.kind == SetOperation::Kind::Leaf) {
      return leaf(op, columns, flag);
    }
    Planned planned = op.kind == SetOperation::Kind::Union ? union_of(op) : except_or_intersect(op);
    const bool has_flag = op.kind != SetOperation::Kind::Union;
    if (flag || (has_flag && !junk_ok) || !same_types(op.columns, columns)) {
      planned.path = apply_projection(root_, *planned.path->parent, planned.path,
                                      cast_target(op, columns, flag));
    }
    return planned;
  }

  static bool same_types(const Columns& a, const Columns& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const RangeColumn& x, const RangeColumn& y) { return x.type == y.type; });
  }

  void flatten(const SetOperation& op, const SetOperation& top, std::vector<Planned>& out) {
    // plan_union_children(): nested UNIONs of the same kind are one.
    if (op.kind == SetOperation::Kind::Union && (op.all == top.all || op.all) &&
        same_types(op.columns, top.columns)) {
      for (const auto& arm : op.arms) {
        flatten(arm, top, out);
      }
      return;
    }
    out.push_back(plan(op, top.columns, false, false));
  }

  RelOptInfo& result_rel(const PathTarget& target) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.target = target;
    return rel;
  }

  Path* append(const SetOperation& op, const std::vector<Planned>& children, bool flag) {
    auto& rel = result_rel(*target_of(op, flag));
    std::vector<Path*> paths;
    for (const auto& child : children) {
      paths.push_back(child.path);
    }
    return create_append_path(root_, rel, std::move(paths), {}, {}, 0, 0, false, -1);
  }

  Planned union_of(const SetOperation& op) {
    // UNION must see every row, UNION ALL may stop early.
    const double saved = root_.tuple_fraction;
    if (!op.all) {
      root_.tuple_fraction = 0.0;
    }
    std::vector<Planned> children;
    for (const auto& arm : op.arms) {
      flatten(arm, op, children);
    }
    Path* path = append(op, children, false);
    if (!op.all) {
      path = unique(op, path);
    }
    root_.tuple_fraction = saved;
    return {path, path->rows};
  }

  /// make_union_unique(): every row may be its own group.
  Path* unique(const SetOperation& op, Path* input) {
    const double groups = input->rows;
    auto& rel = *input->parent;
    if (hashes(op, *input, groups, groups)) {
      auto* path = new_path(root_, PathKind::Aggregate, &rel, input->target);
      path->children = {input};
      path->strategy = AggStrategy::Hashed;
      path->groups = groups;
      path->group_clause = op.grouping;
      cost_agg(*path, root_, AggStrategy::Hashed, {}, 0, static_cast<int>(op.grouping.size()),
               groups, {}, input->startup, input->total, input->rows, input->target->width);
      return path;
    }
    auto* sorted = create_sort_path(root_, rel, input, order_of(op), -1.0);
    auto* path = new_path(root_, PathKind::UpperUnique, &rel, input->target);
    path->children = {sorted};
    path->pathkeys = sorted->pathkeys;
    path->unique_columns = static_cast<int>(op.grouping.size());
    path->rows = groups;
    path->startup = sorted->startup;
    path->total = sorted->total + root_.global->cost.cpu_operator_cost * sorted->rows *
                                      static_cast<double>(op.grouping.size());
    return path;
  }

  /// choose_hashed_setop().
  bool hashes(const SetOperation& op, const Path& input, double groups, double output) {
    const auto& p = root_.global->cost;
    const bool can_hash = std::all_of(op.grouping.begin(), op.grouping.end(),
                                      [](const SortGroupClause& g) { return g.hashable; });
    const bool can_sort =
        std::all_of(op.grouping.begin(), op.grouping.end(),
                    [](const SortGroupClause& g) { return g.sort_operator != 0; });
    if (!can_hash || !can_sort) {
      return can_hash;
    }
    const double entry = std::ceil(input.target->width / 8.0) * 8 + 16;
    if (!p.enable_hashagg || entry * groups > p.hash_memory()) {
      return false;
    }
    const auto columns = static_cast<int>(op.grouping.size());
    Path hashed;
    cost_agg(hashed, root_, AggStrategy::Hashed, {}, 0, columns, groups, {}, input.startup,
             input.total, input.rows, input.target->width);
    Path sorted;
    cost_sort(sorted, root_, input.total, input.rows, input.target->width, -1.0);
    Path grouped;
    cost_group(grouped, root_, columns, groups, {}, sorted.startup, sorted.total, input.rows);
    double fraction = root_.tuple_fraction;
    if (fraction >= 1.0 && output > 0) {
      fraction /= output;
    }
    if (fraction <= 0 || fraction >= 1) {
      return hashed.total != grouped.total ? hashed.total < grouped.total
                                           : hashed.startup < grouped.startup;
    }
    return hashed.startup + fraction * (hashed.total - hashed.startup) <
           grouped.startup + fraction * (grouped.total - grouped.startup);
  }

  /// generate_nonunion_paths().
  Planned except_or_intersect(const SetOperation& op) {
    const double saved = root_.tuple_fraction;
    root_.tuple_fraction = 0.0;
    Planned left = plan(op.arms[0], op.columns, true, false);
    Planned right = plan(op.arms[1], op.columns, true, false);
    const bool except = op.kind == SetOperation::Kind::Except;
    const double groups = except ? left.groups : std::min(left.groups, right.groups);
    const double output = !op.all  ? groups
                          : except ? left.path->rows
                                   : std::min(left.path->rows, right.path->rows);
    if (!except && right.groups < left.groups) {
      std::swap(left, right);  // the smaller input is hashed
    }
    Path* input = append(op, {left, right}, true);
    const bool hashed = hashes(op, *input, groups, output);
    root_.tuple_fraction = saved;
    if (!hashed) {
      input = create_sort_path(root_, *input->parent, input, order_of(op), -1.0);
    }
    auto* path = new_path(root_, PathKind::SetOp, input->parent, input->target);
    path->pathkeys = input->pathkeys;
    path->command = std::string{except ? "Except" : "Intersect"} + (op.all ? " All" : "");
    path->hashed = hashed;
    path->children = {input};
    path->rows = output;
    path->startup = input->startup;
    path->total = input->total + root_.global->cost.cpu_operator_cost * input->rows *
                                     static_cast<double>(op.columns.size());
    return {path, output};
  }

  Path* recursive_union(const SetOperation& op) {
    const Planned left = plan(op.arms[0], op.columns, false, false);
    root_.non_recursive_path = left.path;
    const Planned right = plan(op.arms[1], op.columns, false, false);
    root_.non_recursive_path = nullptr;
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    const auto* target = target_of(op, false);
    rel.target = *target;
    auto* path = new_path(root_, PathKind::RecursiveUnion, &rel, target);
    path->children = {left.path, right.path};
    cost_recursive_union(*path, *left.path, *right.path, root_.global->cost);
    return path;
  }

  PlannerInfo& root_;
};

}  // namespace

bool is_recursive_union(const Query& query, const SetOperation& operation) {
  if (operation.kind != SetOperation::Kind::Union || operation.arms.size() != 2 ||
      operation.arms[1].kind != SetOperation::Kind::Leaf) {
    return false;
  }
  const std::function<bool(const Query&)> refers = [&](const Query& level) {
    return std::any_of(level.range_table.begin(), level.range_table.end(), [&](const auto& entry) {
      return (entry.kind == RangeKind::Cte && entry.cte_self_reference) ||
             (entry.subquery && refers(*entry.subquery));
    });
  };
  const auto& right = query.range_table[static_cast<std::size_t>(operation.arms[1].range) - 1];
  return right.subquery && refers(*right.subquery);
}

RelOptInfo* plan_set_operations(PlannerInfo& root) {
  return SetPlanner{root}.run();
}

}  // namespace quern::planner_model
