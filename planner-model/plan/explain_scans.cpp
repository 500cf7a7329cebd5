// Scans of tables, indexes and subqueries. Source: createplan.c, explain.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/plan/index_cost.hpp"
#include "planner-model/plan/plan_explainer.hpp"
#include "planner-model/plan/predicate.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// fix_indexqual_operand(): an index-only scan shows its conditions over the index's columns,
/// without binary-compatible casts.
ExprPtr over_index_column(const ExprPtr& condition) {
  if (condition->args.empty()) {
    return condition;
  }
  auto over = std::make_shared<Expr>(*condition);
  const std::size_t operands =
      condition->kind == ExprKind::RowCompareExpr ? condition->args.size() / 2 : 1;
  for (std::size_t i = 0; i < operands; ++i) {
    over->args[i] = strip_relabel(over->args[i]);
  }
  return over;
}

}  // namespace

void PlanExplainer::scan(PlanNode& node, PlannerInfo& root, const Path& path) {
  static const std::map<PathKind, const char*> kNames{
      {PathKind::SeqScan, "Seq Scan"},
      {PathKind::SampleScan, "Sample Scan"},
      {PathKind::IndexScan, "Index Scan"},
      {PathKind::IndexOnlyScan, "Index Only Scan"},
      {PathKind::BitmapHeapScan, "Bitmap Heap Scan"},
      {PathKind::TidScan, "Tid Scan"},
      {PathKind::TidRangeScan, "Tid Range Scan"},
      {PathKind::FunctionScan, "Function Scan"},
      {PathKind::ValuesScan, "Values Scan"},
      {PathKind::CteScan, "CTE Scan"},
      {PathKind::WorkTableScan, "WorkTable Scan"}};
  base(node, kNames.at(path.kind), path);
  note_target(root, path);
  const RelOptInfo& rel = *path.parent;
  const Table* member = name_relation(node, root, rel);
  if (path.kind == PathKind::CteScan || path.kind == PathKind::WorkTableScan) {
    node.cte_name = rel.entry->cte;
  }
  if (path.kind == PathKind::FunctionScan && rel.entry->functions.size() == 1) {
    const auto* f = top_.global->types->function(rel.entry->functions.front()->function);
    node.function_name = f != nullptr ? std::string{f->name} : rel.entry->functions.front()->name;
  }
  const auto clauses = scan_clauses(path);
  scanned_ = &rel;
  if (path.index != nullptr) {
    node.index = path.index->index->name;
    indexes_.insert(node.index);
    node.scan_direction = path.backward ? "Backward" : "Forward";
    std::vector<ExprPtr> conditions;
    for (const auto& clause : path.index_clauses) {
      for (const auto* qual : clause.quals) {
        conditions.push_back(qual->clause);
      }
    }
    if (path.kind == PathKind::IndexOnlyScan) {
      std::transform(conditions.begin(), conditions.end(), conditions.begin(), over_index_column);
    }
    add(node, "Index Cond", all(root, conditions, member));
    add(node, "Order By", all(root, path.index_order, member));
    add_clauses(node, "Filter", root, non_index_conditions(clauses, path.index_clauses), member);
  } else if (path.kind == PathKind::BitmapHeapScan) {
    bitmap(node, root, path, member, clauses);
  } else if (path.kind == PathKind::TidScan && path.join_clauses.size() > 1) {
    // One of them holds, as the condition says that they come from.
    auto any = std::make_shared<Expr>();
    any->kind = ExprKind::Or;
    any->type = type_oid::kBool;
    any->args = clause_exprs(path.join_clauses);
    std::vector<RestrictInfo*> others;
    std::copy_if(clauses.begin(), clauses.end(), std::back_inserter(others),
                 [&](const RestrictInfo* c) { return !equal(*c->clause, *any); });
    add(node, "TID Cond", all(root, {any}, member));
    add_clauses(node, "Filter", root, others, member);
  } else if (path.kind == PathKind::TidScan || path.kind == PathKind::TidRangeScan) {
    add_clauses(node, "TID Cond", root, path.join_clauses, member);
    // is_redundant_derived_clause(): another equality of the same class.
    std::vector<RestrictInfo*> others;
    std::copy_if(clauses.begin(), clauses.end(), std::back_inserter(others),
                 [&](const RestrictInfo* clause) {
                   return std::none_of(path.join_clauses.begin(), path.join_clauses.end(),
                                       [&](const RestrictInfo* used) {
                                         return clause->parent_ec != nullptr &&
                                                clause->parent_ec == used->parent_ec;
                                       });
                 });
    add_clauses(node, "Filter", root, others, member, path.join_clauses);
  } else {
    if (path.kind == PathKind::SampleScan && !path.parent->entry->sample_percent.empty()) {
      const RangeTableEntry& entry = *path.parent->entry;
      add(node, "Sampling",
          fmt::format(
              "{} ('{}'::real){}", entry.sample_method, entry.sample_percent,
              entry.sample_seed.empty()
                  ? ""
                  : fmt::format(" REPEATABLE ('{}'::double precision)", entry.sample_seed)));
    }
    add_clauses(node, "Filter", root, clauses, member);
  }
  scanned_ = nullptr;
}

namespace {

/// One of them holds; null: an arm without conditions, and nothing is known.
void add_alternatives(std::vector<ExprPtr> arms, std::vector<ExprPtr>& out) {
  if (std::find(arms.begin(), arms.end(), nullptr) != arms.end()) {
    return;
  }
  if (arms.size() == 1) {
    out.push_back(std::move(arms.front()));
    return;
  }
  auto any = std::make_shared<Expr>();
  any->kind = ExprKind::Or;
  any->type = type_oid::kBool;
  any->args = std::move(arms);
  out.push_back(std::move(any));
}

}  // namespace

