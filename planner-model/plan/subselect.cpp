// Subqueries that stay subqueries: SubPlans, InitPlans and CTEs. Source: subselect.c and planner.c,
// PostgreSQL 15.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "planner-model/plan/cte_plans.hpp"
#include "planner-model/plan/exists_subquery.hpp"
#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/plan/self_joins.hpp"
#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

ExprPtr exec_param_of(int id, const Expr& like) {
  auto param = std::make_shared<Expr>();
  param->kind = ExprKind::Param;
  param->param_kind = ParamKind::Exec;
  param->param_id = id;
  param->type = like.type;
  param->typmod = like.typmod;
  param->collation = like.collation;
  return param;
}

ExprPtr exec_param(PlannerGlobal& global, ExprPtr source, PlannerInfo* level, const Expr& like) {
  // One parameter for each distinct outer column.
  for (std::size_t i = 0; source && i < global.exec_params.size(); ++i) {
    const auto& known = global.exec_params[i];
    if (known.source && known.level == level && equal(known.source, source)) {
      return exec_param_of(static_cast<int>(i), like);
    }
  }
  global.exec_params.push_back({std::move(source), level});
  return exec_param_of(static_cast<int>(global.exec_params.size()) - 1, like);
}

/// `expr` with the subquery's columns in place of its Params (Sublink).
ExprPtr with_columns(const ExprPtr& expr,
                     const std::function<ExprPtr(int n, const Expr& param)>& column) {
  if (expr->kind == ExprKind::Param && expr->param_kind == ParamKind::Sublink) {
    return column(expr->param_id, *expr);
  }
  return map_children(expr, [&](const ExprPtr& child) { return with_columns(child, column); });
}

}  // namespace

ExprPtr sublink_comparison(const Expr& link, const ExprPtr& test,
                           const std::function<ExprPtr(int n, const Expr& param)>& column,
                           const PlannerInfo& root) {
  // One operator over a row is of a composite type.
  const bool several = link.operators.size() > 1 && test->kind == ExprKind::RowExpr;
  const std::vector<ExprPtr> left = several ? test->args : std::vector<ExprPtr>{test};
  if (left.size() != link.operators.size() || left.size() != link.sublink_right.size()) {
    throw UserError{"a subquery's columns are compared with another number of expressions"};
  }
  std::vector<ExprPtr> right;
  for (const auto& expr : link.sublink_right) {
    right.push_back(with_columns(expr, column));
  }
  const bool pairwise = left.size() == 1 || link.name == "=" || link.name == "<>";
  if (!pairwise) {
    auto rows = std::make_shared<Expr>();
    rows->kind = ExprKind::RowCompareExpr;
    rows->type = type_oid::kBool;
    rows->name = link.name;
    rows->operators = link.operators;
    rows->args = left;
    rows->args.insert(rows->args.end(), right.begin(), right.end());
    return rows;
  }
  std::vector<ExprPtr> pairs;
  for (std::size_t i = 0; i < left.size(); ++i) {
    pairs.push_back(make_op(link.operators[i], left[i], right[i], left[i]->collation, root));
  }
  return link.name == "<>" ? make_or(std::move(pairs)) : make_and(std::move(pairs));
}

namespace {

/// " (returns $0,$1)" behind the name of a subquery, where the server says so.
std::string returned(const PlannerGlobal& global, const SubPlanInfo& info) {
  if (global.cost.server.prints_columns_of_subplans()) {
    return {};
  }
  std::string list;
  for (const int param : info.columns) {
    list += (list.empty() ? "$" : ",$") + std::to_string(param);
  }
  return " (returns " + list + ")";
}

void reserve_params(PlannerGlobal& global, std::size_t count) {
  global.exec_params.resize(global.exec_params.size() + count, {nullptr, nullptr});
}

/// The columns that parameterized paths below take from `outer`.
void note_outer_columns(const Path& path, Relids outer, std::set<std::pair<int, int>>& columns) {
  if (path.param != nullptr && overlaps(path.param->required_outer, outer)) {
    for (const auto* clause : path.param->clauses) {
      (void)any_of(clause->clause, [&](const Expr& e) {
        if (e.kind == ExprKind::Var && e.levels_up == 0 && overlaps(singleton(e.varno), outer)) {
          columns.emplace(e.varno, e.attno);
        }
        return false;
      });
    }
  }
  for (const auto* child : path.children) {
    note_outer_columns(*child, outer, columns);
  }
}

/// Executor parameters that create_plan() makes of a path: Gather's to rescan, a nested loop's to
/// hand columns to its inner side. They only show in the numbers of what comes after.
std::size_t params_of_plan(const Path& path) {
  std::size_t count = path.kind == PathKind::Gather || path.kind == PathKind::GatherMerge ? 1 : 0;
  if (path.kind == PathKind::NestedLoop) {
    std::set<std::pair<int, int>> columns;
    note_outer_columns(*path.children[1], path.children[0]->parent->relids, columns);
    count += columns.size();
  }
  for (const auto* child : path.children) {
    count += params_of_plan(*child);
  }
  return count;
}

}  // namespace

