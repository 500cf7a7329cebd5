// Sizes and paths of base relations. Source: allpaths.c and costsize.c (size estimates),
// PostgreSQL 15.
#include <algorithm>
#include <cmath>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/constraint_exclusion.hpp"
#include "planner-model/plan/cte_plans.hpp"
#include "planner-model/plan/function_rows.hpp"
#include "planner-model/plan/partition_pruning.hpp"
#include "planner-model/plan/partitions.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/plan/subquery_pushdown.hpp"

namespace quern::planner_model {

namespace {

void set_baserel_size(PlannerInfo& root, RelOptInfo& rel) {
  const double rows = rel.tuples * restriction_selectivity(root, rel.restrictions, 0);
  rel.rows = clamp_row_est(rows);
  rel.restriction_cost = clauses_cost(rel.restrictions, root);
  set_rel_width(root, rel);
}

}  // namespace

void set_consider_parallel(PlannerInfo& root, RelOptInfo& rel) {
  if (!root.global->parallel_ok) {
    return;
  }
  switch (rel.entry->kind) {
    case RangeKind::Relation:
      if (rel.table->persistence == 't' || rel.table->kind == 'f') {
        return;
      }
      break;
    case RangeKind::Subquery:
      if (rel.entry->subquery && (rel.entry->subquery->limit || rel.entry->subquery->offset)) {
        return;
      }
      break;
    case RangeKind::Function:
      for (const auto& function : rel.entry->functions) {
        if (!is_parallel_safe(function, root)) {
          return;
        }
      }
      break;
    case RangeKind::Cte:
      return;
    default:
      break;
  }
  for (const auto* clause : rel.restrictions) {
    if (!is_parallel_safe(clause->clause, root)) {
      return;
    }
  }
  for (const auto& expr : rel.target.exprs) {
    if (!is_parallel_safe(expr, root)) {
      return;
    }
  }
  rel.consider_parallel = true;
}

namespace {

/// Folding leaves FALSE as the only condition; one derived from an equivalence class comes beside
/// others, and the server then looks no further.
bool has_constant_false(const PlannerInfo& root, const RelOptInfo& rel) {
  const auto& all = rel.restrictions;
  if (all.size() > 1 && !root.global->cost.server.looks_for_false_among_conditions()) {
    return false;
  }
  return std::any_of(all.begin(), all.end(),
                     [](const RestrictInfo* r) { return is_constant_false(*r->clause); });
}

void plan_subquery(PlannerInfo& root, RelOptInfo& rel) {
  if (rel.subroot != nullptr) {
    return;
  }
  double fraction = root.tuple_fraction;
  const Query& query = root.query;
  if (query.has_aggregates || !query.group_by.empty() || query.has_grouping_sets ||
      query.has_window_functions || !query.distinct.empty() || !query.order_by.empty() ||
      count(root.all_base) > 1) {
    fraction = 0;
  }
  Query sub = *rel.entry->subquery;
  prepare_subquery(root, rel, sub);
  rel.subroot = &plan_query(*root.global, std::move(sub), &root, fraction);
}

/// IS_DUMMY_REL: an Append of nothing, whatever projections stand above it.
bool is_dummy_path(const Path& path) {
  return path.kind == PathKind::Projection ? is_dummy_path(*path.children.front())
                                           : path.kind == PathKind::Append && path.children.empty();
}

PathKeys subquery_pathkeys(PlannerInfo& root, RelOptInfo& rel, const Path& path) {
  return convert_subquery_pathkeys(root, rel, *rel.subroot, path.pathkeys);
}

void set_subquery_paths(PlannerInfo& root, RelOptInfo& rel) {
  const auto make = [&](Path* sub) {
    auto* path = new_path(root, PathKind::SubqueryScan, &rel, &rel.target);
    path->children = {sub};
    path->subroot = rel.subroot;
    path->parallel_safe = rel.consider_parallel && sub->parallel_safe;
    path->workers = sub->workers;
    path->pathkeys = subquery_pathkeys(root, rel, *sub);
    path->param = base_param_info(root, rel, rel.lateral_relids);
    // Nothing to do but pass rows on: no per-row charge.
    bool trivial = rel.restrictions.empty();
    if (trivial) {
      trivial = rel.target.exprs.size() == rel.subroot->query.targets.size();
      for (std::size_t i = 0; trivial && i < rel.target.exprs.size(); ++i) {
        trivial = rel.target.exprs[i]->kind == ExprKind::Var &&
                  rel.target.exprs[i]->attno == static_cast<int>(i) + 1;
      }
    }
    cost_subqueryscan(*path, root, rel, path->param, trivial);
    return path;
  };
  for (auto* sub : rel.subroot->final_rel->paths) {
    add_path(rel, make(sub));
  }
  if (rel.consider_parallel && rel.lateral_relids == 0) {
    for (auto* sub : rel.subroot->final_rel->partial_paths) {
      add_partial_path(rel, make(sub));
    }
  }
}

}  // namespace

void set_rel_size(PlannerInfo& root, RelOptInfo& rel) {
  if (has_constant_false(root, rel) ||
      (root.global->cost.constraint_exclusion == ConstraintExclusion::On &&
       rel.append_parent == nullptr &&
       excluded_by_constraints(root, rel, clause_exprs(rel.restrictions)))) {
    set_dummy(rel);
    return;
  }
  switch (rel.entry->kind) {
    case RangeKind::Relation:
      if (rel.is_append) {
        set_append_rel_size(root, rel);
        return;
      }
      if (rel.entry->sample_fraction) {
        rel.tuples = clamp_row_est(rel.tuples * *rel.entry->sample_fraction);
        if (rel.entry->sample_method == "system") {
          rel.pages = clamp_row_est(rel.pages * *rel.entry->sample_fraction);
        }
      }
      check_index_predicates(root, rel);
      break;
    case RangeKind::Subquery: {
      if (rel.is_append) {
        set_append_rel_size(root, rel);
        return;
      }
      plan_subquery(root, rel);
      if (is_dummy_path(*rel.subroot->final_rel->paths.front())) {
        set_dummy(rel);
        return;
      }
      rel.tuples = rel.subroot->final_rel->cheapest_total->rows;
      break;
    }
    case RangeKind::Function: {
      double rows = 0;
      for (const auto& function : rel.entry->functions) {
        rows = std::max(rows, clamp_row_est(function_rows(root, function)));
      }
      rel.tuples = rows;
      break;
    }
    case RangeKind::Values:
      rel.tuples = static_cast<double>(rel.entry->values.size());
      break;
    case RangeKind::Cte: {
      if (rel.entry->cte_self_reference) {
        // Ten times the non-recursive term.
        PlannerInfo* level = root.parent;
        while (level != nullptr && level->non_recursive_path == nullptr) {
          level = level->parent;
        }
        rel.tuples = 10 * (level != nullptr ? level->non_recursive_path->rows : 1);
      } else {
        const auto* plan = cte_plan(root, *rel.entry);
        rel.tuples = plan != nullptr ? plan->path->rows : 1;
      }
      break;
    }
    case RangeKind::Result:
      rel.tuples = 1;
      break;
  }
  set_baserel_size(root, rel);
}

namespace {

void add_parallel_seqscan(PlannerInfo& root, RelOptInfo& rel) {
  if (!rel.consider_parallel || rel.lateral_relids != 0) {
    return;
  }
  const int workers = parallel_workers_for(root, rel, rel.pages, -1);
  if (workers <= 0) {
    return;
  }
  auto* path = new_path(root, PathKind::SeqScan, &rel, &rel.target);
  path->workers = workers;
  path->parallel_aware = true;
  cost_seqscan(*path, root, rel, nullptr);
  add_partial_path(rel, path);
}

void set_plain_paths(PlannerInfo& root, RelOptInfo& rel) {
  if (rel.entry->sample_fraction) {
    auto* path = new_path(root, PathKind::SampleScan, &rel, &rel.target);
    path->param = base_param_info(root, rel, rel.lateral_relids);
    cost_samplescan(*path, root, rel, path->param);
    add_path(rel, path);
    return;
  }
  auto* seq = new_path(root, PathKind::SeqScan, &rel, &rel.target);
  seq->param = base_param_info(root, rel, rel.lateral_relids);
  cost_seqscan(*seq, root, rel, seq->param);
  add_path(rel, seq);
  if (root.global->accesses != nullptr) {
    root.global->accesses->push_back(
        {.rel = &rel, .outer = required_outer(seq), .total = seq->total});
  }
  add_parallel_seqscan(root, rel);
  create_index_paths(root, rel);
  create_tid_paths(root, rel);
}

/// set_function_pathlist(): rows come in the order of WITH ORDINALITY's column.
PathKeys ordinality_pathkeys(PlannerInfo& root, const RelOptInfo& rel) {
  const auto last = static_cast<int>(rel.entry->columns.size());
  const auto& exprs = rel.target.exprs;
  const auto var = std::find_if(exprs.begin(), exprs.end(), [&](const ExprPtr& expr) {
    return expr->kind == ExprKind::Var && expr->varno == rel.range && expr->attno == last;
  });
  if (!rel.entry->ordinality || var == exprs.end()) {
    return {};
  }
  const Ordering ordering = root.global->types->ordering(type_oid::kInt8);
  const auto key =
      make_pathkey(root, *var, 0, ordering.family, ordering.input_type, 0, false, false, 0, false);
  return key ? PathKeys{*key} : PathKeys{};
}

/// PlannerGlobal::moved_share of a partition that is not read.
void move_price(const PlannerInfo& root, RelOptInfo& member) {
  const double kept = 1 - root.global->moved_share;
  for (auto* paths : {&member.paths, &member.partial_paths}) {
    for (Path* path : *paths) {
      path->startup *= kept;
      path->total *= kept;
    }
  }
}

void set_append_pathlist(PlannerInfo& root, RelOptInfo& rel) {
  for (auto* member : rel.members) {
    const StandIn stand_in{root, *member};
    set_rel_pathlist(root, *member);
    if (member->skipped && root.global->moved_share != 0) {
      move_price(root, *member);
    }
  }
  set_nested_part_paths(root, rel);
  add_paths_to_append_rel(root, rel);
}

}  // namespace

void set_rel_pathlist(PlannerInfo& root, RelOptInfo& rel) {
  if (rel.is_dummy) {
    auto* path = new_path(root, PathKind::Append, &rel, &rel.target);
    add_path(rel, path);
    set_cheapest(rel);
    return;
  }
  const auto simple = [&](PathKind kind, auto cost) {
    auto* path = new_path(root, kind, &rel, &rel.target);
    path->param = base_param_info(root, rel, rel.lateral_relids);
    cost(*path, root, rel, path->param);
    add_path(rel, path);
  };
  switch (rel.entry->kind) {
    case RangeKind::Relation:
      if (rel.is_append) {
        set_append_pathlist(root, rel);
      } else {
        set_plain_paths(root, rel);
      }
      break;
    case RangeKind::Subquery:
      if (rel.is_append) {
        set_append_pathlist(root, rel);
      } else {
        set_subquery_paths(root, rel);
      }
      break;
    case RangeKind::Function:
      simple(PathKind::FunctionScan, cost_functionscan);
      rel.paths.front()->pathkeys = ordinality_pathkeys(root, rel);
      break;
    case RangeKind::Values:
      simple(PathKind::ValuesScan, cost_valuesscan);
      break;
    case RangeKind::Cte:
      simple(rel.entry->cte_self_reference ? PathKind::WorkTableScan : PathKind::CteScan,
             cost_ctescan);
      if (const auto* plan = cte_plan(root, *rel.entry);
          plan != nullptr && root.global->cost.server.ctes_keep_order()) {
        rel.paths.front()->pathkeys =
            convert_subquery_pathkeys(root, rel, *plan->root, plan->path->pathkeys);
      }
      break;
    case RangeKind::Result:
      simple(PathKind::Result, cost_resultscan);
      break;
  }
  if (rel.kind == RelKind::Base && rel.relids != root.all_base) {
    generate_useful_gather_paths(root, rel, false);
  }
  set_cheapest(rel);
}

namespace {

/// set_subquery_size_estimates(): the width of a column that the subquery only passes on; 0: of
/// what it computes, nothing is known.
int width_from_subquery(const RelOptInfo& rel, int attno) {
  if (rel.subroot == nullptr || rel.subroot->query.set_operation) {
    return 0;
  }
  const auto& target = rel.subroot->final_target;
  const auto at = static_cast<std::size_t>(attno) - 1;
  if (at >= target.exprs.size() || target.exprs[at]->kind != ExprKind::Var ||
      target.exprs[at]->levels_up != 0) {
    return 0;
  }
  const auto& var = *target.exprs[at];
  const auto* base = rel.subroot->base[static_cast<std::size_t>(var.varno)];
  if (base == nullptr) {
    return 0;
  }
  const auto width = base->widths.find(var.attno);
  return width != base->widths.end() ? width->second : 0;
}

}  // namespace

void set_rel_width(PlannerInfo& root, RelOptInfo& rel) {
  int width = 0;
  bool whole_row = false;
  rel.target.cost = {};
  for (const auto& expr : rel.target.exprs) {
    if (expr->kind == ExprKind::Var && expr->varno == rel.range) {
      if (expr->attno == 0) {
        whole_row = true;
        continue;
      }
      const auto it = rel.widths.find(expr->attno);
      int item = 0;
      if (it != rel.widths.end()) {
        item = it->second;
      } else if (rel.entry->kind == RangeKind::Subquery && rel.subroot != nullptr &&
                 expr->attno > 0) {
        const int passed_up = width_from_subquery(rel, expr->attno);
        item = passed_up > 0 ? passed_up : type_width(root, expr->type, expr->typmod);
        rel.widths[expr->attno] = item;
      } else {
        item = column_width(root, rel, expr->attno);
        rel.widths[expr->attno] = item;
      }
      if (const ExprPtr computed = computed_column(*rel.entry, expr->attno)) {
        rel.target.cost += expr_cost(computed, root);
      }
      width += item;
    } else {
      width += type_width(root, expr->type, expr->typmod);
      const QualCost cost = expr_cost(expr, root);
      rel.target.cost += cost;
    }
  }
  if (whole_row) {
    int row = 24;
    const bool is_converted = rel.kind == RelKind::Member && rel.table != nullptr &&
                              rel.append_parent->table != nullptr &&
                              rel.table != rel.append_parent->table;
    if (is_converted) {
      row = 32;  // a ConvertRowtypeExpr to the parent's type: get_typavgwidth()
    } else if (rel.table != nullptr) {
      for (const auto& column : rel.table->columns) {
        row += column_width(root, rel, column.number);
      }
    } else {
      // Computed columns that nothing else needs have no width yet, and count for nothing.
      for (int attno = 1; attno <= static_cast<int>(rel.entry->columns.size()); ++attno) {
        const auto known = rel.widths.find(attno);
        row += known != rel.widths.end() ? known->second : width_from_subquery(rel, attno);
      }
    }
    rel.widths[0] = row;
    width += row;
  }
  rel.target.width = width;
}

double parameterized_baserel_size(PlannerInfo& root, RelOptInfo& rel,
                                  const std::vector<RestrictInfo*>& clauses) {
  std::vector<RestrictInfo*> all = clauses;
  all.insert(all.end(), rel.restrictions.begin(), rel.restrictions.end());
  double rows = 0;
  if (rel.is_append) {
    for (auto* member : rel.members) {
      const StandIn stand_in{root, *member};
      rows += clamp_row_est(member->tuples * restriction_selectivity(root, all, rel.range));
    }
  } else {
    rows = rel.tuples * restriction_selectivity(root, all, rel.range);
  }
  return std::min(clamp_row_est(rows), rel.rows);
}

void set_base_rel_sizes(PlannerInfo& root) {
  // set_base_rel_consider_startup(): behind a semijoin or antijoin the first row is what counts.
  for (const auto* sj : root.special_joins) {
    if ((sj->type == JoinType::Semi || sj->type == JoinType::Anti) && is_singleton(sj->syn_right)) {
      if (auto* rel = root.base[static_cast<std::size_t>(lowest(sj->syn_right))]; rel != nullptr) {
        rel->consider_param_startup = true;
      }
    }
  }
  for (auto* rel : root.base) {
    if (rel != nullptr) {
      set_consider_parallel(root, *rel);
    }
  }
  for (auto* rel : root.base) {
    if (rel != nullptr) {
      set_rel_size(root, *rel);
    }
  }
}

namespace {

double pages_with_members(const RelOptInfo& rel) {
  double pages = rel.pages;
  for (const auto* member : rel.members) {
    pages += pages_with_members(*member);
  }
  return pages;
}

}  // namespace

void set_base_rel_pathlists(PlannerInfo& root) {
  root.total_table_pages = 0;
  for (const auto* rel : root.base) {
    if (rel == nullptr || rel->is_dummy) {
      continue;
    }
    root.total_table_pages += pages_with_members(*rel);
  }
  for (auto* rel : root.base) {
    if (rel != nullptr) {
      set_rel_pathlist(root, *rel);
    }
  }
}

}  // namespace quern::planner_model