void PlanExplainer::bitmap_conditions(const PlannerInfo& root, const Path& tree,
                                      BitmapConditions& out) {
  if (tree.kind == PathKind::BitmapOr) {
    std::vector<ExprPtr> original;
    std::vector<ExprPtr> index;
    for (const auto* arm : tree.children) {
      BitmapConditions conditions;
      bitmap_conditions(root, *arm, conditions);
      original.push_back(conditions.original.empty() ? nullptr : make_and(conditions.original));
      index.push_back(conditions.index.empty() ? nullptr : make_and(conditions.index));
    }
    add_alternatives(std::move(original), out.original);
    add_alternatives(std::move(index), out.index);
    return;
  }
  for (const auto* child_tree : tree.children) {
    bitmap_conditions(root, *child_tree, out);
  }
  if (tree.index == nullptr) {
    return;
  }
  for (const auto& clause : tree.index_clauses) {
    out.original.push_back(clause.rinfo->clause);
    for (const auto* qual : clause.quals) {
      out.index.push_back(qual->clause);
    }
  }
  for (const auto& predicate : tree.index->predicate) {
    if (!predicate_implied_by(root, predicate, out.original)) {
      out.original.push_back(predicate);
      out.index.push_back(predicate);
    }
  }
}

void PlanExplainer::index_classes(const Path& tree, std::vector<const EquivalenceClass*>& out) {
  if (tree.kind == PathKind::BitmapOr) {
    return;
  }
  for (const auto* child_tree : tree.children) {
    index_classes(*child_tree, out);
  }
  for (const auto& clause : tree.index_clauses) {
    if (clause.rinfo->parent_ec != nullptr) {
      out.push_back(clause.rinfo->parent_ec);
    }
  }
}

void PlanExplainer::bitmap_tree(PlanNode& node, PlannerInfo& root, const Path& tree,
                                const Table* member) {
  if (tree.kind == PathKind::BitmapOr && tree.children.size() == 1) {
    return bitmap_tree(node, root, *tree.children.front(), member);
  }
  if (tree.kind == PathKind::BitmapAnd || tree.kind == PathKind::BitmapOr) {
    base(node, tree.kind == PathKind::BitmapAnd ? "BitmapAnd" : "BitmapOr", tree);
    node.width = 0;
    node.rows = Rows{clamp_row_est(tree.index_selectivity * tree.parent->tuples)};
    for (const auto* c : tree.children) {
      bitmap_tree(below(node, "Member"), root, *c, member);
    }
    return;
  }
  base(node, "Bitmap Index Scan", tree);
  node.index = tree.index->index->name;
  indexes_.insert(node.index);
  node.startup = Cost{0};
  node.total = Cost{tree.index_total_cost};
  node.rows = Rows{clamp_row_est(tree.index_selectivity * tree.parent->tuples)};
  node.width = 0;
  node.parallel_aware = false;
  std::vector<ExprPtr> conditions;
  for (const auto& clause : tree.index_clauses) {
    for (const auto* qual : clause.quals) {
      conditions.push_back(qual->clause);
    }
  }
  add(node, "Index Cond", all(root, conditions, member));
}

void PlanExplainer::bitmap(PlanNode& node, PlannerInfo& root, const Path& path, const Table* member,
                           const std::vector<RestrictInfo*>& clauses) {
  const Path& tree = *path.children.front();
  BitmapConditions conditions;
  bitmap_conditions(root, tree, conditions);
  std::vector<const EquivalenceClass*> classes;
  index_classes(tree, classes);
  std::vector<RestrictInfo*> filter;
  for (auto* clause : clauses) {
    const bool checked =
        std::any_of(conditions.index.begin(), conditions.index.end(),
                    [&](const ExprPtr& e) { return equal(e, clause->clause); }) ||
        (clause->parent_ec != nullptr &&
         std::find(classes.begin(), classes.end(), clause->parent_ec) != classes.end()) ||
        (!contains_mutable(clause->clause, root) &&
         predicate_implied_by(root, clause->clause, conditions.index));
    if (!checked) {
      filter.push_back(clause);
    }
  }
  // What the filter tests anyway needs no recheck.
  std::vector<ExprPtr> recheck;
  for (const ExprPtr& condition : conditions.original) {
    const bool filtered = std::any_of(filter.begin(), filter.end(), [&](const RestrictInfo* f) {
      return equal(f->clause, condition);
    });
    if (!filtered) {
      recheck.push_back(condition);
    }
  }
  add(node, "Recheck Cond", all(root, recheck, member));
  add_clauses(node, "Filter", root, filter, member);
  bitmap_tree(below(node, "Outer"), root, tree, member);
}

void PlanExplainer::subquery_scan(PlanNode& node, PlannerInfo& root, const Path& path) {
  if (is_left_out(path)) {
    return level_below(node, root, *path.subroot, *path.children.front(), false);
  }
  base(node, "Subquery Scan", path);
  note_target(root, path);
  node.alias = names_.of(root, shown_range(*path.parent), nullptr);
  scanned_ = path.parent->arm_range != 0 ? path.parent : nullptr;
  add_clauses(node, "Filter", root, scan_clauses(path), nullptr);
  scanned_ = nullptr;
  level_below(below(node, "Subquery"), root, *path.subroot, *path.children.front(), false);
}

}  // namespace quern::planner_model