std::vector<ExprPtr> replace_outer_vars(PlannerInfo& root, Query& query) {
  std::vector<ExprPtr> arguments;
  change_query(query, [&](const ExprPtr& expr, int depth) -> ExprPtr {
    if (expr->kind != ExprKind::Var || expr->levels_up <= depth) {
      return nullptr;
    }
    PlannerInfo* level = &root;
    for (int up = expr->levels_up - depth - 1; up > 0 && level->parent != nullptr; --up) {
      level = level->parent;
    }
    auto own = std::make_shared<Expr>(*expr);
    own->levels_up = 0;
    if (level == &root && std::none_of(arguments.begin(), arguments.end(),
                                       [&](const ExprPtr& a) { return equal(a, ExprPtr{own}); })) {
      arguments.push_back(own);
    }
    return exec_param(*root.global, own, level, *expr);
  });
  return arguments;
}

namespace {

bool materializes(const Path& path) {
  return path.kind == PathKind::Material || path.kind == PathKind::Sort ||
         path.kind == PathKind::FunctionScan || path.kind == PathKind::CteScan ||
         path.kind == PathKind::WorkTableScan;
}

struct SubPlanCost {
  double startup = 0;
  double per_call = 0;
};

/// cost_subplan().
SubPlanCost subplan_cost(PlannerInfo& root, const Path& plan, SubLinkKind kind, bool hashed,
                         bool correlated, const std::vector<ExprPtr>& tests) {
  const auto& p = root.global->cost;
  const QualCost test = exprs_cost(tests, root);
  SubPlanCost cost{test.startup, test.per_tuple};
  if (hashed) {
    cost.startup += plan.total + p.cpu_operator_cost * plan.rows;
    return cost;
  }
  const double run = plan.total - plan.startup;
  if (kind == SubLinkKind::Exists) {
    cost.per_call += run / clamp_row_est(plan.rows);
  } else if (kind == SubLinkKind::All || kind == SubLinkKind::Any) {
    cost.per_call += 0.50 * run + 0.50 * plan.rows * p.cpu_operator_cost;
  } else {
    cost.per_call += run;
  }
  (correlated || !materializes(plan) ? cost.per_call : cost.startup) += plan.startup;
  return cost;
}

/// subplan_is_hashable().
bool is_hashable(const PlannerInfo& root, const Path& plan) {
  const double width = std::ceil(plan.target->width / 8.0) * 8.0 + 24;
  return plan.rows * width <= root.global->cost.hash_memory();
}

class SublinkPlanner {
 public:
  explicit SublinkPlanner(PlannerInfo& root) : root_{root} {}

  ExprPtr run(const ExprPtr& expr, bool is_top_qual) {
    if (expr->kind == ExprKind::SubLink) {
      ExprPtr test = expr->test ? run(expr->test, false) : nullptr;
      return build(*expr, test, is_top_qual);
    }
    if (expr->kind == ExprKind::And || expr->kind == ExprKind::Or) {
      return map_children(expr, [&](const ExprPtr& child) {
        return run(child, is_top_qual && expr->kind == ExprKind::And);
      });
    }
    return map_children(expr, [&](const ExprPtr& child) { return run(child, false); });
  }

