// Scans and joins of one query level. Source: planmain.c (query_planner()), PostgreSQL 15.
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

void collect_outer_vars(const ExprPtr& expr, Relids own, std::vector<ExprPtr>& vars) {
  if (expr->kind == ExprKind::Var) {
    if (expr->levels_up == 0 && !overlaps(singleton(expr->varno), own)) {
      vars.push_back(expr);
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    collect_outer_vars(child, own, vars);
  }
}

/// What an item takes from outside, its arms' takings with it; subqueries get parameters for it.
void take_references(PlannerInfo& root, RangeTableEntry& entry, std::vector<ExprPtr>& exprs) {
  exprs.insert(exprs.end(), entry.functions.begin(), entry.functions.end());
  for (const auto& row : entry.values) {
    exprs.insert(exprs.end(), row.begin(), row.end());
  }
  if (entry.subquery) {
    auto subquery = std::make_shared<Query>(*entry.subquery);
    const auto outer = replace_outer_vars(root, *subquery);
    exprs.insert(exprs.end(), outer.begin(), outer.end());
    entry.subquery = std::move(subquery);
  }
  for (const UnionArm& arm : entry.arms) {
    take_references(root, root.query.range_table[static_cast<std::size_t>(arm.range) - 1], exprs);
  }
}

/// find_lateral_references(): what a LATERAL item takes from its siblings, they must put out.
void find_lateral_references(PlannerInfo& root) {
  for (auto* rel : root.base) {
    if (rel == nullptr || !rel->entry->lateral) {
      continue;
    }
    std::vector<ExprPtr> exprs;
    take_references(root, root.query.range_table[static_cast<std::size_t>(rel->range) - 1], exprs);
    Relids needed = 0;
    for (const auto& expr : exprs) {
      needed |= relids_of(expr);
    }
    needed &= ~rel->relids;
    for (const auto& expr : exprs) {
      need_vars(root, expr, rel->relids | needed);
      collect_outer_vars(expr, rel->relids, rel->lateral_vars);
    }
    rel->direct_lateral |= needed;
    rel->lateral_relids |= needed;
    root.has_lateral = root.has_lateral || needed != 0;
  }
}

/// create_lateral_join_info(): references of references count too.
void create_lateral_join_info(PlannerInfo& root) {
  if (!root.has_lateral) {
    return;
  }
  for (auto* through : root.base) {
    if (through == nullptr || through->lateral_relids == 0) {
      continue;
    }
    for (auto* rel : root.base) {
      if (rel != nullptr && overlaps(rel->lateral_relids, through->relids)) {
        rel->lateral_relids |= through->lateral_relids;
      }
    }
  }
  for (auto* rel : root.base) {
    if (rel == nullptr) {
      continue;
    }
    for (Relids left = rel->lateral_relids; left != 0; left &= left - 1) {
      if (auto* referenced = root.base[static_cast<std::size_t>(lowest(left))];
          referenced != nullptr) {
        referenced->lateral_referencers |= rel->relids;
      }
    }
  }
}

}  // namespace

RelOptInfo* query_planner(PlannerInfo& root, const std::function<void(PlannerInfo&)>& pathkeys) {
  root.base.assign(root.query.range_table.size() + 1, nullptr);
  add_base_relations(root, root.query.join_tree);
  if (root.all_base == 0) {
    // SELECT without FROM, VALUES lists of INSERT.
    auto& rel = root.global->rels.emplace_back();
    rel.kind = RelKind::Base;
    rel.rows = 1;
    auto* path = new_path(root, PathKind::Result, &rel, &rel.target);
    path->rows = 1;
    path->quals = {};
    if (root.query.join_tree.quals) {
      path->quals = {root.query.join_tree.quals};
      const QualCost cost = expr_cost(root.query.join_tree.quals, root);
      path->startup = cost.startup + cost.per_tuple;
    }
    path->total = path->startup + root.global->cost.cpu_tuple_cost;
    add_path(rel, path);
    pathkeys(root);
    set_cheapest(rel);
    return &rel;
  }
  find_placeholders(root);
  build_target_lists(root);
  find_lateral_references(root);
  auto joinlist = deconstruct_jointree(root);
  reconsider_outer_join_clauses(root);
  generate_base_implied_equalities(root);
  pathkeys(root);
  fix_placeholder_input_needed_levels(root);
  remove_useless_joins(root, joinlist);
  add_placeholders_to_base_rels(root);
  create_lateral_join_info(root);
  match_foreign_keys(root);
  extract_restriction_or_clauses(root);
  set_base_rel_sizes(root);
  set_base_rel_pathlists(root);
  return make_rel_from_joinlist(root, joinlist);
}

}  // namespace quern::planner_model
