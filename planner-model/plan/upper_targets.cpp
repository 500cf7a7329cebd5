// Which expressions each step computes and hands on. Source: planner.c (make_*_input_target,
// apply_scanjoin_target_to_paths), costsize.c (set_pathtarget_cost_width), PostgreSQL 15.
#include <algorithm>
#include <utility>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/upper_planner.hpp"
#include "planner-model/query/bind_nodes.hpp"

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
  exprs.reserve(targets.size());
  refs.reserve(targets.size());
  for (const auto& target : targets) {
    exprs.push_back(target.expr);
    refs.push_back(target.sort_group_ref);
  }
  return make_target(root, std::move(exprs), std::move(refs));
}

const PathTarget* UpperPlanner::sort_input_target() {
  if (query_.order_by.empty()) {
    return final_target_;
  }
  std::vector<bool> postpone(final_target_->exprs.size(), false);
  std::vector<bool> is_set(final_target_->exprs.size(), false);
  bool sorts_by_set = false;
  bool any_volatile = false;
  bool any_expensive = false;
  for (std::size_t i = 0; i < final_target_->exprs.size(); ++i) {
    const auto& expr = final_target_->exprs[i];
    const bool set = query_.has_returning_set && returns_set(expr);
    if (final_target_->sort_group_refs[i] != 0) {
      sorts_by_set = sorts_by_set || set;
    } else if (set) {
      is_set[i] = true;
    } else if (contains_volatile(expr, root_)) {
      postpone[i] = any_volatile = true;
    } else if (expr_cost(expr, root_).per_tuple > 10 * root_.global->cost.cpu_operator_cost) {
      postpone[i] = any_expensive = true;
    }
  }
  sets_after_sort_ = !sorts_by_set && std::find(is_set.begin(), is_set.end(), true) != is_set.end();
  const bool wants_few = query_.limit || root_.tuple_fraction > 0;
  if (!sets_after_sort_ && !any_volatile && !(any_expensive && wants_few)) {
    return final_target_;
  }
  for (std::size_t i = 0; sets_after_sort_ && i < is_set.size(); ++i) {
    postpone[i] = postpone[i] || is_set[i];
  }
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  std::vector<ExprPtr> parts;
  for (std::size_t i = 0; i < final_target_->exprs.size(); ++i) {
    if (!postpone[i]) {
      exprs.push_back(final_target_->exprs[i]);
      refs.push_back(final_target_->sort_group_refs[i]);
    } else {
      pull_parts(
          final_target_->exprs[i],
          [](const Expr& e) {
            return e.kind == ExprKind::Aggref || e.kind == ExprKind::WindowFunc;
          },
          parts);
    }
  }
  append_missing(exprs, refs, parts);
  return keep(make_target(root_, std::move(exprs), std::move(refs)));
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

const PathTarget* UpperPlanner::group_input_target() {
  std::vector<ExprPtr> exprs;
  std::vector<int> refs;
  std::vector<ExprPtr> parts;
  for (std::size_t i = 0; i < final_target_->exprs.size(); ++i) {
    if (is_group_ref(final_target_->sort_group_refs[i])) {
      exprs.push_back(final_target_->exprs[i]);
      refs.push_back(final_target_->sort_group_refs[i]);
    } else {
      pull_parts(
          final_target_->exprs[i], [](const Expr&) { return false; }, parts);
    }
  }
  if (query_.having) {
    pull_parts(
        query_.having, [](const Expr&) { return false; }, parts);
  }
  append_missing(exprs, refs, parts);
  return keep(make_target(root_, std::move(exprs), std::move(refs)));
}

const PathTarget* UpperPlanner::window_input_target() {
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
  for (std::size_t i = 0; i < final_target_->exprs.size(); ++i) {
    if (needed(final_target_->sort_group_refs[i])) {
      exprs.push_back(final_target_->exprs[i]);
      refs.push_back(final_target_->sort_group_refs[i]);
    } else {
      pull_parts(final_target_->exprs[i], is_aggregate_like, parts);
    }
  }
  append_missing(exprs, refs, parts);
  return keep(make_target(root_, std::move(exprs), std::move(refs)));
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

void UpperPlanner::apply_scanjoin_target(RelOptInfo& rel) {
  const auto* target = scanjoin_target_;
  const bool same = same_exprs(*target, rel.target);
  const bool safe = parallel_safe(*target);
  if (!safe) {
    generate_useful_gather_paths(root_, rel, false);
    rel.partial_paths.clear();
    rel.consider_parallel = false;
  }
  if (rel.kind == RelKind::Join && is_partitioned(rel)) {
    project_joined_parts(rel, target, same, safe);
  } else if (rel.is_append && rel.table != nullptr && rel.table->kind == 'p' && !rel.is_dummy) {
    // Partitions compute the target themselves, and are appended anew.
    for (auto* member : rel.members) {
      if (!safe) {
        member->partial_paths.clear();
        member->consider_parallel = false;
      }
      project_paths(*member, target, same);
      set_cheapest(*member);
    }
    project_nested_parts(rel, target, safe);
    rel.target = *target;
    rel.paths.clear();
    rel.partial_paths.clear();
    add_paths_to_append_rel(root_, rel);
  } else {
    project_paths(rel, target, same);
    rel.target = *target;
  }
  add_target_levels(rel, scanjoin_levels_);
  if (rel.consider_parallel) {
    generate_useful_gather_paths(root_, rel, false);
  }
  set_cheapest(rel);
}

void UpperPlanner::project_joined_parts(RelOptInfo& rel, const PathTarget* target, bool same,
                                        bool safe) {
  for (auto* part : live_parts(rel)) {
    const StandIns stand_ins{root_, *part};
    if (!safe) {
      part->partial_paths.clear();
      part->consider_parallel = false;
    }
    if (is_partitioned(*part)) {
      project_joined_parts(*part, target, same, safe);
    } else {
      project_paths(*part, target, same);
    }
    set_cheapest(*part);
  }
  rel.target = *target;
  rel.paths.clear();
  rel.partial_paths.clear();
  add_paths_to_append_rel(root_, rel);
}

void UpperPlanner::project_nested_parts(RelOptInfo& rel, const PathTarget* target, bool safe) {
  for (auto* part : live_parts(rel)) {
    if (part->is_append) {
      part->target = *target;
      part->consider_parallel = part->consider_parallel && safe;
      project_nested_parts(*part, target, safe);
    }
  }
  set_nested_part_paths(root_, rel);
}

void UpperPlanner::project_paths(RelOptInfo& rel, const PathTarget* target, bool same) {
  const PathTarget* unlabelled = nullptr;
  const PathTarget* labelled = nullptr;
  const PathTarget* before = same ? nullptr : keep(rel.target);
  for (auto* list : {&rel.paths, &rel.partial_paths}) {
    for (auto*& path : *list) {
      if (path->param != nullptr) {
        continue;
      }
      if (same) {
        // Only the labels are new: the width stays the relation's.
        if (path->target != unlabelled) {
          unlabelled = path->target;
          auto own = *unlabelled;
          own.sort_group_refs = target->sort_group_refs;
          labelled = keep(std::move(own));
        }
        path->target = labelled;
      } else {
        if (path->target == &rel.target) {
          path->target = before;  // what stays below goes on to put that out
        }
        path = create_projection_path(root_, rel, path, target);
      }
    }
  }
  rel.target = *target;
}

}  // namespace quern::planner_model
