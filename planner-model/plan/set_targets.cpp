// Set-returning functions in the select list. Source: tlist.c, planner.c (adjust_paths_for_srfs),
// pathnode.c (create_set_projection_path), PostgreSQL 15.
#include "planner-model/plan/set_targets.hpp"

#include <algorithm>

#include "planner-model/plan/function_rows.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

namespace {

bool calls_set(const Expr& expr) {
  return (expr.kind == ExprKind::FuncExpr || expr.kind == ExprKind::OpExpr) && expr.returns_set;
}

bool contains(const std::vector<ExprPtr>& exprs, const ExprPtr& expr) {
  return std::any_of(exprs.begin(), exprs.end(), [&](const ExprPtr& e) { return equal(e, expr); });
}

class Splitter {
 public:
  explicit Splitter(const PathTarget* input) : input_{input} {}

  std::vector<TargetLevel> run(PlannerInfo& root, const PathTarget& target) {
    std::size_t deepest = 0;
    bool projects_after = false;
    for (std::size_t i = 0; i < target.exprs.size(); ++i) {
      const auto& expr = target.exprs[i];
      depth_ = 0;
      walk(expr, target.sort_group_refs[i]);
      if (depth_ > deepest) {
        deepest = depth_;
        projects_after = false;
      }
      if (depth_ > 0 && depth_ == deepest && !calls_set(*expr)) {
        projects_after = true;
      }
    }
    if (deepest == 0) {
      return {{target, false}};
    }
    if (projects_after) {
      levels_.push_back({{}, needed_, needed_sets_});
    } else {
      append(levels_[deepest].inputs, needed_);
      append(levels_[deepest].input_sets, needed_sets_);
    }
    std::vector<TargetLevel> result;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      result.push_back({intermediate(root, i, result), !levels_[i].sets.empty()});
    }
    result.push_back({target, !levels_.back().sets.empty()});
    return result;
  }

 private:
  struct Item {
    ExprPtr expr;
    int ref = 0;
  };

  using Items = std::vector<Item>;

  struct Level {
    Items sets = {};
    Items inputs = {};
    Items input_sets = {};
  };

  static void append(Items& to, const Items& items) {
    to.insert(to.end(), items.begin(), items.end());
  }

  void walk(const ExprPtr& expr, int ref) {
    if (input_ != nullptr && contains(input_->exprs, expr)) {
      needed_.push_back({expr, ref});
      return;
    }
    switch (expr->kind) {
      case ExprKind::Var:
      case ExprKind::Aggref:
      case ExprKind::GroupingFunc:
      case ExprKind::WindowFunc:
        needed_.push_back({expr, ref});
        return;
      default:
        break;
    }
    if (!calls_set(*expr)) {
      for (const auto& child : children(*expr)) {
        walk(child, 0);
      }
      return;
    }
    Items needed;
    Items needed_sets;
    std::swap(needed, needed_);
    std::swap(needed_sets, needed_sets_);
    const std::size_t depth_beside = depth_;
    depth_ = 0;
    for (const auto& child : children(*expr)) {
      walk(child, 0);
    }
    const std::size_t depth = depth_ + 1;
    if (depth >= levels_.size()) {
      levels_.emplace_back();
    }
    levels_[depth].sets.push_back({expr, ref});
    append(levels_[depth].inputs, needed_);
    append(levels_[depth].input_sets, needed_sets_);
    needed_ = std::move(needed);
    needed_sets_ = std::move(needed_sets);
    needed_sets_.push_back({expr, ref});
    depth_ = std::max(depth_beside, depth);
  }

  /// What calls the sets of this level and hands on what later levels need.
  PathTarget intermediate(PlannerInfo& root, std::size_t level,
                          const std::vector<TargetLevel>& below) const {
    std::vector<ExprPtr> exprs;
    std::vector<int> refs;
    const auto add = [&](const Item& item) {
      for (std::size_t i = 0; i < exprs.size(); ++i) {
        if ((item.ref == refs[i] || item.ref == 0 || refs[i] == 0) && equal(item.expr, exprs[i])) {
          refs[i] = item.ref != 0 ? item.ref : refs[i];
          return;
        }
      }
      exprs.push_back(item.expr);
      refs.push_back(item.ref);
    };
    for (const Item& item : levels_[level].sets) {
      add(item);
    }
    for (std::size_t later = level + 1; later < levels_.size(); ++later) {
      for (const Item& item : levels_[later].inputs) {
        add(item);
      }
    }
    for (std::size_t later = level + 1; later < levels_.size(); ++later) {
      for (const Item& item : levels_[later].input_sets) {
        if (!below.empty() && contains(below.back().target.exprs, item.expr)) {
          add(item);
        }
      }
    }
    return make_target(root, std::move(exprs), std::move(refs));
  }

  const PathTarget* input_;
  std::vector<Level> levels_ = {{}};
  Items needed_ = {};
  Items needed_sets_ = {};
  std::size_t depth_ = 0;
};

}  // namespace

std::vector<TargetLevel> split_at_sets(PlannerInfo& root, const PathTarget& target,
                                       const PathTarget* input) {
  return Splitter{input}.run(root, target);
}

void UpperPlanner::split_targets() {
  if (!query_.has_returning_set) {
    return;
  }
  const auto split = [&](const PathTarget*& target, const PathTarget* input) {
    auto levels = split_at_sets(root_, *target, input);
    target = keep(levels.front().target);
    return levels;
  };
  // Each by what the step below puts out in the end, so from the top.
  final_levels_ = split(final_target_, sort_target_);
  sort_levels_ = split(sort_target_, grouping_target_);
  grouping_levels_ = split(grouping_target_, scanjoin_target_);
  scanjoin_levels_ = split(scanjoin_target_, nullptr);
}

void UpperPlanner::add_target_levels(RelOptInfo& rel, const std::vector<TargetLevel>& levels) {
  for (std::size_t i = 1; i < levels.size(); ++i) {
    const auto* target = keep(levels[i].target);
    for (auto* list : {&rel.paths, &rel.partial_paths}) {
      for (auto*& path : *list) {
        if (path->param != nullptr) {
          continue;
        }
        path = levels[i].sets       ? set_projection_path(rel, path, target)
               : list == &rel.paths ? apply_projection(root_, rel, path, target)
                                    : create_projection_path(root_, rel, path, target);
      }
    }
    rel.target = *target;
  }
  if (levels.size() > 1) {
    set_cheapest(rel);
  }
}

/// create_set_projection_path(), pathnode.c.
Path* UpperPlanner::set_projection_path(RelOptInfo& rel, Path* sub, const PathTarget* target) {
  double rows_each = 1;
  for (const auto& expr : target->exprs) {
    rows_each = std::max(rows_each, function_rows(root_, expr));
  }
  const double cpu_tuple_cost = root_.global->cost.cpu_tuple_cost;
  auto* set = new_path(root_, PathKind::ProjectSet, &rel, target);
  set->children = {sub};
  set->parallel_safe = rel.consider_parallel && sub->parallel_safe && parallel_safe(*target);
  set->workers = sub->workers;
  set->pathkeys = sub->pathkeys;
  set->rows = sub->rows * rows_each;
  set->startup = sub->startup + target->cost.startup;
  set->total = sub->total + target->cost.startup +
               (cpu_tuple_cost + target->cost.per_tuple) * sub->rows +
               (set->rows - sub->rows) * cpu_tuple_cost / 2;
  return set;
}

}  // namespace quern::planner_model
