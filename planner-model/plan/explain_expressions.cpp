// Conditions and output columns as EXPLAIN prints them. Source: ruleutils.c, explain.c.
#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "planner-model/plan/plan_explainer.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

/// set_relation_column_names(), make_colname_unique(): of columns by one name the second is name_1.
std::string unique_column_name(const RangeColumns& columns, std::size_t at) {
  if (at >= columns.size()) {
    return "?column?";
  }
  const auto before = [&](const std::string& name) {
    return std::any_of(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(at),
                       [&](const RangeColumn& column) { return column.name == name; });
  };
  if (!before(columns[at].name)) {
    return columns[at].name;
  }
  std::set<std::string> taken;
  for (std::size_t i = 0;; ++i) {
    std::string name = columns[i].name;
    for (int n = 1; taken.contains(name); ++n) {
      name = columns[i].name + "_" + std::to_string(n);
    }
    if (i == at) {
      return name;
    }
    taken.insert(std::move(name));
  }
}

}  // namespace

DeparseContext PlanExplainer::context(const PlannerInfo& root, const Table* member) {
  DeparseContext c;
  c.types = top_.global->types;
  c.prefix_columns = prefix_;
  c.range_name = [this, &root, member](int range) {
    const Table* own = member_of(root, range, member);
    return names_.of(root, range, own != nullptr ? own : stand_in_for(root, range));
  };
  c.column_name = [&root](int range, int attno) -> std::string {
    static const char* const kSystem[] = {"", "ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};
    if (attno == 0) {
      return "*";
    }
    if (attno < 0) {
      return -attno <= 6 ? kSystem[-attno] : "?";
    }
    const auto& entry = root.query.range_table[static_cast<std::size_t>(range) - 1];
    return unique_column_name(entry.columns, static_cast<std::size_t>(attno) - 1);
  };
  c.subplan_text = [this, &root](const Expr& expr, const DeparseContext& around) {
    return subplan_text(expr, root, around);
  };
  if (top_.global->cost.server.tells_window_definitions()) {
    c.window_name = [&root](int window) {
      const auto at = static_cast<std::size_t>(window) - 1;
      return at < root.query.windows.size() ? root.query.windows[at].name : std::string{};
    };
  }
  return c;
}

std::string PlanExplainer::subplan_text(const Expr& expr, const PlannerInfo& root,
                                        const DeparseContext& around) {
  const auto named = [this](int id) {
    pending_.insert(id);
    return subplan_name(id);
  };
  const auto& server = top_.global->cost.server;
  const int other = subplan(expr.subplan_id).hashed_alternative;
  if (other != 0 && !server.chooses_alternative_subplans()) {
    return "(alternatives: " + named(expr.subplan_id) + " or " + named(other) + ")";
  }
  const int id = chosen(expr.subplan_id, condition_checks());
  const std::string name = named(id);
  if (!server.prints_columns_of_subplans()) {
    return "(" + name + ")";
  }
  const auto test = [&] {
    const ExprPtr& own = id == expr.subplan_id ? expr.test : subplan(id).test;
    return own ? deparse(resolved(own, root), around) : name;
  };
  switch (subplan(id).kind) {
    case SubLinkKind::Exists:
      return "EXISTS(" + name + ")";
    case SubLinkKind::All:
      return "(ALL " + test() + ")";
    case SubLinkKind::Any:
      return "(ANY " + test() + ")";
    case SubLinkKind::Array:
      return "ARRAY(" + name + ")";
    case SubLinkKind::MultiExpr:
      return "(rescan " + name + ")";
    default:
      return "(" + test() + ")";
  }
}

std::string PlanExplainer::subplan_name(int id) const {
  return (subplan(id).hashed ? "hashed " : "") + subplan(id).name;
}

ExprPtr PlanExplainer::column_of_subplan(const ExprPtr& param) const {
  const auto& subplans = top_.global->subplans;
  for (std::size_t i = 0; i < subplans.size(); ++i) {
    const auto& columns = subplans[i].columns;
    const auto at = std::find(columns.begin(), columns.end(), param->param_id);
    if (at != columns.end()) {
      auto named = std::make_shared<Expr>(*param);
      named->kind = ExprKind::Opaque;
      named->name = "(" + subplan_name(static_cast<int>(i) + 1) + ").col" +
                    std::to_string(at - columns.begin() + 1);
      return named;
    }
  }
  return param;
}

const Table* PlanExplainer::member_of(const PlannerInfo& root, int range,
                                      const Table* member) const {
  // A table joined with itself has the same partitions twice.
  if (member == nullptr || (member_range_ != 0 && member_range_ != range)) {
    return nullptr;
  }
  const auto* rel = root.base[static_cast<std::size_t>(range)];
  if (rel == nullptr || !rel->is_append) {
    return nullptr;
  }
  const bool ours = std::any_of(rel->members.begin(), rel->members.end(),
                                [&](const RelOptInfo* m) { return m->table == member; });
  return ours ? member : nullptr;
}

bool PlanExplainer::is_in_reach(const PlannerInfo& level) const {
  bool crosses_subplan = false;
  for (auto one = above_.rbegin(); one != above_.rend(); ++one) {
    if (one->root == &level) {
      return one->by_subplan || !crosses_subplan;
    }
    crosses_subplan = crosses_subplan || one->by_subplan;
  }
  return true;
}

const Table* PlanExplainer::stand_in_for(const PlannerInfo& root, int range) const {
  if (stand_ins_ == nullptr || stand_ins_root_ != &root) {
    return nullptr;
  }
  const auto found = std::find_if(stand_ins_->begin(), stand_ins_->end(),
                                  [&](const RelOptInfo* rel) { return rel->range == range; });
  return found == stand_ins_->end() ? nullptr : named_leaf(**found);
}

ExprPtr PlanExplainer::resolved(const ExprPtr& expr, const PlannerInfo& root) {
  if (expr->kind == ExprKind::Param && expr->param_kind == ParamKind::Exec) {
    const auto& param = top_.global->exec_params[static_cast<std::size_t>(expr->param_id)];
    if (param.source && param.level != nullptr && is_in_reach(*param.level)) {
      const auto from = std::find_if(above_.rbegin(), above_.rend(), [&](const LevelAbove& one) {
        return one.root == param.level;
      });
      auto named = std::make_shared<Expr>(*expr);
      named->kind = ExprKind::Opaque;
      auto outer = context(*param.level, from == above_.rend() ? nullptr : from->member);
      outer.prefix_columns = true;
      const RelOptInfo* saved = std::exchange(scanned_, nullptr);
      const int range = std::exchange(member_range_, 0);
      named->name = deparse(resolved(param.source, *param.level), outer);
      scanned_ = saved;
      member_range_ = range;
      return named;
    }
    return top_.global->cost.server.prints_columns_of_subplans() ? column_of_subplan(expr) : expr;
  }
  if (expr->kind == ExprKind::Var && expr->attno >= kFirstComputed) {
    return placeholder(expr, root);
  }
  if (expr->kind == ExprKind::Var && expr->attno > 0) {
    if (scanned_ != nullptr && scanned_->arm_range != 0 && expr->varno == scanned_->range) {
      return through_left_out(member_column(*scanned_, expr), root);
    }
    return through_left_out(through_first_arm(expr, root), root);
  }
  return map_children(expr, [&](const ExprPtr& child) { return resolved(child, root); });
}

ExprPtr PlanExplainer::placeholder(const ExprPtr& var, const PlannerInfo& root) {
  const auto& entry = root.query.range_table[static_cast<std::size_t>(var->varno) - 1];
  const ExprPtr computed = resolved(computed_column(entry, var->attno), root);
  if (scanned_ != nullptr && scanned_->range == var->varno) {
    return computed;
  }
  auto named = std::make_shared<Expr>(*var);  // computed below
  named->kind = ExprKind::Opaque;
  named->name = "(" + deparse(computed, context(root, nullptr)) + ")";
  return named;
}

ExprPtr PlanExplainer::member_column(const RelOptInfo& member, const ExprPtr& var) {
  // Partitions of an arm go by the arm's names.
  const RelOptInfo* arm = &member;
  while (shown_member(*arm) != nullptr) {
    arm = arm->append_parent;
  }
  const auto own = arm->parent_columns.find(var->attno);
  auto copy = std::make_shared<Expr>(*var);
  copy->varno = arm->arm_range;
  copy->attno = own == arm->parent_columns.end() ? var->attno : own->second;
  return copy;
}

ExprPtr PlanExplainer::through_first_arm(const ExprPtr& var, const PlannerInfo& root) {
  const auto at = static_cast<std::size_t>(var->varno);
  const auto* rel = at < root.base.size() ? root.base[at] : nullptr;
  if (rel == nullptr || rel->members.empty() || rel->members.front()->arm_range == 0) {
    return var;
  }
  const auto first = first_arm_.find(rel);
  const RelOptInfo& arm = first == first_arm_.end() ? *rel->members.front() : *first->second;
  const auto column = static_cast<std::size_t>(var->attno) - 1;
  if (column >= arm.computed.size() || !arm.computed[column]) {
    return member_column(arm, var);
  }
  const RelOptInfo* saved = std::exchange(scanned_, &arm);
  auto named = std::make_shared<Expr>(*var);
  named->kind = ExprKind::Opaque;
  named->name = "(" + deparse(resolved(arm.computed[column], root), context(root, nullptr)) + ")";
  scanned_ = saved;
  return named;
}

ExprPtr PlanExplainer::through_left_out(const ExprPtr& var, const PlannerInfo& root) {
  const auto found = left_out_.find({&root, var->varno});
  if (found == left_out_.end()) {
    return var;
  }
  const PlannerInfo& subroot = *found->second;
  const auto& targets = subroot.query.targets;
  const auto at = static_cast<std::size_t>(var->attno) - 1;
  if (at >= targets.size()) {
    return var;
  }
  const RelOptInfo* saved = std::exchange(scanned_, nullptr);  // of another level
  const ExprPtr inner = resolved(targets[at].expr, subroot);
  scanned_ = saved;
  auto named = std::make_shared<Expr>(*var);
  named->kind = ExprKind::Opaque;
  named->name = deparse(inner, context(subroot, nullptr));
  if (inner->kind != ExprKind::Var && inner->kind != ExprKind::Opaque) {
    named->name = "(" + named->name + ")";
  }
  return named;
}

int PlanExplainer::chosen(int id, double executions) const {
  const auto cost = [&](const SubPlanInfo& one) { return one.startup + executions * one.per_call; };
  const int hashed = subplan(id).hashed_alternative;
  return hashed != 0 && cost(subplan(hashed)) <= cost(subplan(id)) ? hashed : id;
}

void PlanExplainer::note_params(const ExprPtr& expr) {
  if (top_.global->exec_params.empty()) {
    return;
  }
  (void)any_of(expr, [&](const Expr& e) {
    if (e.kind == ExprKind::Param && e.param_kind == ParamKind::Exec) {
      params_.insert(e.param_id);
    }
    return false;
  });
}

void PlanExplainer::note_subplans(const ExprPtr& expr, double executions) {
  const bool chooses = top_.global->cost.server.chooses_alternative_subplans();
  (void)any_of(expr, [&](const Expr& e) {
    if (e.kind == ExprKind::SubPlan) {
      pending_.insert(chooses ? chosen(e.subplan_id, executions) : e.subplan_id);
      if (const int other = subplan(e.subplan_id).hashed_alternative; other != 0 && !chooses) {
        pending_.insert(other);
      }
    }
    return false;
  });
}

std::string PlanExplainer::text(PlannerInfo& root, const ExprPtr& expr, const Table* member,
                                const std::vector<ExprPtr>& below) {
  note_subplans(expr, condition_checks());
  note_params(expr);
  auto c = context(root, member);
  c.bare_range = scanned_ != nullptr ? shown_range(*scanned_) : 0;
  for (const auto& e : below) {
    if (auto shown = resolved(e, root); shown->kind != ExprKind::Opaque) {
      c.computed_below.push_back(std::move(shown));
    }
  }
  return deparse(resolved(expr, root), c);
}

std::string PlanExplainer::all(PlannerInfo& root, const std::vector<ExprPtr>& exprs,
                               const Table* member, const std::vector<ExprPtr>& below) {
  if (exprs.empty()) {
    return {};
  }
  if (exprs.size() == 1) {
    return text(root, exprs.front(), member, below);
  }
  auto both = std::make_shared<Expr>();
  both->kind = ExprKind::And;
  both->type = type_oid::kBool;
  both->args = exprs;
  return text(root, both, member, below);
}

void PlanExplainer::add(PlanNode& node, Word name, std::string value) {
  if (!value.empty()) {
    node.properties.push_back({name, std::move(value), {}});
  }
}

void PlanExplainer::add_list(PlanNode& node, Word name, std::vector<std::string> items) {
  if (items.empty()) {
    return;
  }
  std::string joined;
  for (const auto& item : items) {
    joined += (joined.empty() ? "" : ", ") + item;
  }
  node.properties.push_back({name, std::move(joined), std::move(items)});
}

void PlanExplainer::add_clauses(PlanNode& node, const char* name, PlannerInfo& root,
                                const std::vector<RestrictInfo*>& clauses, const Table* member,
                                const std::vector<RestrictInfo*>& without) {
  const std::vector<RestrictInfo*> checks = in_order(root, clauses, without);
  if (!root.global->subplans.empty()) {
    note_reached(root, checks);
  }
  add(node, name, all(root, clause_exprs(checks), member));
}

namespace {

/// order_qual_clauses() (createplan.c): what is leakproof and cheap need not wait for others.
int execution_level(const RestrictInfo& clause, double cost, const PlannerInfo& root) {
  const bool waits =
      clause.security_level > 0 && (cost >= 10 * root.global->cost.cpu_operator_cost ||
                                    contains_leaked_vars(clause.clause, root));
  return waits ? clause.security_level : 0;
}

void collect_subplans(const Expr& expr, std::vector<int>& ids) {
  if (expr.kind == ExprKind::SubPlan) {
    ids.push_back(expr.subplan_id);
  }
  for (const ExprPtr& child : children(expr)) {
    collect_subplans(*child, ids);
  }
}

}  // namespace

std::vector<RestrictInfo*> PlanExplainer::in_order(PlannerInfo& root,
                                                   const std::vector<RestrictInfo*>& clauses,
                                                   const std::vector<RestrictInfo*>& without) {
  std::vector<std::tuple<int, double, RestrictInfo*>> items;
  for (auto* clause : clauses) {
    if (clause->pseudoconstant || is_constant_true(*clause->clause) ||
        std::find(without.begin(), without.end(), clause) != without.end()) {
      continue;
    }
    const double cost = clause_cost(*clause, root).per_tuple;
    items.emplace_back(execution_level(*clause, cost, root), cost, clause);
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
  });
  std::vector<RestrictInfo*> checks;
  for (const auto& item : items) {
    checks.push_back(std::get<2>(item));
  }
  return checks;
}

void PlanExplainer::note_reached(PlannerInfo& root, const std::vector<RestrictInfo*>& checks) {
  std::vector<RestrictInfo*> before;
  for (RestrictInfo* check : checks) {
    std::vector<int> ids;
    collect_subplans(*check->clause, ids);
    for (const int id : ids) {
      auto& reached = root.global->subplans[static_cast<std::size_t>(id) - 1].reached;
      reached = std::max(reached.value_or(0),
                         clauselist_selectivity(root, before, 0, JoinType::Inner, nullptr));
    }
    before.push_back(check);
  }
}

std::vector<RestrictInfo*> PlanExplainer::scan_clauses(const Path& path) {
  const std::span<RestrictInfo* const> own =
      path.index != nullptr && path.kind != PathKind::BitmapHeapScan ? path.index->restrict_info
                                                                     : path.parent->restrictions;
  std::vector<RestrictInfo*> clauses{own.begin(), own.end()};
  if (path.param != nullptr) {
    clauses.insert(clauses.end(), path.param->clauses.begin(), path.param->clauses.end());
  }
  return clauses;
}

}  // namespace quern::planner_model
