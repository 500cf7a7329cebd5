// Which expressions each step computes and hands on. Source: planner.c (make_*_input_target,
// apply_scanjoin_target_to_paths), costsize.c (set_pathtarget_cost_width), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/function_rows.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

PathTarget make_target(PlannerInfo& root, std::vector<ExprPtr> exprs, std::vector<int> refs) {
  // set_pathtarget_cost_width().
  PathTarget target;
  target.exprs = std::move(exprs);
  target.sort_group_refs = std::move(refs);
  int width = 0;
  for (const auto& expr : target.exprs) {
    width += expr_width(root, expr);
    if (expr->kind != ExprKind::Var) {
      target.cost += expr_cost(expr, root);
    }
  }
  target.width = width;
  return target;
}

PathTarget make_target(PlannerInfo& root, const std::vector<TargetEntry>& targets) {
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  for (const auto& target : targets) {
    exprs.push_back(target.expr);
    refs.push_back(target.sort_group_ref);
  }
  return make_target(root, std::move(exprs), std::move(refs));
}

PathTarget UpperPlanner::sort_input_target() {
  if (query_.order_by.empty()) {
    return final_target_;
  }
  std::vector<bool> postpone(final_target_.exprs.size(), false);
  bool any = false;
  for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
    const auto& expr = final_target_.exprs[i];
    if (final_target_.sort_group_refs[i] != 0) {
      continue;
    }
    const bool is_volatile = contains_volatile(expr, root_);
    const QualCost cost = expr_cost(expr, root_);
    const bool expensive = cost.per_tuple > 10 * root_.global->cost.cpu_operator_cost;
    if (is_volatile || (expensive && query_.limit)) {
      postpone[i] = true;
      any = true;
    } else if (query_.limit && cost.per_tuple > 0 && tuple_fraction_ > 0) {
      // Cheap expressions stay; the server postpones all only when some must be.
    }
  }
  if (!any) {
    return final_target_;
  }
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  std::vector<ExprPtr> parts;
  for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
    if (!postpone[i]) {
      exprs.push_back(final_target_.exprs[i]);
      refs.push_back(final_target_.sort_group_refs[i]);
    } else {
      pull_parts(
          final_target_.exprs[i],
          [](const Expr& e) {
            return e.kind == ExprKind::Aggref || e.kind == ExprKind::WindowFunc;
          },
          parts);
    }
  }
  append_missing(exprs, refs, parts);
  return make_target(root_, exprs, refs);
}

void UpperPlanner::append_missing(std::vector<ExprPtr>& exprs, std::vector<int>& refs,
                                  const std::vector<ExprPtr>& parts) {
  for (const auto& part : parts) {
    if (std::none_of(exprs.begin(), exprs.end(),
                     [&](const ExprPtr& e) { return equal(e, part); })) {
      exprs.push_back(part);
      refs.push_back(0);
    }
  }
}

[[nodiscard]] bool UpperPlanner::is_group_ref(int ref) const {
  return ref != 0 && std::any_of(group_clause_.begin(), group_clause_.end(),
                                 [&](const SortGroupClause& g) { return g.ref == ref; });
}

PathTarget UpperPlanner::group_input_target() {
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  std::vector<ExprPtr> parts;
  for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
    if (is_group_ref(final_target_.sort_group_refs[i])) {
      exprs.push_back(final_target_.exprs[i]);
      refs.push_back(final_target_.sort_group_refs[i]);
    } else {
      pull_parts(
          final_target_.exprs[i], [](const Expr&) { return false; }, parts);
    }
  }
  if (query_.having) {
    pull_parts(
        query_.having, [](const Expr&) { return false; }, parts);
  }
  append_missing(exprs, refs, parts);
  return make_target(root_, exprs, refs);
}

PathTarget UpperPlanner::window_input_target() {
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  std::vector<ExprPtr> parts;
  const auto needed = [&](int ref) {
    if (ref == 0) {
      return false;
    }
    if (is_group_ref(ref)) {
      return true;
    }
    for (const auto& window : query_.windows) {
      for (const auto* list : {&window.partition, &window.order}) {
        for (const auto& clause : *list) {
          if (clause.ref == ref) {
            return true;
          }
        }
      }
    }
    return false;
  };
  for (std::size_t i = 0; i < final_target_.exprs.size(); ++i) {
    if (needed(final_target_.sort_group_refs[i])) {
      exprs.push_back(final_target_.exprs[i]);
      refs.push_back(final_target_.sort_group_refs[i]);
    } else {
      pull_parts(final_target_.exprs[i], is_aggregate_like, parts);
    }
  }
  append_missing(exprs, refs, parts);
  return make_target(root_, exprs, refs);
}

