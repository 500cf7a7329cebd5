// The inputs of set operations. Source: prepunion.c (recurse_set_operations,
// build_setop_child_paths, plan_union_children).
#include <algorithm>

#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/set_planner.hpp"

namespace quern::planner_model {

PathTarget SetPlanner::output_of(const Query& query, int range, const Columns& columns) {
  PathTarget target;
  for (const auto& t : query.targets) {
    if (t.junk) {
      continue;
    }
    auto var = std::make_shared<Expr>();
    var->kind = ExprKind::Var;
    var->varno = range;
    var->attno = static_cast<int>(target.exprs.size()) + 1;
    var->type = t.expr->type;
    var->typmod = t.expr->typmod;
    var->collation = t.expr->collation;
    const std::size_t i = target.exprs.size();
    target.exprs.push_back(i < columns.size() ? implicit_cast(root_, var, columns[i].type) : var);
    target.sort_group_refs.push_back(0);
  }
  return target;
}

SetPlanner::Arm SetPlanner::plan_leaf(const SetOperation& op, const Columns& columns, bool flag,
                                      const SetOperation* parent) {
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
  rel.subroot = &plan_query(global, *entry.subquery, &root_, root_.tuple_fraction, false, nullptr,
                            server_.unions_use_sorted_arms() ? parent : nullptr);
  rel.consider_parallel = rel.subroot->final_rel->consider_parallel;
  rel.target = output_of(rel.subroot->query, op.range, columns);
  set_rel_width(root_, rel);
  if (flag) {
    add_flag(rel.target);
  }
  if (!server_.unions_use_sorted_arms()) {
    auto* sub = cheapest_fractional_path(*rel.subroot->final_rel, root_.tuple_fraction);
    rel.subroot->best = sub;
    rel.tuples = rel.rows = sub->rows;
    add_path(rel, leaf_scan(rel, sub, flag));
    if (rel.consider_parallel && !rel.subroot->final_rel->partial_paths.empty()) {
      add_partial_path(rel, leaf_scan(rel, rel.subroot->final_rel->partial_paths.front(), flag));
    }
    set_cheapest(rel);
  }
  return {&rel, server_.unions_use_sorted_arms() ? 0 : distinct_rows(rel), true};
}

Path* SetPlanner::leaf_scan(RelOptInfo& rel, Path* sub, bool flag) {
  auto* path = new_path(root_, PathKind::SubqueryScan, &rel, &rel.target);
  path->children = {sub};
  path->subroot = rel.subroot;
  path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
  path->workers = sub->workers;
  path->rows = std::max(1.0, sub->rows);  // also of an arm that gives none: clamp_row_est()
  path->startup = sub->startup + rel.target.cost.startup;
  path->total = sub->total + rel.target.cost.startup + rel.target.cost.per_tuple * sub->rows;
  // cost_subqueryscan(): since 16 a scan that only passes rows on costs nothing.
  const bool passes_on =
      !flag && std::all_of(rel.target.exprs.begin(), rel.target.exprs.end(),
                           [](const ExprPtr& e) { return e->kind == ExprKind::Var; });
  if (!passes_on || !server_.trivial_subquery_scans_are_free()) {
    path->total += root_.global->cost.cpu_tuple_cost * sub->rows;
  }
  return path;
}

void SetPlanner::add_leaf_paths(RelOptInfo& rel, bool flag, const PathKeys& order) {
  auto& subroot = *rel.subroot;
  auto& final_rel = *subroot.final_rel;
  auto* cheapest = final_rel.cheapest_total;
  rel.tuples = rel.rows = cheapest->rows;
  const bool wanted = !order.empty() && !subroot.setop_pathkeys.empty();
  const auto add = [&](Path* sub) {
    auto* scan = leaf_scan(rel, sub, flag);
    if (wanted && pathkeys_contained_in(subroot.setop_pathkeys, sub->pathkeys)) {
      scan->pathkeys = order;
    }
    add_path(rel, scan);
  };
  for (auto* sub : final_rel.paths) {
    if (sub == cheapest) {
      add(sub);
    }
    if (!wanted) {
      continue;
    }
    if (!pathkeys_contained_in(subroot.setop_pathkeys, sub->pathkeys)) {
      for (auto* sorted : sorts_of(subroot, final_rel, sub, sub == cheapest, subroot.setop_pathkeys,
                                   subroot.limit_tuples)) {
        add(sorted);
      }
    } else if (sub != cheapest) {
      add(sub);
    }
  }
  if (rel.consider_parallel && !final_rel.partial_paths.empty()) {
    add_partial_path(rel, leaf_scan(rel, final_rel.partial_paths.front(), flag));
  }
  set_cheapest(rel);
}

double SetPlanner::distinct_rows(const RelOptInfo& rel) {
  const Query& query = rel.subroot->query;
  const double rows = rel.cheapest_total->rows;
  if (!query.group_by.empty() || query.has_grouping_sets || !query.distinct.empty() ||
      query.has_aggregates || query.having) {
    return rows;
  }
  std::vector<ExprPtr> exprs;
  for (const auto& t : query.targets) {
    if (!t.junk) {
      exprs.push_back(t.expr);
    }
  }
  return estimate_num_groups(*rel.subroot, exprs, rows);
}

void SetPlanner::flatten(const SetOperation& op, const SetOperation& top, std::vector<Arm>& out) {
  if (op.kind == SetOperation::Kind::Union && (op.all == top.all || op.all) &&
      same_types(op.columns, top.columns)) {
    for (const auto& arm : op.arms) {
      flatten(arm, top, out);
    }
    return;
  }
  out.push_back(plan(op, top.columns, false, false, top.all ? nullptr : &top));
}

}  // namespace quern::planner_model