 private:
  ExprPtr build(const Expr& link, const ExprPtr& test, bool is_top_qual) {
    (void)is_top_qual;
    auto& global = *root_.global;
    Query query = *link.subquery;
    double fraction = 0;
    bool simple_exists = false;
    switch (link.sublink_kind) {
      case SubLinkKind::Exists:
        fraction = 1.0;
        simple_exists = simplify_exists_query(query, *root_.global->types);
        break;
      case SubLinkKind::All:
      case SubLinkKind::Any:
        fraction = 0.5;
        break;
      default:
        break;
    }
    std::optional<Query> for_hashing;
    if (simple_exists) {
      for_hashing = query;
    }
    const auto arguments = replace_outer_vars(root_, query);
    const auto accesses = [&] { return global.accesses == nullptr ? 0 : global.accesses->size(); };
    SubPlanInfo info;
    info.first_access = accesses();
    PlannerInfo& subroot = plan_query(global, std::move(query), &root_, fraction);
    info.end_access = accesses();
    Path* plan = cheapest_fractional_path(*subroot.final_rel, fraction);
    subroot.best = plan;
    register_min_max(subroot, *plan);
    reserve_params(global, params_of_plan(*plan));

    info.root = &subroot;
    info.owner = &root_;
    const bool correlated = !arguments.empty();
    const bool quantified =
        link.sublink_kind == SubLinkKind::Any || link.sublink_kind == SubLinkKind::All;
    info.kind = link.sublink_kind;
    info.columns = column_params(link, subroot.query);
    ExprPtr comparison;
    if (test) {
      const auto column = [&](int n, const Expr& param) {
        return exec_param_of(info.columns[static_cast<std::size_t>(n) - 1], param);
      };
      comparison = sublink_comparison(link, test, column, root_);
    }
    if (!correlated && !quantified) {
      return init_plan(std::move(info), link, *plan, comparison);
    }
    const auto tests = comparison ? conjuncts(comparison) : std::vector<ExprPtr>{};
    bool hashed = false;
    if (link.sublink_kind == SubLinkKind::Any && !correlated && is_hashable(root_, *plan)) {
      hashed = std::all_of(tests.begin(), tests.end(), [&](const ExprPtr& t) {
        return t->kind == ExprKind::OpExpr && global.types->is_hashable(t->op, t->args[0]->type);
      });
    }
    if (!correlated && !hashed && global.cost.enable_material && !materializes(*plan)) {
      auto* material = new_path(root_, PathKind::Material, plan->parent, plan->target);
      material->children = {plan};
      cost_material(*material, plan->startup, plan->total, plan->rows, plan->target->width,
                    global.cost);
      plan = material;
    }
    info.path = plan;
    info.hashed = hashed;
    const auto cost = subplan_cost(root_, *plan, link.sublink_kind, hashed, correlated, tests);
    auto subplan = make_subplan(std::move(info), link, link.sublink_kind, cost);
    subplan->args = arguments;
    subplan->test = comparison;
    if (for_hashing) {
      const int hashed_id = hashed_exists(link, std::move(*for_hashing));
      global.subplans[static_cast<std::size_t>(subplan->subplan_id) - 1].hashed_alternative =
          hashed_id;
      const auto moved = global.moved_subplans.find(subplan->subplan_id);
      if (hashed_id != 0 && moved != global.moved_subplans.end() && moved->second == 0) {
        move_price(*subplan, global.subplans[static_cast<std::size_t>(hashed_id) - 1]);
      }
    }
    const auto moved = global.moved_subplans.find(subplan->subplan_id);
    if (moved != global.moved_subplans.end() && moved->second > 0) {
      subplan->subplan_per_call *= 1 - global.moved_share * (1 - moved->second);
    }
    return subplan;
  }

  /// The parameters that the subquery's columns are put into, where an expression takes them one by
  /// one: generate_subquery_params().
  std::vector<int> column_params(const Expr& link, const Query& subquery) {
    std::vector<int> params;
    if (!link.test && link.sublink_kind != SubLinkKind::MultiExpr) {
      return params;
    }
    for (const auto& target : subquery.targets) {
      if (!target.junk) {
        params.push_back(exec_param(*root_.global, nullptr, &root_, *target.expr)->param_id);
      }
    }
    return params;
  }

