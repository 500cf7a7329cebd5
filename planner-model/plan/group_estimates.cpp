// Numbers of groups and of hash buckets, and how far a merge join reads. Source: selfuncs.c
// (estimate_num_groups, estimate_hash_bucket_stats, mergejoinscansel), PostgreSQL 15.
#include <algorithm>
#include <cmath>

#include "planner-model/plan/extended_selectivity.hpp"
#include "planner-model/plan/function_rows.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/selectivity/join.hpp"

namespace quern::planner_model {

namespace {

/// pull_var_clause(), also out of placeholders.
void collect_vars(const PlannerInfo& root, const ExprPtr& expr, std::vector<ExprPtr>& vars) {
  if (expr->kind == ExprKind::Var) {
    if (expr->levels_up != 0) {
      return;
    }
    const auto& entry = root.query.range_table[static_cast<std::size_t>(expr->varno) - 1];
    if (const ExprPtr computed = computed_column(entry, expr->attno)) {
      collect_vars(root, computed, vars);
    } else {
      vars.push_back(expr);
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    collect_vars(root, child, vars);
  }
}

struct GroupVar {
  ExaminedVariable variable;
  double distinct = 0;
};

void add_group_var(PlannerInfo& root, std::vector<GroupVar>& vars, ExaminedVariable variable,
                   bool* used_default) {
  const Distinct distinct = number_of_distinct(variable.variable);
  if (distinct.is_default && used_default != nullptr) {
    *used_default = true;
  }
  for (auto it = vars.begin(); it != vars.end();) {
    if (equal(it->variable.expr, variable.expr)) {
      return;
    }
    if (it->variable.rel != variable.rel &&
        exprs_known_equal(root, it->variable.expr, variable.expr)) {
      if (it->distinct <= distinct.count) {
        return;
      }
      it = vars.erase(it);
      continue;
    }
    ++it;
  }
  vars.push_back({std::move(variable), distinct.count});
}

}  // namespace

double estimate_num_groups(PlannerInfo& root, const std::vector<ExprPtr>& exprs, double input_rows,
                           bool* used_default) {
  input_rows = clamp_row_est(input_rows);
  if (exprs.empty()) {
    return 1.0;
  }
  std::vector<GroupVar> vars;
  double booleans = 1.0;
  double rows_of_sets = 1.0;
  for (const auto& expr : exprs) {
    rows_of_sets = std::max(rows_of_sets, function_rows(root, expr));
    if (expr->type == type_oid::kBool) {
      booleans *= 2.0;
      continue;
    }
    const bool guessed_before = root.global->guesses.guessed;
    auto whole = examine_variable(root, expr, 0);
    // Without statistics its columns are asked below: that is no guess.
    root.global->guesses.guessed = guessed_before;
    if (whole.variable.statistics != nullptr || whole.variable.is_unique) {
      add_group_var(root, vars, std::move(whole), used_default);
      continue;
    }
    std::vector<ExprPtr> parts;
    collect_vars(root, expr, parts);
    if (parts.empty()) {
      if (contains_volatile(expr, root)) {
        return input_rows;
      }
      continue;
    }
    for (const auto& part : parts) {
      add_group_var(root, vars, examine_variable(root, part, 0), used_default);
    }
  }
  booleans *= rows_of_sets;
  if (vars.empty()) {
    return std::clamp(std::ceil(booleans), 1.0, std::max(1.0, input_rows));
  }
  std::vector<GroupingVariable> grouping;
  std::vector<RelationDistinct> multivariate;
  for (auto& var : vars) {
    GroupingVariable g;
    g.relation = var.variable.rel != nullptr ? var.variable.rel->range : 0;
    g.variable = var.variable.variable;
    g.relation_rows = var.variable.rel != nullptr ? var.variable.rel->rows : 0;
    g.relation_tuples = var.variable.rel != nullptr ? var.variable.rel->tuples : 0;
    if (var.variable.expr->kind == ExprKind::Var) {
      g.expression = {var.variable.expr->attno};
    }
    if (var.variable.rel != nullptr &&
        std::none_of(multivariate.begin(), multivariate.end(),
                     [&](const RelationDistinct& m) { return m.relation == g.relation; })) {
      if (auto stats = extended_distinct(root, *var.variable.rel); !stats.empty()) {
        multivariate.push_back({g.relation, std::move(stats)});
      }
    }
    if (var.variable.expr->kind != ExprKind::Var &&
        std::any_of(multivariate.begin(), multivariate.end(),
                    [&](const RelationDistinct& m) { return m.relation == g.relation; })) {
      if (const int item = extended_item(root, *var.variable.rel, var.variable.expr); item != 0) {
        g.expression = {item};
      }
    }
    grouping.push_back(std::move(g));
  }
  return estimate_number_of_groups(grouping, input_rows, multivariate, booleans);
}

void estimate_hash_bucket_stats(PlannerInfo& root, const ExprPtr& key, double buckets,
                                double& mcv_frequency, double& bucket_size) {
  const auto variable = examine_variable(root, key, 0);
  const auto stats = hash_bucket_statistics(variable.variable, buckets);
  mcv_frequency = stats.most_common_frequency;
  bucket_size = stats.bucket_size_fraction;
}

const MergeScan& merge_scan_selectivity(PlannerInfo& root, RestrictInfo& clause,
                                        const PathKey& pathkey) {
  const Oid collation = pathkey.ec->collation;
  for (const auto& known : clause.merge_scans) {
    if (known.opfamily == pathkey.opfamily && known.collation == collation &&
        known.descending == pathkey.descending && known.nulls_first == pathkey.nulls_first) {
      return known;
    }
  }
  const auto left = examine_variable(root, clause.clause->args[0], 0);
  const auto right = examine_variable(root, clause.clause->args[1], 0);
  const auto scan =
      merge_join_scan(left.variable, right.variable, pathkey.descending, pathkey.nulls_first);
  return clause.merge_scans.emplace_back(
      MergeScan{pathkey.opfamily, collation, pathkey.descending, pathkey.nulls_first,
                scan.left_start, scan.left_end, scan.right_start, scan.right_end});
}

}  // namespace quern::planner_model
