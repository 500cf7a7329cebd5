#include "planner-model/plan/min_max.hpp"

#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"

namespace quern::planner_model {

namespace {

/// build_minmax_path(): SELECT col FROM tab WHERE col IS NOT NULL AND ... ORDER BY col LIMIT 1.
Path* first_of_index(PlannerInfo& root, const ExprPtr& aggregate, Oid sort_operator,
                     bool nulls_first, PlannerInfo*& subroot) {
  const auto& types = *root.global->types;
  Query query;
  query.command = Command::Select;
  query.range_table = root.query.range_table;
  query.join_tree = root.query.join_tree;
  const ExprPtr& column = aggregate->args.front();
  auto not_null = std::make_shared<Expr>();
  not_null->kind = ExprKind::NullTest;
  not_null->type = type_oid::kBool;
  not_null->test_is_null = false;
  not_null->args = {column};
  if (query.join_tree.quals) {
    auto both = std::make_shared<Expr>();
    both->kind = ExprKind::And;
    both->type = type_oid::kBool;
    both->args = {not_null};
    if (query.join_tree.quals->kind == ExprKind::And) {
      both->args.insert(both->args.end(), query.join_tree.quals->args.begin(),
                        query.join_tree.quals->args.end());
    } else {
      both->args.push_back(query.join_tree.quals);
    }
    query.join_tree.quals = both;
  } else {
    query.join_tree.quals = not_null;
  }
  TargetEntry target;
  target.expr = column;
  target.name = "agg_target";
  target.sort_group_ref = 1;
  query.targets = {target};
  SortGroupClause sort;
  sort.ref = 1;
  sort.sort_operator = sort_operator;
  sort.nulls_first = nulls_first;
  const auto* op = types.op(sort_operator);
  sort.descending = op != nullptr && op->name == ">";
  sort.equality = types.ordering(column->type).equal;
  query.order_by = {sort};
  auto one = std::make_shared<Expr>();
  one->kind = ExprKind::Const;
  one->type = type_oid::kInt8;
  one->text = "1";
  one->value = std::make_shared<Value>(make_integer(1, type_oid::kInt8));
  query.limit = one;
  subroot = &plan_query(*root.global, std::move(query), &root, 1.0);
  subroot->is_trial = true;
  // Only a path in the right order by itself is of use: a sort would read everything anyway.
  const Path* best = nullptr;
  for (const auto* path : subroot->final_rel->paths) {
    const Path* below = path->kind == PathKind::Limit ? path->children.front() : path;
    while (below->kind == PathKind::Projection) {
      below = below->children.front();
    }
    // (a column that equals a constant is in order any way).
    const bool ordered = below->kind != PathKind::Sort &&
                         below->kind != PathKind::IncrementalSort &&
                         below->kind != PathKind::Gather && below->kind != PathKind::GatherMerge;
    if (ordered && (best == nullptr || path->total < best->total)) {
      best = path;
    }
  }
  return const_cast<Path*>(best);
}

/// Each aggregate as what its InitPlan gives.
ExprPtr of_first_values(const ExprPtr& expr, const std::vector<ExprPtr>& aggregates,
                        const std::vector<Path::MinMax>& plans) {
  return change_expr(expr, [&](const ExprPtr& e, int) -> ExprPtr {
    for (std::size_t i = 0; i < aggregates.size(); ++i) {
      if (equal(*e, *aggregates[i])) {
        auto param = std::make_shared<Expr>();
        param->kind = ExprKind::Param;
        param->param_kind = ParamKind::Exec;
        param->param_id = plans[i].param;
        param->type = e->type;
        return param;
      }
    }
    return nullptr;
  });
}

}  // namespace

void add_min_max_path(PlannerInfo& root, RelOptInfo& rel, const PathTarget* target,
                      const std::vector<ExprPtr>& aggregates, const std::vector<ExprPtr>& having) {
  const auto& types = *root.global->types;
  if (aggregates.empty() || root.query.has_window_functions || count(root.all_base) != 1 ||
      !root.query.row_marks.empty() || root.query.command != Command::Select) {
    return;
  }
  auto* base = root.base[static_cast<std::size_t>(lowest(root.all_base))];
  if (base == nullptr || (base->entry->kind != RangeKind::Relation && base->entry->arms.empty())) {
    return;
  }

  struct Wanted {
    ExprPtr aggregate;
    Oid sort_operator;
  };

  std::vector<Wanted> wanted;
  for (const auto& aggregate : aggregates) {
    const auto* a = types.aggregate(aggregate->function);
    if (a == nullptr || a->sort_operator == 0 || aggregate->args.size() != 1 || aggregate->filter ||
        !aggregate->order_by.empty() || contains_volatile(aggregate->args.front(), root) ||
        relids_of(aggregate->args.front()) == 0) {
      return;
    }
    wanted.push_back({aggregate, a->sort_operator});
  }
  auto* path = new_path(root, PathKind::MinMaxAggregate, &rel, target);
  double cost = 0;
  for (const auto& want : wanted) {
    const auto* op = types.op(want.sort_operator);
    const bool descending = op != nullptr && op->name == ">";
    Path* best = nullptr;
    PlannerInfo* best_root = nullptr;
    // The first order that any index has: the other is not looked at, even if it were cheaper.
    for (const bool nulls_first : {descending, !descending}) {
      best = first_of_index(root, want.aggregate, want.sort_operator, nulls_first, best_root);
      if (best != nullptr) {
        note_preferred(rel, *best);
        break;
      }
    }
    if (best == nullptr) {
      return;
    }
    cost += best->total;
    best_root->best = best;
    path->children.push_back(best);
    path->min_max.push_back({best_root, 0});
  }
  for (auto& one : path->min_max) {
    one.param = static_cast<int>(root.global->exec_params.size());
    root.global->exec_params.push_back({nullptr, &root});
  }
  path->parallel_safe = false;  // it is made of InitPlans
  path->rows = 1;
  path->startup = cost + target->cost.startup;
  path->total = path->startup + target->cost.per_tuple + root.global->cost.cpu_tuple_cost;
  for (const ExprPtr& qual : having) {
    const QualCost qual_cost = expr_cost(qual, root);
    path->startup += qual_cost.startup;
    path->total += qual_cost.startup + qual_cost.per_tuple;
    path->quals.push_back(of_first_values(qual, aggregates, path->min_max));
  }
  add_path(rel, path);
}

void register_min_max(PlannerInfo& root, const Path& path) {
  auto& global = *root.global;
  if (path.kind != PathKind::MinMaxAggregate) {
    PlannerInfo& below = path.kind == PathKind::SubqueryScan ? *path.subroot : root;
    for (const auto* child : path.children) {
      register_min_max(below, *child);
    }
    return;
  }
  for (std::size_t i = 0; i < path.min_max.size(); ++i) {
    const auto& one = path.min_max[i];
    one.subroot->is_trial = false;
    register_min_max(*one.subroot, *path.children[i]);
    SubPlanInfo info;
    info.root = one.subroot;
    info.owner = &root;
    info.path = path.children[i];
    info.startup = info.path->total;
    info.is_init_plan = true;
    info.columns = {one.param};
    const std::size_t id = global.subplans.size() + 1;
    info.name = "InitPlan " + std::to_string(id);
    if (!global.cost.server.prints_columns_of_subplans()) {
      info.name += " (returns $" + std::to_string(one.param) + ")";
    }
    global.subplans.push_back(info);
    root.init_plans.push_back(static_cast<int>(id));
  }
}

}  // namespace quern::planner_model