  /// A subquery that runs once, before the rest; what stands for it in expressions.
  ExprPtr init_plan(SubPlanInfo info, const Expr& link, Path& plan, const ExprPtr& comparison) {
    auto& global = *root_.global;
    info.is_init_plan = true;
    info.path = &plan;
    const auto cost = subplan_cost(root_, plan, link.sublink_kind, false, false, {});
    info.startup = cost.startup;
    info.per_call = cost.per_call;
    ExprPtr result = comparison;
    if (link.sublink_kind == SubLinkKind::MultiExpr) {
      result = make_null(type_oid::kRecord);
    } else if (!result) {
      result = exec_param(global, nullptr, &root_, link);
      info.columns = {result->param_id};
    }
    const int id = static_cast<int>(global.subplans.size()) + 1;
    info.name = "InitPlan " + std::to_string(id) + returned(global, info);
    global.subplans.push_back(std::move(info));
    root_.init_plans.push_back(id);
    return result;
  }

  /// What paths count, not what the choice between the two goes by.
  void move_price(Expr& subplan, const SubPlanInfo& hashed) const {
    const double share = root_.global->moved_share;
    subplan.subplan_startup += share * (hashed.startup - subplan.subplan_startup);
    subplan.subplan_per_call += share * (hashed.per_call - subplan.subplan_per_call);
  }

  std::shared_ptr<Expr> make_subplan(SubPlanInfo info, const Expr& link, SubLinkKind kind,
                                     const SubPlanCost& cost) {
    auto& subplans = root_.global->subplans;
    auto subplan = std::make_shared<Expr>();
    subplan->kind = ExprKind::SubPlan;
    subplan->type = link.type;
    subplan->typmod = link.typmod;
    subplan->collation = link.collation;
    subplan->sublink_kind = kind;
    subplan->subplan_id = static_cast<int>(subplans.size()) + 1;
    subplan->hashed = info.hashed;
    subplan->subplan_startup = cost.startup;
    subplan->subplan_per_call = cost.per_call;
    info.startup = cost.startup;
    info.per_call = cost.per_call;
    info.name = "SubPlan " + std::to_string(subplan->subplan_id);
    if (kind == SubLinkKind::MultiExpr) {
      info.name += returned(*root_.global, info);
    }
    subplans.push_back(std::move(info));
    return subplan;
  }

  /// The second plan of a correlated EXISTS: all rows of the subquery into a hash table, once.
  /// Its id; 0: it cannot be one, or would not fit.
  int hashed_exists(const Expr& link, Query query) {
    auto& global = *root_.global;
    const auto tests = exists_to_any(query);
    if (tests.empty()) {
      return 0;
    }
    (void)replace_outer_vars(root_, query);
    PlannerInfo& subroot = plan_query(global, std::move(query), &root_, 0.0);
    Path* plan = subroot.final_rel->cheapest_total;
    if (!is_hashable(root_, *plan)) {
      return 0;
    }
    subroot.best = plan;
    reserve_params(global, params_of_plan(*plan));
    SubPlanInfo info;
    info.root = &subroot;
    info.owner = &root_;
    info.path = plan;
    info.hashed = true;
    info.kind = SubLinkKind::Any;
    info.test = make_and(tests);
    for (const auto& test : tests) {
      info.columns.push_back(test->args[1]->param_id);
    }
    const auto cost = subplan_cost(root_, *plan, SubLinkKind::Any, true, false, tests);
    return make_subplan(std::move(info), link, SubLinkKind::Any, cost)->subplan_id;
  }

