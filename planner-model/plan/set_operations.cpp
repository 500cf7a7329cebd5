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
    fix_targets(top);
    Path* path = nullptr;
    if (is_recursive(top)) {
      path = recursive_union(top);
    } else {
      path = plan(top).path;
    }
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    rel.consider_startup = root_.tuple_fraction > 0;
    rel.target = *path->target;
    add_path(root_, rel, path);
    set_cheapest(rel);
    return &rel;
  }

 private:
  struct Planned {
    Path* path = nullptr;
    double groups = 0;  ///< distinct rows of the output
  };

  /// ORDER BY refers to output columns: Vars of the leftmost leaf.
  void fix_targets(const SetOperation& top) { (void)top; }

  [[nodiscard]] bool is_recursive(const SetOperation& op) const {
    if (op.kind != SetOperation::Kind::Union || op.arms.size() != 2 ||
        op.arms[1].kind != SetOperation::Kind::Leaf) {
      return false;
    }
    const auto& right = root_.query.range_table[static_cast<std::size_t>(op.arms[1].range) - 1];
    const std::function<bool(const Query&, int)> refers = [&](const Query& query, int depth) {
      return std::any_of(query.range_table.begin(), query.range_table.end(),
                         [&](const auto& entry) {
                           return (entry.kind == RangeKind::Cte && entry.cte_self_reference) ||
                                  (entry.subquery && refers(*entry.subquery, depth + 1));
                         });
    };
    return right.subquery && refers(*right.subquery, 0);
  }

  const PathTarget* target_of(const SetOperation& op, const Path* first) {
    PathTarget target;
    int width = 0;
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
      width += type_width(root_, column.type, column.typmod);
    }
    target.width = first != nullptr ? first->target->width : width;
    return &root_.global->targets.emplace_back(std::move(target));
  }

  static int leftmost(const SetOperation& op) {
    return op.kind == SetOperation::Kind::Leaf ? op.range : leftmost(op.arms.front());
  }

  Planned leaf(const SetOperation& op) {
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
      target.exprs.push_back(var);
      target.sort_group_refs.push_back(0);
    }
    target.width = sub->target->width;
    rel.target = target;
    auto* path = new_path(root_, PathKind::SubqueryScan, &rel, &rel.target);
    path->children = {sub};
    path->subroot = rel.subroot;
    path->rows = sub->rows;
    path->startup = sub->startup;
    path->total = sub->total;
    // cost_subqueryscan(): since 16 a scan that only passes rows on costs nothing.
    if (global.cost.version < 160000) {
      path->total += global.cost.cpu_tuple_cost * sub->rows;
    }
    path->workers = sub->workers;
    Planned planned{path, 0};
    // The number of distinct rows: of a grouped subquery its rows, else estimated from its columns.
    const Query& query = rel.subroot->query;
    if (!query.group_by.empty() || query.has_grouping_sets || !query.distinct.empty() ||
        query.has_aggregates || query.having || query.set_operation) {
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

  Planned plan(const SetOperation& op) {
    if (op.kind == SetOperation::Kind::Leaf) {
      return leaf(op);
    }
    return op.kind == SetOperation::Kind::Union ? union_of(op) : except_or_intersect(op);
  }

  void flatten(const SetOperation& op, const SetOperation& top, std::vector<Planned>& out) {
    // plan_union_children(): nested UNIONs of the same kind are one.
    if (op.kind == SetOperation::Kind::Union && (op.all == top.all || op.all)) {
      for (const auto& arm : op.arms) {
        flatten(arm, top, out);
      }
      return;
    }
    out.push_back(plan(op));
  }

  Path* append(const SetOperation& op, const std::vector<Planned>& children) {
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    double width_sum = 0;
    double rows = 0;
    std::vector<Path*> paths;
    for (const auto& child : children) {
      paths.push_back(child.path);
      rows += child.path->rows;
      width_sum += child.path->rows * child.path->target->width;
    }
    auto* target = const_cast<PathTarget*>(target_of(op, paths.front()));
    if (rows > 0) {
      target->width = 0;
      for (const auto* p : paths) {
        target->width = std::max(target->width, p->target->width);
      }
    }
    (void)width_sum;
    rel.target = *target;
    auto* path = new_path(root_, PathKind::Append, &rel, target);
    path->children = std::move(paths);
    path->first_partial = static_cast<int>(path->children.size());
    cost_append(*path, root_);
    return path;
  }

  Planned union_of(const SetOperation& op) {
    std::vector<Planned> children;
    for (const auto& arm : op.arms) {
      flatten(arm, op, children);
    }
    // UNION must see every row, UNION ALL may stop early.
    Path* path = append(op, children);
    if (op.all) {
      return {path, path->rows};
    }
    return {unique(op, path), path->rows};
  }

  /// make_union_unique(): duplicates go by hashing or by sorting; every row may be its own group.
  Path* unique(const SetOperation& op, Path* path) {
    const double groups = path->rows;
    const auto columns = static_cast<int>(op.grouping.size());
    const bool hashable = std::all_of(op.grouping.begin(), op.grouping.end(),
                                      [](const SortGroupClause& g) { return g.hashable; });
    const bool sortable =
        std::all_of(op.grouping.begin(), op.grouping.end(),
                    [](const SortGroupClause& g) { return g.sort_operator != 0; });
    auto* hashed = new_path(root_, PathKind::Aggregate, path->parent, path->target);
    hashed->children = {path};
    hashed->strategy = AggStrategy::Hashed;
    hashed->groups = groups;
    hashed->group_clause = op.grouping;
    cost_agg(*hashed, root_, AggStrategy::Hashed, {}, 0, columns, groups, {}, path->startup,
             path->total, path->rows, path->target->width);
    auto* sorted = new_path(root_, PathKind::Sort, path->parent, path->target);
    sorted->children = {path};
    cost_sort(*sorted, root_, path->total, path->rows, path->target->width, -1.0);
    auto* unique_path = new_path(root_, PathKind::UpperUnique, path->parent, path->target);
    unique_path->children = {sorted};
    unique_path->unique_columns = columns;
    unique_path->rows = groups;
    unique_path->startup = sorted->startup;
    unique_path->total =
        sorted->total + root_.global->cost.cpu_operator_cost * sorted->rows * columns;
    if (!sortable) {
      return hashed;
    }
    if (!hashable || !root_.global->cost.enable_hashagg) {
      return unique_path;
    }
    return choose_hashed(hashed, unique_path) ? hashed : unique_path;
  }

  [[nodiscard]] bool choose_hashed(const Path* hashed, const Path* sorted) const {
    double fraction = root_.tuple_fraction;
    if (fraction >= 1.0 && hashed->rows > 0) {
      fraction /= hashed->rows;
    }
    if (fraction <= 0 || fraction >= 1) {
      return hashed->total <= sorted->total;
    }
    return hashed->startup + fraction * (hashed->total - hashed->startup) <
           sorted->startup + fraction * (sorted->total - sorted->startup);
  }

  Planned except_or_intersect(const SetOperation& op) {
    const double saved = root_.tuple_fraction;
    root_.tuple_fraction = 0.0;
    Planned left = plan(op.arms[0]);
    Planned right = plan(op.arms[1]);
    root_.tuple_fraction = saved;
    const bool except = op.kind == SetOperation::Kind::Except;
    if (!except && right.groups < left.groups) {
      std::swap(left, right);  // the smaller input is hashed
    }
    Path* input = append(op, {left, right});
    const auto& p = root_.global->cost;
    // A flag column tells the sides apart.
    const double groups = left.groups;
    const double rows = op.all ? left.path->rows : groups;
    const bool hashable = std::all_of(op.grouping.begin(), op.grouping.end(),
                                      [](const SortGroupClause& g) { return g.hashable; });
    const auto columns = static_cast<double>(op.columns.size());
    auto* path = new_path(root_, PathKind::SetOp, input->parent, input->target);
    path->command = std::string{except ? "Except" : "Intersect"} + (op.all ? " All" : "");
    const double output = except ? rows : std::min(left.groups, right.groups);
    const double entry = groups * (std::ceil(input->target->width / 8.0) * 8 + 24 + 32);
    path->rows = output;
    path->children = {input};
    const double comparisons = p.cpu_operator_cost * input->rows * columns;
    if (hashable && p.enable_hashagg && entry <= p.hash_memory()) {
      path->hashed = true;
      path->startup = input->startup;
      path->total = input->total + comparisons;
      // The hashed strategy reads everything before it puts out the first row.
      return {path, output};
    }
    auto* sorted = new_path(root_, PathKind::Sort, input->parent, input->target);
    sorted->children = {input};
    cost_sort(*sorted, root_, input->total, input->rows, input->target->width, -1.0);
    path->children = {sorted};
    path->startup = sorted->startup;
    path->total = sorted->total + comparisons;
    return {path, output};
  }

  Path* recursive_union(const SetOperation& op) {
    const Planned left = plan(op.arms[0]);
    root_.non_recursive_path = left.path;
    const Planned right = plan(op.arms[1]);
    root_.non_recursive_path = nullptr;
    auto& rel = root_.global->rels.emplace_back();
    rel.kind = RelKind::Upper;
    const auto* target = target_of(op, left.path);
    rel.target = *target;
    auto* path = new_path(root_, PathKind::RecursiveUnion, &rel, target);
    path->children = {left.path, right.path};
    cost_recursive_union(*path, *left.path, *right.path, root_.global->cost);
    return path;
  }

  PlannerInfo& root_;
};

}  // namespace

RelOptInfo* plan_set_operations(PlannerInfo& root) {
  return SetPlanner{root}.run();
}

}  // namespace quern::planner_model