bool UpperPlanner::same_exprs(const PathTarget& a, const PathTarget& b) {
  return a.exprs.size() == b.exprs.size() &&
         std::equal(a.exprs.begin(), a.exprs.end(), b.exprs.begin(),
                    [](const ExprPtr& x, const ExprPtr& y) { return equal(x, y); });
}

const PathTarget* UpperPlanner::keep(PathTarget target) {
  return &root_.global->targets.emplace_back(std::move(target));
}

[[nodiscard]] bool UpperPlanner::parallel_safe(const PathTarget& target) const {
  return std::all_of(target.exprs.begin(), target.exprs.end(),
                     [&](const ExprPtr& expr) { return is_parallel_safe(expr, root_); });
}

void UpperPlanner::split_srfs() {
  if (!query_.has_returning_set) {
    return;
  }
  if (has_grouping() || query_.has_window_functions || !query_.order_by.empty()) {
    root_.global->unmodelled.insert("set-returning function beside grouping, windows or ORDER BY");
    return;
  }
  set_target_ = scanjoin_target_;
  std::vector<ExprPtr> columns;
  for (const auto& expr : set_target_->exprs) {
    pull_parts(
        expr, [](const Expr&) { return false; }, columns);
  }
  std::vector<int> refs(columns.size(), 0);
  scanjoin_target_ = make_target(root_, std::move(columns), std::move(refs));
}

void UpperPlanner::project_sets(RelOptInfo& rel) {
  const auto* target = keep(*set_target_);
  double rows_each = 1;
  for (const auto& expr : target->exprs) {
    rows_each = std::max(rows_each, function_rows(root_, expr));
  }
  const double cpu_tuple_cost = root_.global->cost.cpu_tuple_cost;
  for (auto* list : {&rel.paths, &rel.partial_paths}) {
    for (auto*& path : *list) {
      if (path->param != nullptr) {
        continue;
      }
      // create_set_projection_path()
      auto* set = new_path(root_, PathKind::ProjectSet, &rel, target);
      set->children = {path};
      set->parallel_safe = rel.consider_parallel && path->parallel_safe && parallel_safe(*target);
      set->workers = path->workers;
      set->pathkeys = path->pathkeys;
      set->rows = path->rows * rows_each;
      set->startup = path->startup + target->cost.startup;
      set->total = path->total + target->cost.startup +
                   (cpu_tuple_cost + target->cost.per_tuple) * path->rows +
                   (set->rows - path->rows) * cpu_tuple_cost / 2;
      path = set;
    }
  }
  rel.target = *target;
}

void UpperPlanner::apply_scanjoin_target(RelOptInfo& rel) {
  const auto* target = keep(scanjoin_target_);
  const bool same = same_exprs(*target, rel.target);
  const bool safe = parallel_safe(*target);
  if (!safe) {
    generate_useful_gather_paths(root_, rel, false);
    rel.partial_paths.clear();
    rel.consider_parallel = false;
  }
  if (rel.is_append && rel.table != nullptr && rel.table->kind == 'p' && !rel.is_dummy) {
    // Partitions compute the target themselves, and are appended anew.
    for (auto* member : rel.members) {
      if (!safe) {
        member->partial_paths.clear();
        member->consider_parallel = false;
      }
      project_paths(*member, target, same);
      set_cheapest(*member);
    }
    rel.target = *target;
    rel.paths.clear();
    rel.partial_paths.clear();
    add_paths_to_append_rel(root_, rel);
  } else {
    project_paths(rel, target, same);
    rel.target = *target;
  }
  if (set_target_) {
    project_sets(rel);
  }
  if (rel.consider_parallel) {
    generate_useful_gather_paths(root_, rel, false);
  }
  set_cheapest(rel);
}

void UpperPlanner::project_paths(RelOptInfo& rel, const PathTarget* target, bool same) {
  for (auto* list : {&rel.paths, &rel.partial_paths}) {
    for (auto*& path : *list) {
      if (path->param != nullptr) {
        continue;
      }
      if (same) {
        // Only the labels are new: the width stays the relation's.
        auto own = *path->target;
        own.sort_group_refs = target->sort_group_refs;
        auto& copy = root_.global->paths.emplace_back(*path);
        copy.target = keep(std::move(own));
        path = &copy;
      } else {
        path = create_projection_path(root_, rel, path, target);
      }
    }
  }
  rel.target = *target;
}

}  // namespace quern::planner_model
