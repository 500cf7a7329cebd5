// From paths to the nodes of EXPLAIN.
#include "planner-model/plan/explain_plan.hpp"

#include <algorithm>

#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/plan_explainer.hpp"

namespace quern::planner_model {

PlanNode PlanExplainer::level(PlannerInfo& root, const Path& path) {
  PlanNode node = convert(root, path);
  std::vector<PlanNode> subplans;
  for (const int id : root.init_plans) {
    const auto& info = top_.global->subplans[static_cast<std::size_t>(id) - 1];
    PlanNode child = level(*info.root, *info.path);
    child.relationship = "InitPlan";
    child.subplan_name = info.name;
    subplans.push_back(std::move(child));
  }
  node.children.insert(node.children.begin(), std::make_move_iterator(subplans.begin()),
                       std::make_move_iterator(subplans.end()));
  return node;
}

PlanNode PlanExplainer::base(const char* type, const Path& path) {
  node_rows_ = path.rows;
  PlanNode node;
  node.node_type = type;
  node.parallel_aware = path.parallel_aware;
  node.startup = Cost{path.startup};
  node.total = Cost{path.total};
  node.rows = Rows{path.rows};
  node.width = path.target != nullptr ? path.target->width : 0;
  if (top_.global->cost.server.counts_disabled_nodes()) {
    node.disabled = false;
  }
  return node;
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

void PlanExplainer::child(PlanNode& node, PlannerInfo& root, const Path& path,
                          const char* relationship) {
  node.children.reserve(2);  // most have no more
  PlanNode converted = convert(root, path);
  converted.relationship = relationship;
  node.children.push_back(std::move(converted));
}

PlanNode PlanExplainer::convert(PlannerInfo& root, const Path& path) {
  std::set<int> saved;
  std::swap(saved, pending_);
  const double rows_above = node_rows_;
  PlanNode node = convert_one(root, path);
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
    PlanNode sub = level(*info.root, *info.path);
    sub.relationship = "SubPlan";
    sub.subplan_name = info.name;
    node.children.push_back(std::move(sub));
  }
  return node;
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

PlanNode PlanExplainer::convert_one(PlannerInfo& root, const Path& path) {
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
      return scan(root, path);
    case PathKind::SubqueryScan:
      return subquery_scan(root, path);
    case PathKind::NestedLoop:
    case PathKind::HashJoin:
    case PathKind::MergeJoin:
      return join(root, path);
    case PathKind::Projection:
      return projection(root, path);
    default:
      return upper(root, path);
  }
}

namespace {

/// Which way of an alternative subplan runs is known once the plan above it is made. What the other
/// reads gets no name.
void leave_out_unchosen(PlannerInfo& root, const Path& path) {
  std::set<std::string> indexes;
  PlanExplainer trial{root, indexes};
  trial.assign_names(root, path);
  (void)trial.level(root, path);
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
  return converter.level(root, path);
}

}  // namespace quern::planner_model
