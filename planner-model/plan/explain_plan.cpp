// From paths to the nodes of EXPLAIN.
#include "planner-model/plan/explain_plan.hpp"

#include <algorithm>

#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/plan_explainer.hpp"

namespace quern::planner_model {

void PlanExplainer::level(PlanNode& node, PlannerInfo& root, const Path& path) {
  convert(node, root, path);
  std::vector<PlanNode> subplans;
  for (const int id : root.init_plans) {
    const auto& info = top_.global->subplans[static_cast<std::size_t>(id) - 1];
    PlanNode& child = subplans.emplace_back();
    child.relationship = "InitPlan";
    child.subplan_name = info.name;
    level_below(child, root, *info.root, *info.path, true);
  }
  node.children.insert(node.children.begin(), std::make_move_iterator(subplans.begin()),
                       std::make_move_iterator(subplans.end()));
}

void PlanExplainer::level_below(PlanNode& node, const PlannerInfo& above, PlannerInfo& root,
                                const Path& path, bool is_subplan, const Table* member) {
  above_.push_back({&above, is_subplan, member});
  level(node, root, path);
  above_.pop_back();
}

void PlanExplainer::base(PlanNode& node, const char* type, const Path& path) {
  node_rows_ = path.rows;
  node.node_type = type;
  node.parallel_aware = path.parallel_aware;
  node.startup = Cost{path.startup};
  node.total = Cost{path.total};
  node.rows = Rows{path.rows};
  node.width = path.target != nullptr ? path.target->width : 0;
  if (top_.global->cost.server.counts_disabled_nodes()) {
    node.disabled = false;
  }
}

const Table* PlanExplainer::name_relation(PlanNode& node, PlannerInfo& root,
                                          const RelOptInfo& rel) {
  const Table* member = shown_member(rel);
  if (rel.table != nullptr) {
    node.relation = rel.table->name;
    node.schema = rel.table->schema;
  }
  node.alias = names_.of(root, shown_range(rel), member);
  return member;
}

PlanNode& PlanExplainer::below(PlanNode& node, const char* relationship) {
  node.children.reserve(2);  // most have no more
  PlanNode& added = node.children.emplace_back();
  added.relationship = relationship;
  return added;
}

void PlanExplainer::child(PlanNode& node, PlannerInfo& root, const Path& path,
                          const char* relationship) {
  convert(below(node, relationship), root, path);
}

void PlanExplainer::convert(PlanNode& node, PlannerInfo& root, const Path& path) {
  std::set<int> saved;
  std::swap(saved, pending_);
  const double rows_above = node_rows_;
  const auto* stand_ins_above = stand_ins_;
  const auto* root_above = stand_ins_root_;
  const int range_above = member_range_;
  const bool is_member = path.parent != nullptr && path.parent->kind == RelKind::Member;
  member_range_ = is_member ? path.parent->range : 0;
  if (path.parent != nullptr && !is_member) {
    stand_ins_ = path.parent->stand_ins.empty() ? nullptr : &path.parent->stand_ins;
    stand_ins_root_ = &root;
  }
  convert_one(node, root, path);
  stand_ins_ = stand_ins_above;
  stand_ins_root_ = root_above;
  member_range_ = range_above;
  node_rows_ = rows_above;
  // SubPlans named in this node's own conditions hang below it.
  std::set<int> mine;
  std::swap(mine, pending_);
  pending_ = std::move(saved);
  for (const int id : mine) {
    if (!shown_.insert(id).second) {
      continue;
    }
    const auto& info = top_.global->subplans[static_cast<std::size_t>(id) - 1];
    PlanNode& sub = below(node, "SubPlan");
    sub.subplan_name = info.name;
    const Table* member = path.parent != nullptr ? shown_member(*path.parent) : nullptr;
    level_below(sub, root, *info.root, *info.path, true, member);
  }
}

void PlanExplainer::note_target(PlannerInfo& root, const Path& path) {
  (void)root;
  if (path.target != nullptr) {
    for (const auto& expr : path.target->exprs) {
      note_subplans(expr, path.rows);
      note_params(expr);
    }
  }
}

std::vector<RestrictInfo*> PlanExplainer::gating_clauses(const PlannerInfo& root,
                                                         const Path& path) {
  if (!root.has_pseudoconstant) {
    return {};
  }
  auto clauses = path.parent->kind == RelKind::Join ? path.join_clauses : scan_clauses(path);
  std::erase_if(clauses, [](const RestrictInfo* clause) { return !clause->pseudoconstant; });
  return clauses;
}

void PlanExplainer::relation(PlanNode& node, PlannerInfo& root, const Path& path) {
  if (path.kind == PathKind::SubqueryScan) {
    return subquery_scan(node, root, path);
  }
  path.parent->kind == RelKind::Join ? join(node, root, path) : scan(node, root, path);
}

/// create_gating_plan(): conditions on no column are asked once, before the relation is read.
void PlanExplainer::gated(PlanNode& node, PlannerInfo& root, const Path& path) {
  const auto gate = gating_clauses(root, path);
  if (gate.empty()) {
    return relation(node, root, path);
  }
  base(node, "Result", path);
  note_target(root, path);
  std::vector<std::pair<double, ExprPtr>> asked;
  for (auto* clause : gate) {
    asked.emplace_back(clause_cost(*clause, root).per_tuple, clause->clause);
  }
  std::stable_sort(asked.begin(), asked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ExprPtr> exprs;
  for (auto& [cost, expr] : asked) {
    exprs.push_back(std::move(expr));
  }
  add(node, "One-Time Filter", all(root, exprs, nullptr));
  relation(below(node, "Outer"), root, path);
}

void PlanExplainer::convert_one(PlanNode& node, PlannerInfo& root, const Path& path) {
  switch (path.kind) {
    case PathKind::SeqScan:
    case PathKind::SampleScan:
    case PathKind::IndexScan:
    case PathKind::IndexOnlyScan:
    case PathKind::BitmapHeapScan:
    case PathKind::TidScan:
    case PathKind::TidRangeScan:
    case PathKind::FunctionScan:
    case PathKind::ValuesScan:
    case PathKind::CteScan:
    case PathKind::WorkTableScan:
    case PathKind::SubqueryScan:
    case PathKind::NestedLoop:
    case PathKind::HashJoin:
    case PathKind::MergeJoin:
      return gated(node, root, path);
    case PathKind::Projection:
      return projection(node, root, path);
    default:
      return upper(node, root, path);
  }
}

namespace {

/// Which way of an alternative subplan runs is known once the plan above it is made. What the other
/// reads gets no name.
void leave_out_unchosen(PlannerInfo& root, const Path& path) {
  std::set<std::string> indexes;
  PlanExplainer trial{root, indexes};
  trial.assign_names(root, path);
  PlanNode unused;
  trial.level(unused, root, path);
  for (std::size_t i = 0; i < root.global->subplans.size(); ++i) {
    auto& info = root.global->subplans[i];
    info.used = info.is_init_plan || trial.shown_subplans().contains(static_cast<int>(i) + 1);
  }
}

}  // namespace

PlanNode explain_plan(PlannerInfo& root, const Path& path, std::set<std::string>& indexes) {
  register_min_max(root, path);
  const auto& subplans = root.global->subplans;
  if (std::any_of(subplans.begin(), subplans.end(),
                  [](const auto& s) { return s.hashed_alternative != 0; })) {
    leave_out_unchosen(root, path);
  }
  PlanExplainer converter{root, indexes};
  converter.assign_names(root, path);
  PlanNode plan;
  converter.level(plan, root, path);
  return plan;
}

}  // namespace quern::planner_model