  /// convert_EXISTS_to_ANY(): equalities of outer and inner expressions become the tests, and their
  /// inner sides the subquery's columns. Empty when something else refers to the outer query.
  std::vector<ExprPtr> exists_to_any(Query& query) {
    const auto& types = *root_.global->types;
    const ExprPtr where = query.join_tree.quals;
    query.join_tree.quals = nullptr;
    if (!where || has_vars_of_level(query, 1) || contains_volatile(where, root_)) {
      return {};
    }
    std::vector<ExprPtr> kept;
    std::vector<std::array<ExprPtr, 3>> equalities;  // clause, outer side, inner side
    for (const auto& clause : conjuncts(canonicalize(simplify(where, types)))) {
      if (clause->kind == ExprKind::OpExpr && clause->args.size() == 2 &&
          types.is_hashable(clause->op, clause->args[0]->type)) {
        const ExprPtr& left = clause->args[0];
        const ExprPtr& right = clause->args[1];
        if (has_vars_of_level(left, 1)) {
          equalities.push_back({clause, left, right});
          continue;
        }
        if (has_vars_of_level(right, 1)) {
          const Oid commuted = types.commutator(clause->op);
          if (commuted == 0 || !types.is_hashable(commuted, right->type)) {
            return {};
          }
          auto turned = std::make_shared<Expr>(*clause);
          turned->op = commuted;
          equalities.push_back({turned, right, left});
          continue;
        }
      }
      kept.push_back(clause);
    }
    const auto refers_out = [](const ExprPtr& e) { return has_vars_of_level(e, 1); };
    if (std::any_of(kept.begin(), kept.end(), refers_out)) {
      return {};
    }
    for (const auto& [clause, outer, inner] : equalities) {
      const bool has_sublink =
          any_of(outer, [](const Expr& e) { return e.kind == ExprKind::SubLink; });
      if (has_sublink || refers_out(inner) || has_vars_of_level(outer, 0)) {
        return {};
      }
    }
    query.join_tree.quals = make_and(kept);
    std::vector<ExprPtr> tests;
    for (const auto& [clause, outer, inner] : equalities) {
      const ExprPtr param = exec_param(*root_.global, nullptr, &root_, *inner);
      query.targets.push_back({inner, "?column?"});
      tests.push_back(
          make_op(clause->op, shift_levels(outer, -1, 1), param, clause->input_collation, root_));
    }
    return tests;
  }

  PlannerInfo& root_;
};

// --- CTEs
// -----------------------------------------------------------------------------------------

void inline_cte(Query& query, const std::string& name, const Query& definition, int depth) {
  for (auto& entry : query.range_table) {
    if (entry.kind == RangeKind::Cte && entry.cte == name && entry.cte_levels_up == depth &&
        !entry.cte_self_reference) {
      auto copy = std::make_shared<Query>(definition);
      // The definition stood one level below the CTE's owner; now it stands one below this query.
      shift_levels(*copy, depth, 1);
      entry.kind = RangeKind::Subquery;
      entry.subquery = copy;
    } else if (entry.subquery) {
      entry.subquery = std::make_shared<Query>(*entry.subquery);
      inline_cte(*entry.subquery, name, definition, depth + 1);
    }
  }
  for (auto& cte : query.ctes) {
    cte.query = std::make_shared<Query>(*cte.query);
    inline_cte(*cte.query, name, definition, depth + 1);
  }
  const ChangeExpr in_sublinks = [&](const ExprPtr& expr, int) -> ExprPtr {
    if (!expr->subquery) {
      return nullptr;
    }
    auto copy = std::make_shared<Expr>(
        *map_children(expr, [&](const ExprPtr& child) { return change_expr(child, in_sublinks); }));
    auto below = std::make_shared<Query>(*expr->subquery);
    inline_cte(*below, name, definition, depth + 1);
    copy->subquery = below;
    return copy;
  };
  change_own_expressions(query, in_sublinks);
}

}  // namespace

ExprPtr plan_sublinks(PlannerInfo& root, const ExprPtr& expr, bool is_qual) {
  if (!any_of(expr, [](const Expr& e) { return e.kind == ExprKind::SubLink; })) {
    return expr;
  }
  return SublinkPlanner{root}.run(expr, is_qual);
}

const SubPlanInfo* cte_plan(const PlannerInfo& root, const RangeTableEntry& entry) {
  if (entry.cte_self_reference) {
    return nullptr;
  }
  const PlannerInfo* level = &root;
  for (int up = 0; up < entry.cte_levels_up && level->parent != nullptr; ++up) {
    level = level->parent;
  }
  const auto found = level->cte_plans.find(entry.cte);
  return found == level->cte_plans.end()
             ? nullptr
             : &root.global->subplans[static_cast<std::size_t>(found->second) - 1];
}

namespace {

bool any_query_below(const Query& query, const std::function<bool(const Query&)>& test) {
  return std::any_of(query.range_table.begin(), query.range_table.end(),
                     [&](const auto& entry) { return entry.subquery && test(*entry.subquery); }) ||
         std::any_of(query.ctes.begin(), query.ctes.end(),
                     [&](const auto& cte) { return test(*cte.query); });
}

/// contain_dml(): FOR UPDATE counts.
bool locks_rows(const Query& query) {
  return query.for_update || any_query_below(query, locks_rows);
}

/// contain_outer_selfref(): to a recursive CTE that is being computed around it.
bool refers_to_outer_self(const Query& query, int depth) {
  return std::any_of(query.range_table.begin(), query.range_table.end(),
                     [&](const auto& entry) {
                       return entry.kind == RangeKind::Cte && entry.cte_self_reference &&
                              entry.cte_levels_up > depth;
                     }) ||
         any_query_below(
             query, [&](const Query& below) { return refers_to_outer_self(below, depth + 1); });
}

}  // namespace

void plan_ctes(PlannerInfo& root) {
  auto& global = *root.global;
  auto ctes = std::move(root.query.ctes);
  root.query.ctes.clear();
  for (std::size_t i = 0; i < ctes.size(); ++i) {
    auto& cte = ctes[i];
    const bool is_select = cte.query->command == Command::Select;
    if (cte.references == 0 && is_select) {
      continue;
    }
    const bool may_inline =
        (cte.materialize == CommonTableExpression::Materialize::Never ||
         (cte.materialize == CommonTableExpression::Materialize::Default && cte.references == 1)) &&
        !cte.recursive && is_select && !locks_rows(*cte.query) &&
        (cte.references <= 1 || !refers_to_outer_self(*cte.query, 0)) &&
        !contains_volatile(*cte.query, root);
    if (may_inline) {
      inline_cte(root.query, cte.name, *cte.query, 0);
      for (std::size_t j = i + 1; j < ctes.size(); ++j) {
        ctes[j].query = std::make_shared<Query>(*ctes[j].query);
        inline_cte(*ctes[j].query, cte.name, *cte.query, 1);
      }
      continue;
    }
    Query query = *cte.query;
    (void)replace_outer_vars(root, query);
    PlannerInfo& subroot = plan_query(global, std::move(query), &root, 0.0, cte.recursive);
    SubPlanInfo info;
    info.root = &subroot;
    info.owner = &root;
    info.is_init_plan = true;
    info.is_cte = true;
    info.path = subroot.final_rel->cheapest_total;
    info.startup = info.path->total;
    subroot.best = info.path;
    register_min_max(subroot, *info.path);
    reserve_params(global, params_of_plan(*info.path) + 1);
    info.name = "CTE " + cte.name;
    global.subplans.push_back(info);
    const int id = static_cast<int>(global.subplans.size());
    root.init_plans.push_back(id);
    root.cte_plans[cte.name] = id;
  }
}

PlannerInfo& plan_query(PlannerGlobal& global, Query query, PlannerInfo* parent,
                        double tuple_fraction, bool has_recursion, RelOptInfo* non_recursive,
                        const SetOperation* parent_operation) {
  if (has_recursion) {
    reserve_params(global, 1);  // the working table's
  }
  auto& root = global.roots.emplace_back();
  root.global = &global;
  root.parent = parent;
  root.level = parent != nullptr ? parent->level + 1 : 1;
  if (root.level > 100) {
    throw UserError{"the statement nests queries more than 100 levels deep"};
  }
  root.query = std::move(query);
  root.tuple_fraction = tuple_fraction;
  root.parent_operation = parent_operation;
  if (non_recursive != nullptr) {
    root.non_recursive_path = non_recursive->cheapest_total;
  }
  preprocess_query(root);
  remove_self_joins(root);
  grouping_planner(root, tuple_fraction);
  // SS_charge_for_initplans(): they run before the first row.
  double extra = 0;
  bool safe = global.cost.server.initplans_may_be_parallel_safe();
  for (const int id : root.init_plans) {
    const auto& info = global.subplans[static_cast<std::size_t>(id) - 1];
    extra += info.startup + info.per_call;
    safe = safe && !info.is_cte && info.path->parallel_safe;
  }
  for (auto* list : {&root.final_rel->paths, &root.final_rel->partial_paths}) {
    for (auto*& path : *list) {
      if (extra > 0) {
        auto& copy = global.paths.emplace_back(*path);
        copy.startup += extra;
        copy.total += extra;
        copy.parallel_safe = copy.parallel_safe && safe;
        path = &copy;
      }
    }
  }
  if (extra > 0 && !safe) {
    root.final_rel->consider_parallel = false;
    root.final_rel->partial_paths.clear();
  }
  set_cheapest(*root.final_rel);
  // Of what the caller asks for: the query's own LIMIT is in its paths' costs already.
  root.best = cheapest_fractional_path(*root.final_rel, tuple_fraction);
  return root;
}

}  // namespace quern::planner_model
